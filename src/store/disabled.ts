/** Reads what belongs to disabled accounts. */
import type { Db } from './db.js';
import { query } from './sql.js';

const DISABLED = `SELECT 'person' AS "kind", "personId" AS "id" FROM "Account" WHERE "disabledAt" IS NOT NULL AND "personId" IS NOT NULL
  UNION ALL SELECT 'app', a."id" FROM "App" a JOIN "Account" c ON c."id" = a."accountId" WHERE c."disabledAt" IS NOT NULL
  UNION ALL SELECT 'app', a."id" FROM "App" a JOIN "Account" c ON c."personId" = a."ownerId" WHERE c."disabledAt" IS NOT NULL`;

/** The persons behind all disabled accounts, and their apps and spaces. */
export async function listDisabled(db: Db): Promise<{ people: Set<number>; apps: Set<number> }> {
  const rows = await query<{ kind: string; id: unknown }>(db, DISABLED);
  const idsOf = (kind: string) => new Set(rows.flatMap((row) => (row.kind === kind ? Number(row.id) : [])));
  return { people: idsOf('person'), apps: idsOf('app') };
}
