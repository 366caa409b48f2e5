/** Brings a database up to date: a migration and the row that says so are one transaction, so that an end in between leaves neither. */
import { sha256Hex } from '#src/lib/hash.js';
import type { Provider } from './db.js';
import { checksumOf, listMigrations, type Migration, splitStatements } from './migrations.js';

/** One connection of which nobody else uses any part meanwhile. Both throw what the database says. */
export interface MigrationConnection {
  provider: Provider;
  run(statement: string): Promise<void>;
  query(statement: string): Promise<unknown[][]>;
}

/** What a database has, and what it lacks. */
export interface MigrationPlan {
  /** In the order in which they are applied. */
  missing: readonly Migration[];
  /** Of the missing: the names of those that an older build began and did not finish. */
  begun: ReadonlySet<string>;
  /** Applied, and unknown to this build: a newer one made them. */
  strange: readonly string[];
  /** No migration was ever applied. */
  isNew: boolean;
}

/** The schema is in a state that no migration leads on from. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

/** Prisma's own table, so that its tools read it too. */
const TABLE: Readonly<Record<Provider, string>> = {
  sqlite: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL, "logs" TEXT,
    "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`,
  postgresql: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ, "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ, "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`,
};
const NOW: Readonly<Record<Provider, string>> = {
  sqlite: `CAST(strftime('%s', 'now') AS INTEGER) * 1000`,
  postgresql: 'now()',
};
const BEGIN: Readonly<Record<Provider, string>> = { sqlite: 'BEGIN IMMEDIATE', postgresql: 'BEGIN' };

/** Our tables, in the schema that the connection sees. */
const TABLES: Readonly<Record<Provider, string>> = {
  sqlite: `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
  postgresql: `SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()`,
};
const ROWS = `SELECT "migration_name", CASE WHEN "finished_at" IS NULL THEN 0 ELSE 1 END FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL`;

/** Reads what there is to do. Throws MigrationError where the tables are somebody else's. */
export async function planMigrations(connection: MigrationConnection): Promise<MigrationPlan> {
  const all = listMigrations(connection.provider);
  const tables = (await connection.query(TABLES[connection.provider])).map(([name]) => String(name));
  if (!tables.includes('_prisma_migrations')) {
    if (tables.length > 0) {
      throw new MigrationError(
        `不是青鸟的数据库 not a database of Qingniao: it has tables of others (${tables.slice(0, 3).join(', ')})`,
      );
    }
    return { missing: all, begun: new Set(), strange: [], isNew: true };
  }
  const rows = await connection.query(ROWS);
  const finished = new Set(rows.filter(([, end]) => Number(end) === 1).map(([name]) => String(name)));
  const begun = rows.map(([name]) => String(name)).filter((name) => !finished.has(name));
  const known = new Set(all.map(({ name }) => name));
  return {
    missing: all.filter(({ name }) => !finished.has(name)),
    begun: new Set(begun),
    strange: [...finished, ...begun].filter((name) => !known.has(name)),
    isNew: finished.size === 0,
  };
}

/** Applies what a plan misses; an end at any point is gone on from by the next call. Returns the names. Throws what the database says. */
export async function applyMigrations(
  connection: MigrationConnection,
  { missing, begun }: MigrationPlan,
): Promise<string[]> {
  for (const migration of missing) {
    await applyMigration(connection, migration, begun.has(migration.name));
  }
  return missing.map(({ name }) => name);
}

async function applyMigration(
  connection: MigrationConnection,
  migration: Migration,
  isBegun: boolean,
): Promise<void> {
  const { provider } = connection;
  const statements = splitStatements(migration.sql);
  // SQLite makes a table anew to change it; only outside of a transaction can it be told to leave those alone that refer to it.
  const leavesKeys = provider === 'sqlite' && statements.some(isKeysOff);
  if (leavesKeys) {
    await connection.run('PRAGMA foreign_keys = OFF');
  }
  try {
    await connection.run(BEGIN[provider]);
    await connection.run(TABLE[provider]);
    await (isBegun ? goOn(connection, statements) : runAll(connection, statements));
    if (leavesKeys) {
      await checkKeys(connection, migration);
    }
    await note(connection, migration);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    if (leavesKeys) {
      await connection.run('PRAGMA foreign_keys = ON');
    }
  }
}

function isKeysOff(statement: string): boolean {
  return /^PRAGMA\s+foreign_keys\s*=\s*(OFF|0)$/i.test(statement);
}

async function checkKeys(connection: MigrationConnection, { name }: Migration): Promise<void> {
  const broken = await connection.query('PRAGMA foreign_key_check');
  if (broken.length > 0) {
    throw new MigrationError(
      `${name} would leave rows of ${String(broken[0]?.[0])} without what they refer to`,
    );
  }
}

async function runAll(connection: MigrationConnection, statements: readonly string[]): Promise<void> {
  for (const statement of statements) {
    await connection.run(statement);
  }
}

/** Writes that a migration is applied, in the place of what an older build had begun. */
async function note(connection: MigrationConnection, migration: Migration): Promise<void> {
  const now = NOW[connection.provider];
  // Prisma has a random one there, of no meaning and of no more room.
  const id = sha256Hex(migration.name).slice(0, 36);
  await connection.run(
    `DELETE FROM "_prisma_migrations" WHERE "migration_name" = '${migration.name}' AND "finished_at" IS NULL`,
  );
  await connection.run(
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "started_at", "applied_steps_count")
     VALUES ('${id}', '${checksumOf(migration)}', ${now}, '${migration.name}', ${now}, 1)`,
  );
}

/** What databases say of a statement that was run before. PostgreSQL: duplicate table, column and object, and what was dropped. */
const DONE_BEFORE = /already exists|duplicate column name|no such (?:index|column)|does not exist/i;
const CHANGES_ROWS = /^(UPDATE|INSERT|DELETE)\b/i;

/**
 * Goes on where an older build was interrupted: it ran the statements one by one, each for itself, so that some of the first
 * are done. Those that change rows are run again, which they bear.
 */
async function goOn(connection: MigrationConnection, statements: readonly string[]): Promise<void> {
  let mayBeDone = true;
  for (const statement of statements) {
    await connection.run('SAVEPOINT statement');
    try {
      await connection.run(statement);
      mayBeDone = mayBeDone && CHANGES_ROWS.test(statement);
    } catch (error) {
      if (!mayBeDone || !(error instanceof Error) || !DONE_BEFORE.test(error.message)) {
        throw error;
      }
      await connection.run('ROLLBACK TO SAVEPOINT statement');
    }
    await connection.run('RELEASE SAVEPOINT statement');
  }
}
