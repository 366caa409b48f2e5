/** Makes a world's database refuse writes, as a full disk, a file without rights and somebody else's lock do. */
import Database from 'libsql';
import { ON_POSTGRES } from './database.js';
import { runSql } from './postgres.js';

/** How the database refuses. `full` refuses what needs a new page; the others refuse every write. */
export type Refusing = 'full' | 'read-only' | 'busy';

/** What can be had of the run's database: a PostgreSQL server's disk and locks are not a test's to break. */
export const REFUSING: readonly Refusing[] = ON_POSTGRES ? ['read-only'] : ['full', 'read-only', 'busy'];

/** As many as a pool holds. */
const CONNECTIONS = 10;

interface Raw {
  $queryRawUnsafe(sql: string): PromiseLike<unknown>;
}

/** Breaks it; the answer mends it. `url` is the database's address. */
export async function breakWrites(db: Raw, url: string, how: Refusing): Promise<() => Promise<void>> {
  if (!url.startsWith('file:')) {
    await setReadOnly(db, url, true);
    return () => setReadOnly(db, url, false);
  }
  if (how === 'busy') {
    const other = new Database(url.slice('file:'.length));
    other.exec('BEGIN IMMEDIATE');
    return async () => {
      other.exec('ROLLBACK');
      other.close();
    };
  }
  const pragma = (text: string) => db.$queryRawUnsafe(`PRAGMA ${text}`);
  const [broken, whole] =
    how === 'full'
      ? ['max_page_count = 1', 'max_page_count = 1073741823']
      : ['query_only = 1', 'query_only = 0'];
  await pragma(broken);
  return async () => {
    await pragma(whole);
  };
}

/** Open connections keep what they began with, so they are ended, all but the lasting one that holds the process's number. */
async function setReadOnly(db: Raw, url: string, isReadOnly: boolean): Promise<void> {
  const at = new URL(url);
  const name = at.pathname.slice(1);
  at.pathname = '/postgres';
  await runSql(at.href, `ALTER DATABASE "${name}" SET default_transaction_read_only = ${isReadOnly}`);
  await runSql(
    at.href,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'
       AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')`,
  );
  // The pool finds out when it uses them.
  for (let tried = 0; tried < CONNECTIONS; tried += 1) {
    await Promise.resolve(db.$queryRawUnsafe('SELECT 1')).catch(() => undefined);
  }
}
