/** Set-based statements for accepting messages and spreading them over their audience. */
import { commitOne } from './group-commit.js';
import type { Db } from './open.js';
import { toSqlJson } from './sql-json.js';

/** A message as the accept path writes it. Times are milliseconds since the epoch. */
export interface NewMessage {
  id: number;
  appId: number | null;
  senderId: number | null;
  source: string;
  title: string;
  summary: string;
  body: string;
  format: string;
  url: string;
  /** `{"people": [...], "topics": [...]}` */
  audience: string;
  /** `[{"uid": ...} | {"topicId": ...}]` */
  targets: string;
  priority: number;
  dedupeKey: string | null;
  createdAt: number;
  sendAt: number | null;
  expiresAt: number | null;
}

const MESSAGE_COLUMNS =
  'id, appId, senderId, source, title, summary, body, format, url, audience, targets, priority, dedupeKey, createdAt, sendAt, expiresAt';

/**
 * Writes the messages of a moment with one commit. A message whose dedupe key exists already is left out: the caller
 * finds the first one by `findByDedupeKeys`.
 */
export async function insertMessages(db: Db, rows: readonly NewMessage[]): Promise<void> {
  const values = MESSAGE_COLUMNS.split(', ')
    .map((name) => `value->>'${name}'`)
    .join(', ');
  const columns = MESSAGE_COLUMNS.replace(/\w+/g, '"$&"');
  await commitOne(
    db,
    `INSERT INTO "Message" (${columns}, "state")
     SELECT ${values}, 'accepted' FROM json_each(?) WHERE true
     ON CONFLICT ("dedupeKey") DO NOTHING`,
    toSqlJson(rows),
  );
}

/** Which messages hold these dedupe keys. */
export async function findByDedupeKeys(db: Db, keys: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.$queryRawUnsafe<{ id: bigint; dedupeKey: string }[]>(
    `SELECT "id", "dedupeKey" FROM "Message" WHERE "dedupeKey" IN (SELECT value FROM json_each(?))`,
    toSqlJson(keys),
  );
  return new Map(rows.map((row) => [row.dedupeKey, Number(row.id)]));
}

/** A message whose audience is still to be spread, with where that has come to. */
export interface AcceptedMessage {
  id: number;
  appId: number | null;
  audience: string;
  cursor: string;
  priority: number;
  expiresAt: number | null;
}

const ACCEPTED_COLUMNS =
  '"id", "appId", "audience", "cursor", "priority", CAST("expiresAt" AS INTEGER) AS "expiresAt"';
type AcceptedRow = Omit<AcceptedMessage, 'id'> & { id: bigint };

