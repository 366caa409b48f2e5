/** A SQLite file belongs to one process: who has it holds a lock beside it. */
import { existsSync } from 'node:fs';
import { type Client, createClient } from '@libsql/client';

/**
 * Two writers on one SQLite file can poison each other's transactions (prisma/orm issue 29933), so a process owns its
 * file. The lock is an open exclusive transaction on a file beside it: the system drops it with the process, even a
 * killed one, and no stale lock is left. Throws SQLite's own error where another has it.
 */
export async function takeLock(path: string): Promise<Client> {
  const client = createClient({ url: `file:${lockPathOf(path)}` });
  try {
    await client.execute('BEGIN EXCLUSIVE');
    return client;
  } catch (error) {
    client.close();
    throw error;
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

function lockPathOf(path: string): string {
  return `${path}.lock`;
}
