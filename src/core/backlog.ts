/** Back-pressure: when too much waits to be sent, the server says so instead of promising what it cannot keep. */
import { countBacklog } from '#src/store/backlog.js';
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';

/** When a refused caller may come back. */
export const RETRY_AFTER_S = 30;

/** A count is this old at most before it is taken anew. */
const FRESH_MS = 1000;
/** Counting takes at most one part in so many of the time: a long queue takes long to count. */
const SHARE = 50;

/** The verbs of the backlog. */
export type Backlog = ReturnType<typeof createBacklog>;

/**
 * Makes the verbs. Between counts, what was accepted since is added, so that a burst meets the limit too.
 * @param most so many deliveries and messages may wait; 0 for any number
 */
export function createBacklog({ db, clock, log }: Pick<CoreDeps, 'db' | 'clock' | 'log'>, most: number) {
  let counted: number | null = null;
  let acceptedSince = 0;
  let countedAt = 0;
  let freshMs = FRESH_MS;
  let counting: Promise<void> | null = null;
  let refusals = 0;

  async function count(): Promise<void> {
    const startedAt = performance.now();
    const before = acceptedSince;
    counted = await countBacklog(db, most);
    acceptedSince -= before;
    freshMs = Math.max(FRESH_MS, (performance.now() - startedAt) * SHARE);
    countedAt = clock.now();
  }

  /** Counts anew, once however many ask. A count that fails leaves the last one in force. */
  function refresh(): Promise<void> {
    counting ??= count()
      .catch((error: unknown) => {
        freshMs = FRESH_MS;
        countedAt = clock.now();
        log.warn('the backlog could not be counted', { error });
      })
      .finally(() => {
        counting = null;
      });
    return counting;
  }

  /** Throws overloaded where no more is taken in. Waits for nothing but the first count. */
  async function checkRoom(): Promise<void> {
    if (most === 0) {
      return;
    }
    if (counted === null) {
      await refresh();
    } else if (Math.abs(clock.now() - countedAt) >= freshMs) {
      // A clock that was set back makes a count old too.
      void refresh();
    }
    if ((counted ?? 0) + acceptedSince >= most) {
      refusals += 1;
      throw new AppError('overloaded', { seconds: RETRY_AFTER_S });
    }
  }

  return {
    checkRoom,
    refresh,
    /** Notes messages that were accepted. */
    noteAccepted: (messages: number): void => {
      acceptedSince += messages;
    },
    /** What waits as far as it is known, the limit, and how many calls were refused since the start. */
    read: () => ({ waiting: (counted ?? 0) + acceptedSince, most, refusals }),
  };
}
