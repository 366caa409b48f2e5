/** What the harness does to a SQLite file while no server has it: copies, damages, looks through, and makes an older one of it. */
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'libsql';
import { listMigrations } from '#src/store/migrations.js';
import type { Random } from './random.js';

/** What belongs to a database, by what stands behind its name. */
const PARTS = ['', '-wal', '-shm'];

/** Copies a database with all that belongs to it. */
export function copyDatabaseFiles(from: string, to: string): void {
  for (const part of PARTS) {
    rmSync(to + part, { force: true });
    if (existsSync(from + part)) {
      cpSync(from + part, to + part);
    }
  }
}

/** Removes it. */
export function removeDatabaseFiles(path: string): void {
  for (const part of PARTS) {
    rmSync(path + part, { force: true });
  }
}

/** SQLite's own word on a file: `ok`, or what is wrong with it, which may be that it has no messages at all. */
export function checkIntegrity(path: string): string {
  try {
    return withDatabase(path, (database) => {
      ask(database, 'SELECT count(*) FROM "Message"');
      return String(ask(database, 'PRAGMA integrity_check(1)')[0]);
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Writes noise over a share of a file, from `fromByte` on, in pieces of a page. */
export function scramble(
  path: string,
  random: Random,
  { share, fromByte }: { share: number; fromByte: number },
): void {
  const bytes = readFileSync(path);
  const page = 4096;
  for (let at = fromByte; at < bytes.length; at += page) {
    if (random.next() < share) {
      const end = Math.min(at + page, bytes.length);
      for (let byte = at; byte < end; byte += 1) {
        bytes[byte] = Math.floor(random.next() * 256);
      }
    }
  }
  writeFileSync(path, bytes);
}

/**
 * Makes of a database what a build of so many migrations ago would have left of its rows: of fewer where those rows hold what that build
 * had no column for, since it would never have written it. Returns how many it went back.
 */
export function makeOlder(path: string, back: number): number {
  const all = listMigrations('sqlite');
  const older = `${path}.older`;
  for (let tried = back; tried > 0; tried -= 1) {
    removeDatabaseFiles(older);
    if (copyInto(older, { path, migrations: all.slice(0, all.length - tried) })) {
      removeDatabaseFiles(path);
      renameSync(older, path);
      removeDatabaseFiles(older);
      return tried;
    }
  }
  removeDatabaseFiles(older);
  return 0;
}

/** Copies all rows into a new file of these migrations; false where something has no place there. */
function copyInto(
  older: string,
  { path, migrations }: { path: string; migrations: readonly { name: string; sql: string }[] },
): boolean {
  return withDatabase(older, (database) => {
    for (const { sql } of migrations) {
      database.exec(sql);
    }
    database.exec(`ATTACH '${path}' AS newer`);
    const log = '_prisma_migrations';
    database.exec(String(ask(database, `SELECT "sql" FROM newer.sqlite_schema WHERE "name" = '${log}'`)[0]));
    copyTable(
      database,
      log,
      `WHERE "migration_name" IN (${migrations.map(({ name }) => `'${name}'`).join(', ')})`,
    );
    const tables = ask(database, TABLES).map(String);
    for (const table of tables) {
      copyTable(database, table, '');
    }
    return !tables.some((table) => losesSomething(database, table));
  });
}

/** Whether a column that the older one lacks holds anything but what a new row has there. */
function losesSomething(database: Database.Database, table: string): boolean {
  const columns = database
    .prepare(
      `SELECT "name", coalesce("dflt_value", 'NULL') FROM pragma_table_info('${table}', 'newer')
       WHERE "name" NOT IN (SELECT "name" FROM pragma_table_info('${table}', 'main'))`,
    )
    .raw(true)
    .all() as [string, string][];
  return columns.some(
    ([name, initial]) =>
      ask(database, `SELECT 1 FROM newer."${table}" WHERE "${name}" IS NOT ${initial} LIMIT 1`).length > 0,
  );
}

const TABLES = `SELECT "name" FROM main.sqlite_schema WHERE "type" = 'table' AND "name" NOT LIKE 'sqlite_%'
  AND "name" <> '_prisma_migrations' AND "name" IN (SELECT "name" FROM newer.sqlite_schema)`;

/** The columns that both know. */
function copyTable(database: Database.Database, table: string, where: string): void {
  const both = ask(
    database,
    `SELECT "name" FROM pragma_table_info('${table}', 'main') INTERSECT SELECT "name" FROM pragma_table_info('${table}', 'newer')`,
  );
  const columns = both.map((name) => `"${String(name)}"`).join(', ');
  database.exec(`INSERT INTO main."${table}" (${columns}) SELECT ${columns} FROM newer."${table}" ${where}`);
}

function ask(database: Database.Database, sql: string): unknown[] {
  return database.prepare(sql).raw(true).all().flat();
}

function withDatabase<T>(path: string, use: (database: Database.Database) => T): T {
  const database = new Database(path);
  try {
    return use(database);
  } finally {
    database.close();
  }
}
