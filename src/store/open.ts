/** Opens the database: takes a SQLite file for this process alone, migrates it, and hands out Prisma's client. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Client } from '@libsql/client';
import { applyRestore } from './backups.js';
import { DAMAGE_REMEDY, isDamage } from './damage.js';
import { type Db, nameProvider, type Provider } from './db.js';
import { isBusy, LockFileError, takeLock } from './file-lock.js';
import { findFileTrouble } from './file-trouble.js';
import { PrismaClient } from './generated/client.js';
import { isDatabaseLost, markPathOf } from './key-mark.js';
import { applyMigrations, type MigrationConnection, planMigrations } from './migrate.js';
import { OneConnectionLibSql } from './one-connection.js';
import { ALONE, type Session } from './session.js';
import { openSqlite, type SqliteClient } from './sqlite-client.js';
import { copyBeforeUpgrade, type UpgradeCopies } from './upgrade-copy.js';

export type { Db } from './db.js';

/** An open database. */
export interface Store {
  db: Db;
  /** Which SQL the set-based statements speak. */
  provider: Provider;
  /** Migrations that this start applied. */
  applied: readonly string[];
  /** There was no table in it before this start. */
  isNew: boolean;
  /** A backup took the database's place at this start: where the former one is kept, empty where there was none. */
  restored: string | null;
  /** What this process shares with the others on the database. */
  session: Session;
  /** Reads the database's clock, in milliseconds since the epoch; null where that is this machine's. */
  readTime: (() => Promise<number>) | null;
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
 * it cannot be opened. With `copies` a SQLite file is copied before migrations change what is in it.
 */
export async function openStore(databaseUrl: string, copies: UpgradeCopies | null = null): Promise<Store> {
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
    refuseTrouble(path);
    lock = await takeLock(path);
    const restored = applyRestore(path);
    if (isDatabaseLost(path)) {
      throw new StoreError(
        `${path} 不见了或是空的，而这里有过数据库：放回它，或用 npm run restore -- 备份文件 恢复；要从头开始就删掉 ${markPathOf(path)} The database is missing or empty, and there was one: put it back, or restore a backup with npm run restore -- FILE; to begin anew remove ${markPathOf(path)}`,
      );
    }
    return { ...(await openLocked(databaseUrl, { lock, copies })), restored };
  } catch (error) {
    await lock?.execute('ROLLBACK').catch(() => undefined);
    lock?.close();
    throw error instanceof StoreError ? error : new StoreError(explainFile(path, error));
  }
}

function refuseTrouble(path: string): void {
  const trouble = findFileTrouble(path);
  if (trouble !== null) {
    throw new StoreError(trouble);
  }
}

function explainFile(path: string, error: unknown): string {
  if (error instanceof LockFileError) {
    return error.message;
  }
  if (isBusy(error)) {
    return `${path} ${IN_USE}`;
  }
  return isDamage(error)
    ? `${path}: ${DAMAGE_REMEDY} (${reasonOf(error)})`
    : `${path} 打不开 cannot be opened: ${reasonOf(error)}`;
}

const IN_USE =
  '正被另一个进程使用，一个 SQLite 文件只归一个进程 is in use by another process: one SQLite file serves one process';

async function openLocked(
  url: string,
  { lock, copies }: { lock: Client; copies: UpgradeCopies | null },
): Promise<Omit<Store, 'restored'>> {
  const connection = await openSqlite(url);
  const { applied, isNew } = await migrate(toMigrationConnection(connection), {
    path: url.slice('file:'.length),
    copies,
  });
  const db = new PrismaClient({ adapter: new OneConnectionLibSql(connection) });
  nameProvider(db, 'sqlite', connection);
  for (const pragma of PRAGMAS) {
    await connection.run({ sql: `PRAGMA ${pragma}`, args: [] });
  }
  return {
    db,
    provider: 'sqlite',
    applied,
    isNew,
    session: ALONE,
    readTime: null,
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
async function migrate(
  connection: MigrationConnection,
  { path, copies }: { path: string; copies: UpgradeCopies | null },
): Promise<{ applied: string[]; isNew: boolean }> {
  const plan = await planMigrations(connection);
  const [newest] = plan.strange.toSorted().reverse();
  if (newest !== undefined) {
    throw new StoreError(
      `由更新的版本写成，请运行那个版本，或恢复升级前的备份 written by a newer version (${newest}): run that one, or restore the backup from before the upgrade`,
    );
  }
  const [next] = plan.missing;
  if (copies && next && !plan.isNew) {
    await copyBeforeUpgrade(path, { sizeBytes: statSync(path).size, newest: next.name }, copies);
  }
  return { applied: await applyMigrations(connection, plan), isNew: plan.isNew };
}

function toMigrationConnection(connection: SqliteClient): MigrationConnection {
  return {
    provider: 'sqlite',
    run: (statement) => connection.runScript(statement),
    query: async (sql) => (await connection.run({ sql, args: [] })).rows,
  };
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
