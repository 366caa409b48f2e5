/** Keeps the leases of what this process has claimed, and knows when they may have ended behind its back. */
import { type Clock, steadyNow } from '#src/lib/clock.js';
import { extendClaims } from '#src/store/claims.js';
import type { Db } from '#src/store/open.js';

/** A claim that nobody holds for longer counts as a dead process's after so long. */
export const LEASE_MS = 60_000;
/** What is left of a lease must do for a send to begin. */
const MARGIN_MS = 5000;

/** The leases of one worker. */
export type ClaimLease = ReturnType<typeof createClaimLease>;

/** Makes it. `owner` is the name under which the worker claims. */
export function createClaimLease({ db, clock, owner }: { db: Db; clock: Clock; owner: string }) {
  /** What is claimed and not recorded, under way or waiting. */
  const held = new Set<number>();
  /** No lease of these began before, by the steady time. */
  let safeFrom = steadyNow(clock);

  return {
    /** Notes a claim that is about to be made; returns when its lease ends. */
    begin(): number {
      safeFrom = held.size > 0 ? safeFrom : steadyNow(clock);
      return clock.now() + LEASE_MS;
    },
    /** Holds these from now on, however long they take. */
    hold(claimed: readonly { id: number }[]): void {
      for (const { id } of claimed) {
        held.add(id);
      }
    },
    /** What became of it is recorded. */
    letGo(id: number): void {
      held.delete(id);
    },
    /** The ids of what it holds. */
    listHeld: (): number[] => [...held],
    /**
     * Whether claims may have gone to others: this process slept or was cut off. What has not begun must not begin: it is
     * with somebody else, or will be.
     */
    isPast(): boolean {
      return held.size > 0 && steadyNow(clock) > safeFrom + LEASE_MS - MARGIN_MS;
    },
    /** Holds everything for longer, in good time. */
    async extend(): Promise<void> {
      const at = steadyNow(clock);
      if (held.size > 0 && at >= safeFrom + LEASE_MS / 3) {
        await extendClaims(db, { owner, ids: [...held], leaseUntil: clock.now() + LEASE_MS });
        safeFrom = at;
      }
    },
  };
}
