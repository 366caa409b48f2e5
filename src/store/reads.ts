/** Notes that deliveries were read: each once, with how many of a message's were, many in one commit. */
import type { Db } from './db.js';
import { commit, write } from './group-commit.js';
import { lockMessages } from './locks.js';
import { both } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** A delivery that was read, and its message. */
export interface DeliveryRead {
  messageId: number;
  deliveryId: number;
}

const FRESH = '"readAt" IS NULL AND "messageId" IS NOT NULL';
const COUNT_READS = both(
  (q) => `UPDATE "Message" SET "read" = "Message"."read" + c.fresh
     FROM (SELECT "messageId", count(*) AS fresh FROM "Delivery" WHERE ${q.isIn('"id"', 'int')} AND ${FRESH} GROUP BY "messageId") c
     WHERE "Message"."id" = c."messageId"`,
);
const MARK_READ = both(
  (q) => `UPDATE "Delivery" SET "readAt" = ${q.time()} WHERE ${q.isIn('"id"', 'int')} AND ${FRESH}`,
);

/** Marks deliveries as read at `now`, in milliseconds; those that were read before stay as they are. */
export async function markRead(db: Db, reads: readonly DeliveryRead[], now: number): Promise<void> {
  const ids = toSqlJson([...new Set(reads.map(({ deliveryId }) => deliveryId))]);
  const messages = toSqlJson([...new Set(reads.map(({ messageId }) => messageId))]);
  await commit(db, [lockMessages(messages), write(COUNT_READS, ids), write(MARK_READ, now, ids)]);
}
