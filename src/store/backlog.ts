/** Counts what was accepted and is not sent yet. */
import type { Db } from './db.js';
import { countDue } from './slow-counts.js';
import { query } from './sql.js';

const COUNT_MESSAGES = `SELECT count(*) AS "waiting" FROM (SELECT 1 FROM "Message" WHERE "state" IN ('accepted', 'spreading') LIMIT ?) m`;

/** How many deliveries and messages wait, each counted up to `most`. */
export async function countBacklog(db: Db, most: number): Promise<number> {
  const due = await countDue(db, most);
  const [row] = await query<{ waiting: bigint | number }>(db, COUNT_MESSAGES, most);
  return due + Number(row?.waiting ?? 0);
}
