/** Records how deliveries went: the results of one moment with one commit. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Batcher, createBatcher } from '#src/lib/batcher.js';
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import type { Db } from '#src/store/open.js';
import { type DeliveryResult, recordResults } from '#src/store/outbox.js';

/** Takes a result; resolves when it is committed, rejects when it could not be after several tries. */
export type Recorder = Batcher<DeliveryResult, undefined>;

const RESULTS_PER_COMMIT = 500;
const TRIES = 5;
const PAUSE_MS = 100;

/** Makes it for the deliveries that `owner` has claimed. */
export function createRecorder(deps: { db: Db; clock: Clock; log: Logger; owner: string }): Recorder {
  const { db, clock, log, owner } = deps;
  let batch = 0;

  async function record(results: DeliveryResult[]): Promise<undefined[]> {
    for (let tried = 1; ; tried += 1) {
      // A mark for each try: a first try whose commit succeeded although it threw is not counted again.
      batch += 1;
      try {
        await recordResults(db, results, { owner, batch: `${owner}:${batch}`, now: clock.now() });
        return results.map(() => undefined);
      } catch (error) {
        if (tried === TRIES) {
          throw error;
        }
        log.warn('recording results failed, trying again', { tried, error });
        await sleep(PAUSE_MS * tried);
      }
    }
  }

  return createBatcher({ run: record, maxItems: RESULTS_PER_COMMIT });
}
