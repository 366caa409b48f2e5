/** SQLite as the server sees it: connections that live in a thread of their own. */
import { Worker } from 'node:worker_threads';
import { programPath } from '#src/lib/project.js';
import { isLoss } from './damage.js';
import { createRowVersions, type WatchedTable } from './row-versions.js';
import type {
  SqliteAnswer,
  SqliteCall,
  SqliteFailure,
  SqliteRows,
  SqliteStatement,
  SqliteTask,
} from './sqlite-calls.js';

/** SQLite refused: with its own `code` (such as SQLITE_FULL) and `rawCode`. */
export class SqliteError extends Error {
  override name = 'SqliteError';
  readonly code: string | undefined;
  readonly rawCode: number | undefined;

  constructor({ message, code, rawCode }: SqliteFailure) {
    super(message);
    this.code = code;
    this.rawCode = rawCode;
  }
}

/** An open connection. All throw SqliteError. */
export interface SqliteClient {
  /** Runs one statement at its place in the line, inside of an open transaction too. */
  run(statement: SqliteStatement): Promise<SqliteRows>;
  /** Runs statements in one transaction, all or none, outside of every transaction that somebody holds open. */
  runTogether(statements: readonly SqliteStatement[]): Promise<SqliteRows[]>;
  /** Runs a script of several statements. */
  runScript(script: string): Promise<void>;
  /** Waits until nobody holds a transaction open, and holds one open until `release` is called. */
  hold(): Promise<{ release: () => void }>;
  /** Grows with every statement that may change rows of the table; read it before asking for what is to be remembered. */
  versionOf(table: WatchedTable): number;
  /** What was said when a damaged page was first met, or another file in the place of the opened one; null while neither was. */
  damage(): string | null;
  /** Calls `listener` once, with the same words, when that happens. */
  onDamage(listener: (words: string) => void): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** A thread's young objects live for one call; more room for them would only be held. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 4 };

/** Opens a SQLite file (`file:/path`, or `:memory:`). */
export async function openSqlite(url: string): Promise<SqliteClient> {
  const thread = getThread();
  const connection = thread.newConnection();
  let damage: string | null = null;
  let tellDamage: (words: string) => void = () => {};
  const call = (task: SqliteTask): Promise<SqliteRows[]> =>
    thread.call(connection, task).catch((error: unknown) => {
      if (damage === null && isLoss(error)) {
        damage = error.message;
        tellDamage(damage);
      }
      throw error;
    });
  const versions = createRowVersions();
  let held: Promise<void> | null = null;

  async function untilFree(): Promise<void> {
    while (held) {
      await held;
    }
  }

  await call({ verb: 'open', path: url.replace(/^file:/, '') });
  return {
    async run(statement) {
      versions.note(statement.sql);
      const [result] = await call({ verb: 'run', statement });
      return result ?? { columns: [], columnTypes: [], rows: [], changed: 0 };
    },
    async runTogether(statements) {
      if (held) {
        await untilFree();
      }
      for (const { sql } of statements) {
        versions.note(sql);
      }
      return call({ verb: 'runTogether', statements });
    },
    versionOf: versions.versionOf,
    damage: () => damage,
    onDamage(listener) {
      tellDamage = listener;
    },
    async runScript(script) {
      versions.note(script);
      await call({ verb: 'runScript', script });
    },
    async hold() {
      await untilFree();
      const { promise, resolve } = withResolver();
      held = promise;
      const release = (): void => {
        if (held === promise) {
          held = null;
          resolve();
        }
      };
      return { release };
    },
    async close() {
      await untilFree();
      await call({ verb: 'close' });
    },
  };
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A call that waits for its answer. */
interface Waiting {
  resolve: (results: SqliteRows[]) => void;
  reject: (error: Error) => void;
}

type Thread = ReturnType<typeof startThread>;
let thread: Thread | undefined;

/** One thread for all databases of the process; started by the first. */
function getThread(): Thread {
  thread ??= startThread();
  return thread;
}

function startThread() {
  const worker = new Worker(programPath('store/sqlite-thread'), {
    execArgv: [],
    resourceLimits: THREAD_LIMITS,
  });
  const waiting = new Map<number, Waiting>();
  let lastCall = 0;
  let lastConnection = 0;

  worker.on('message', (answer: SqliteAnswer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) {
      worker.unref();
    }
    if ('failure' in answer) {
      call?.reject(new SqliteError(answer.failure));
    } else {
      call?.resolve(answer.results);
    }
  });
  // Without its database the process is of no use: it ends as by any error that nobody foresaw.
  worker.on('error', (error) => {
    throw error;
  });
  worker.unref();

  return {
    newConnection(): number {
      lastConnection += 1;
      return lastConnection;
    },
    call(connection: number, task: SqliteTask): Promise<SqliteRows[]> {
      lastCall += 1;
      const call: SqliteCall = { id: lastCall, connection, task };
      return new Promise((resolve, reject) => {
        if (waiting.size === 0) {
          worker.ref();
        }
        waiting.set(call.id, { resolve, reject });
        worker.postMessage(call);
      });
    },
  };
}
