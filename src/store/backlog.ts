/** Counts what was accepted and is not sent yet. */
import type { Db } from './db.js';
import { query } from './sql.js';

const COUNT = `SELECT (SELECT count(*) FROM (SELECT 1 FROM "Delivery" WHERE "state" = 'due' LIMIT ?) d)
     + (SELECT count(*) FROM (SELECT 1 FROM "Message" WHERE "state" IN ('accepted', 'spreading') LIMIT ?) m) AS "waiting"`;

/** How many deliveries and messages wait, each counted up to `most`. */
export async function countBacklog(db: Db, most: number): Promise<number> {
  const [row] = await query<{ waiting: bigint | number }>(db, COUNT, most, most);
  return Number(row?.waiting ?? 0);
}
