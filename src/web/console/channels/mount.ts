/** The pages about one person's channels. They stand in the console, for the person signed in or for another, and below /me. */
import type { PageAction } from '#src/core/audit.js';
import { AppError, notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { inLanguage } from '#src/lib/in-language.js';
import type { Desk, Pages, Visit } from '#src/web/session/desk.js';
import type { FormErrors } from '#src/web/session/form.js';
import {
  buildFormSchema,
  drawForm,
  type FormSubject,
  firstValues,
  listCleared,
  readValues,
  savedValues,
  toConfig,
} from './channel-form.js';
import { readListing } from './channel-list.js';
import { CHANNELS_WORDS, type ChannelsKey } from './channels-words.js';
import { groupKinds, guideOf } from './kind-guides.js';

/** What the desk of these pages must bring. */
export interface ChannelPass {
  audit(action: PageAction, target?: string): Promise<void>;
}

/** Whose channels a page is about. */
export interface ChannelOwner {
  personId: number;
  uid: string;
  /** Shown above the list where it is somebody else's. */
  name?: string;
}

/** Where the pages stand, and whose channels they show. */
export interface ChannelPagesNeeds<Pass extends ChannelPass> {
  core: Core;
  /** The path of the list, such as `/console/people/:uid/channels`. */
  base: string;
  /** Whose channels are asked for. Throws not_found for people whom the visitor may not manage. */
  findOwner(visit: Visit<never> & Pass): Promise<ChannelOwner>;
}

const PLACES = { first: 'useFirst', chain: 'useChain', named: 'named' } as const;

/**
 * Mounts the list, the choice of a kind, the forms and the buttons. The desk's folder of views/ needs the templates
 * `channels`, `channel-kinds` and `channel-form`.
 */
export function mountChannelPages<Pass extends ChannelPass>(
  desk: Desk<Pass>,
  needs: ChannelPagesNeeds<Pass>,
): void {
  const pages = desk.pages(CHANNELS_WORDS);
  const { core, base } = needs;
  pages.get(base, async (visit) => {
    const owner = await needs.findOwner(visit);
    const { t } = visit;
    visit.show({
      template: 'channels',
      title: owner.name ? t('channelsOf', { name: owner.name }) : t('channels'),
      values: { base: baseOf(base, owner), owner, ...(await readListing(core, owner.personId, visit)) },
    });
  });
  mountCreation(pages, needs);
  mountEditing(pages, needs);
  mountTest(pages, needs);
  mountButtons(pages, needs);
}

type ChannelPages<Pass extends object> = Pages<ChannelsKey, Pass>;
type ChannelVisit = Visit<ChannelsKey>;

function mountCreation<Pass extends ChannelPass>(
  { get, post }: ChannelPages<Pass>,
  { core, base, findOwner }: ChannelPagesNeeds<Pass>,
): void {
  get(`${base}/new`, async (visit) => {
    const owner = await findOwner(visit);
    visit.show({
      template: 'channel-kinds',
      title: visit.t('add'),
      values: { base: baseOf(base, owner), groups: groupKinds(core.channels.listKinds(), visit.language) },
    });
  });
  get(`${base}/new/:kind`, async (visit) => {
    const owner = await findOwner(visit);
    const subject = await readSubject(core, owner, visit, { kindId: visit.param('kind') });
    const values = { place: 'chain', ...firstValues(subject, visit.query('preset')) };
    showForm(visit, { base: baseOf(base, owner), subject, values });
  });
  post(`${base}/new/:kind`, async (visit) => {
    const owner = await findOwner(visit);
    const subject = await readSubject(core, owner, visit, { kindId: visit.param('kind') });
    const values = readValues(subject, visit.form.values);
    await visit.submit(
      buildFormSchema(subject, values),
      async (checked) => {
        const { id } = await core.channels.createChannel(owner.personId, {
          kind: subject.kind.id,
          code: String(checked.code),
          config: toConfig(subject, checked),
          ratherTwice: isTicked(values),
        });
        await takePlace(core, owner.personId, id, values.place);
        await visit.audit('channel.create', `channel ${id} of ${owner.uid}`);
        visit.flash('good', visit.t('created'));
        visit.redirect(baseOf(base, owner));
      },
      (errors) => showForm(visit, { base: baseOf(base, owner), subject, values, errors }),
    );
  });
}

function mountEditing<Pass extends ChannelPass>(
  { get, post }: ChannelPages<Pass>,
  { core, base, findOwner }: ChannelPagesNeeds<Pass>,
): void {
  get(`${base}/:id`, async (visit) => {
    const owner = await findOwner(visit);
    const subject = await readSubject(core, owner, visit, { channelId: visit.idParam('id') });
    showForm(visit, { base: baseOf(base, owner), subject, values: savedValues(subject) });
  });
  post(`${base}/:id`, async (visit) => {
    const owner = await findOwner(visit);
    const id = visit.idParam('id');
    const subject = await readSubject(core, owner, visit, { channelId: id });
    const values = readValues(subject, visit.form.values);
    await visit.submit(
      buildFormSchema(subject, values),
      async (checked) => {
        const cleared = listCleared(subject, values).map((name) => [name, '']);
        await core.channels.updateChannel(owner.personId, id, {
          code: String(checked.code),
          config: { ...toConfig(subject, checked), ...Object.fromEntries(cleared) },
          ratherTwice: isTicked(values),
        });
        await visit.audit('channel.update', `channel ${id} of ${owner.uid}`);
        visit.flash('good', visit.t('saved'));
        visit.redirect(baseOf(base, owner));
      },
      (errors) => showForm(visit, { base: baseOf(base, owner), subject, values, errors }),
    );
  });
}

function mountTest<Pass extends ChannelPass>(
  { post }: ChannelPages<Pass>,
  { core, base, findOwner }: ChannelPagesNeeds<Pass>,
): void {
  post(`${base}/:id/test`, async (visit) => {
    const owner = await findOwner(visit);
    const id = visit.idParam('id');
    const { t } = visit;
    try {
      const { ok, detail: told } = await core.channels.testChannel(owner, id, {
        isFree: visit.visitor.account?.role === 'operator',
      });
      const detail = inLanguage(told, visit.language);
      await visit.audit('channel.test', `channel ${id} of ${owner.uid}`);
      const good = detail === 'ok' || detail === '' ? t('testedWell') : t('tested', { detail });
      visit.flash(ok ? 'good' : 'bad', ok ? good : t('testFailed', { detail }));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'limit_reached') {
        throw error;
      }
      visit.flash('bad', visit.language === 'zh' ? error.zh : error.en);
    }
    visit.redirect(baseOf(base, owner));
  });
}

