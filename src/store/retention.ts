/** Statements that remove messages and events whose time is over, in chunks small enough that sending goes on meanwhile. */
import { timeOfId } from '#src/lib/ids.js';
import type { Db } from './db.js';
import { commitOne } from './group-commit.js';
import { both, query } from './sql.js';

/** What is kept for a time that depends on where it came from. */
export type AgedKind = 'messages' | 'events';

/** A row with what its time depends on. */
export interface AgedRow {
  id: number;
  appId: number | null;
  /** The dialect of the message that it is or tells of; null where there is none. */
  source: string | null;
  /** When it was made, in milliseconds since the epoch. */
  at: number;
}

/** How many rows a statement looks at or removes at most. */
export const AGED_CHUNK = 2000;

/** Not the time of a message: behind a long body it costs a walk through its pages, and its id says the same. */
const LIST_MESSAGES = both(
  () =>
    `SELECT "id", "appId", "source" FROM "Message" WHERE "id" > ? AND "id" < ? ORDER BY "id" LIMIT ${AGED_CHUNK}`,
);
/** The event of a message's end has the message's id; see completions.ts. */
const LIST_EVENTS = both(
  (q) => `SELECT e."id", e."appId", m."source", ${q.ms('e."createdAt"')} AS "at"
     FROM "Event" e LEFT JOIN "Message" m ON m."id" = e."id"
     WHERE e."id" > ? AND e."id" < ? ORDER BY e."id" LIMIT ${AGED_CHUNK}`,
);

interface FoundRow {
  id: number | bigint;
  appId: number | bigint | null;
  source: string | null;
  at?: number | bigint;
}

/** The next rows between two ids, both left out, in order; fewer than `AGED_CHUNK` are the last. */
export async function listAged(
  db: Db,
  kind: AgedKind,
  range: { after: number; before: number },
): Promise<AgedRow[]> {
  const sql = kind === 'messages' ? LIST_MESSAGES : LIST_EVENTS;
  const rows = await query<FoundRow>(db, sql, range.after, range.before);
  return rows.map(({ id, appId, source, at }) => ({
    id: Number(id),
    appId: appId === null ? null : Number(appId),
    source,
    at: at === undefined ? timeOfId(Number(id)) : Number(at),
  }));
}

const DELIVERIES = both(
  (
    q,
  ) => `DELETE FROM "Delivery" WHERE "id" IN (SELECT d."id" FROM ${q.values('j', 'int')} JOIN "Message" m ON m."id" = j.value
     JOIN "Delivery" d ON d."messageId" = m."id" WHERE m."state" IN ('done', 'cancelled') LIMIT ${AGED_CHUNK})`,
);
/** A message stays as long as the log of its end's callbacks, which belongs to it. */
const MESSAGES = both(
  (
    q,
  ) => `DELETE FROM "Message" WHERE "id" IN (SELECT m."id" FROM ${q.values('j', 'int')} JOIN "Message" m ON m."id" = j.value
     WHERE m."state" IN ('done', 'cancelled') AND NOT EXISTS (SELECT 1 FROM "Delivery" d WHERE d."messageId" = m."id")
       AND NOT EXISTS (SELECT 1 FROM "Event" e WHERE e."id" = m."id"))`,
);
const CALLBACKS = both(
  (
    q,
  ) => `DELETE FROM "Delivery" WHERE "id" IN (SELECT d."id" FROM ${q.values('j', 'int')} JOIN "Delivery" d ON d."eventId" = j.value
     WHERE d."state" NOT IN ('due', 'claimed') LIMIT ${AGED_CHUNK})`,
);
const EVENTS = both(
  (
    q,
  ) => `DELETE FROM "Event" WHERE "id" IN (SELECT e."id" FROM ${q.values('j', 'int')} JOIN "Event" e ON e."id" = j.value
     WHERE e."state" = 'expanded' AND NOT EXISTS (SELECT 1 FROM "Delivery" d WHERE d."eventId" = e."id"))`,
);

/**
 * Removes one chunk of these rows and of what hangs on them, except what is still under way; returns how many rows went. Call
 * again until it is 0. A row goes after its deliveries, so that a cut leaves nothing behind that nobody finds again.
 */
export async function removeAged(db: Db, kind: AgedKind, ids: readonly number[]): Promise<number> {
  const [hanging, own] = kind === 'messages' ? [DELIVERIES, MESSAGES] : [CALLBACKS, EVENTS];
  const given = JSON.stringify(ids);
  return (await commitOne(db, hanging, given)) || (await commitOne(db, own, given));
}
