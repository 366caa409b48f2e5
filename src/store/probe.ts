/** One row that is written to see whether the database takes writes. */
import type { Db } from './db.js';
import { commitOne } from './group-commit.js';
import { both } from './sql.js';

const PROBE = both(
  (q) => `INSERT INTO "Setting" ("key", "value", "updatedAt") VALUES ('write-probe', '', ${q.time()})
     ON CONFLICT ("key") DO UPDATE SET "updatedAt" = excluded."updatedAt"`,
);

/** Writes; throws what the database says where it cannot. */
export async function probeWrite(db: Db, now: number): Promise<void> {
  await commitOne(db, PROBE, now);
}
