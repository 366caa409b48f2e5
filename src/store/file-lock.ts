/** A SQLite file belongs to one process: who has it holds a lock beside it. */
import { existsSync } from 'node:fs';
import { type Client, createClient } from '@libsql/client';
import { isDamage } from './damage.js';

/** The lock file is garbled: the text names it and says what to do. */
export class LockFileError extends Error {
  override name = 'LockFileError';
}

/**
 * Two writers on one SQLite file can poison each other's transactions (prisma/orm issue 29933), so a process owns its
 * file. The lock is an open exclusive transaction on a file beside it: the system drops it with the process, even a
 * killed one, and no stale lock is left. Throws SQLite's own error where another
 * has it, and LockFileError where the file beside it is none of SQLite's.
 */
export async function takeLock(path: string): Promise<Client> {
  const client = createClient({ url: `file:${lockPathOf(path)}` });
  try {
    await client.execute('BEGIN EXCLUSIVE');
    return client;
  } catch (error) {
    client.close();
    throw isDamage(error) ? new LockFileError(sayGarbled(lockPathOf(path))) : error;
  }
}

/** Whether a server has the file now. */
export async function isInUse(path: string): Promise<boolean> {
  if (!existsSync(lockPathOf(path))) {
    return false;
  }
  try {
    const lock = await takeLock(path);
    await lock.execute('ROLLBACK');
    lock.close();
    return false;
  } catch (error) {
    if (isBusy(error)) {
      return true;
    }
    throw error;
  }
}

/** Whether an error says that somebody else has the lock. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

/** Where the lock of a database file is. */
export function lockPathOf(path: string): string {
  return `${path}.lock`;
}

/** Not removed by itself: whoever has it locked would not be met any more. */
function sayGarbled(path: string): string {
  return `${path} 已损坏，里面什么都没有存：确认没有服务在运行，然后删掉它 is damaged and holds nothing: make sure that no server runs, then remove it`;
}
