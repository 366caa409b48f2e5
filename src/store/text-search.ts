/** Finds rows by a part of their texts: the same rows on both databases, whatever somebody types. */
import type { Db } from './db.js';
import { query, type Words, wordsOf } from './sql.js';

/** Part of a WHERE, with the values of its parameters. */
export interface Condition {
  sql: string;
  args: readonly unknown[];
}

/** Whether one of these columns holds a text. Small and capital letters of ASCII are the same, no others. */
export function holds(q: Words, columns: readonly string[], text: string): Condition {
  const pattern = `%${toLiteral(text)}%`;
  return {
    sql: `(${columns.map((column) => like(q, column)).join(' OR ')})`,
    args: columns.map(() => pattern),
  };
}

/** Whether a column begins with a text, by the same letters. */
export function begins(q: Words, column: string, text: string): Condition {
  return { sql: like(q, column), args: [`${toLiteral(text)}%`] };
}

/** Whether one of these is met. */
export function anyOf(conditions: readonly Condition[]): Condition {
  return { sql: `(${conditions.map(({ sql }) => sql).join(' OR ')})`, args: argsOf(conditions) };
}

/** Whether one of these columns holds a text, or the text is the row's number, with or without a #. */
export function isNamed(q: Words, columns: readonly string[], text: string): Condition {
  const [, digits] = /^#?(\d{1,9})$/.exec(text) ?? [];
  const held = holds(q, columns, text);
  return digits === undefined ? held : anyOf([held, { sql: '"id" = ?', args: [Number(digits)] }]);
}

/** Which ids to pick. */
export interface IdPick {
  table: 'App' | 'Topic' | 'AuditEntry';
  /** All must be met; none: all rows. */
  where: readonly Condition[];
  order: 'ASC' | 'DESC';
  skip: number;
  take: number;
}

/** Picks a page of ids. */
export async function pickIds(db: Db, { table, where, order, skip, take }: IdPick): Promise<number[]> {
  const rows = await query<{ id: bigint | number }>(
    db,
    `SELECT "id" FROM "${table}" WHERE ${allOf(where)} ORDER BY "id" ${order} LIMIT ? OFFSET ?`,
    ...argsOf(where),
    take,
    skip,
  );
  return rows.map(({ id }) => Number(id));
}

/** How many rows there are in all the pages. */
export async function countIds(db: Db, { table, where }: Pick<IdPick, 'table' | 'where'>): Promise<number> {
  const [row] = await query<{ count: bigint | number }>(
    db,
    `SELECT count(*) AS "count" FROM "${table}" WHERE ${allOf(where)}`,
    ...argsOf(where),
  );
  return Number(row?.count ?? 0);
}

/** A QR code's place in the list of an app or topic. Times are milliseconds since the epoch. */
export interface CodeSearch {
  appId: number;
  topicId: number;
  /** Only codes older than this one; null: from the newest. */
  before: { createdAt: Date; scene: string } | null;
  /** Part of the parameter. */
  text: string;
  /** So many codes are looked at. */
  window: number;
  take: number;
}

/** Later than every code, so that one statement reads from the newest too: the year 9999. */
const LAST_TIME_MS = 253_402_300_799_000;

/** Picks the scenes of parameterised codes whose parameters hold a text, newest first. */
export async function pickScenes(db: Db, search: CodeSearch): Promise<string[]> {
  const { appId, topicId, before, text, window, take } = search;
  const q = wordsOf(db);
  const found = holds(q, ['"extra"'], text);
  const newest = 'ORDER BY "createdAt" DESC, "scene" DESC LIMIT ?';
  const rows = await query<{ scene: string }>(
    db,
    `SELECT "scene" FROM (SELECT "scene", "extra", "createdAt" FROM "QrCode" WHERE "appId" = ? AND "topicId" = ? AND "permanent" = false
       AND ("createdAt", "scene") < (${q.time()}, ?) ${newest}) c WHERE ${found.sql} ${newest}`,
    ...[appId, topicId, before?.createdAt.getTime() ?? LAST_TIME_MS, before?.scene ?? '', window],
    ...found.args,
    take,
  );
  return rows.map(({ scene }) => scene);
}

/** `%` and `_` mean themselves. */
function toLiteral(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

function like(q: Words, column: string): string {
  return `${column} ${q.like} ? ESCAPE '\\'`;
}

function allOf(where: readonly Condition[]): string {
  return where.length === 0 ? 'true' : where.map(({ sql }) => sql).join(' AND ');
}

function argsOf(where: readonly Condition[]): unknown[] {
  return where.flatMap(({ args }) => args);
}
