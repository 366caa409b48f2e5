/** Statements that exchange the secret key: which one seals, how far the resealing is, and the sealed values page by page. */
import type { Db } from './db.js';
import { commit, write } from './group-commit.js';
import { readKeyMark } from './key-mark.js';
import { both, type ColumnType, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** An exchange of keys, named by their marks; `finishedAt` is null while something may be sealed with the former. */
export interface KeyRotation {
  from: string;
  to: string;
  startedAt: number;
  finishedAt: number | null;
  /** Values that were sealed anew, and those that neither key opens. */
  resealed: number;
  unopened: number;
}

/** A table's sealed columns, and the columns that tell its rows apart. */
export interface SealedTable {
  name: string;
  key: Readonly<Record<string, ColumnType>>;
  columns: readonly string[];
}

/** A row's sealed texts: what it is known by, and the texts by column. */
export interface SealedRow {
  key: Readonly<Record<string, string | number>>;
  texts: Readonly<Record<string, string>>;
}

/** Everything that is sealed at rest. */
export const SEALED_TABLES: readonly SealedTable[] = [
  { name: 'Setting', key: { key: 'text' }, columns: ['value'] },
  { name: 'PlatformToken', key: { name: 'text' }, columns: ['value'] },
  { name: 'App', key: { id: 'int' }, columns: ['settingSecret'] },
  { name: 'Callback', key: { id: 'int' }, columns: ['secret', 'oldSecret'] },
  { name: 'ChannelConfig', key: { id: 'int' }, columns: ['config'] },
  { name: 'NotifyCode', key: { id: 'int' }, columns: ['sealed'] },
  { name: 'ContactCheck', key: { personId: 'int', kind: 'text' }, columns: ['address'] },
  { name: 'MailConsent', key: { id: 'int' }, columns: ['address'] },
  { name: 'Person', key: { id: 'int' }, columns: ['email', 'phone'] },
  { name: 'Preference', key: { personId: 'int', name: 'text' }, columns: ['value'] },
  { name: 'Key', key: { id: 'int' }, columns: ['sealed'] },
  { name: 'Inbound', key: { key: 'text' }, columns: ['reply'] },
];

const SETTING = 'key-rotation';
const MARK_SETTING = 'key-mark';
const PAGE = 500;

const SAVE = both(
  (q) => `INSERT INTO "Setting" ("key", "value", "updatedAt") VALUES (?, ?, ${q.time()})
     ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value", "updatedAt" = excluded."updatedAt"`,
);

/** The mark of the key that seals, null where none is written down, and the last exchange of keys. */
export async function readKeyState(db: Db): Promise<{ mark: string | null; rotation: KeyRotation | null }> {
  const [mark, row] = await Promise.all([
    readKeyMark(db),
    db.setting.findUnique({ where: { key: SETTING } }),
  ]);
  return { mark, rotation: row ? (JSON.parse(row.value) as KeyRotation) : null };
}

/** From now on another key seals: its mark and the exchange are written in one. */
export async function beginRotation(db: Db, rotation: KeyRotation): Promise<void> {
  const { to, startedAt } = rotation;
  await commit(db, [
    write(SAVE, SETTING, JSON.stringify(rotation), startedAt),
    write(SAVE, MARK_SETTING, to, startedAt),
  ]);
}

/** Writes down how far it is. */
export async function saveRotation(db: Db, rotation: KeyRotation, now: number): Promise<void> {
  await commit(db, [write(SAVE, SETTING, JSON.stringify(rotation), now)]);
}

/** Forgets the last exchange. */
export async function forgetRotation(db: Db): Promise<void> {
  await db.setting.deleteMany({ where: { key: SETTING } });
}

/** The rows of a table that follow a row, at most 500, in the order of their keys; none: it has no more. */
export async function readSealedPage(
  db: Db,
  { name, key, columns }: SealedTable,
  after: SealedRow | null,
): Promise<SealedRow[]> {
  const keys = Object.keys(key);
  const names = keys.map(quote).join(', ');
  const where = after ? `WHERE (${names}) > (${keys.map(() => '?').join(', ')})` : '';
  const rows = await query<Record<string, string | number | bigint | null>>(
    db,
    `SELECT ${[...keys, ...columns].map(quote).join(', ')} FROM "${name}" ${where} ORDER BY ${names} LIMIT ${PAGE}`,
    ...(after ? keys.map((one) => after.key[one]) : []),
  );
  return rows.map((row) => ({
    key: Object.fromEntries(
      keys.map((one) => [one, key[one] === 'int' ? Number(row[one]) : String(row[one])]),
    ),
    texts: Object.fromEntries(columns.map((one) => [one, String(row[one] ?? '')])),
  }));
}

/** One sealed text and what takes its place, unless somebody has written something else meanwhile. */
export interface Resealing {
  key: SealedRow['key'];
  column: string;
  from: string;
  to: string;
}

/** Puts resealed texts in place, all in one commit; returns how many. */
export async function replaceSealed(
  db: Db,
  table: SealedTable,
  resealings: readonly Resealing[],
): Promise<number> {
  const statements = table.columns.flatMap((column) => {
    const rows = resealings.filter((one) => one.column === column);
    return rows.length === 0
      ? []
      : [
          write(
            replaceSql(table, column),
            toSqlJson(rows.map(({ key, from, to }) => ({ ...key, from, to }))),
          ),
        ];
  });
  const counts = statements.length === 0 ? [] : await commit(db, statements);
  return counts.reduce<number>((sum, count) => sum + Number(count), 0);
}

function replaceSql({ name, key }: SealedTable, column: string) {
  const same = Object.keys(key).map((one) => `"${name}"."${one}" = j."${one}"`);
  return both(
    (
      q,
    ) => `UPDATE "${name}" SET "${column}" = j."to" FROM ${q.rows('j', { ...key, from: 'text', to: 'text' })}
       WHERE ${same.join(' AND ')} AND "${name}"."${column}" = j."from"`,
  );
}

function quote(name: string): string {
  return `"${name}"`;
}
