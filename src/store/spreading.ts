/** Set-based statements that spread accepted messages over their audience. */
import { writeCompletions } from './completions.js';
import type { Db } from './db.js';
import { commit, commitOne, type Statement, write } from './group-commit.js';
import { lockMessages } from './locks.js';
import { DELIVERY_COLUMNS, mutedApp, newDelivery } from './new-deliveries.js';
import { both, query, type Words } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** A message whose audience is still to be spread, with where that has come to. */
export interface AcceptedMessage {
  id: number;
  appId: number | null;
  audience: string;
  cursor: string;
  channels: string | null;
  priority: number;
  expiresAt: number | null;
}

type AcceptedRow = Omit<AcceptedMessage, 'id' | 'expiresAt'> & {
  id: bigint;
  expiresAt: bigint | number | null;
};

const acceptedColumns = (q: Words): string =>
  `"id", "appId", "audience", "cursor", "channels", "priority", ${q.ms('"expiresAt"')} AS "expiresAt"`;
const LIST_ACCEPTED = both(
  (q) => `SELECT ${acceptedColumns(q)} FROM "Message"
     WHERE "state" = 'accepted' AND ("sendAt" IS NULL OR "sendAt" <= ${q.time()}) ORDER BY "id" LIMIT ?`,
);
const BEGIN_SPREADING = both(
  (q) => `UPDATE "Message" SET "state" = 'spreading' WHERE "state" = 'accepted' AND ${q.isIn('"id"', 'int')}`,
);
const FIND_SPREADING = both(
  (q) => `SELECT ${acceptedColumns(q)} FROM "Message" WHERE "state" = 'spreading' ORDER BY "id" LIMIT 1`,
);

function toAccepted(row: AcceptedRow): AcceptedMessage {
  return { ...row, id: Number(row.id), expiresAt: row.expiresAt === null ? null : Number(row.expiresAt) };
}

/** The oldest messages that wait for their expansion and whose time has come. */
export async function listAccepted(db: Db, now: number, limit: number): Promise<AcceptedMessage[]> {
  const rows = await query<AcceptedRow>(db, LIST_ACCEPTED, now, limit);
  return rows.map(toAccepted);
}

/** Takes broadcasts out of the line of accepted messages, so that no number of them stands before a single message. */
export async function beginSpreading(db: Db, messageIds: readonly number[]): Promise<void> {
  await commitOne(db, BEGIN_SPREADING, toSqlJson(messageIds));
}

/** The oldest broadcast that is being spread, or null. */
export async function findSpreading(db: Db): Promise<AcceptedMessage | null> {
  const [row] = await query<AcceptedRow>(db, FIND_SPREADING);
  return row ? toAccepted(row) : null;
}

/** One person to deliver one message to. Ids are made by the caller. */
export interface DirectDelivery {
  id: number;
  messageId: number;
  personId: number;
  appId: number | null;
  channel: string;
  queue: string;
  /** The channel that the sender asked for; empty: the person's route, with `channel` and `queue` for those who have none. */
  slot: string;
  /** The person's settings for the asked channel; null: the server's. */
  configId: number | null;
  /** Why there is nothing to send by; null where there is. */
  problem: string | null;
}

/** What the expansion reads of the platform account that carries the channel. */
export interface ExpansionScope {
  platform: string;
  account: string;
  now: number;
}

/** Nobody has stopped the message since it was read. */
const IS_OPEN = `m."state" IN ('accepted', 'spreading')`;

const EXPAND_PEOPLE = both((q) => {
  const first = newDelivery(q);
  const rows = q.rows('j', {
    id: 'int',
    messageId: 'int',
    personId: 'int',
    appId: 'int',
    channel: 'text',
    queue: 'text',
    slot: 'text',
    configId: 'int',
    problem: 'text',
  });
  return `INSERT INTO "Delivery" (${DELIVERY_COLUMNS})
     SELECT j."id", j."messageId", j."personId", j."appId", j."slot", ${first.channel}, ${first.queue}, ${first.config}, ${first.restOfRoute}, ${first.state},
       ${q.time('t."now"')}, ${q.time('t."now"')}, ${first.attempts}, ${first.finishedAt}
     FROM (SELECT ${q.param('int')} AS "now") t CROSS JOIN ${rows}
     JOIN "Message" m ON m."id" = j."messageId" AND ${IS_OPEN}
     JOIN "Person" p ON p."id" = j."personId"
     LEFT JOIN "Identity" i ON i."personId" = p."id" AND i."platform" = ? AND i."account" = ?
     WHERE true
     ON CONFLICT ("messageId", "personId", "slot") DO NOTHING`;
});

