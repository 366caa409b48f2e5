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

/** Makes of a database what the first `count` migrations and the build of that day would have left of its rows. */
export function makeOlder(path: string, count: number): void {
  const older = `${path}.older`;
  removeDatabaseFiles(older);
  const migrations = listMigrations('sqlite').slice(0, count);
  withDatabase(older, (database) => {
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
    for (const table of ask(database, TABLES)) {
      copyTable(database, String(table), '');
    }
  });
  removeDatabaseFiles(path);
  renameSync(older, path);
  removeDatabaseFiles(older);
}

const TABLES = `SELECT "name" FROM main.sqlite_schema WHERE "type" = 'table' AND "name" NOT LIKE 'sqlite_%'
  AND "name" <> '_prisma_migrations' AND "name" IN (SELECT "name" FROM newer.sqlite_schema)`;

/** How many migrations there are. */
export function countMigrations(): number {
  return listMigrations('sqlite').length;
}

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
