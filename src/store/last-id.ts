/** Finds the highest number that a row has, above which new ones begin after a start. */
import type { Db } from './db.js';
import { query } from './sql.js';

/** The highest id of all tables whose ids are made here; 0 in an empty database. */
export async function readLastId(db: Db): Promise<number> {
  const [row] = await query<{ id: bigint | null }>(
    db,
    `SELECT max(id) AS "id" FROM (SELECT max("id") AS id FROM "Message" UNION ALL SELECT max("id") FROM "Delivery"
     UNION ALL SELECT max("id") FROM "Event" UNION ALL SELECT max("id") FROM "Person" UNION ALL SELECT max("id") FROM "Subscription"
     UNION ALL SELECT max("id") FROM "AuditEntry" UNION ALL SELECT max("id") FROM "PointEntry") m`,
  );
  return Number(row?.id ?? 0);
}
