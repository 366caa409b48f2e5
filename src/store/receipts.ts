/** Set-based statements for the platforms' later receipts. */
import type { Db } from './db.js';
import { commit, commitOne, read, write } from './group-commit.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** A platform's later word on a send. */
export interface NewReceipt {
  ref: string;
  /** `confirmed`, or the reason of a denial as the platform gave it. */
  status: string;
  at: number;
}

const RECEIPT_INSERT = both(
  (q) => `INSERT INTO "Receipt" ("ref", "status", "at")
     SELECT "ref", "status", "at" FROM ${q.rows('j', { ref: 'text', status: 'text', at: 'time' })} WHERE true
     ON CONFLICT ("ref") DO NOTHING`,
);
const SETTLED_RECEIPTS = both(
  (
    q,
  ) => `SELECT r."ref", r."status", d."id", d."messageId", ${q.ms('r."at"')} AS "at" FROM "Receipt" r CROSS JOIN "Delivery" d
     WHERE d."ref" = r."ref" AND ${q.noIndex('d."state"')} = 'sent' LIMIT ?`,
);
/** Another process may be about to settle the same ones: then they are gone when it lets go of them. */
const LOCK_RECEIPTS = both((q) =>
  q.shared(`SELECT 1 FROM "Receipt" WHERE ${q.isIn('"ref"', 'text')} ORDER BY "ref" FOR UPDATE`),
);
const SETTLE_DELIVERIES = both(
  (
    q,
  ) => `UPDATE "Delivery" SET "state" = j."state", "attempts" = ${q.append('"Delivery"."attempts"', 'j."attempt"')}
       FROM ${q.rows('j', { id: 'int', state: 'text', attempt: 'text' })}
       WHERE "Delivery"."id" = j."id" AND ${q.noIndex('"Delivery"."state"')} = 'sent'
         AND EXISTS (SELECT 1 FROM "Receipt" r WHERE r."ref" = "Delivery"."ref")`,
);
const REMOVE_RECEIPTS = both((q) => `DELETE FROM "Receipt" WHERE ${q.isIn('"ref"', 'text')}`);

interface Match {
  ref: string;
  id: bigint;
  messageId: bigint | null;
  status: string;
  at: bigint | number;
}

/** Keeps receipts until they are settled; a repeat changes nothing. */
export async function insertReceipts(db: Db, rows: readonly NewReceipt[]): Promise<void> {
  await commitOne(db, RECEIPT_INSERT, toSqlJson(rows));
}

/**
 * Settles up to `limit` receipts whose delivery is known (each looked up by its reference: the few receipts lead, not the
 * many deliveries): a confirmation is logged, a denial turns `sent` into `failed`
 * and corrects the message's counts. One commit; returns how many it settled.
 */
export async function settleReceipts(db: Db, limit: number): Promise<number> {
  const matches = await query<Match>(db, SETTLED_RECEIPTS, limit);
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
    read(LOCK_RECEIPTS, refs),
    write(SETTLE_DELIVERIES, toSqlJson(settled)),
    ...denied.map((match) =>
      write(
        `UPDATE "Message" SET "sent" = "sent" - 1, "failed" = "failed" + 1 WHERE "id" = ? AND EXISTS (SELECT 1 FROM "Receipt" WHERE "ref" = ?)`,
        Number(match.messageId),
        match.ref,
      ),
    ),
    write(REMOVE_RECEIPTS, refs),
  ];
  await commit(db, statements);
  return matches.length;
}
