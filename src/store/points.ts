/** Statements about points: what paid deliveries cost, charged in the very commit that records them as sent. */
import type { Db } from './db.js';
import { commit, type Statement, write } from './group-commit.js';
import { both, query, type Words } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** Short messages by the server's own account wait in queues of this name, one for each receiver. */
export const PAID_QUEUE = 'sms:server';

const priceOf = (q: Words): string => q.pickInt('m."extras"', ['sms', 'price']);
const payerOf = (q: Words): string => q.pickInt('m."extras"', ['sms', 'payer']);
/** Sent deliveries that cost something: the price that the message names, where the server's own account carried it. */
const chargedFrom = (q: Words): string => `FROM "Delivery" d JOIN "Message" m ON m."id" = d."messageId"
     JOIN "Person" p ON p."id" = ${payerOf(q)}
     WHERE ${q.isIn('d."id"', 'int')} AND d."owner" = ? AND d."state" = 'sent' AND d."channel" = 'sms' AND d."configId" IS NULL
       AND ${priceOf(q)} > 0 AND NOT EXISTS (SELECT 1 FROM "PointEntry" e WHERE e."cause" = 'delivery:' || d."id")`;
const CHARGE = both(
  (q) => `UPDATE "Person" SET "points" = "Person"."points" - c.price
       FROM (SELECT p."id" AS id, sum(${priceOf(q)}) AS price ${chargedFrom(q)} GROUP BY p."id") c
       WHERE "Person"."id" = c.id`,
);
const NOTE_CHARGES = both(
  (q) => `INSERT INTO "PointEntry" ("id", "personId", "amount", "cause", "note", "createdAt")
       SELECT d."id", p."id", -${priceOf(q)}, 'delivery:' || d."id", '短信 SMS', ${q.time()} ${chargedFrom(q)}`,
);

/**
 * What charges these deliveries as far as the batch recorded them as sent. The statements belong behind the one that
 * records, in the same commit; a delivery that has an entry already costs nothing more. A person who no longer exists
 * pays nothing.
 */
export function chargeSent(
  deliveryIds: readonly number[],
  mark: { batch: string; now: number },
): Statement[] {
  const ids = toSqlJson(deliveryIds);
  return [
    // The balance first: once the entries are there, nothing is charged any more.
    write(CHARGE, ids, mark.batch),
    write(NOTE_CHARGES, mark.now, ids, mark.batch),
  ];
}

/** Points that an operator gives, or takes where `amount` is below 0. */
export interface PointGrant {
  id: number;
  personId: number;
  amount: number;
  note: string;
  now: number;
}

/** The balance is held until the commit, so that two grants of one moment don't both count on it. */
const NOTE_GRANT = both(
  (q) => `INSERT INTO "PointEntry" ("id", "personId", "amount", "cause", "note", "createdAt")
       SELECT ?, "id", ?, ?, ?, ${q.time()} FROM "Person" WHERE "id" = ? AND "points" + ? >= 0 ${q.shared('FOR UPDATE')}`,
);

/** Changes a balance and notes why; false where it would fall below 0 or nobody has it. */
export async function grantPoints(db: Db, grant: PointGrant): Promise<boolean> {
  const { id, personId, amount, note, now } = grant;
  const [changed] = await commit(db, [
    write(NOTE_GRANT, id, amount, `grant:${id}`, note, now, personId, amount),
    write(
      `UPDATE "Person" SET "points" = "points" + ? WHERE "id" = ? AND EXISTS (SELECT 1 FROM "PointEntry" WHERE "id" = ?)`,
      ...[amount, personId, id],
    ),
  ]);
  return Number(changed) > 0;
}

const READ_RESERVED = both(
  (q) => `SELECT CAST(sum(cost) AS INTEGER) AS "cost" FROM (
       SELECT ${priceOf(q)} AS cost FROM "Delivery" d JOIN "Message" m ON m."id" = d."messageId"
       WHERE d."state" IN ('due', 'claimed') AND d."queue" >= ? AND d."queue" < ? AND ${payerOf(q)} = ?
       UNION ALL
       SELECT ${priceOf(q)} * (${q.lengthOf('m."audience"', ['people'])} + (SELECT count(*) FROM "Subscription" s
         WHERE s."appId" = m."appId" AND s."topicId" IN ${q.listIn('m."audience"', ['topics'])}))
       FROM "Message" m WHERE m."state" IN ('accepted', 'spreading') AND m."extras" IS NOT NULL AND ${payerOf(q)} = ?) x`,
);

/**
 * What a person's paid messages may still cost: deliveries that have not ended, and the audience of messages that have
 * not been spread. Few rows lead to it, however many messages there are.
 */
export async function readReserved(db: Db, personId: number): Promise<number> {
  const [row] = await query<{ cost: bigint | number | null }>(
    db,
    READ_RESERVED,
    PAID_QUEUE,
    // The character behind the colon that follows the name.
    `${PAID_QUEUE};`,
    personId,
    personId,
  );
  return Number(row?.cost ?? 0);
}
