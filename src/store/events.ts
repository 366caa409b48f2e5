/** Set-based statements for events, their spreading over callback endpoints, and the platforms' later receipts. */
import { commit, commitOne, commitRows, read, write } from './group-commit.js';
import type { Db } from './open.js';
import { toSqlJson } from './sql-json.js';

/** An event to write. Times are milliseconds since the epoch. */
export interface NewEvent {
  id: number;
  /** What caused it; a second event of the same cause is not written. */
  dedupeKey: string;
  type: string;
  appId: number;
  personId: number | null;
  /** JSON. */
  data: string;
  createdAt: number;
  /** Written only if this subscription row exists, that is, if this very call made it. */
  onlyIfSubscription?: number;
}

const EVENT_INSERT = `INSERT INTO "Event" ("id", "dedupeKey", "type", "appId", "personId", "data", "state", "createdAt")
     SELECT value->>'id', value->>'dedupeKey', value->>'type', value->>'appId', value->>'personId', value->>'data', 'new', value->>'createdAt'
     FROM json_each(?)
     WHERE value->>'onlyIfSubscription' IS NULL
        OR EXISTS (SELECT 1 FROM "Subscription" s WHERE s."id" = value->>'onlyIfSubscription')
     ON CONFLICT ("dedupeKey") DO NOTHING`;

/** Writes events with one commit. */
export async function insertEvents(db: Db, rows: readonly NewEvent[]): Promise<void> {
  await commitOne(db, EVENT_INSERT, toSqlJson(rows));
}

/** A subscription to write. */
export interface NewSubscription {
  id: number;
  personId: number;
  appId: number;
  topicId: number;
  source: string;
  extra: string;
  createdAt: number;
}

/** What became of one wish to subscribe. */
export interface SubscriptionRow {
  id: number;
  personId: number;
  appId: number;
  topicId: number;
  blocked: boolean;
}

/**
 * Writes subscriptions and the events that tell of them in one commit; those that exist stay as they are and make no
 * event. Returns the rows as they stand, so a row whose id is the caller's is new.
 */
export async function insertSubscriptions(
  db: Db,
  rows: readonly NewSubscription[],
  events: readonly NewEvent[],
): Promise<SubscriptionRow[]> {
  const json = toSqlJson(rows);
  const found = await commitRows<Record<string, bigint | number | boolean>>(db, [
    write(
      `INSERT INTO "Subscription" ("id", "personId", "appId", "topicId", "source", "extra", "createdAt")
       SELECT value->>'id', value->>'personId', value->>'appId', value->>'topicId', value->>'source', value->>'extra', value->>'createdAt'
       FROM json_each(?) WHERE true
       ON CONFLICT ("personId", "appId", "topicId") DO NOTHING`,
      json,
    ),
    write(EVENT_INSERT, toSqlJson(events)),
    read(
      `SELECT s."id", s."personId", s."appId", s."topicId", s."blocked" FROM json_each(?) j
     JOIN "Subscription" s ON s."personId" = j.value->>'personId' AND s."appId" = j.value->>'appId' AND s."topicId" = j.value->>'topicId'`,
      json,
    ),
  ]);
  return found.map((row) => ({
    id: Number(row.id),
    personId: Number(row.personId),
    appId: Number(row.appId),
    topicId: Number(row.topicId),
    blocked: Boolean(row.blocked),
  }));
}

/**
 * Turns new events into deliveries, one for each endpoint of the event's app, and marks them. An endpoint that is switched
 * off gets them too: they fail without a call and can be replayed once it is mended.
 * Ids of the deliveries start at `firstId`, `idStride` apart; at most `limit` events go at once. Returns how many went.
 */
