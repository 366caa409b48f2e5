/** Keeps the leases of what this process has claimed, and knows when they may have ended behind its back. */
import type { Clock } from '#src/lib/clock.js';
import type { Db } from '#src/store/open.js';
import { extendClaims } from '#src/store/outbox.js';

/** A claim lasts so long. WeChat drops repeats for ten minutes, so a redelivery after a crash stays far inside of that. */
export const LEASE_MS = 60_000;
/** What is left of a lease must do for a send to begin. */
const MARGIN_MS = 5000;

/** The leases of one worker. */
export type ClaimLease = ReturnType<typeof createClaimLease>;

/** Makes it. `owner` is the name under which the worker claims. */
export function createClaimLease({ db, clock, owner }: { db: Db; clock: Clock; owner: string }) {
  /** No claim that waits is older than this. */
  let safeFrom = clock.now();

  return {
    /** Notes a claim that is about to be made; returns when its lease ends. */
    begin(now: number, isHolding: boolean): number {
      safeFrom = isHolding ? safeFrom : now;
      return now + LEASE_MS;
    },
    /**
     * Whether claims may have gone to others: this process slept or was cut off. What has not begun must not begin: it is
     * with somebody else, or will be.
     */
    isPast(): boolean {
      return clock.now() > safeFrom + LEASE_MS - MARGIN_MS;
    },
    /** Holds everything claimed for longer, in good time. */
    async extend(): Promise<void> {
      const now = clock.now();
      if (now >= safeFrom + LEASE_MS / 3) {
        await extendClaims(db, owner, now + LEASE_MS);
        safeFrom = now;
      }
    },
  };
}
