/** Jobs of the timetable: of the processes on a database one does each, and another does it anew when that one dies over it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#src/lib/clock.js';
import { randomHex } from '#src/lib/ids.js';
import { finishLease, holdLease, isFinished, releaseLease } from '#src/store/leases.js';
import type { Db } from '#src/store/open.js';

/** A process that is gone is followed after this. */
const HOLD_MS = 60_000;
/** A job under way holds its lease for longer so often, and others look so often whether it is done; of real time. */
const LOOK_MS = 1000;

/** The jobs of one process. */
export type Jobs = ReturnType<typeof createJobs>;

/** Makes it. */
export function createJobs({ db, clock }: { db: Db; clock: Clock }) {
  const owner = randomHex(6);
  const running = new Set<string>();
  let isStopped = false;

  const hold = (name: string): Promise<boolean> => {
    const now = clock.now();
    return holdLease(db, { name, owner, now, until: now + HOLD_MS });
  };

  async function run(name: string, everyMs: number, work: () => Promise<void>): Promise<void> {
    const startedAt = clock.now();
    // A lease that cannot be held for longer is left to others: all jobs do no harm when two do them.
    const holding = setInterval(() => void hold(name).catch(() => {}), LOOK_MS).unref();
    try {
      await work();
    } catch (error) {
      clearInterval(holding);
      await releaseLease(db, name, owner);
      throw error;
    }
    clearInterval(holding);
    await finishLease(db, { name, owner, until: startedAt + everyMs / 2 });
  }

  return {
    /**
     * Makes a job that one process does in each round of the timetable. The others wait until it is done, so that they do
     * it when that process dies or fails.
     */
    once: (job: string, everyMs: number, work: () => Promise<void>) => async (): Promise<void> => {
      const name = `job:${job}`;
      if (running.has(name)) {
        return;
      }
      running.add(name);
      try {
        while (!isStopped) {
          if (await hold(name)) {
            await run(name, everyMs, work);
            return;
          }
          if (await isFinished(db, name, clock.now())) {
            return;
          }
          await sleep(LOOK_MS, undefined, { ref: false });
        }
      } finally {
        running.delete(name);
      }
    },
    /** Waits for others no longer. */
    stop(): void {
      isStopped = true;
    },
  };
}
