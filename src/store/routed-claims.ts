/** Claims what is due in a queue and whose receiver has another way: for queues that rest. */

import { type ClaimedDelivery, claimedColumns, toClaimed } from './claims.js';
import type { Db } from './db.js';
import { commitRows, read } from './group-commit.js';
import { both } from './sql.js';

/** A route without steps is '' or '[]'; all others come behind those. */
const CLAIM_ROUTED = both(
  (
    q,
  ) => `UPDATE "Delivery" SET "state" = 'claimed', "owner" = ?, "leaseUntil" = ${q.time()}, "triedAt" = NULL, "tries" = "tries" + 1
     WHERE "id" IN (SELECT "id" FROM "Delivery" ${q.byIndex('Delivery_routed_idx')} WHERE "state" = 'due' AND "route" > '[]' AND "queue" = ? AND "dueAt" <= ${q.time()} AND "doubtAt" IS NULL
       ORDER BY "dueAt", "id" LIMIT ? ${q.shared('FOR UPDATE SKIP LOCKED')})
     RETURNING ${claimedColumns(q)}`,
);

/** Claims the oldest of them; those whose route ends here stay, and those that may have arrived this way already. Costs one seek, however many rows of the queue wait. */
export async function claimRouted(
  db: Db,
  claim: { queue: string; owner: string; now: number; leaseUntil: number; limit: number },
): Promise<ClaimedDelivery[]> {
  const { queue, owner, now, leaseUntil, limit } = claim;
  const rows = await commitRows<Record<string, bigint | number | string | null>>(db, [
    read(CLAIM_ROUTED, owner, leaseUntil, queue, now, limit),
  ]);
  return rows.map(toClaimed);
}
