/** One connection to a SQLite file, with its statements kept prepared. It works at once: callers wait for it. */
import Database from 'libsql';
import { LRUCache } from 'lru-cache';
import type { SqliteRows, SqliteStatement } from './sqlite-calls.js';

/** An open connection. Errors are SQLite's own, with `code` and `rawCode`. */
export type SqliteConnection = ReturnType<typeof openConnection>;

/** A statement that is prepared, with what never changes about its rows. */
interface Prepared {
  statement: Database.Statement;
  columns: string[];
  columnTypes: string[];
}

/** More than there are statements on the hot paths; those with lists of varying length come and go. */
const KEPT_STATEMENTS = 300;

/**
 * Opens a SQLite file (`path`; `:memory:` is one of its own). libsql's own client prepares each statement anew, finds out by
 * an exception that it gives no rows, and defines every value of a row as two properties: half of what a small statement
 * costs. Here a row is the plain list of its values, which is all that anybody reads.
 */
export function openConnection(path: string) {
  const database = new Database(path);
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

  function run({ sql, args }: SqliteStatement): SqliteRows {
    const { statement, columns, columnTypes } = prepare(sql);
    const values = args.map(toSqlValue);
    if (columns.length === 0) {
      return { columns, columnTypes, rows: [], changed: statement.run(values).changes };
    }
    const rows = statement.all(values) as unknown[][];
    return { columns, columnTypes, rows: rows.map((row) => row.map(fromSqlValue)), changed: 0 };
  }

  /** Runs the statements in one transaction, all or none; one alone needs none of ours. */
  function runTogether(statements: readonly SqliteStatement[]): SqliteRows[] {
    const [only, ...others] = statements;
    if (only && others.length === 0) {
      return [run(only)];
    }
    run(BEGIN);
    try {
      const results = statements.map(run);
      run(COMMIT);
      return results;
    } catch (error) {
      // A COMMIT that fails (disk full) leaves the transaction open in SQLite: it must not swallow what comes next.
      undo();
      throw error;
    }
  }

  function undo(): void {
    try {
      run(ROLLBACK);
    } catch {
      // SQLite had undone it by itself.
    }
  }

  return {
    run,
    runTogether,
    /** Runs a script; the tables that kept statements were prepared on may change. */
    runScript(script: string): void {
      kept.clear();
      database.exec(script);
    },
    close(): void {
      kept.clear();
      database.close();
    },
  };
}

const BEGIN: SqliteStatement = { sql: 'BEGIN IMMEDIATE', args: [] };
const COMMIT: SqliteStatement = { sql: 'COMMIT', args: [] };
const ROLLBACK: SqliteStatement = { sql: 'ROLLBACK', args: [] };

/** libsql would write every number as a floating one. */
function toSqlValue(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return mendText(value);
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'boolean':
      return value ? 1n : 0n;
    default:
      return toSqlObject(value);
  }
}

function toSqlObject(value: unknown): unknown {
  if (value instanceof Date) {
    return BigInt(value.valueOf());
  }
  // What has come from another thread is no Buffer any more.
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  return value instanceof ArrayBuffer ? Buffer.from(value) : (value ?? null);
}

/**
 * Replaces half surrogate pairs and NULs by U+FFFD: SQLite would store the first as broken UTF-8, on which libsql ends the
 * whole process when it reads the row, and would cut a text at the second.
 */
function mendText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\ufffd') : whole;
}

function fromSqlValue(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.buffer : value;
}
