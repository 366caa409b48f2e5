/** Reads the subscribers of an app or topic, set by set: a part of a list, or what a search finds in a slice of it. */
import type { Db } from './db.js';
import { both, query, type Words, wordsOf } from './sql.js';
import { anyOf, begins, holds } from './text-search.js';

/** Where to read: relations with ids from `from` up to and without `below`. */
export interface SubscriberRange {
  appId: number;
  topicId: number;
  from: number;
  below: number;
}

/** What a search is for; absent: everything. */
export interface SubscriberWish {
  /** The beginning of a UID, or part of an extra, a remark or a nickname; small and capital letters of ASCII are the same. */
  text?: string;
  blocked?: boolean;
  source?: string;
}

/** A relation with its person. Times are milliseconds since the epoch. */
export interface SubscriberRow {
  id: number;
  personId: number;
  uid: string;
  nickname: string;
  source: string;
  extra: string;
  remark: string;
  blocked: boolean;
  muted: boolean;
  following: boolean;
  paused: boolean;
  createdAt: number;
}

type Raw = Record<keyof SubscriberRow, unknown>;

/** Whether somebody follows is counted, not asked by EXISTS, for which PostgreSQL may read all identities at once into a hash. */
const columnsOf = (
  q: Words,
): string => `s."id", s."personId", p."uid", p."nickname", s."source", s."extra", s."remark", s."blocked", s."muted",
       (SELECT count(*) FROM "Identity" i WHERE i."personId" = s."personId" AND i."platform" = ? AND i."account" = ? AND i."following") > 0 AS "following",
       p."pausedAt" IS NOT NULL AS "paused", ${q.ms('s."createdAt"')} AS "createdAt"`;
const PLACE = 's."appId", s."topicId", s."id"';
/** Bounded and ordered by all columns of the index: PostgreSQL would rather walk down the primary key, past everybody else's. */
const HERE = `(${PLACE}) >= (?, ?, ?) AND (${PLACE}) < (?, ?, ?)`;
const NEWEST = 'ORDER BY s."appId" DESC, s."topicId" DESC, s."id" DESC';
const CUT = `SELECT s."id" AS "id" FROM "Subscription" s WHERE ${HERE} ${NEWEST} LIMIT 1 OFFSET ?`;
const BY_UID = both(
  (q) => `SELECT ${columnsOf(q)} FROM "Person" p JOIN "Subscription" s ON s."personId" = p."id"
     WHERE p."uid" = ? AND s."appId" = ? AND s."topicId" = ?`,
);

/** The newest relations of a range that are wanted, at most `take`. */
export async function readSubscribers(
  db: Db,
  range: SubscriberRange,
  { account, take, ...wish }: SubscriberWish & { account: SubscriberAccount; take: number },
): Promise<SubscriberRow[]> {
  const q = wordsOf(db);
  const { text = '', blocked, source } = wish;
  const conditions = [
    ...(blocked === undefined ? [] : [{ sql: blocked ? 's."blocked"' : 'NOT s."blocked"', args: [] }]),
    ...(source === undefined ? [] : [{ sql: 's."source" = ?', args: [source] }]),
    ...(text === ''
      ? []
      : [anyOf([holds(q, ['s."extra"', 's."remark"', 'p."nickname"'], text), begins(q, 'p."uid"', text)])]),
  ];
  const raw = await query<Raw>(
    db,
    `SELECT ${columnsOf(q)} FROM "Subscription" s CROSS JOIN "Person" p
     WHERE ${HERE} AND p."id" = s."personId" ${conditions.map(({ sql }) => `AND ${sql}`).join(' ')} ${NEWEST} LIMIT ?`,
    ...[account.platform, account.account, ...argsOf(range)],
    ...conditions.flatMap(({ args }): readonly unknown[] => args),
    take,
  );
  return raw.map(toRow);
}

/** The outside account by which people are known. */
export interface SubscriberAccount {
  platform: string;
  account: string;
}

/** The relation of one person, by UID; null where there is none. */
export async function findSubscriber(
  db: Db,
  place: { appId: number; topicId: number; uid: string; account: SubscriberAccount },
): Promise<SubscriberRow | null> {
  const { account, uid, appId, topicId } = place;
  const [raw] = await query<Raw>(db, BY_UID, account.platform, account.account, uid, appId, topicId);
  return raw ? toRow(raw) : null;
}

/** The id of the relation number `count` of a range, counted from the newest; null where it has fewer. */
export async function findSliceEnd(db: Db, range: SubscriberRange, count: number): Promise<number | null> {
  const [row] = await query<{ id: bigint }>(db, CUT, ...argsOf(range), count - 1);
  return row ? Number(row.id) : null;
}

function argsOf({ appId, topicId, from, below }: SubscriberRange): number[] {
  return [appId, topicId, from, appId, topicId, below];
}

function toRow(raw: Raw): SubscriberRow {
  return {
    id: Number(raw.id),
    personId: Number(raw.personId),
    uid: String(raw.uid),
    nickname: String(raw.nickname),
    source: String(raw.source),
    extra: String(raw.extra),
    remark: String(raw.remark),
    blocked: Boolean(raw.blocked),
    muted: Boolean(raw.muted),
    following: Boolean(raw.following),
    paused: Boolean(raw.paused),
    createdAt: Number(raw.createdAt),
  };
}
