/** One's own keys, a kind for each dialect: shown with an example, made, replaced and revoked. */
import { notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { MaskedKey } from '#src/core/keys.js';
import type { Language } from '#src/lib/i18n.js';
import { mountTokenPages } from '#src/web/console/keys/token-pages.js';
import { KEY_KIND_ROWS, type KeyKindRow, titleOf } from '#src/web/key-kinds.js';
import type { Visitor } from '#src/web/session/visits.js';
import type { MeDeps, MeDesk } from './index.js';
import { KEYS_WORDS } from './keys-words.js';

const PATH = '/me/keys';

/** Mounts /me/keys and its forms. */
export function mountKeys(desk: MeDesk, { core, publicUrl }: MeDeps): void {
  mountTokenPages(desk, { core, publicUrl, base: `${PATH}/personal` });
  const { get, post } = desk.pages(KEYS_WORDS);
  get(PATH, async ({ visitor, language, t, show }) => {
    const known = await core.keys.listKeys(visitor.personId);
    const kinds = await Promise.all(
      kindsFor(visitor).map((row) =>
        describeKind(core, visitor.personId, { row, known, publicUrl, language }),
      ),
    );
    show({ template: 'keys', title: t('heading'), values: { kinds } });
  });
  post(`${PATH}/:kind/make`, async ({ visitor, param, t, audit, flash, redirect }) => {
    const { kind } = getKind(visitor, param('kind'));
    await core.keys.showKey(visitor.personId, kind, { sessionId: visitor.sessionId });
    await audit('key.create', kind);
    flash('good', t('made'));
    redirect(`${PATH}#${kind}`);
  });
  post(`${PATH}/:kind/replace`, async ({ visitor, param, t, audit, flash, redirect }) => {
    const { kind } = getKind(visitor, param('kind'));
    const old = await listMain(core, visitor.personId, kind);
    await core.keys.createKey(visitor.personId, kind, { by: { sessionId: visitor.sessionId } });
    await revokeAll(core, visitor.personId, old);
    await audit('key.replace', kind);
    flash('good', t('replaced'));
    redirect(`${PATH}#${kind}`);
  });
  post(`${PATH}/:kind/revoke`, async ({ visitor, param, t, audit, flash, redirect }) => {
    const { kind } = getKind(visitor, param('kind'));
    await revokeAll(core, visitor.personId, await listMain(core, visitor.personId, kind));
    await audit('key.revoke', kind);
    flash('good', t('revoked'));
    redirect(`${PATH}#${kind}`);
  });
}

function kindsFor({ account }: Visitor): KeyKindRow[] {
  return KEY_KIND_ROWS.filter((row) => !row.forManagers || account !== null);
}

function getKind(visitor: Visitor, kind: string): KeyKindRow {
  const row = kindsFor(visitor).find((known) => known.kind === kind);
  // Personal tokens have a page of their own.
  if (!row || row.forManagers) {
    throw notFound('密钥 Key');
  }
  return row;
}

/** A kind with the key in clear where there is one; looking makes none. */
async function describeKind(
  core: Core,
  personId: number,
  {
    row,
    known,
    publicUrl,
    language,
  }: { row: KeyKindRow; known: readonly MaskedKey[]; publicUrl: string; language: Language },
) {
  const mine = known.filter(({ kind }) => kind === row.kind);
  const hasMain = !row.forManagers && mine.some(isMain);
  const value = hasMain ? await core.keys.showKey(personId, row.kind) : null;
  return {
    kind: row.kind,
    label: titleOf(row, language),
    page: row.forManagers ? `${PATH}/${row.kind}` : '',
    value,
    others: mine.length - (hasMain ? 1 : 0),
    example: value === null ? '' : row.exampleOf(publicUrl, value),
  };
}

/** A person's keys of a kind that bear no name; those with a name belong to their dialect's own pages. */
async function listMain(core: Core, personId: number, kind: string): Promise<MaskedKey[]> {
  const keys = await core.keys.listKeys(personId);
  return keys.filter((key) => key.kind === kind && isMain(key));
}

function isMain(key: MaskedKey): boolean {
  return key.name === '' && key.expiresAt === null;
}

async function revokeAll(core: Core, personId: number, keys: readonly MaskedKey[]): Promise<void> {
  for (const { id } of keys) {
    await core.keys.revokeKey(personId, id);
  }
}
