/** Upkeep by the clock: ended leases come back, expired codes and old messages go. */
import { schedule } from 'node-cron';
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import type { Db } from '#src/store/open.js';
import { releaseClaims } from '#src/store/outbox.js';
import { removeExpired } from '#src/store/upkeep.js';

const DAY_MS = 86_400_000;

/** What upkeep is made with. */
export interface UpkeepDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  /** Messages, traces and callback logs are kept so many days. */
  retentionDays: number;
  wake: () => void;
}

/** The jobs of upkeep, runnable by hand, and the timetable that runs them. */
export function createUpkeep({ db, clock, log, retentionDays, wake }: UpkeepDeps) {
  /** Gives back deliveries whose lease has ended. */
  async function returnLeases(): Promise<void> {
    const released = await releaseClaims(db, clock.now());
    if (released > 0) {
      log.warn('deliveries came back because their lease ended', { released });
      wake();
    }
  }

  /** Removes everything past its time, chunk by chunk. */
  async function removeOld(): Promise<void> {
    const now = clock.now();
    const limits = { now, keepFrom: now - retentionDays * DAY_MS, keepInboundFrom: now - DAY_MS };
    let removed = 0;
    for (;;) {
      const count = await removeExpired(db, limits);
      removed += count;
      if (count === 0) {
        break;
      }
    }
    if (removed > 0) {
      log.info('removed what was past its time', { removed });
    }
  }

  /** Starts the timetable; the answer stops it. */
  function start(): () => void {
    const guard = (name: string, run: () => Promise<void>) => async (): Promise<void> => {
      await run().catch((error: unknown) => log.error('upkeep failed', { job: name, error }));
    };
    const options = { noOverlap: true };
    const tasks = [
      schedule('* * * * *', guard('leases', returnLeases), options),
      schedule('*/10 * * * *', guard('retention', removeOld), options),
    ];
    return () => {
      for (const task of tasks) {
        void task.stop();
      }
    };
  }

  return { returnLeases, removeOld, start };
}
