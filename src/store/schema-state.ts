/** Whether the database has the tables that this build needs: another process, newer or older, may have changed them meanwhile. */
import type { Db, Provider } from './db.js';
import { providerOf } from './db.js';
import { listMigrations } from './migrations.js';
import { query } from './sql.js';

/** `older`: it lacks migrations of this build; `newer`: it has some that this build does not know. */
export type SchemaState = 'same' | 'older' | 'newer';

/** A dozen rows at most, read by every check. */
const APPLIED = `SELECT "migration_name" AS "name" FROM "_prisma_migrations"
  WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL`;

/** The names of this build's migrations; the files do not change while it runs. */
const known = new Map<Provider, readonly string[]>();

/** Compares the names of the migrations that were applied with those of this build. Throws what the database says where it cannot. */
export async function compareSchema(db: Db): Promise<SchemaState> {
  const applied = new Set((await query<{ name: string }>(db, APPLIED)).map(({ name }) => name));
  const own = namesOf(providerOf(db));
  if (own.some((name) => !applied.has(name))) {
    return 'older';
  }
  return applied.size > own.length ? 'newer' : 'same';
}

function namesOf(provider: Provider): readonly string[] {
  const names = known.get(provider) ?? listMigrations(provider).map(({ name }) => name);
  known.set(provider, names);
  return names;
}
