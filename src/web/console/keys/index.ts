/** One's own keys in the console: a page for each kind, with programs that use it, and the encryption helper. */
import { notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { ConsoleDesk, ConsoleModule, ConsoleVisit } from '#src/web/console/module.js';
import { writeKeyExamples } from '#src/web/key-examples.js';
import { titleOf } from '#src/web/key-kinds.js';
import type { FormErrors } from '#src/web/session/form.js';
import { KEYS_WORDS, type KeysKey } from './keys-words.js';
import { mountMessageTokens, readPushPlus } from './message-tokens.js';
import { getKindRow, listOwnKinds, openOwnKind } from './own-keys.js';
import { mountTokenPages } from './token-pages.js';

const PATH = '/console/keys';
const SEAL = `${PATH}/sendkey/seal`;

/** The pages below /console/keys. */
export const keysModule: ConsoleModule = {
  menu: [{ path: PATH, label: KEYS_WORDS.keys, group: 'work' }],
  mount(desk, { core, publicUrl }) {
    const { get } = desk.pages(KEYS_WORDS);
    const showPage = (visit: ConsoleVisit<KeysKey>, kind: string, errors: FormErrors = {}) =>
      showKind(visit, { core, publicUrl, kind, errors });
    get(PATH, async (visit) => {
      const zhOrEn = visit.language === 'zh' ? 0 : 1;
      const kinds = (await listOwnKinds(core, visit.visitor.personId)).map(({ row, main, others }) => ({
        kind: row.kind,
        label: titleOf(row, visit.language),
        text: row.text[zhOrEn],
        main,
        isMany: row.forManagers === true,
        others: others.length,
      }));
      visit.show({ template: 'keys', title: visit.t('keys'), values: { kinds } });
    });
    mountSeal(desk, core, publicUrl);
    mountTokenPages(desk, { core, publicUrl, base: `${PATH}/personal` });
    get(`${PATH}/:kind`, (visit) => showPage(visit, visit.param('kind')));
    mountMessageTokens(desk, core, (visit, errors) => showPage(visit, 'pushplus', errors));
    mountChanges(desk, core);
  },
};

async function showKind(
  visit: ConsoleVisit<KeysKey>,
  { core, publicUrl, kind, errors }: { core: Core; publicUrl: string; kind: string; errors: FormErrors },
): Promise<void> {
  const row = getKindRow(kind);
  const { value, main, others } = await openOwnKind(core, visit.visitor.personId, row);
  visit.show({
    template: 'key',
    title: titleOf(row, visit.language),
    values: {
      kind,
      text: row.text[visit.language === 'zh' ? 0 : 1],
      shown: value,
      main,
      others,
      sendTo: value === null ? '' : row.addressOf(publicUrl, value),
      examples: value === null ? [] : writeKeyExamples(row.requestOf(publicUrl, value)),
      sealPath: kind === 'sendkey' ? SEAL : '',
      pushplus: kind === 'pushplus' ? await readPushPlus(core, visit, errors) : null,
    },
  });
}

/** A kind of which people have one key; personal tokens have a page of their own. */
function getOneKind(kind: string) {
  const row = getKindRow(kind);
  if (row.forManagers) {
    throw notFound('密钥 Key');
  }
  return row;
}

function mountChanges(desk: ConsoleDesk, core: Core): void {
  const { post } = desk.pages(KEYS_WORDS);
  post(`${PATH}/:kind/make`, async ({ visitor, param, t, audit, flash, redirect }) => {
    const { kind } = getOneKind(param('kind'));
    await core.keys.showKey(visitor.personId, kind, { sessionId: visitor.sessionId });
    await audit('key.create', kind);
    flash('good', t('made'));
    redirect(`${PATH}/${kind}`);
  });
  post(`${PATH}/:kind/replace`, async ({ visitor, param, t, audit, flash, redirect }) => {
    const row = getOneKind(param('kind'));
    const { main } = await openOwnKind(core, visitor.personId, row);
    await core.keys.createKey(visitor.personId, row.kind, { by: { sessionId: visitor.sessionId } });
    if (main) {
      await core.keys.revokeKey(visitor.personId, main.id);
    }
    await audit('key.replace', row.kind);
    flash('good', t('replaced'));
    redirect(`${PATH}/${row.kind}`);
  });
  post(`${PATH}/:kind/:id/revoke`, async ({ visitor, param, idParam, t, audit, flash, redirect }) => {
    const { kind } = getKindRow(param('kind'));
    const id = idParam('id');
    await core.keys.revokeKey(visitor.personId, id);
    await audit('key.revoke', `${kind} ${id}`);
    flash('good', t('revoked'));
    redirect(`${PATH}/${kind}`);
  });
}

/** The encryption helper: the page gives the number that the scheme needs, and the script does the rest in the browser. */
function mountSeal(desk: ConsoleDesk, core: Core, publicUrl: string): void {
  const { get } = desk.pages(KEYS_WORDS);
  get(SEAL, async (visit) => {
    const { value } = await openOwnKind(core, visit.visitor.personId, getKindRow('sendkey'));
    const number = /^SCT(\d+)T/.exec(value ?? '')?.[1];
    visit.show({
      template: 'key-seal',
      title: visit.t('seal'),
      values: {
        ivSeed: number === undefined ? null : `SCT${number}`,
        sendTo: value === null ? '' : `${publicUrl}/${value}.send`,
      },
    });
  });
}
