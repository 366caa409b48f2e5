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
  /** JSON list of channel codes or kinds; null: each person's route. */
  channels: string | null;
  /** JSON. */
  extras: string | null;
  dedupeKey: string | null;
  createdAt: number;
  sendAt: number | null;
  expiresAt: number | null;
}

const MESSAGE_COLUMNS =
  'id, appId, senderId, source, title, summary, body, format, url, audience, targets, priority, channels, extras, dedupeKey, createdAt, sendAt, expiresAt';

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
  channels: string | null;
  priority: number;
  expiresAt: number | null;
}

const ACCEPTED_COLUMNS =
  '"id", "appId", "audience", "cursor", "channels", "priority", CAST("expiresAt" AS INTEGER) AS "expiresAt"';
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

/** Whether WeChat is the only way to this person, and closed: they left or never came. */
const UNREACHABLE = `((j.slot = '' AND p."route" = '' OR j.slot <> '' AND j.channel = 'wechat')
       AND (i."externalId" IS NULL OR NOT i."following"))`;
const skipped = (code: string, detail: string): string =>
  `json_array(json_object('at', j.now, 'outcome', 'skipped', 'code', '${code}', 'detail', ${detail}))`;
/** The state and first attempt of a new delivery: who cannot be reached or paused gets a final row that says so, and no call. */
const FIRST_STATE = `CASE WHEN j.problem IS NOT NULL OR ${UNREACHABLE} THEN 'failed'
       WHEN p."pausedAt" IS NOT NULL THEN 'cancelled' ELSE 'due' END`;
const FIRST_ATTEMPTS = `CASE
       WHEN j.problem IS NOT NULL THEN ${skipped('no_channel', 'j.problem')}
       WHEN ${UNREACHABLE} THEN ${skipped('unfollowed', `'接收者没有关注公众号 The person does not follow the account'`)}
       WHEN p."pausedAt" IS NOT NULL THEN ${skipped('paused', `'接收者已暂停接收 The person has paused all messages'`)}
       ELSE '[]' END`;
const FIRST_FINISH = `CASE WHEN j.problem IS NOT NULL OR ${UNREACHABLE} OR p."pausedAt" IS NOT NULL THEN j.now END`;
/** The first step of a person's route, and what is left of it; people without a route have WeChat. */
const ROUTED = `j.slot = '' AND p."route" <> ''`;
const FIRST_CHANNEL = `CASE WHEN ${ROUTED} THEN p."route"->>'$[0].channel' ELSE j.channel END`;
const FIRST_QUEUE = `CASE WHEN ${ROUTED} AND p."route"->>'$[0].queue' <> 'wechat' THEN p."route"->>'$[0].queue' ELSE j.queue END`;
const FIRST_CONFIG = `CASE WHEN ${ROUTED} THEN p."route"->>'$[0].configId' ELSE j.configId END`;
const REST_OF_ROUTE = `CASE WHEN ${ROUTED} THEN json_remove(p."route", '$[0]') ELSE '' END`;
const DELIVERY_COLUMNS =
  '"id", "messageId", "personId", "appId", "slot", "channel", "queue", "configId", "route", "state", "dueAt", "createdAt", "attempts", "finishedAt"';

/** Writes deliveries to people named one by one. A person who has one for this message already gets no second. */
export async function expandPeople(
  db: Db,
  rows: readonly DirectDelivery[],
  scope: ExpansionScope,
): Promise<void> {
  await commitOne(
    db,
    `INSERT INTO "Delivery" (${DELIVERY_COLUMNS})
     SELECT j.id, j.messageId, j.personId, j.appId, j.slot, ${FIRST_CHANNEL}, ${FIRST_QUEUE}, ${FIRST_CONFIG}, ${REST_OF_ROUTE}, ${FIRST_STATE}, j.now, j.now, ${FIRST_ATTEMPTS}, ${FIRST_FINISH}
     FROM (SELECT value->>'id' AS id, value->>'messageId' AS messageId, value->>'personId' AS personId, value->>'appId' AS appId,
                  value->>'channel' AS channel, value->>'queue' AS queue, value->>'slot' AS slot, value->>'configId' AS configId,
                  value->>'problem' AS problem, ? AS now FROM json_each(?)) j
     JOIN "Person" p ON p."id" = j.personId
     LEFT JOIN "Identity" i ON i."personId" = p."id" AND i."platform" = ? AND i."account" = ?
     WHERE true
     ON CONFLICT ("messageId", "personId", "slot") DO NOTHING`,
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

/** How far a slice came. */
export interface SliceEnd {
  /** The last subscription id that is done. */
  last: number;
  /** Subscriptions looked at. */
  count: number;
  /** Whether the topic has no more. */
  isEnd: boolean;
}

/**
 * Writes the deliveries of one slice. Repeating a slice changes nothing. Only people who follow the account and have not paused get a row.
 */
export async function expandTopic(db: Db, slice: TopicSlice, scope: ExpansionScope): Promise<SliceEnd> {
  const [found] = await db.$queryRawUnsafe<{ last: bigint | null; count: bigint | number }[]>(
    `SELECT max("id") AS "last", count(*) AS "count" FROM (SELECT "id" FROM "Subscription"
     WHERE "appId" = ? AND "topicId" = ? AND "id" > ? ORDER BY "id" LIMIT ?)`,
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
  await commitOne(
    db,
    `INSERT INTO "Delivery" (${DELIVERY_COLUMNS})
     SELECT ? + (row_number() OVER (ORDER BY s."id") - 1) * ?, ?, s."personId", s."appId", '', ${FIRST_CHANNEL}, ${FIRST_QUEUE}, ${FIRST_CONFIG},
       ${REST_OF_ROUTE}, 'due', j.now, j.now, '[]', NULL
     FROM (SELECT '' AS slot, ? AS channel, ? AS queue, NULL AS configId, ? AS now) j
     JOIN "Subscription" s
     JOIN "Person" p ON p."id" = s."personId"
     LEFT JOIN "Identity" i ON i."personId" = s."personId" AND i."platform" = ? AND i."account" = ?
     WHERE (i."following" OR p."route" <> '') AND s."appId" = ? AND s."topicId" = ? AND s."id" > ? AND s."id" <= ? AND NOT s."blocked" AND p."pausedAt" IS NULL
     ON CONFLICT ("messageId", "personId", "slot") DO NOTHING`,
    slice.firstId,
    slice.idStride,
    slice.message.id,
    slice.channel,
    slice.queue,
    scope.now,
    scope.platform,
    scope.account,
    slice.message.appId,
    slice.topicId,
    slice.after,
    last,
  );
  return end;
}

/** The people of one slice, for messages that ask for channels by name; blocked ones are left out. */
export async function listSlice(
  db: Db,
  slice: Pick<TopicSlice, 'message' | 'topicId' | 'after' | 'limit'>,
): Promise<SliceEnd & { people: number[] }> {
  const rows = await db.$queryRawUnsafe<{ id: bigint; personId: bigint; blocked: unknown }[]>(
    `SELECT "id", "personId", "blocked" FROM "Subscription"
     WHERE "appId" = ? AND "topicId" = ? AND "id" > ? ORDER BY "id" LIMIT ?`,
    slice.message.appId,
    slice.topicId,
    slice.after,
    slice.limit,
  );
  const people = rows.filter((row) => !row.blocked).map((row) => Number(row.personId));
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