/** Whether the box of what is rather sent twice is ticked. */
function isTicked(values: Readonly<Record<string, string>>): boolean {
  return (values.ratherTwice ?? '') !== '';
}

const BUTTONS = ['first', 'not-first', 'join', 'leave', 'up', 'down', 'delete'] as const;
type Button = (typeof BUTTONS)[number];

/** The buttons that change one thing and lead back to the list. */
function mountButtons<Pass extends ChannelPass>(
  { post }: ChannelPages<Pass>,
  { core, base, findOwner }: ChannelPagesNeeds<Pass>,
): void {
  const { channelChain, channels } = core;
  const verbs: Readonly<
    Record<Button, (personId: number, id: number, visit: ChannelVisit) => Promise<void>>
  > = {
    first: channelChain.chooseFirst,
    'not-first': async (personId, id) => {
      await channels.getChannel(personId, id);
      await channelChain.chooseFirst(personId, null);
    },
    join: channelChain.joinChain,
    leave: channelChain.leaveChain,
    up: (personId, id) => channelChain.moveInChain(personId, id, -1),
    down: (personId, id) => channelChain.moveInChain(personId, id, 1),
    delete: async (personId, id, visit) => {
      const { code } = await channels.getChannel(personId, id);
      await channels.deleteChannel(personId, id);
      visit.flash('good', visit.t('removed', { code }));
    },
  };
  for (const name of BUTTONS) {
    post(`${base}/:id/${name}`, async (visit) => {
      const owner = await findOwner(visit);
      const id = visit.idParam('id');
      await verbs[name](owner.personId, id, visit);
      await visit.audit(`channel.${name}`, `channel ${id} of ${owner.uid}`);
      visit.redirect(baseOf(base, owner));
    });
  }
}

async function readSubject(
  core: Core,
  owner: ChannelOwner,
  { language, t }: ChannelVisit,
  which: { kindId: string } | { channelId: number },
): Promise<FormSubject> {
  const rows = await core.channels.listChannels(owner.personId);
  const channel =
    'channelId' in which ? await core.channels.getChannel(owner.personId, which.channelId) : null;
  const kindId = 'kindId' in which ? which.kindId : channel?.kind;
  const kind = core.channels.listKinds().find(({ id }) => id === kindId);
  if (!kind) {
    throw notFound('通道 Channel');
  }
  const takenCodes = rows.filter(({ id }) => id !== channel?.id).map(({ code }) => code);
  return { kind, channel, takenCodes, language, t };
}

interface Shown {
  base: string;
  subject: FormSubject;
  values: Readonly<Record<string, string>>;
  errors?: FormErrors;
}

function showForm(visit: ChannelVisit, { base, subject, values, errors = {} }: Shown): void {
  const { t, language } = visit;
  const { kind, channel } = subject;
  visit.show({
    template: 'channel-form',
    title: channel ? t('editOf', { code: channel.code }) : t('newOf', { kind: kind.title[language] }),
    values: {
      base,
      kind: { id: kind.id, title: kind.title[language], guide: guideOf(kind.id, language) },
      channel,
      values,
      errors,
      form: drawForm(subject, values, errors),
      places: Object.entries(PLACES).map(([value, key]) => [value, t(key)]),
    },
  });
}

async function takePlace(core: Core, personId: number, id: number, place = ''): Promise<void> {
  if (place === 'first') {
    await core.channelChain.chooseFirst(personId, id);
  } else if (place === 'chain') {
    await core.channelChain.joinChain(personId, id);
  }
}

/** The path of the list for this owner. */
function baseOf(base: string, { uid }: ChannelOwner): string {
  return base.replace(':uid', encodeURIComponent(uid));
}
