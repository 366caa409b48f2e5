/** What the pages about keys show of a person's own keys. Looking makes none. */
import { notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { MaskedKey } from '#src/core/keys.js';
import { KEY_KIND_ROWS, type KeyKindRow } from '#src/web/key-kinds.js';

/** A kind with what the person has of it. */
export interface OwnKind {
  row: KeyKindRow;
  /** The main key: without name and end; null: there is none. */
  main: MaskedKey | null;
  /** Further keys that are not message tokens. */
  others: MaskedKey[];
}

/** The kind with this name; throws not_found. */
export function getKindRow(kind: string): KeyKindRow {
  const row = KEY_KIND_ROWS.find((known) => known.kind === kind);
  if (!row) {
    throw notFound('密钥 Key');
  }
  return row;
}

/** All kinds with a person's keys. */
export async function listOwnKinds(core: Core, personId: number): Promise<OwnKind[]> {
  const keys = await core.keys.listKeys(personId);
  return KEY_KIND_ROWS.map((row) => toOwnKind(row, keys));
}

/** A kind with the main key in clear; null where there is none. */
export async function openOwnKind(
  core: Core,
  personId: number,
  row: KeyKindRow,
): Promise<OwnKind & { value: string | null }> {
  const own = toOwnKind(row, await core.keys.listKeys(personId));
  return { ...own, value: own.main ? await core.keys.showKey(personId, row.kind) : null };
}

function toOwnKind(row: KeyKindRow, keys: readonly MaskedKey[]): OwnKind {
  const mine = keys.filter(({ kind }) => kind === row.kind);
  const main = mine.filter(isMain).at(-1) ?? null;
  const others = mine.filter((key) => key !== main && !(row.kind === 'pushplus' && key.name !== ''));
  return { row, main, others };
}

/** As `showKey` chooses: the newest of those without name and end. */
function isMain(key: MaskedKey): boolean {
  return key.name === '' && key.expiresAt === null;
}
