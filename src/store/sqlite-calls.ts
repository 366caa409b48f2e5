/** What passes between the server and the thread that holds its SQLite connections. */

/** A statement with its parameters, in order. */
export interface SqliteStatement {
  sql: string;
  args: readonly unknown[];
}

/** What a statement gave: rows as plain lists of their values, or how many rows it changed. */
export interface SqliteRows {
  columns: string[];
  /** As declared in the table; empty for what is computed. */
  columnTypes: string[];
  /** Whole numbers are bigint. */
  rows: unknown[][];
  changed: number;
}

/** What a connection is asked to do. */
export type SqliteTask =
  | { verb: 'open'; path: string }
  | { verb: 'run'; statement: SqliteStatement }
  | { verb: 'runTogether'; statements: readonly SqliteStatement[] }
  | { verb: 'runScript'; script: string }
  | { verb: 'close' };

/** A task for one of the thread's connections. */
export interface SqliteCall {
  id: number;
  connection: number;
  task: SqliteTask;
}

/** SQLite's refusal, as it passes between threads. */
export interface SqliteFailure {
  message: string;
  /** Such as SQLITE_FULL. */
  code: string | undefined;
  /** SQLite's extended number. */
  rawCode: number | undefined;
}

/** The thread's answer to a call: one result for each statement. */
export type SqliteAnswer = { id: number } & ({ results: SqliteRows[] } | { failure: SqliteFailure });
