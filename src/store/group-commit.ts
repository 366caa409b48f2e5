/** Group commit: the writes of one moment, whoever makes them, share one transaction and so one wait for the disk. */
import type { Db } from './open.js';

/** One SQL statement with its parameters; `returns` where it gives rows. */
export interface Statement {
  sql: string;
  args: readonly unknown[];
  returns?: boolean;
}

/** A statement that changes rows and answers with how many. */
export function write(sql: string, ...args: readonly unknown[]): Statement {
  return { sql, args };
}

/** A statement that gives rows. */
export function read(sql: string, ...args: readonly unknown[]): Statement {
  return { sql, args, returns: true };
}

/** Rows of a statement that returns, else how many rows it changed. */
export type StatementResult = unknown;

interface Unit {
  statements: readonly Statement[];
  resolve: (results: StatementResult[]) => void;
  reject: (error: unknown) => void;
}

interface Queue {
  units: Unit[];
  isBusy: boolean;
}

/** A transaction holds at most so many units, so that one commit stays short. */
const UNITS_PER_COMMIT = 64;

/** One queue for each open database. */
const queues = new WeakMap<Db, Queue>();

/**
 * Runs the statements in order, all or none, and answers when they are committed. Statements of several callers may share
 * a commit; when such a commit fails, each caller's statements are run again by themselves, so that one caller's mistake
 * fails alone.
 */
export function commit(db: Db, statements: readonly Statement[]): Promise<StatementResult[]> {
  const queue = queues.get(db) ?? { units: [], isBusy: false };
  queues.set(db, queue);
  return new Promise((resolve, reject) => {
    queue.units.push({ statements, resolve, reject });
    startSoon(db, queue);
  });
}

/** Runs one statement that changes rows; answers, when it is committed, with how many. */
export async function commitOne(db: Db, sql: string, ...args: readonly unknown[]): Promise<number> {
  const [changed] = await commit(db, [{ sql, args }]);
  return Number(changed);
}

/** Runs statements like `commit` and answers with the rows of the last one. */
export async function commitRows<Row>(db: Db, statements: readonly Statement[]): Promise<Row[]> {
  const results = await commit(db, statements);
  return (results.at(-1) ?? []) as Row[];
}

/** Starts after the present turn of the event loop, so that all writes of the turn go together. */
function startSoon(db: Db, queue: Queue): void {
  if (queue.isBusy) {
    return;
  }
  queue.isBusy = true;
  setImmediate(() => {
    void runUnits(db, queue.units.splice(0, UNITS_PER_COMMIT)).finally(() => {
      queue.isBusy = false;
      if (queue.units.length > 0) {
        startSoon(db, queue);
      }
    });
  });
}

async function runUnits(db: Db, units: readonly Unit[]): Promise<void> {
  try {
    const results = await runStatements(
      db,
      units.flatMap((unit) => unit.statements),
    );
    let at = 0;
    for (const unit of units) {
      unit.resolve(results.slice(at, at + unit.statements.length));
      at += unit.statements.length;
    }
  } catch (error) {
    const [first, ...others] = units;
    if (others.length === 0) {
      first?.reject(error);
      return;
    }
    for (const unit of units) {
      await runUnits(db, [unit]);
    }
  }
}

async function runStatements(db: Db, statements: readonly Statement[]): Promise<StatementResult[]> {
  const calls = statements.map(({ sql, args, returns }) =>
    returns ? db.$queryRawUnsafe<unknown[]>(sql, ...args) : db.$executeRawUnsafe(sql, ...args),
  );
  const [only, ...others] = calls;
  if (only && others.length === 0) {
    return [await only];
  }
  return db.$transaction<typeof calls>(calls);
}
