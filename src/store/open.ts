/** Opens the database: takes a SQLite file for this process alone, migrates it, and hands out Prisma's client. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Client, createClient } from '@libsql/client';
import { applyRestore } from './backups.js';
import { type Db, nameProvider, type Provider } from './db.js';
import { PrismaClient } from './generated/client.js';
import { applyMigrations, type MigrationConnection, planMigrations } from './migrate.js';
import { OneConnectionLibSql } from './one-connection.js';
import { ALONE, type Session } from './session.js';
import { openSqlite, type SqliteClient } from './sqlite-client.js';

export type { Db } from './db.js';

/** An open database. */
export interface Store {
  db: Db;
  /** Which SQL the set-based statements speak. */
  provider: Provider;
  /** Migrations that this start applied. */
  applied: readonly string[];
  /** A backup took the database's place at this start: where the former one is kept, empty where there was none. */
  restored: string | null;
  /** What this process shares with the others on the database. */
  session: Session;
  close(): Promise<void>;
}

/** The start cannot go on: the text says why and what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
}

/**
 * WAL lets readers go on beside the writer. 16 MB of page cache hold the indexes that broadcasts touch at random, and the
 * WAL is copied back into the file every 16 MB instead of every 4. `synchronous` stays FULL.
 */
const PRAGMAS = ['journal_mode=WAL', 'cache_size=-16384', 'wal_autocheckpoint=4000'];

/**
 * Opens a SQLite file (`file:/path/to.db`) or a PostgreSQL database, making the file and migrating when needed. Commits are on the disk when they
 * answer (WAL with synchronous=FULL, libsql's default). Throws StoreError when another process holds the file, or when
 * it cannot be opened.
 */
export async function openStore(databaseUrl: string): Promise<Store> {
  if (!databaseUrl.startsWith('file:')) {
    // Its driver and its client are loaded only where they are used.
    const { openPostgres } = await import('./open-postgres.js');
    return openPostgres(databaseUrl).catch((error: unknown) => {
      throw new StoreError(`${nameOf(databaseUrl)} cannot be opened: ${reasonOf(error)}`);
    });
  }
  const path = databaseUrl.slice('file:'.length);
  let lock: Client | null = null;
  try {
    mkdirSync(dirname(path), { recursive: true });
    lock = await takeLock(`${databaseUrl}.lock`);
    const restored = applyRestore(path);
    return { ...(await openLocked(databaseUrl, lock)), restored };
  } catch (error) {
    await lock?.execute('ROLLBACK').catch(() => undefined);
    lock?.close();
    throw new StoreError(
      isBusy(error) ? `${path} ${IN_USE}` : `${path} cannot be opened: ${reasonOf(error)}`,
    );
  }
}

const IN_USE = 'is in use by another process: one SQLite file serves one process';

async function openLocked(url: string, lock: Client): Promise<Omit<Store, 'restored'>> {
  const connection = await openSqlite(url);
  const applied = await migrate(toMigrationConnection(connection));
  const db = new PrismaClient({ adapter: new OneConnectionLibSql(connection) });
  nameProvider(db, 'sqlite', connection);
  for (const pragma of PRAGMAS) {
    await connection.run({ sql: `PRAGMA ${pragma}`, args: [] });
  }
  return {
    db,
    provider: 'sqlite',
    applied,
    session: ALONE,
    close: async () => {
      await db.$disconnect();
      await connection.close();
      // libsql keeps a closed connection, and with it an open transaction, until its statements are collected.
      await lock.execute('ROLLBACK');
      lock.close();
    },
  };
}

/** One process owns the file, so what a newer build has made of it cannot be worked with by this one. */
async function migrate(connection: MigrationConnection): Promise<string[]> {
  const plan = await planMigrations(connection);
  const [newest] = plan.strange.toSorted().reverse();
  if (newest !== undefined) {
    throw new StoreError(
      `由更新的版本写成，请运行那个版本，或恢复升级前的备份 written by a newer version (${newest}): run that one, or restore the backup from before the upgrade`,
    );
  }
  return applyMigrations(connection, plan);
}

function toMigrationConnection(connection: SqliteClient): MigrationConnection {
  return {
    provider: 'sqlite',
    run: (statement) => connection.runScript(statement),
    query: async (sql) => (await connection.run({ sql, args: [] })).rows,
  };
}

/**
 * Two writers on one SQLite file can poison each other's transactions (prisma/orm issue 29933), so a process owns its
 * file. The lock is an open exclusive transaction on a file beside it: the system drops it with the process, even a
 * killed one, and no stale lock is left.
 */
async function takeLock(url: string): Promise<Client> {
  const client = createClient({ url });
  try {
    await client.execute('BEGIN EXCLUSIVE');
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

/** A database's address without the password. */
function nameOf(databaseUrl: string): string {
  return databaseUrl.replace(/\/\/[^@/]*@/, '//');
}

/** The first line: the schema engine adds a trace of its own. */
function reasonOf(error: unknown): string {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'unknown';
  return message.split('\n')[0] ?? '';
}
