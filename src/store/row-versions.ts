/** Knows when rows of a table may have changed, so that what was read of it can be remembered until then. */
import { connectionOf, type Db } from './db.js';

/** The tables whose changes are counted, with what may change their rows: themselves, and deletes that cascade to them. */
const WATCHED = {
  Subscription: /["`]Subscription["`]|\bDELETE\s+FROM\s+(?:["`]main["`]\.)?["`](?:App|Person)["`]/i,
} as const;

/** A table whose changes are counted. */
export type WatchedTable = keyof typeof WATCHED;

const READS = /^\s*(?:SELECT|PRAGMA|BEGIN|COMMIT|ROLLBACK)\b/i;

/** More texts than the code holds mean that some are read anew each time. */
const KEPT_TEXTS = 2000;

/** Counts the statements of one connection that may change a watched table. */
export function createRowVersions() {
  const versions = new Map<WatchedTable, number>();
  const touchedBy = new Map<string, readonly WatchedTable[]>();

  function readTouched(sql: string): readonly WatchedTable[] {
    const touched = READS.test(sql)
      ? []
      : (Object.keys(WATCHED) as WatchedTable[]).filter((table) => WATCHED[table].test(sql));
    if (touchedBy.size < KEPT_TEXTS) {
      touchedBy.set(sql, touched);
    }
    return touched;
  }

  return {
    /** To be told of every statement before it goes to the database. */
    note(sql: string): void {
      for (const table of touchedBy.get(sql) ?? readTouched(sql)) {
        versions.set(table, (versions.get(table) ?? 0) + 1);
      }
    },
    versionOf: (table: WatchedTable): number => versions.get(table) ?? 0,
  };
}

/**
 * A number that grows whenever rows of the table may have changed: what was asked for at one version holds for as long as the
 * version does. Null on PostgreSQL, where other processes write too.
 */
export function versionOf(db: Db, table: WatchedTable): number | null {
  return connectionOf(db)?.versionOf(table) ?? null;
}