export async function expandEvents(
  db: Db,
  slice: { limit: number; firstId: number; idStride: number; now: number },
): Promise<number> {
  const rows = await db.$queryRawUnsafe<{ id: bigint }[]>(
    `SELECT "id" FROM "Event" WHERE "state" = 'new' ORDER BY "id" LIMIT ?`,
    slice.limit,
  );
  if (rows.length === 0) {
    return 0;
  }
  const ids = toSqlJson(rows.map((row) => Number(row.id)));
  await commit(db, [
    write(
      `INSERT INTO "Delivery" ("id", "eventId", "callbackId", "appId", "personId", "channel", "queue", "state", "dueAt", "createdAt")
       SELECT ? + (row_number() OVER (ORDER BY e."id", c."id") - 1) * ?, e."id", c."id", e."appId", NULL, 'callback', 'callback:' || c."id", 'due', ?, ?
       FROM "Event" e JOIN "Callback" c ON c."appId" = e."appId" AND c."url" <> ''
       WHERE e."id" IN (SELECT value FROM json_each(?))
       ON CONFLICT ("eventId", "callbackId") DO NOTHING`,
      slice.firstId,
      slice.idStride,
      slice.now,
      slice.now,
      ids,
    ),
    write(`UPDATE "Event" SET "state" = 'expanded' WHERE "id" IN (SELECT value FROM json_each(?))`, ids),
  ]);
  return rows.length;
}

/** A platform's later word on a send. */
export interface NewReceipt {
  ref: string;
  /** `confirmed`, or the reason of a denial as the platform gave it. */
  status: string;
  at: number;
}

/** Keeps receipts until they are settled; a repeat changes nothing. */
export async function insertReceipts(db: Db, rows: readonly NewReceipt[]): Promise<void> {
  await commitOne(
    db,
    `INSERT INTO "Receipt" ("ref", "status", "at")
     SELECT value->>'ref', value->>'status', value->>'at' FROM json_each(?) WHERE true
     ON CONFLICT ("ref") DO NOTHING`,
    toSqlJson(rows),
  );
}

/**
 * Settles up to `limit` receipts whose delivery is known (each looked up by its reference: the few receipts lead, not the
 * many deliveries): a confirmation is logged, a denial turns `sent` into `failed`
 * and corrects the message's counts. One commit; returns how many it settled.
 */
export async function settleReceipts(db: Db, limit: number): Promise<number> {
  const matches = await db.$queryRawUnsafe<
    { ref: string; id: bigint; messageId: bigint | null; status: string; at: bigint | number }[]
  >(
    `SELECT r."ref", r."status", d."id", d."messageId", CAST(r."at" AS INTEGER) AS "at" FROM "Receipt" r CROSS JOIN "Delivery" d ON d."ref" = r."ref"
     WHERE +d."state" = 'sent' LIMIT ?`,
    limit,
  );
  if (matches.length === 0) {
    return 0;
  }
  const refs = toSqlJson(matches.map((match) => match.ref));
  const settled = matches.map(({ id, status, at }) => {
    const isConfirmed = status === 'confirmed';
    const attempt = isConfirmed ? { outcome: 'confirmed' } : { outcome: 'denied', detail: status };
    return {
      id: Number(id),
      state: isConfirmed ? 'sent' : 'failed',
      attempt: JSON.stringify({ at: Number(at), ...attempt }),
    };
  });
  const denied = matches.filter((match) => match.status !== 'confirmed' && match.messageId !== null);
  const statements = [
    write(
      `UPDATE "Delivery" SET "state" = j.state, "attempts" = json_insert("Delivery"."attempts", '$[#]', json(j.attempt))
       FROM (SELECT value->>'id' AS id, value->>'state' AS state, value->>'attempt' AS attempt FROM json_each(?)) j
       WHERE "Delivery"."id" = j.id AND +"Delivery"."state" = 'sent'`,
      toSqlJson(settled),
    ),
    ...denied.map((match) =>
      write(
        `UPDATE "Message" SET "sent" = "sent" - 1, "failed" = "failed" + 1 WHERE "id" = ?`,
        Number(match.messageId),
      ),
    ),
    write(`DELETE FROM "Receipt" WHERE "ref" IN (SELECT value FROM json_each(?))`, refs),
  ];
  await commit(db, statements);
  return matches.length;
}
