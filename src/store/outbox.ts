/** Set-based statements of the outbox: which queues have work, and recording how it went. */
import { writeCompletions } from './completions.js';
import type { Db } from './db.js';
import { commit, write } from './group-commit.js';
import { chargeSent } from './points.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** A queue with due rows and when the first of them is due (milliseconds since the epoch). */
export interface QueueHead {
  queue: string;
  nextDueAt: number;
}

const QUEUE_HEADS = both(
  (q) => `WITH RECURSIVE q(queue) AS (
       SELECT min("queue") FROM "Delivery" WHERE "state" = 'due'
       UNION ALL
       SELECT (SELECT min("queue") FROM "Delivery" WHERE "state" = 'due' AND "queue" > q.queue) FROM q WHERE q.queue IS NOT NULL)
     SELECT queue, (SELECT ${q.ms('min("dueAt")')} FROM "Delivery" WHERE "state" = 'due' AND "queue" = q.queue) AS "nextDueAt"
     FROM q WHERE queue IS NOT NULL`,
);

/** All queues with due rows, each with its earliest: one index seek a queue, however many rows wait. */
export async function listQueueHeads(db: Db): Promise<QueueHead[]> {
  const rows = await query<{ queue: string; nextDueAt: bigint | number | null }>(db, QUEUE_HEADS);
  return rows.flatMap(({ queue, nextDueAt }) =>
    // Another process may have taken a queue's last row meanwhile.
    nextDueAt === null ? [] : [{ queue, nextDueAt: Number(nextDueAt) }],
  );
}

/** How a claimed delivery goes on. */
export interface DeliveryResult {
  id: number;
  messageId: number | null;
  state: 'due' | 'sent' | 'failed' | 'cancelled' | 'unknown';
  /** When to try again; only with state due. */
  dueAt: number | null;
  ref: string | null;
  /** The attempt to add to the log, as JSON; null adds none. */
  attempt: string | null;
  finishedAt: number | null;
  /** When the first try began of whose fate nobody knows; absent: none is in doubt any more. */
  doubtAt?: number | null;
  /** Where the delivery goes on, when a step of its route has failed; its tries begin anew. */
  next?: { channel: string; queue: string; configId: number | null; route: string };
  /** Went out by an account of the server's own that may cost points. */
  isPaid?: boolean;
  /** A claim given back untried does not count as a try. */
  untried?: boolean;
}

const RECORD_RESULTS = both(
  (
    q,
  ) => `UPDATE "Delivery" SET "state" = j."state", "dueAt" = coalesce(j."dueAt", "Delivery"."dueAt"), "leaseUntil" = NULL, "owner" = ?, "triedAt" = NULL, "doubtAt" = j."doubtAt",
       "ref" = coalesce(j."ref", "Delivery"."ref"), "finishedAt" = j."finishedAt",
       "tries" = CASE WHEN j."channel" IS NULL THEN "Delivery"."tries" - CASE WHEN j."untried" THEN 1 ELSE 0 END ELSE 0 END,
       "channel" = coalesce(j."channel", "Delivery"."channel"), "queue" = coalesce(j."queue", "Delivery"."queue"),
       "configId" = CASE WHEN j."channel" IS NULL THEN "Delivery"."configId" ELSE j."configId" END, "route" = coalesce(j."route", "Delivery"."route"),
       "attempts" = CASE WHEN j."attempt" IS NULL THEN "Delivery"."attempts" ELSE ${q.append('"Delivery"."attempts"', 'j."attempt"')} END
     FROM ${q.rows('j', {
       id: 'int',
       state: 'text',
       dueAt: 'time',
       ref: 'text',
       attempt: 'text',
       finishedAt: 'time',
       doubtAt: 'time',
       untried: 'bool',
       channel: 'text',
       queue: 'text',
       configId: 'int',
       route: 'text',
     })}
     WHERE "Delivery"."id" = j."id" AND ${q.noIndex('"Delivery"."state"')} = 'claimed' AND "Delivery"."owner" = ?`,
);

/** Every delivery of a fully spread message has its final state. */
const IS_DONE = `"Message"."state" IN ('expanded', 'cancelling')
       AND "Message"."sent" + c.sent + "Message"."failed" + c.failed + "Message"."cancelled" + c.cancelled
         + "Message"."unknown" + c.unknown >= "Message"."total"`;
/** Counts what was recorded under a mark, in its messages: the time, the ids as JSON, the mark. */
export const COUNT_RESULTS = both(
  (
    q,
  ) => `UPDATE "Message" SET "sent" = "Message"."sent" + c.sent, "failed" = "Message"."failed" + c.failed, "cancelled" = "Message"."cancelled" + c.cancelled,
       "unknown" = "Message"."unknown" + c.unknown, "state" = CASE WHEN ${IS_DONE} THEN 'done' ELSE "Message"."state" END, "finishedAt" = CASE WHEN ${IS_DONE} THEN ${q.time()} ELSE "Message"."finishedAt" END
     FROM (SELECT "messageId", count(*) FILTER (WHERE "state" = 'sent') AS sent, count(*) FILTER (WHERE "state" = 'failed') AS failed,
                  count(*) FILTER (WHERE "state" = 'cancelled') AS cancelled, count(*) FILTER (WHERE "state" = 'unknown') AS unknown
           FROM "Delivery" WHERE ${q.isIn('"id"', 'int')} AND "owner" = ? AND "messageId" IS NOT NULL GROUP BY "messageId") c
     WHERE "Message"."id" = c."messageId"`,
);

/**
 * Records results, each with its attempt in the same row, counts them in their messages, and writes the events of messages
 * that are done with it, all in one commit. Rows that `owner` no longer holds (its lease ran out) are left as they are and not counted;
 * returns how many rows it held.
 */
export async function recordResults(
  db: Db,
  results: readonly DeliveryResult[],
  mark: { owner: string; batch: string; now: number },
): Promise<number> {
  const rows = results.map(({ next, ...result }) => ({ ...result, ...next }));
  const update = write(RECORD_RESULTS, mark.batch, toSqlJson(rows), mark.owner);
  const finished = results.filter((result) => result.state !== 'due' && result.messageId !== null);
  if (finished.length === 0) {
    const [held] = await commit(db, [update]);
    return Number(held);
  }
  const count = write(COUNT_RESULTS, mark.now, toSqlJson(finished.map((result) => result.id)), mark.batch);
  const messageIds = [...new Set(finished.map((result) => result.messageId))];
  const paid = results.flatMap((result) => (result.isPaid ? [result.id] : []));
  const charges = paid.length > 0 ? chargeSent(paid, mark) : [];
  const completions = writeCompletions(toSqlJson(messageIds), mark.now);
  const [held] = await commit(db, [update, count, ...charges, completions]);
  return Number(held);
}