/**
 * Writes deliveries to people named one by one and counts them in their messages, in one commit. A person who has one for
 * this message already gets no second. Ids must be new ones each time.
 */
export async function expandPeople(
  db: Db,
  rows: readonly DirectDelivery[],
  scope: ExpansionScope,
): Promise<void> {
  const messageIds = toSqlJson([...new Set(rows.map((row) => row.messageId))]);
  await commit(db, [lockMessages(messageIds), ...writePeople(rows, scope)]);
}

/** Writes all deliveries of these messages and marks them as fully spread, in one commit. */
export async function expandWhole(
  db: Db,
  { messageIds, rows }: { messageIds: readonly number[]; rows: readonly DirectDelivery[] },
  scope: ExpansionScope,
): Promise<void> {
  const ids = toSqlJson(messageIds);
  await commit(db, [lockMessages(ids), ...writePeople(rows, scope), ...finish(ids, scope.now)]);
}

function writePeople(rows: readonly DirectDelivery[], scope: ExpansionScope): Statement[] {
  return [
    write(EXPAND_PEOPLE, scope.now, toSqlJson(rows), scope.platform, scope.account),
    write(COUNT_PEOPLE, toSqlJson(rows.map(({ id }) => id))),
  ];
}

const countOf = (state: string): string => `count(*) FILTER (WHERE d."state" = '${state}')`;
/**
 * New deliveries are counted by their ids, which nothing else has: those of people who had one already, and which were not
 * written, count no second time. Some end as they begin (see new-deliveries.ts).
 */
const countNew = (which: string): string =>
  `UPDATE "Message" SET "total" = "Message"."total" + c.total, "failed" = "Message"."failed" + c.failed,
       "cancelled" = "Message"."cancelled" + c.cancelled
     FROM (SELECT d."messageId", count(*) AS total, ${countOf('failed')} AS failed, ${countOf('cancelled')} AS cancelled
           FROM "Delivery" d WHERE d."messageId" IS NOT NULL AND ${which} GROUP BY d."messageId") c
     WHERE "Message"."id" = c."messageId"`;
const COUNT_PEOPLE = both((q) => countNew(q.isIn('d."id"', 'int')));
/** Ids of one block: from the first to the last, as far apart as this process makes them. */
const COUNT_BLOCK = both((q) =>
  countNew(
    `d."id" BETWEEN ? AND ? AND (d."id" - ${q.param('int')}) % ${q.param('int')} = 0 AND ${q.noIndex('d."messageId"')} = ?`,
  ),
);

/** A slice of a topic's subscribers to spread a message over. */
export interface TopicSlice {
  message: AcceptedMessage;
  topicId: number;
  /** The last subscription id that is done; 0 at the beginning. */
  after: number;
  /** At most this many rows; `firstId` must start a block of as many ids, `idStride` apart. */
  limit: number;
  firstId: number;
  idStride: number;
  channel: string;
  queue: string;
}

/** How far a slice came. */
export interface SliceEnd {
  /** The last subscription id that is done. */
  last: number;
  /** Subscriptions looked at. */
  count: number;
  /** Whether the topic has no more. */
  isEnd: boolean;
}

const EXPAND_TOPIC = both((q) => {
  const first = newDelivery(q);
  return `INSERT INTO "Delivery" (${DELIVERY_COLUMNS})
     SELECT ? + (row_number() OVER (ORDER BY s."id") - 1) * ?, ${q.param('int')}, s."personId", s."appId", '', ${first.channel}, ${first.queue}, ${first.config},
       ${first.restOfRoute}, 'due', ${q.time()}, ${q.time()}, '[]', NULL
     FROM (SELECT '' AS "slot", ${q.param('text')} AS "channel", ${q.param('text')} AS "queue", CAST(NULL AS INTEGER) AS "configId") j
     JOIN "Message" m ON m."id" = ? AND ${IS_OPEN}
     JOIN "Subscription" s ON true
     JOIN "Person" p ON p."id" = s."personId"
     LEFT JOIN "Identity" i ON i."personId" = s."personId" AND i."platform" = ? AND i."account" = ?
     WHERE (i."following" OR p."route" <> '') AND s."appId" = ? AND s."topicId" = ? AND s."id" > ? AND s."id" <= ? AND NOT s."blocked" AND NOT s."muted" AND p."pausedAt" IS NULL
       AND NOT ${mutedApp('s."appId"')}
     ON CONFLICT ("messageId", "personId", "slot") DO NOTHING`;
});

