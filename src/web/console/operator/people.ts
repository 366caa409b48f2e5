/** People: looked for by how they are known, and one person's page with all that the server knows of them. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { MAX_GRANT } from '#src/core/points.js';
import type { Language } from '#src/lib/i18n.js';
import { nameChannels } from '#src/web/console/channel-titles.js';
import type { ConsoleModule, ConsoleVisit } from '#src/web/console/module.js';
import { KEY_KIND_ROWS, titleOf } from '#src/web/key-kinds.js';
import { sendFile } from '#src/web/pages/json-file.js';
import type { FormErrors } from '#src/web/session/form.js';
import { textField } from '#src/web/session/form.js';
import { operatorPages, readBefore } from './desk.js';
import { DIALECT_PLAN_WORDS, ownPlans, toPlanFields } from './dialect-plan-fields.js';
import { PEOPLE_WORDS } from './people-words.js';
import { readPersonPage } from './person-page.js';
import { mountPersonSignIns } from './person-sign-ins.js';

const PATH = '/console/people';
const TAKE = 20;
const SEARCH_MAX = 100;
const SOURCES = ['scan', 'link', 'command'] as const;
const WORDS = { ...DIALECT_PLAN_WORDS, ...PEOPLE_WORDS };

/** The words of these pages. */
export type PeopleKey = keyof typeof WORDS;

/** A request to these pages. */
export type PeopleVisit = ConsoleVisit<PeopleKey>;

const grantForm = z.object({
  amount: z.coerce.number().int().min(-MAX_GRANT).max(MAX_GRANT),
  note: textField(200),
});

/** The pages at /console/people. */
export const peopleModule: ConsoleModule = {
  menu: [{ path: PATH, label: PEOPLE_WORDS.people, group: 'operator' }],
  mount(desk, { core }) {
    const { get, post } = operatorPages(desk, WORDS);
    get(PATH, (visit) => showList(core, visit));
    get(`${PATH}/:uid`, (visit) => showPerson(core, visit, {}));
    mountPersonSignIns({
      ...{ core, post },
      path: `${PATH}/:uid`,
      openPerson: (visit) => openPerson(core, visit),
    });
    post(`${PATH}/:uid/pause`, async (visit) => {
      const { personId, paused, path } = await openPerson(core, visit);
      await core.people.setPaused(personId, !paused);
      await visit.audit(paused ? 'person.resume' : 'person.pause', visit.param('uid'));
      visit.flash('good', visit.t(paused ? 'resumedNow' : 'pausedNow'));
      visit.redirect(path);
    });
    post(`${PATH}/:uid/subscriptions/:id/block`, async (visit) => {
      const { personId, path } = await openPerson(core, visit);
      const blocked = visit.form.values.blocked === 'true';
      const appId = await core.peopleLists.blockRelation(personId, visit.idParam('id'), blocked);
      await visit.audit(
        blocked ? 'subscription.block' : 'subscription.unblock',
        visit.param('uid'),
        `app ${appId}`,
      );
      visit.flash('good', visit.t(blocked ? 'blockedNow' : 'unblockedNow'));
      visit.redirect(path);
    });
    post(`${PATH}/:uid/export`, async (visit) => {
      const { personId, uid } = await openPerson(core, visit);
      await visit.audit('person.export', uid);
      sendFile(visit.ctx, await core.personalData.open(personId));
    });
    post(`${PATH}/:uid/erase`, (visit) => erasePerson(core, visit));
    post(`${PATH}/:uid/points`, async (visit) => {
      const { personId, path } = await openPerson(core, visit);
      await visit.submit(
        grantForm,
        async ({ amount, note }) => {
          const points = await core.points.grant(personId, amount, note);
          await visit.audit('points.grant', visit.param('uid'), `${amount} ${note}`.trim());
          visit.flash('good', visit.t('granted', { points }));
          visit.redirect(path);
        },
        (errors) => showPerson(core, visit, errors),
      );
    });
    post(`${PATH}/:uid/plans`, async (visit) => {
      const { personId, path } = await openPerson(core, visit);
      await visit.submit(
        ownPlans,
        async (plans) => {
          await core.dialectPlans.saveOwn(personId, plans);
          await visit.audit('person.plans', visit.param('uid'), JSON.stringify(plans));
          visit.flash('good', visit.t('saved'));
          visit.redirect(path);
        },
        (errors) => showPerson(core, visit, errors),
      );
    });
  },
};

async function erasePerson(core: Core, visit: PeopleVisit): Promise<void> {
  const { personId, uid } = await openPerson(core, visit);
  if (visit.form.values.sure !== 'yes') {
    visit.ctx.status = 422;
    await showPerson(core, visit, { '': visit.t('notSure') });
    return;
  }
  // Before there is nobody to be named, and not where it is refused.
  await core.erasure.check(personId, 'operator');
  await visit.audit('person.erase', uid);
  await core.erasure.erase(personId, { cause: 'operator', by: null });
  visit.flash('good', visit.t('erasedNow'));
  visit.redirect(PATH);
}

async function openPerson(core: Core, visit: PeopleVisit) {
  const person = await core.people.getByUid(visit.param('uid').slice(0, SEARCH_MAX));
  return { ...person, path: `${PATH}/${encodeURIComponent(person.uid)}` };
}

async function showList(core: Core, visit: PeopleVisit): Promise<void> {
  const search = visit.query('q').slice(0, SEARCH_MAX);
  const before = readBefore(visit.query('before'));
  const part = await core.peopleLists.listPeople({ search, take: TAKE, ...before });
  visit.show({
    template: 'op-people',
    title: visit.t('people'),
    values: { styles: ['operator.css'], part, search, take: TAKE, isFirst: before.before === undefined },
  });
}

async function showPerson(core: Core, visit: PeopleVisit, errors: FormErrors): Promise<void> {
  const person = await openPerson(core, visit);
  visit.show({
    template: 'op-person',
    title: person.nickname || person.uid,
    values: {
      ...(await readPersonPage(core, person.personId)),
      styles: ['operator.css'],
      titleOf: nameChannels(core, visit.language),
      keyTitleOf: (kind: string) => nameKey(kind, visit.language),
      sourceOf: (source: string) => (isSource(source) ? visit.t(source) : source),
      person,
      planFields: toPlanFields(visit),
      maxGrant: MAX_GRANT,
      isErasing: visit.ctx.path.endsWith('/erase'),
      errors,
      values: visit.form.values,
    },
  });
}

/** What a kind of key is called on the pages of keys. */
function nameKey(kind: string, language: Language): string {
  const row = KEY_KIND_ROWS.find((known) => known.kind === kind);
  return row ? titleOf(row, language) : kind;
}

function isSource(source: string): source is (typeof SOURCES)[number] {
  return SOURCES.some((known) => known === source);
}
