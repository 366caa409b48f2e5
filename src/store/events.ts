/** Set-based statements for events and their spreading over callback endpoints, and for subscriptions. */
import type { Db } from './db.js';
import { commit, commitOne, commitRows, read, write } from './group-commit.js';
import { both, query } from './sql.js';
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
  /** Written only where the app is a person's own space. */
  onlyInSpace?: true;
}

const EVENT_INSERT = both(
  (q) => `INSERT INTO "Event" ("id", "dedupeKey", "type", "appId", "personId", "data", "state", "createdAt")
     SELECT j."id", j."dedupeKey", j."type", j."appId", j."personId", j."data", 'new', j."createdAt"
     FROM ${q.rows('j', {
       id: 'int',
       dedupeKey: 'text',
       type: 'text',
       appId: 'int',
       personId: 'int',
       data: 'text',
       createdAt: 'time',
       onlyIfSubscription: 'int',
       onlyInSpace: 'bool',
     })}
     WHERE (j."onlyIfSubscription" IS NULL OR EXISTS (SELECT 1 FROM "Subscription" s WHERE s."id" = j."onlyIfSubscription"))
       AND (j."onlyInSpace" IS NULL OR EXISTS (SELECT 1 FROM "App" a WHERE a."id" = j."appId" AND a."ownerId" IS NOT NULL))
     ON CONFLICT ("dedupeKey") DO NOTHING`,
);

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

const SUBSCRIPTION_INSERT = both(
  (q) => `INSERT INTO "Subscription" ("id", "personId", "appId", "topicId", "source", "extra", "createdAt")
       SELECT "id", "personId", "appId", "topicId", "source", "extra", "createdAt"
       FROM ${q.rows('j', {
         id: 'int',
         personId: 'int',
         appId: 'int',
         topicId: 'int',
         source: 'text',
         extra: 'text',
         createdAt: 'time',
       })} WHERE true
       ON CONFLICT ("personId", "appId", "topicId") DO NOTHING`,
);
const FIND_SUBSCRIPTIONS = both(
  (q) => `SELECT s."id", s."personId", s."appId", s."topicId", s."blocked"
     FROM ${q.rows('j', { personId: 'int', appId: 'int', topicId: 'int' })}
     JOIN "Subscription" s ON s."personId" = j."personId" AND s."appId" = j."appId" AND s."topicId" = j."topicId"`,
);

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
    write(SUBSCRIPTION_INSERT, json),
    write(EVENT_INSERT, toSqlJson(events)),
    read(FIND_SUBSCRIPTIONS, json),
  ]);
  return found.map((row) => ({
    id: Number(row.id),
    personId: Number(row.personId),
    appId: Number(row.appId),
    topicId: Number(row.topicId),
    blocked: Boolean(row.blocked),
  }));
}

const TARGET = `SELECT e."id" AS "eventId", c."id" AS "callbackId", e."appId"`;
/** The events (a JSON list of ids) lead: an app may have many endpoints that its messages named. */
const EXPAND_EVENTS = both((q) => {
  const events = `${TARGET} FROM ${q.values('j', 'int')} CROSS JOIN "Event" e`;
  const appEndpoints = `${events} JOIN "Callback" c ON c."appId" = e."appId" AND c."scope" = 'app' AND c."url" <> ''
       WHERE e."id" = j.value AND (e."type" <> 'message.completed' OR c."completions")`;
  const messageEndpoints = `${events} JOIN "Message" m ON m."id" = e."id" JOIN "Callback" c ON c."id" = m."callbackId"
       WHERE e."id" = j.value AND e."type" = 'message.completed'`;
  return `INSERT INTO "Delivery" ("id", "eventId", "callbackId", "appId", "personId", "channel", "queue", "state", "dueAt", "createdAt")
       SELECT ? + (row_number() OVER (ORDER BY t."eventId", t."callbackId") - 1) * ?, t."eventId", t."callbackId", t."appId", CAST(NULL AS INTEGER), 'callback',
         'callback:' || t."callbackId", 'due', ${q.time()}, ${q.time()}
       FROM (${appEndpoints} UNION ALL ${messageEndpoints}) t WHERE true
       ON CONFLICT ("eventId", "callbackId") DO NOTHING`;
});
const MARK_EXPANDED = both((q) => `UPDATE "Event" SET "state" = 'expanded' WHERE ${q.isIn('"id"', 'int')}`);

/**
 * Turns new events into deliveries, and marks them: one for the endpoint of the event's app, which hears of the end of
 * messages only if it asked for it, and one for the endpoint that a message itself named for its end. An endpoint that is
 * switched off gets them too: they fail without a call and can be replayed once it is mended.
 * Ids of the deliveries start at `firstId`, `idStride` apart; at most `limit` events go at once. Returns how many went.
 */
export async function expandEvents(
  db: Db,
  slice: { limit: number; firstId: number; idStride: number; now: number },
): Promise<number> {
  const rows = await query<{ id: bigint }>(
    db,
    `SELECT "id" FROM "Event" WHERE "state" = 'new' ORDER BY "id" LIMIT ?`,
    slice.limit,
  );
  if (rows.length === 0) {
    return 0;
  }
  const ids = toSqlJson(rows.map((row) => Number(row.id)));
  await commit(db, [
    write(EXPAND_EVENTS, slice.firstId, slice.idStride, slice.now, slice.now, ids, ids),
    write(MARK_EXPANDED, ids),
  ]);
  return rows.length;
}