/** The oldest messages that wait for their expansion and whose time has come. */
export async function listAccepted(db: Db, now: number, limit: number): Promise<AcceptedMessage[]> {
  const rows = await db.$queryRawUnsafe<AcceptedRow[]>(
    `SELECT ${ACCEPTED_COLUMNS} FROM "Message"
     WHERE "state" = 'accepted' AND ("sendAt" IS NULL OR "sendAt" <= ?) ORDER BY "id" LIMIT ?`,
    now,
    limit,
  );
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

/** Takes broadcasts out of the line of accepted messages, so that no number of them stands before a single message. */
export async function beginSpreading(db: Db, messageIds: readonly number[]): Promise<void> {
  await commitOne(
    db,
    `UPDATE "Message" SET "state" = 'spreading' WHERE "state" = 'accepted' AND "id" IN (SELECT value FROM json_each(?))`,
    toSqlJson(messageIds),
  );
}

/** The oldest broadcast that is being spread, or null. */
export async function findSpreading(db: Db): Promise<AcceptedMessage | null> {
  const [row] = await db.$queryRawUnsafe<AcceptedRow[]>(
    `SELECT ${ACCEPTED_COLUMNS} FROM "Message" WHERE "state" = 'spreading' ORDER BY "id" LIMIT 1`,
  );
  return row ? { ...row, id: Number(row.id) } : null;
}

/** One person to deliver one message to. Ids are made by the caller. */
export interface DirectDelivery {
  id: number;
  messageId: number;
  personId: number;
  appId: number | null;
  channel: string;
  queue: string;
}

/** What the expansion reads of the platform account that carries the channel. */
export interface ExpansionScope {
  platform: string;
  account: string;
  now: number;
}

/** The state and first attempt of a new delivery: people who left or paused get a final row that says so, and no call. */
const FIRST_STATE = `CASE WHEN i."externalId" IS NULL OR NOT i."following" THEN 'failed'
       WHEN p."pausedAt" IS NOT NULL THEN 'cancelled' ELSE 'due' END`;
const FIRST_ATTEMPTS = `CASE
       WHEN i."externalId" IS NULL OR NOT i."following"
       THEN json_array(json_object('at', j.now, 'outcome', 'skipped', 'code', 'unfollowed', 'detail', '接收者没有关注公众号 The person does not follow the account'))
       WHEN p."pausedAt" IS NOT NULL
       THEN json_array(json_object('at', j.now, 'outcome', 'skipped', 'code', 'paused', 'detail', '接收者已暂停接收 The person has paused all messages'))
       ELSE '[]' END`;
const FIRST_FINISH = `CASE WHEN i."externalId" IS NULL OR NOT i."following" OR p."pausedAt" IS NOT NULL THEN j.now END`;
const DELIVERY_COLUMNS =
  '"id", "messageId", "personId", "appId", "channel", "queue", "state", "dueAt", "createdAt", "attempts", "finishedAt"';

/** Writes deliveries to people named one by one. A person who has one for this message already gets no second. */
export async function expandPeople(
  db: Db,
  rows: readonly DirectDelivery[],
  scope: ExpansionScope,
): Promise<void> {
  await commitOne(
    db,
    `INSERT INTO "Delivery" (${DELIVERY_COLUMNS})
     SELECT j.id, j.messageId, j.personId, j.appId, j.channel, j.queue, ${FIRST_STATE}, j.now, j.now, ${FIRST_ATTEMPTS}, ${FIRST_FINISH}
     FROM (SELECT value->>'id' AS id, value->>'messageId' AS messageId, value->>'personId' AS personId, value->>'appId' AS appId,
                  value->>'channel' AS channel, value->>'queue' AS queue, ? AS now FROM json_each(?)) j
     JOIN "Person" p ON p."id" = j.personId
     LEFT JOIN "Identity" i ON i."personId" = p."id" AND i."platform" = ? AND i."account" = ?
     WHERE true
     ON CONFLICT ("messageId", "personId", "channel") DO NOTHING`,
    scope.now,
    toSqlJson(rows),
    scope.platform,
    scope.account,
  );
}

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

/**
 * Writes the deliveries of one slice and returns the last subscription id it came to, or null when none was left.
 * Repeating a slice changes nothing. Only people who follow the account and have not paused get a row.
 */
export async function expandTopic(db: Db, slice: TopicSlice, scope: ExpansionScope): Promise<number | null> {
  const last = await db.$queryRawUnsafe<{ last: bigint | null }[]>(
    `SELECT max("id") AS "last" FROM (SELECT "id" FROM "Subscription"
     WHERE "appId" = ? AND "topicId" = ? AND "id" > ? ORDER BY "id" LIMIT ?)`,
    slice.message.appId,
    slice.topicId,
    slice.after,
    slice.limit,
  );
  const upTo = last[0]?.last ?? null;
  if (upTo === null) {
    return null;
  }
  await commitOne(
    db,
    `INSERT INTO "Delivery" (${DELIVERY_COLUMNS})
     SELECT ? + (row_number() OVER (ORDER BY s."id") - 1) * ?, ?, s."personId", s."appId", ?, ?, 'due', ?, ?, '[]', NULL
     FROM "Subscription" s
     JOIN "Person" p ON p."id" = s."personId"
     JOIN "Identity" i ON i."personId" = s."personId" AND i."platform" = ? AND i."account" = ? AND i."following"
     WHERE s."appId" = ? AND s."topicId" = ? AND s."id" > ? AND s."id" <= ? AND NOT s."blocked" AND p."pausedAt" IS NULL
     ON CONFLICT ("messageId", "personId", "channel") DO NOTHING`,
    slice.firstId,
    slice.idStride,
    slice.message.id,
    slice.channel,
    slice.queue,
    scope.now,
    scope.now,
    scope.platform,
    scope.account,
    slice.message.appId,
    slice.topicId,
    slice.after,
    Number(upTo),
  );
  return Number(upTo);
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

/**
 * Marks messages as fully spread and counts their deliveries; those without an open delivery are done at once. The
 * counts are taken from the rows, so repeating it is safe.
 */
export async function finishExpansion(db: Db, messageIds: readonly number[], now: number): Promise<void> {
  const count = (state: string): string => `sum("state" = '${state}')`;
  await commitOne(
    db,
    `UPDATE "Message" SET "total" = c.total, "sent" = c.sent, "failed" = c.failed, "cancelled" = c.cancelled,
       "state" = CASE WHEN c.open = 0 THEN 'done' ELSE 'expanded' END,
       "finishedAt" = CASE WHEN c.open = 0 THEN ? END
     FROM (SELECT j.value AS id, count(d."id") AS total, coalesce(${count('sent')}, 0) AS sent,
                  coalesce(${count('failed')}, 0) AS failed, coalesce(${count('cancelled')}, 0) AS cancelled,
                  coalesce(sum("state" IN ('due', 'claimed')), 0) AS open
           FROM json_each(?) j LEFT JOIN "Delivery" d ON d."messageId" = j.value GROUP BY j.value) c
     WHERE "Message"."id" = c.id AND "Message"."state" IN ('accepted', 'spreading', 'expanded')`,
    now,
    toSqlJson(messageIds),
  );
}
