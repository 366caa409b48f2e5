/** PushPlus's message tokens, which have a name and an end, and the secret of its open API. */
import { z } from 'zod';
import { notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { formatChinaTime, parseChinaTime } from '#src/lib/china-time.js';
import type { ConsoleDesk, ConsoleVisit } from '#src/web/console/module.js';
import type { FormErrors } from '#src/web/session/form.js';
import { textField } from '#src/web/session/form.js';
import { readPaging, toPager } from '#src/web/session/paging.js';
import { KEYS_WORDS, type KeysKey } from './keys-words.js';

const PAGE = '/console/keys/pushplus';
const MAX_NAME = 64;
const MAX_IPS_TEXT = 4000;
/** More than these nobody chooses from. */
const MAX_TOKENS = 500;

type Visit = ConsoleVisit<KeysKey>;

/** What the page of PushPlus's key shows beside the key. */
export async function readPushPlus(core: Core, visit: Visit, errors: FormErrors = {}) {
  const { personId } = visit.visitor;
  const paging = readPaging(visit.query('page'));
  const { total, items } = await core.keys.listNamedKeys(personId, 'pushplus', {
    skip: paging.skip,
    take: paging.take,
  });
  const rules =
    visit.query('secret') === 'show' || 'allowedIps' in visit.form.values
      ? await core.openAccess.getRules(personId)
      : null;
  const now = core.clock.now();
  return {
    tokens: items.map((token) => ({
      ...token,
      isOver: token.expiresAt !== null && token.expiresAt.getTime() <= now,
    })),
    pager: toPager(paging, total),
    rules,
    values: { allowedIps: rules?.allowedIps.join('\n') ?? '', ...visit.form.values },
    errors,
  };
}

/** Mounts the forms about tokens and the secret. `showPage` shows the page of the kind again. */
export function mountMessageTokens(
  desk: ConsoleDesk,
  core: Core,
  showPage: (visit: Visit, errors: FormErrors) => Promise<void>,
): void {
  const { get, post } = desk.pages(KEYS_WORDS);
  post(`${PAGE}/tokens`, (visit) =>
    visit.submit(
      tokenSchema(core, visit),
      async ({ name, until }) => {
        const traits = { name, expiresAt: until, by: { sessionId: visit.visitor.sessionId } };
        const { id } = await core.keys.createKey(visit.visitor.personId, 'pushplus', traits);
        await visit.audit('key.create', `pushplus token ${id}`);
        visit.flash('good', visit.t('tokenMade'));
        visit.redirect(`${PAGE}#tokens`);
      },
      (errors) => showPage(visit, errors),
    ),
  );
  get(`${PAGE}/tokens/:id`, async (visit) => showToken(core, visit, {}));
  post(`${PAGE}/tokens/:id`, (visit) =>
    visit.submit(
      tokenSchema(core, visit),
      async ({ name, until }) => {
        const id = visit.idParam('id');
        const traits = { name, expiresAt: until };
        await core.keys.updateNamedKey(visit.visitor.personId, { kind: 'pushplus', id }, traits);
        await visit.audit('key.update', `pushplus token ${id}`);
        visit.flash('good', visit.t('tokenSaved'));
        visit.redirect(`${PAGE}#tokens`);
      },
      (errors) => showToken(core, visit, errors),
    ),
  );
  post(`${PAGE}/tokens/:id/revoke`, async (visit) => {
    const id = visit.idParam('id');
    await core.keys.revokeNamedKey(visit.visitor.personId, { kind: 'pushplus', id });
    await visit.audit('key.revoke', `pushplus token ${id}`);
    visit.flash('good', visit.t('revoked'));
    visit.redirect(`${PAGE}#tokens`);
  });
  mountSecret(desk, core, showPage);
}

function mountSecret(
  desk: ConsoleDesk,
  core: Core,
  showPage: (visit: Visit, errors: FormErrors) => Promise<void>,
): void {
  const { post } = desk.pages(KEYS_WORDS);
  post(`${PAGE}/secret/replace`, async (visit) => {
    await core.openAccess.replaceSecret(visit.visitor.personId);
    await visit.audit('open-access.replace');
    visit.flash('good', visit.t('secretReplaced'));
    visit.redirect(`${PAGE}?secret=show#secret`);
  });
  post(`${PAGE}/secret/ips`, (visit) =>
    visit.submit(
      z.object({ allowedIps: textField(MAX_IPS_TEXT) }),
      async ({ allowedIps }) => {
        const ips = allowedIps.split(/[\s,，;；]+/).filter((ip) => ip !== '');
        await core.openAccess.setAllowedIps(visit.visitor.personId, ips);
        await visit.audit('open-access.ips', '', ips.join(' '));
        visit.flash('good', visit.t('ipsSaved'));
        visit.redirect(`${PAGE}?secret=show#secret`);
      },
      (errors) => showPage(visit, errors),
    ),
  );
}

async function showToken(core: Core, visit: Visit, errors: FormErrors): Promise<void> {
  const page = { skip: 0, take: MAX_TOKENS };
  const { items } = await core.keys.listNamedKeys(visit.visitor.personId, 'pushplus', page);
  const token = items.find(({ id }) => id === visit.idParam('id'));
  if (!token) {
    throw notFound('密钥 Key');
  }
  const until = token.expiresAt ? formatChinaTime(token.expiresAt).slice(0, 10) : '';
  visit.show({
    template: 'key-token',
    title: visit.t('editToken'),
    values: { token, errors, values: { name: token.name, until, ...visit.form.values } },
  });
}

/** A day by its last second in China. A token may be told to end today, not before. */
function tokenSchema(core: Core, { t }: Visit) {
  return z.object({
    name: textField(MAX_NAME, 1),
    until: z
      .string()
      .default('')
      .transform((day) =>
        day.trim() === '' ? null : (parseChinaTime(`${day.trim()} 23:59:59`) ?? new Date(0)),
      )
      .refine((end) => end === null || end.getTime() > core.clock.now(), { error: t('badDate') }),
  });
}
