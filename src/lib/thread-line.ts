/** A thread of its own for work that takes long: one job at a time, a short line of waiting ones, and an end for one that gets stuck. */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { programPath } from './project.js';

/** Why a job was not done: too many wait already, it took too long, or it broke the thread. */
export type ThreadTrouble = 'busy' | 'stuck' | 'broken';

/** A job that was not done. */
export class ThreadError extends Error {
  override name = 'ThreadError';
  constructor(readonly trouble: ThreadTrouble) {
    super(`the work in a thread was not done: ${trouble}`);
  }
}

/** How a line is made. */
export interface ThreadLineOptions {
  /** The program by its path in src/ without an ending. It answers each message with one message, or with null where it failed. */
  program: string;
  /** So many jobs may wait while one is worked on. */
  maxWaiting: number;
  /** A job that takes longer ends with its thread, in milliseconds; the next one gets a new thread. */
  timeoutMs: number;
  /** The most memory that the thread may take for what it works on, in megabytes. */
  maxMemoryMb: number;
}

/** Does jobs in a thread. */
export interface ThreadLine<In, Out> {
  /** Does a job in its turn. Throws ThreadError. */
  run(job: In): Promise<Out>;
}

interface Waiting<In, Out> {
  job: In;
  resolve: (result: Out) => void;
  reject: (error: Error) => void;
}

/**
 * Makes a line; its thread starts with the first job, and keeps no process alive that has nothing else to do. `start` makes
 * the thread; tests give one of their own.
 */
export function createThreadLine<In, Out>(
  options: ThreadLineOptions,
  start: (options: ThreadLineOptions) => Worker = startProgram,
): ThreadLine<In, Out> {
  const waiting: Waiting<In, Out>[] = [];
  let thread: Worker | null = null;
  let current: (Waiting<In, Out> & { timer: NodeJS.Timeout }) | null = null;

  function getThread(): Worker {
    thread ??= startThread();
    return thread;
  }

  function startThread(): Worker {
    const worker = start(options);
    // What a thread says that was given up counts no more.
    const isMine = () => worker === thread;
    worker.on('message', (result: Out | null) => isMine() && end(result));
    worker.on('error', () => isMine() && giveUp('broken'));
    worker.on('exit', () => isMine() && giveUp('broken'));
    return worker;
  }

  function next(): void {
    const job = current === null ? waiting.shift() : undefined;
    if (!job) {
      thread?.unref();
      return;
    }
    const worker = getThread();
    worker.ref();
    current = { ...job, timer: setTimeout(() => giveUp('stuck'), options.timeoutMs) };
    worker.postMessage(job.job);
  }

  function end(result: Out | null): void {
    const done = current;
    current = null;
    clearTimeout(done?.timer);
    if (result === null) {
      done?.reject(new ThreadError('broken'));
    } else {
      done?.resolve(result);
    }
    next();
  }

  /** Ends the thread with its job; whoever waits gets another one. */
  function giveUp(trouble: ThreadTrouble): void {
    const given = thread;
    thread = null;
    void given?.terminate();
    const lost = current;
    current = null;
    clearTimeout(lost?.timer);
    lost?.reject(new ThreadError(trouble));
    next();
  }

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= options.maxWaiting) {
          reject(new ThreadError('busy'));
          return;
        }
        waiting.push({ job, resolve, reject });
        if (current === null) {
          next();
        }
      }),
  };
}

function startProgram({ program, maxMemoryMb }: ThreadLineOptions): Worker {
  return new Worker(programPath(program), { execArgv: [], resourceLimits: limitsOf(maxMemoryMb) });
}

/** Its young objects live for one job. */
export function limitsOf(maxMemoryMb: number): ResourceLimits {
  return { maxOldGenerationSizeMb: maxMemoryMb, maxYoungGenerationSizeMb: 16 };
}
