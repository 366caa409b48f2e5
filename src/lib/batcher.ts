/** Gathers calls of one moment into one run, such as many requests into one committed database write. */

/** How calls are gathered. */
export interface BatcherOptions<In, Out> {
  /** Does the work of several calls; must give one result for each item, in the same order. */
  run: (items: In[]) => Promise<Out[]>;
  /** The most items of one run, at least 1. */
  maxItems: number;
  /**
   * So many items that wait start a run at once, where a slot is free, instead of at the end of the turn: whoever does the
   * work begins while the rest of the turn's calls are still being read. Default: never.
   */
  eagerAt?: number;
  /** How many runs may be under way at once. Default 1: what arrives during a run shares the next one. */
  maxConcurrent?: number;
  /**
   * When a run of several items throws, run its halves, and so on down to single items, so that one bad item fails alone
   * (about 2 x log2(items) extra runs). True for an error after which nothing was changed. Default never: all fail.
   */
  isolates?: (error: unknown) => boolean;
}

/** Adds one item to the next run and gives its own result, or the error of the run it was in. */
export interface Batcher<In, Out> {
  (item: In): Promise<Out>;
  /** Resolves once nothing waits and nothing runs; never rejects. */
  idle(): Promise<void>;
  /** Refuses new items with `BatcherClosedError`, and resolves once all accepted ones are settled. */
  close(): Promise<void>;
}

/** An item came after `close`. */
export class BatcherClosedError extends Error {
  constructor() {
    super('the batcher is closed');
    this.name = 'BatcherClosedError';
  }
}

interface Waiting<In, Out> {
  item: In;
  resolve: (out: Out) => void;
  reject: (error: unknown) => void;
}

/**
 * Makes a batcher. A run starts in the next turn of the event loop when a slot is free, so all calls of one turn share it;
 * otherwise calls wait, in order, for a run to end.
 */
export function createBatcher<In, Out>(options: BatcherOptions<In, Out>): Batcher<In, Out> {
  const { maxItems, maxConcurrent = 1, eagerAt = Number.POSITIVE_INFINITY } = options;
  if (!(maxItems >= 1) || !(maxConcurrent >= 1)) {
    throw new RangeError('maxItems and maxConcurrent must be at least 1');
  }
  let waiting: Waiting<In, Out>[] = [];
  let idleWaiters: (() => void)[] = [];
  const state = { active: 0, scheduled: false, closed: false };

  const startRuns = () => {
    state.scheduled = false;
    while (waiting.length > 0 && state.active < maxConcurrent) {
      const batch = waiting.slice(0, maxItems);
      waiting = waiting.slice(maxItems);
      state.active += 1;
      void settleBatch(options, batch).then(endRun);
    }
  };
  const endRun = () => {
    state.active -= 1;
    startRuns();
    if (state.active === 0) {
      const waiters = idleWaiters;
      idleWaiters = [];
      for (const wake of waiters) {
        wake();
      }
    }
  };
  const add = (item: In) =>
    new Promise<Out>((resolve, reject) => {
      if (state.closed) {
        reject(new BatcherClosedError());
        return;
      }
      waiting.push({ item, resolve, reject });
      if (waiting.length >= eagerAt && state.active < maxConcurrent) {
        startRuns();
      } else if (!state.scheduled && state.active < maxConcurrent) {
        state.scheduled = true;
        setImmediate(startRuns);
      }
    });
  const idle = () =>
    new Promise<void>((resolve) => {
      if (waiting.length === 0 && state.active === 0) {
        resolve();
      } else {
        idleWaiters.push(resolve);
      }
    });
  const close = () => {
    state.closed = true;
    return idle();
  };
  return Object.assign(add, { idle, close });
}

/** Runs the batch and settles each of its calls; never rejects. */
async function settleBatch<In, Out>(
  options: BatcherOptions<In, Out>,
  batch: Waiting<In, Out>[],
): Promise<void> {
  const outcome = await tryRun(options.run, batch);
  if (outcome.ok) {
    batch.forEach((call, at) => {
      call.resolve(outcome.outs[at] as Out);
    });
    return;
  }
  if (batch.length > 1 && options.isolates?.(outcome.error)) {
    const middle = Math.ceil(batch.length / 2);
    await settleBatch(options, batch.slice(0, middle));
    await settleBatch(options, batch.slice(middle));
    return;
  }
  batch.forEach((call) => {
    call.reject(outcome.error);
  });
}

type RunResult<Out> = { ok: true; outs: Out[] } | { ok: false; error: unknown };

async function tryRun<In, Out>(
  run: (items: In[]) => Promise<Out[]>,
  batch: Waiting<In, Out>[],
): Promise<RunResult<Out>> {
  try {
    const outs = await run(batch.map((call) => call.item));
    if (outs.length !== batch.length) {
      return { ok: false, error: new Error(`a run gave ${outs.length} results for ${batch.length} items`) };
    }
    return { ok: true, outs };
  } catch (error) {
    return { ok: false, error };
  }
}
