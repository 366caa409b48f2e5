/** Statements that erase what a person leaves in tables that know them by number alone; each is safe to repeat, and small. */
import type { Db } from './db.js';
import { commit, commitOne, write } from './group-commit.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** Rows that one statement changes at most. */
const CHUNK = 500;

const LIST_LEFT = both(
  (
    q,
  ) => `SELECT DISTINCT i."personId" FROM (SELECT "personId", "leftAt" FROM "Identity" WHERE "leftAt" IS NOT NULL AND "leftAt" <= ${q.time()} AND NOT "following") i
     WHERE NOT EXISTS (SELECT 1 FROM "Identity" o WHERE o."personId" = i."personId" AND (o."following" OR o."leftAt" > ${q.time()}))
       AND NOT EXISTS (SELECT 1 FROM "Account" a WHERE a."personId" = i."personId") LIMIT ?`,
);

/** People who left every account that knew them by then, at most so many; those who manage something are not among them. */
export async function listLeft(db: Db, leftBefore: number, take: number): Promise<number[]> {
  const rows = await query<{ personId: bigint | number }>(db, LIST_LEFT, leftBefore, leftBefore, take);
  return rows.map(({ personId }) => Number(personId));
}

const HURRY = both(
  (q) =>
    `UPDATE "Delivery" SET "dueAt" = ${q.time()} WHERE "personId" = ? AND "state" = 'due' AND "dueAt" > ${q.time()}`,
);

/** Makes what waits for a person due now: the engine, which finds nobody any more, ends it. Returns how many. */
export function hurryDeliveries(db: Db, personId: number, now: number): Promise<number> {
  return commitOne(db, HURRY, now, personId, now);
}

/** What the other side said of a try may name its address; how the delivery ended stays, and the word of the erasure itself. */
const CLEAR_LOGS = `UPDATE "Delivery" SET "attempts" = '[]' WHERE "id" IN (SELECT "id" FROM "Delivery"
     WHERE "personId" = ? AND "state" NOT IN ('due', 'claimed') AND "attempts" <> '[]' AND "attempts" NOT LIKE '%"erased"%' LIMIT ${CHUNK})`;

/** Empties the logs of a person's ended deliveries; returns how many. Call again until it is 0. */
export function clearAttempts(db: Db, personId: number): Promise<number> {
  return commitOne(db, CLEAR_LOGS, personId);
}

const BLANK = `"title" = '', "summary" = '', "body" = '', "url" = '', "extras" = NULL`;
const NOBODY = '{"people":[],"topics":[]}';
const LIST_RECEIVED = `SELECT d."id", d."messageId" FROM "Delivery" d WHERE d."personId" = ? AND d."id" > ? AND d."messageId" IS NOT NULL ORDER BY d."id" LIMIT ${CHUNK}`;
const BLANK_OWN = both(
  (
    q,
  ) => `UPDATE "Message" SET ${BLANK}, "audience" = '${NOBODY}', "deletedAt" = coalesce("deletedAt", ${q.time()})
     WHERE ${q.isIn('"id"', 'int')} AND "total" <= 1 AND "audience" <> '${NOBODY}'`,
);

const RENAME = both(
  (q) => `UPDATE "Message" SET "targets" = replace("targets", ?, ?)
     WHERE ${q.isIn('"id"', 'int')} AND "targets" LIKE '%UID_%'`,
);

/** One look at what a person received. */
export interface ReceivedLook {
  /** The delivery before it; 0 at the beginning. */
  after: number;
  now: number;
  uid: string;
  /** What stands for the UID. */
  mark: string;
}

/**
 * Takes down messages that a person alone received, and takes their UID out of those that named it, after a delivery. Returns the
 * last one looked at, null at the end.
 */
export async function blankReceived(
  db: Db,
  personId: number,
  { after, now, uid, mark }: ReceivedLook,
): Promise<number | null> {
  const rows = await query<{ id: bigint; messageId: bigint }>(db, LIST_RECEIVED, personId, after);
  const ids = [...new Set(rows.map(({ messageId }) => Number(messageId)))];
  if (ids.length > 0) {
    await commit(db, [write(BLANK_OWN, now, toSqlJson(ids)), write(RENAME, uid, mark, toSqlJson(ids))]);
  }
  return rows.length < CHUNK ? null : Number(rows.at(-1)?.id ?? 0);
}

const BLANK_SENT = both(
  (q) => `UPDATE "Message" SET ${BLANK}, "deletedAt" = coalesce("deletedAt", ${q.time()})
     WHERE "id" IN (SELECT "id" FROM "Message" WHERE "senderId" = ? AND ("deletedAt" IS NULL OR "extras" IS NOT NULL) LIMIT ${CHUNK})`,
);

/** Takes down what a person's own keys sent, to whomever; returns how many. Call again until it is 0. */
export function blankSent(db: Db, personId: number, now: number): Promise<number> {
  return commitOne(db, BLANK_SENT, now, personId);
}

const LIST_EVENTS = `SELECT e."id" FROM "Event" e WHERE e."personId" = ? AND e."personId" IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM "Delivery" d WHERE d."eventId" = e."id" AND d."state" = 'claimed') LIMIT ${CHUNK}`;
const DELETE_CALLS = both(
  (q) => `DELETE FROM "Delivery" WHERE ${q.isIn('"eventId"', 'int')} AND "state" <> 'claimed'`,
);
const DELETE_EVENTS = both(
  (q) => `DELETE FROM "Event" WHERE ${q.isIn('"id"', 'int')}
     AND NOT EXISTS (SELECT 1 FROM "Delivery" d WHERE d."eventId" = "Event"."id")`,
);

/** Removes events of a person with their calls, all but those under way; returns how many. Call again until it is 0. */
export async function deleteEvents(db: Db, personId: number): Promise<number> {
  const rows = await query<{ id: bigint | number }>(db, LIST_EVENTS, personId);
  if (rows.length === 0) {
    return 0;
  }
  const ids = toSqlJson(rows.map(({ id }) => Number(id)));
  const [, removed] = await commit(db, [write(DELETE_CALLS, ids), write(DELETE_EVENTS, ids)]);
  return Number(removed);
}