/**
 * Writes the deliveries of one slice. Repeating a slice changes nothing. Who left, paused or muted gets no row.
 */
export async function expandTopic(db: Db, slice: TopicSlice, scope: ExpansionScope): Promise<SliceEnd> {
  const [found] = await query<{ last: bigint | null; count: bigint | number }>(
    db,
    `SELECT max("id") AS "last", count(*) AS "count" FROM (SELECT "id" FROM "Subscription"
     WHERE "appId" = ? AND "topicId" = ? AND "id" > ? ORDER BY "id" LIMIT ?) s`,
    slice.message.appId,
    slice.topicId,
    slice.after,
    slice.limit,
  );
  const last = Number(found?.last ?? slice.after);
  const count = Number(found?.count ?? 0);
  const end = { last, count, isEnd: count < slice.limit };
  if (count === 0) {
    return end;
  }
  const insert = write(
    EXPAND_TOPIC,
    ...[slice.firstId, slice.idStride, slice.message.id, scope.now, scope.now],
    ...[slice.channel, slice.queue, slice.message.id, scope.platform, scope.account],
    ...[slice.message.appId, slice.topicId, slice.after, last],
  );
  const lastId = slice.firstId + (slice.limit - 1) * slice.idStride;
  const block = [slice.firstId, lastId, slice.firstId, slice.idStride, slice.message.id];
  await commit(db, [lockMessages(toSqlJson([slice.message.id])), insert, write(COUNT_BLOCK, ...block)]);
  return end;
}

/** The people of one slice, for messages that ask for channels by name; who is blocked or muted it is left out. */
export async function listSlice(
  db: Db,
  slice: Pick<TopicSlice, 'message' | 'topicId' | 'after' | 'limit'>,
): Promise<SliceEnd & { people: number[] }> {
  const rows = await query<{ id: bigint; personId: bigint; isOff: unknown }>(
    db,
    `SELECT "id", "personId", "blocked" OR "muted" AS "isOff" FROM "Subscription"
     WHERE "appId" = ? AND "topicId" = ? AND "id" > ? ORDER BY "id" LIMIT ?`,
    slice.message.appId,
    slice.topicId,
    slice.after,
    slice.limit,
  );
  const people = rows.filter((row) => !row.isOff).map((row) => Number(row.personId));
  const last = Number(rows.at(-1)?.id ?? slice.after);
  return { people, last, count: rows.length, isEnd: rows.length < slice.limit };
}

/** Remembers how far a message's expansion has come. */
export async function saveCursor(db: Db, messageId: number, cursor: string): Promise<void> {
  await commitOne(
    db,
    `UPDATE "Message" SET "cursor" = ? WHERE "id" = ? AND "state" = 'spreading'`,
    cursor,
    messageId,
  );
}

const IS_DONE = '"sent" + "failed" + "cancelled" + "unknown" >= "total"';
const FINISH_EXPANSION = both(
  (q) => `UPDATE "Message" SET "state" = CASE WHEN ${IS_DONE} THEN 'done' ELSE 'expanded' END,
       "finishedAt" = CASE WHEN ${IS_DONE} THEN ${q.time()} END
     WHERE ${q.isIn('"id"', 'int')} AND ${q.noIndex('"state"')} IN ('accepted', 'spreading', 'expanded')`,
);

/**
 * Marks messages as fully spread; those without an open delivery are done at once, with the event that tells of it. Repeating
 * it is safe. The plus keeps SQLite from searching all waiting messages by their state for each of these: with 10,000
 * waiting that was half of a delivery's time.
 */
export async function finishExpansion(db: Db, messageIds: readonly number[], now: number): Promise<void> {
  const ids = toSqlJson(messageIds);
  await commit(db, [lockMessages(ids), ...finish(ids, now)]);
}

function finish(ids: string, now: number): Statement[] {
  return [write(FINISH_EXPANSION, now, ids), writeCompletions(ids, now)];
}
