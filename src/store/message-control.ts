/** Statements that stop a message and that send its failed deliveries, or those in doubt, again, in slices that a crash can cut anywhere. */
import { writeCompletions } from './completions.js';
import type { Db } from './db.js';
import { commit, read, type Statement, write } from './group-commit.js';
import { lockMessages } from './locks.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** People of one slice: a few milliseconds of writing, so that other work slips in between. */
const PEOPLE_PER_SLICE = 5000;

const HAS_ENDED = '"sent" + "failed" + "cancelled" + "unknown" >= "total"';
const STOP_SPREADING = both(
  (
    q,
  ) => `UPDATE "Message" SET "state" = CASE WHEN "total" = 0 THEN 'cancelled' WHEN ${HAS_ENDED} THEN 'done' ELSE 'cancelling' END,
         "finishedAt" = CASE WHEN ${HAS_ENDED} THEN ${q.time()} END
       WHERE "id" = ? AND "state" IN ('accepted', 'spreading')`,
);

/**
 * Says that a message is to stop. What waits for its expansion never gets any: without a delivery the message is
 * `cancelled` at once. Else it is `cancelling` until the deliveries under way have ended: the engine sends none of it any
 * more, also after a crash, and spreads it no further. Repeating it changes nothing. Returns whether the message is to stop.
 */
export async function beginCancelling(db: Db, messageId: number, now: number): Promise<boolean> {
  const ids = toSqlJson([messageId]);
  const [, , , state] = await commit(db, [
    lockMessages(ids),
    write(`UPDATE "Message" SET "state" = 'cancelling' WHERE "id" = ? AND "state" = 'expanded'`, messageId),
    write(STOP_SPREADING, now, messageId),
    read(`SELECT "state" FROM "Message" WHERE "id" = ?`, messageId),
    writeCompletions(ids, now),
  ]);
  const [row] = (state ?? []) as { state: string }[];
  return row?.state === 'cancelling';
}

/** A slice of a message's deliveries, by person. */
export interface ControlSlice {
  messageId: number;
  /** The last person that is done; 0 at the beginning. */
  after: number;
  /** Marks the rows of this slice; different for each. */
  mark: string;
  /** Logged with each delivery, as JSON. */
  attempt: string;
  now: number;
  /** The most people; a few thousand unless told. */
  limit?: number;
}

/** How far a slice came. */
export interface ControlEnd {
  last: number;
  /** Deliveries that changed. */
  changed: number;
  isEnd: boolean;
}

/** The deliveries of one slice: message, the last person before it, its last person. */
const IN_SLICE = `"Delivery"."messageId" = ? AND "Delivery"."personId" > ? AND "Delivery"."personId" <= ?`;
const IS_DONE = `"Message"."state" = 'cancelling' AND "Message"."sent" + "Message"."failed" + "Message"."cancelled" + "Message"."unknown" + c.count >= "Message"."total"`;
const CANCEL_DUE = both(
  (
    q,
  ) => `UPDATE "Delivery" SET "state" = CASE WHEN "doubtAt" IS NULL THEN 'cancelled' ELSE 'unknown' END, "finishedAt" = ${q.time()}, "leaseUntil" = NULL, "owner" = ?,
         "attempts" = ${q.append('"attempts"', q.param('text'))}
       WHERE ${IN_SLICE} AND ${q.noIndex('"state"')} = 'due'
         AND EXISTS (SELECT 1 FROM "Message" m WHERE m."id" = ? AND m."state" = 'cancelling')`,
);
const COUNT_CANCELLED = both(
  (
    q,
  ) => `UPDATE "Message" SET "cancelled" = "Message"."cancelled" + c.cancelled, "unknown" = "Message"."unknown" + c.count - c.cancelled, "state" = CASE WHEN ${IS_DONE} THEN 'done' ELSE "Message"."state" END,
         "finishedAt" = CASE WHEN ${IS_DONE} THEN ${q.time()} ELSE "Message"."finishedAt" END
       FROM (SELECT count(*) AS count, count(*) FILTER (WHERE "state" = 'cancelled') AS cancelled FROM "Delivery" WHERE ${IN_SLICE} AND "owner" = ?) c
       WHERE "Message"."id" = ? AND c.count > 0`,
);

/** Cancels what waits in one slice of a message that is to stop (what may have arrived ends as such), and counts it, with one commit. */
export function cancelSlice(db: Db, slice: ControlSlice): Promise<ControlEnd> {
  return runSlice(db, slice, ({ messageId, mark, attempt, now }, people) => [
    lockMessages(toSqlJson([messageId])),
    write(CANCEL_DUE, now, mark, attempt, ...people, messageId),
    write(COUNT_CANCELLED, now, ...people, mark, messageId),
    writeCompletions(toSqlJson([messageId]), now),
  ]);
}

