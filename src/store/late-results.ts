/** Statements for outcomes that a process learns after others took its claims from it: it was cut off, and is back. */
import { writeCompletions } from './completions.js';
import type { Db } from './db.js';
import { commit, read, write } from './group-commit.js';
import { COUNT_RESULTS, type DeliveryResult } from './outbox.js';
import { chargeSent } from './points.js';
import { both, type Words } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** Of these nobody knew whether they arrived, and nobody is trying them now. */
const isInDoubt = (q: Words): string =>
  `"Delivery"."doubtAt" IS NOT NULL AND ${q.noIndex('"Delivery"."state"')} IN ('due', 'unknown')`;
/** Another process may be about to claim the same ones: then they are no longer waiting when it lets go of them. */
const LOCK = both((q) =>
  q.shared(`SELECT 1 FROM "Delivery" WHERE ${q.isIn('"id"', 'int')} ORDER BY "id" FOR UPDATE`),
);
const UNCOUNT = both(
  (q) => `UPDATE "Message" SET "unknown" = "Message"."unknown" - c.n
     FROM (SELECT "messageId", count(*) AS n FROM "Delivery"
           WHERE ${q.isIn('"id"', 'int')} AND ${isInDoubt(q)} AND "state" = 'unknown' AND "messageId" IS NOT NULL GROUP BY "messageId") c
     WHERE "Message"."id" = c."messageId"`,
);
const SETTLE = both(
  (
    q,
  ) => `UPDATE "Delivery" SET "state" = j."state", "owner" = ?, "leaseUntil" = NULL, "triedAt" = NULL, "doubtAt" = NULL,
       "ref" = coalesce(j."ref", "Delivery"."ref"), "finishedAt" = j."finishedAt",
       "attempts" = ${q.append('"Delivery"."attempts"', 'j."attempt"')}
     FROM ${q.rows('j', { id: 'int', state: 'text', ref: 'text', attempt: 'text', finishedAt: 'time' })}
     WHERE "Delivery"."id" = j."id" AND ${isInDoubt(q)}`,
);

/**
 * Settles what is in doubt by what this process has learned of it since: such a delivery is sent or has failed, and its message's
 * counts say so. What another process is trying at this moment, or has ended otherwise, stays as it is.
 */
export async function recordLateResults(
  db: Db,
  results: readonly DeliveryResult[],
  mark: { batch: string; now: number },
): Promise<void> {
  const known = results.filter(isKnownEnd);
  if (known.length === 0) {
    return;
  }
  const ids = toSqlJson(known.map(({ id }) => id));
  const messageIds = [...new Set(known.flatMap(({ messageId }) => (messageId === null ? [] : [messageId])))];
  const paid = known.flatMap(({ id, isPaid }) => (isPaid ? [id] : []));
  const owner = `${mark.batch}:late`;
  await commit(db, [
    read(LOCK, ids),
    write(UNCOUNT, ids),
    write(SETTLE, owner, toSqlJson(known)),
    write(COUNT_RESULTS, mark.now, ids, owner),
    ...(paid.length > 0 ? chargeSent(paid, { batch: owner, now: mark.now }) : []),
    writeCompletions(toSqlJson(messageIds), mark.now),
  ]);
}

/** The end of a try of which the process saw the answer, and no earlier one is in doubt beside it. */
function isKnownEnd({ state, attempt, doubtAt = null }: DeliveryResult): boolean {
  return attempt !== null && doubtAt === null && (state === 'sent' || state === 'failed');
}
