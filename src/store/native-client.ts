/** libsql's client on one connection of its own, with its statements kept prepared. */
import type { Client, InStatement, InValue, ResultSet } from '@libsql/client';
import Database from 'libsql';
import { LRUCache } from 'lru-cache';

/** The verbs of libsql's client that a file needs; each runs at once and is done when it answers. */
export type NativeClient = Pick<Client, 'execute' | 'executeMultiple' | 'close'>;

/** A statement that is prepared, with what never changes about its rows. */
interface Prepared {
  statement: Database.Statement;
  columns: string[];
  columnTypes: string[];
}

/** More than there are statements on the hot paths; those with lists of varying length come and go. */
const KEPT_STATEMENTS = 300;

/**
 * Opens a SQLite file. libsql's own client prepares each statement anew, finds out by an exception that it gives no rows,
 * and defines every value of a row as two properties: half of what a small statement costs. Here a row is the plain list
 * of its values, which is all that Prisma's adapter reads. Errors are SQLite's own, with `code` and `rawCode`.
 */
export function openNativeClient(url: string): NativeClient {
  const database = new Database(url.replace(/^file:/, ''));
  const kept = new LRUCache<string, Prepared>({ max: KEPT_STATEMENTS });

  function prepare(sql: string): Prepared {
    const known = kept.get(sql);
    if (known) {
      return known;
    }
    const statement = database.prepare(sql).safeIntegers(true);
    const columns = statement.reader ? statement.raw(true).columns() : [];
    const prepared = {
      statement,
      columns: columns.map(({ name }) => name),
      columnTypes: columns.map(({ type }) => type ?? ''),
    };
    kept.set(sql, prepared);
    return prepared;
  }

  function run(given: InStatement): ResultSet {
    const { sql, args } = typeof given === 'string' ? { sql: given, args: [] } : given;
    const { statement, columns, columnTypes } = prepare(sql);
    const values = Array.isArray(args) ? args.map(toSqlValue) : [];
    const rows = columns.length > 0 ? (statement.all(values) as unknown[][]) : [];
    const rowsAffected = columns.length > 0 ? 0 : statement.run(values).changes;
    const plain = { columns, columnTypes, rows: rows.map((row) => row.map(fromSqlValue)), rowsAffected };
    return { ...plain, lastInsertRowid: undefined, toJSON: () => plain } as unknown as ResultSet;
  }

  return {
    execute: async (statement: InStatement | string) => run(statement),
    executeMultiple: async (script) => {
      // A script may change the tables that kept statements were prepared on.
      kept.clear();
      database.exec(script);
    },
    close: () => {
      kept.clear();
      database.close();
    },
  };
}

function toSqlValue(value: InValue): unknown {
  if (typeof value === 'boolean') {
    return value ? 1 : 0;
  }
  if (value instanceof Date) {
    return value.valueOf();
  }
  return value instanceof ArrayBuffer ? Buffer.from(value) : value;
}

function fromSqlValue(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.buffer : value;
}