/** The sender named no channel, so that the person's route as it is now says where it goes. */
const BY_ROUTE = `"Delivery"."slot" = '' AND p."route" <> ''`;
const WECHAT_QUEUE = `CASE WHEN "Delivery"."queue" IN ('wechat', 'wechat#bulk') THEN "Delivery"."queue" ELSE 'wechat#bulk' END`;

/** The states that are sent again when somebody says so. */
export type RequeuedState = 'failed' | 'unknown';

const requeue = (state: RequeuedState) =>
  both((q) => {
    const step = (field: string): string => q.pick('p."route"', [0, field]);
    return `UPDATE "Delivery" SET "state" = 'due', "dueAt" = ${q.time()}, "createdAt" = ${q.time()}, "tries" = 0, "finishedAt" = NULL, "leaseUntil" = NULL,
         "owner" = ?, "ref" = NULL, "triedAt" = NULL, "doubtAt" = NULL, "attempts" = ${q.append('"attempts"', q.param('text'))},
         "channel" = CASE WHEN ${BY_ROUTE} THEN ${step('channel')} WHEN "Delivery"."slot" = '' THEN 'wechat' ELSE "Delivery"."channel" END,
         "queue" = CASE WHEN ${BY_ROUTE} AND ${step('queue')} <> 'wechat' THEN ${step('queue')}
           WHEN "Delivery"."slot" = '' THEN ${WECHAT_QUEUE} ELSE "Delivery"."queue" END,
         "configId" = CASE WHEN ${BY_ROUTE} THEN ${q.pickInt('p."route"', [0, 'configId'])} WHEN "Delivery"."slot" = '' THEN NULL ELSE "Delivery"."configId" END,
         "route" = CASE WHEN ${BY_ROUTE} THEN ${q.dropFirst('p."route"')} WHEN "Delivery"."slot" = '' THEN '' ELSE "Delivery"."route" END
       FROM "Person" p
       WHERE p."id" = "Delivery"."personId" AND ${IN_SLICE} AND ${q.noIndex('"Delivery"."state"')} = '${state}'
         AND EXISTS (SELECT 1 FROM "Message" m WHERE m."id" = ? AND m."state" IN ('expanded', 'done'))`;
  });
const countRequeued = (state: RequeuedState): string =>
  `UPDATE "Message" SET "${state}" = "Message"."${state}" - c.count, "state" = 'expanded', "finishedAt" = NULL
       FROM (SELECT count(*) AS count FROM "Delivery" WHERE ${IN_SLICE} AND "owner" = ?) c
       WHERE "Message"."id" = ? AND c.count > 0`;
const REQUEUES = {
  failed: { requeue: requeue('failed'), count: countRequeued('failed') },
  unknown: { requeue: requeue('unknown'), count: countRequeued('unknown') },
};

/**
 * Makes the deliveries of one slice that ended in a state due again, as new ones with their log: tries and age begin anew, and so does the
 * receiver's route. The message is under way again; its counts follow in the same commit. Its end was told of already and
 * is not told of again (see completions).
 */
export function requeueSlice(
  db: Db,
  slice: ControlSlice,
  state: RequeuedState = 'failed',
): Promise<ControlEnd> {
  const { requeue, count } = REQUEUES[state];
  return runSlice(db, slice, ({ messageId, mark, attempt, now }, people) => [
    lockMessages(toSqlJson([messageId])),
    write(requeue, now, now, mark, attempt, ...people, messageId),
    write(count, ...people, mark, messageId),
  ]);
}

/** What the parameters of a slice are. */
type People = readonly [messageId: number, after: number, last: number];

async function runSlice(
  db: Db,
  slice: ControlSlice,
  toStatements: (slice: ControlSlice, people: People) => readonly Statement[],
): Promise<ControlEnd> {
  const limit = slice.limit ?? PEOPLE_PER_SLICE;
  const [found] = await query<{ last: bigint | null; count: bigint | number }>(
    db,
    `SELECT max("personId") AS "last", count(*) AS "count" FROM (SELECT "personId" FROM "Delivery"
     WHERE "messageId" = ? AND "personId" > ? ORDER BY "personId" LIMIT ?) d`,
    slice.messageId,
    slice.after,
    limit,
  );
  const last = Number(found?.last ?? slice.after);
  const count = Number(found?.count ?? 0);
  if (count === 0) {
    return { last, changed: 0, isEnd: true };
  }
  const [, changed] = await commit(db, toStatements(slice, [slice.messageId, slice.after, last]));
  return { last, changed: Number(changed), isEnd: count < limit };
}
