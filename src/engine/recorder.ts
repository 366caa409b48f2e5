/** Records how deliveries went, the results of one moment with one commit, and keeps what it cannot write until it can. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createBatcher } from '#src/lib/batcher.js';
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import { isAway } from '#src/store/away.js';
import { recordLateResults } from '#src/store/late-results.js';
import type { Db } from '#src/store/open.js';
import { type DeliveryResult, recordResults } from '#src/store/outbox.js';

/** Keeps results until they are written. */
export interface Recorder {
  /** Takes a result; resolves when it is committed, however long that takes, or when `stop` gave it up. */
  (result: DeliveryResult): Promise<void>;
  /** Whether results wait that could not be written: no more may be claimed, so that what is kept stays bounded. */
  isBehind(): boolean;
  /** Resolves when these are written, or as soon as it falls behind: whoever waits must not wait for a full disk. */
  settled(results: readonly Promise<void>[]): Promise<void>;
  /** Resolves once nothing waits. */
  idle(): Promise<void>;
  /** Gives up what is still not written, with a line in the log: the process ends. */
  stop(): void;
}

const RESULTS_PER_COMMIT = 500;
const PAUSE_MS = 100;
/** Space and databases come back in their own time; a try a second costs nothing. */
const LONGEST_PAUSE_MS = 1000;
/** One that is refused for what it holds, which is a bug, is tried so often with all of it. */
const WHOLE_TRIES = 3;

/** Makes it for the deliveries that `owner` has claimed. */
export function createRecorder(deps: { db: Db; clock: Clock; log: Logger; owner: string }): Recorder {
  const { db, clock, log, owner } = deps;
  let batch = 0;
  let isStopped = false;
  /** Results on their way that failed to be written at least once. */
  let behind = 0;
  /** Told when it falls behind. */
  const waiting = new Set<() => void>();

  async function write(results: readonly DeliveryResult[]): Promise<Error | null> {
    // A mark for each try: a first try whose commit succeeded although it threw is not counted again.
    batch += 1;
    try {
      const mark = { owner, batch: `${owner}:${batch}`, now: clock.now() };
      const held = await recordResults(db, results, mark);
      if (held < results.length) {
        await recordLateResults(db, results, mark);
      }
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async function record(results: readonly DeliveryResult[]): Promise<void> {
    const error = await write(results);
    if (error === null) {
      return;
    }
    log.warn('results cannot be written: they are kept, and nothing is claimed', {
      results: results.length,
      error,
    });
    behind += results.length;
    for (const tell of waiting) {
      tell();
    }
    const startedAt = performance.now();
    await insist(results);
    behind -= results.length;
    if (!isStopped) {
      const forMs = Math.round(performance.now() - startedAt);
      log.info('results are written again', { results: results.length, forMs });
    }
  }

  /** Writes them, however long it takes. Where one holds what the database refuses, the others do not wait for it. */
  async function insist(results: readonly DeliveryResult[]): Promise<void> {
    for (let tried = 1; !isStopped; tried += 1) {
      const isRefused = tried > WHOLE_TRIES && results.length === 1;
      const error = await write(isRefused ? results.map(withoutWords) : results);
      if (error === null) {
        return;
      }
      if (results.length > 1 && !isAway(error)) {
        const middle = Math.ceil(results.length / 2);
        await Promise.all([results.slice(0, middle), results.slice(middle)].map(insist));
        return;
      }
      await sleep(Math.min(PAUSE_MS * tried, LONGEST_PAUSE_MS), undefined, { ref: false });
    }
  }

  const batcher = createBatcher({
    run: async (results: DeliveryResult[]) => {
      await record(results);
      return results.map(() => undefined);
    },
    maxItems: RESULTS_PER_COMMIT,
  });

  const keep = async (result: DeliveryResult): Promise<void> => batcher(result);
  return Object.assign(keep, {
    isBehind: () => behind > 0,
    settled: (results: readonly Promise<void>[]) =>
      new Promise<void>((resolve) => {
        const tell = (): void => {
          waiting.delete(tell);
          resolve();
        };
        waiting.add(tell);
        void Promise.all(results).then(tell, tell);
      }),
    idle: () => batcher.idle(),
    stop: () => {
      isStopped = true;
      if (behind > 0) {
        log.error('results could not be written before the end: whether those messages arrived is unknown', {
          results: behind,
        });
      }
    },
  });
}

/** Its state alone, and how the try ended: the words that people read may be what the database does not take. */
function withoutWords(result: DeliveryResult): DeliveryResult {
  const { at, outcome } = JSON.parse(result.attempt ?? '{}') as { at?: number; outcome?: string };
  return { ...result, ref: null, attempt: result.attempt && JSON.stringify({ at, outcome }) };
}
