/** Group commit: the writes of one moment, whoever makes them, share one transaction and so one wait for the disk. */
import { connectionOf, type Db, type Provider, providerOf } from './db.js';
import { type Sql, spell } from './sql.js';
import type { SqliteClient } from './sqlite-client.js';
import { toObjects } from './sqlite-rows.js';

/** One SQL statement with its parameters; `returns` where it gives rows. */
export interface Statement {
  sql: Sql;
  args: readonly unknown[];
  returns?: boolean;
}

/** A statement that changes rows and answers with how many. */
export function write(sql: Sql, ...args: readonly unknown[]): Statement {
  return { sql, args };
}

/** A statement that gives rows. */
export function read(sql: Sql, ...args: readonly unknown[]): Statement {
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
  /** One is about to begin with what this turn of the event loop gathers. */
  isStarting: boolean;
  /** Commits under way. */
  running: number;
}

/** A transaction holds at most so many units, so that one commit stays short. */
const UNITS_PER_COMMIT = 64;

/**
 * SQLite's one writer does one after the other, but finds the next when it comes back from the disk; PostgreSQL is far away and
 * writes for several at once.
 */
const COMMITS_AT_ONCE: Readonly<Record<Provider, number>> = { sqlite: 3, postgresql: 4 };

/** Commits of two processes that wait for each other: PostgreSQL undoes one, which then finds its way free. */
const CONFLICT_TRIES = 5;

/** Told of each commit: how long it took, in milliseconds, and whether it went well. */
export type CommitWatcher = (tookMs: number, isGood: boolean) => void;

const watchers = new WeakMap<Db, CommitWatcher>();

/** Lets somebody look on at all commits of a database. */
export function watchCommits(db: Db, watcher: CommitWatcher): void {
  watchers.set(db, watcher);
}

/** One queue for each open database. */
const queues = new WeakMap<Db, Queue>();

/**
 * Runs the statements in order, all or none, and answers when they are committed. Statements of several callers may share
 * a commit; when such a commit fails, each caller's statements are run again by themselves, so that one caller's mistake
 * fails alone. `isGathered`: the statements are of many callers already, and need not wait for the end of the turn.
 */
export function commit(
  db: Db,
  statements: readonly Statement[],
  { isGathered = false } = {},
): Promise<StatementResult[]> {
  const queue = queues.get(db) ?? { units: [], isStarting: false, running: 0 };
  queues.set(db, queue);
  return new Promise((resolve, reject) => {
    queue.units.push({ statements, resolve, reject });
    if (isGathered && queue.running < COMMITS_AT_ONCE[providerOf(db)]) {
      startNow(db, queue);
    } else {
      startSoon(db, queue);
    }
  });
}

/** Runs one statement that changes rows; answers, when it is committed, with how many. */
export async function commitOne(db: Db, sql: Sql, ...args: readonly unknown[]): Promise<number> {
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
  if (queue.isStarting || queue.units.length === 0 || queue.running >= COMMITS_AT_ONCE[providerOf(db)]) {
    return;
  }
  queue.isStarting = true;
  setImmediate(() => {
    queue.isStarting = false;
    if (queue.units.length > 0 && queue.running < COMMITS_AT_ONCE[providerOf(db)]) {
      startNow(db, queue);
    }
    startSoon(db, queue);
  });
}

function startNow(db: Db, queue: Queue): void {
  queue.running += 1;
  void runUnits(db, queue.units.splice(0, UNITS_PER_COMMIT)).finally(() => {
    queue.running -= 1;
    startSoon(db, queue);
  });
}

async function runUnits(db: Db, units: readonly Unit[], tried = 1): Promise<void> {
  const startedAt = performance.now();
  const tell = (isGood: boolean): void => watchers.get(db)?.(performance.now() - startedAt, isGood);
  try {
    const results = await runStatements(
      db,
      units.flatMap((unit) => unit.statements),
    );
    tell(true);
    let at = 0;
    for (const unit of units) {
      unit.resolve(results.slice(at, at + unit.statements.length));
      at += unit.statements.length;
    }
  } catch (error) {
    tell(false);
    if (isConflict(error) && tried < CONFLICT_TRIES) {
      await runUnits(db, units, tried + 1);
      return;
    }
    if (units.length === 1 || mayBeCommitted(db, error)) {
      for (const unit of units) {
        unit.reject(error);
      }
      return;
    }
    for (const unit of units) {
      await runUnits(db, [unit]);
    }
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && /\b40P01\b|\b40001\b|write conflict/.test(error.message);
}

/**
 * Whether a commit may have come to be although it failed: the connection broke. Its statements must not run again
 * behind their callers' backs. Errors of statements carry codes that begin with P2 (Prisma's reference of errors).
 */
export function mayBeCommitted(db: Db, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return providerOf(db) === 'postgresql' && !code.startsWith('P2');
}

async function runStatements(db: Db, statements: readonly Statement[]): Promise<StatementResult[]> {
  const provider = providerOf(db);
  const texts = statements.map(({ sql }) => spell(sql, provider));
  const asked = statements.flatMap((statement, at) => {
    const text = texts[at] ?? '';
    return text === '' ? [] : [{ ...statement, sql: text }];
  });
  const connection = connectionOf(db);
  const results = connection ? await runOnSqlite(connection, asked) : await runByPrisma(db, asked);
  if (results.length === statements.length) {
    return results;
  }
  let next = 0;
  return texts.map((text) => {
    next += text === '' ? 0 : 1;
    return text === '' ? undefined : results[next - 1];
  });
}

/** A statement in the spelling of the database. */
type Spelled = Statement & { sql: string };

/** The whole transaction is one message to the thread that waits for the disk. */
async function runOnSqlite(
  connection: SqliteClient,
  statements: readonly Spelled[],
): Promise<StatementResult[]> {
  const results = await connection.runTogether(statements.map(({ sql, args }) => ({ sql, args })));
  return results.map((result, at) => (statements[at]?.returns ? toObjects(result) : result.changed));
}

async function runByPrisma(db: Db, statements: readonly Spelled[]): Promise<StatementResult[]> {
  const calls = statements.map(({ sql, args, returns }) =>
    returns ? db.$queryRawUnsafe<unknown[]>(sql, ...args) : db.$executeRawUnsafe(sql, ...args),
  );
  const [only, ...others] = calls;
  return only && others.length === 0 ? [await only] : await db.$transaction<typeof calls>(calls);
}
