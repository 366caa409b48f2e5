/** Leads: of the processes on a database one spreads messages and settles receipts, so that they don't do it twice. */
import { type Clock, steadyNow } from '#src/lib/clock.js';
import { holdLease, releaseLease } from '#src/store/leases.js';
import type { Db } from '#src/store/open.js';

/** A leader that is gone is followed after this. Two at once do no harm: all that they do is safe to repeat. */
const LEAD_MS = 3000;
const NAME = 'engine';

/** The lead of one worker. */
export type Leader = ReturnType<typeof createLeader>;

/** Makes it. */
export function createLeader({ db, clock, owner }: { db: Db; clock: Clock; owner: string }) {
  let isLeading = false;
  let askAt = Number.NEGATIVE_INFINITY;

  return {
    /** Whether this process leads now. Asks the database a few times in a lease. */
    async isLeading(): Promise<boolean> {
      const at = steadyNow(clock);
      if (at >= askAt) {
        const now = clock.now();
        isLeading = await holdLease(db, { name: NAME, owner, now, until: now + LEAD_MS });
        askAt = at + LEAD_MS / 3;
      }
      return isLeading;
    },
    /** Lets another one lead at once. */
    async letGo(): Promise<void> {
      askAt = Number.NEGATIVE_INFINITY;
      if (isLeading) {
        isLeading = false;
        await releaseLease(db, NAME, owner);
      }
    },
  };
}
