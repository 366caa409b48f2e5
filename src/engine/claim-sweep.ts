/** Gives back what dead processes had claimed, and nothing of one that lives and cannot reach the database for a while. */
import { type Clock, steadyNow } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import { listLapsedOwners, releaseLapsed } from '#src/store/claims.js';
import type { Db } from '#src/store/open.js';
import type { ClaimLease } from './claim-lease.js';

/** It looks so often. */
const LOOK_MS = 5000;
/**
 * An owner whose leases have ended counts as dead when the database was there for it for so long and it held them no longer:
 * whoever comes back from a cut writes within a second or two.
 */
export const DEAD_AFTER_MS = 20_000;
/** After a longer silence of its own it knows nothing of what others did meanwhile. */
const LONGEST_GAP_MS = 30_000;

/** The sweep of one worker. */
export type ClaimSweep = ReturnType<typeof createClaimSweep>;

/** Makes it. It is to be run by one process at a time, whose writes go through. */
export function createClaimSweep(deps: {
  db: Db;
  clock: Clock;
  log: Logger;
  owner: string;
  lease: Pick<ClaimLease, 'listHeld'>;
}) {
  const { db, clock, log, owner, lease } = deps;
  /** Since when, by the steady time, the leases of an owner are seen to have ended. */
  const lapsedSince = new Map<string, number>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  return {
    /** Looks, where it is time to, and gives back what is given up; answers whether there was any. */
    async look(): Promise<boolean> {
      const at = steadyNow(clock);
      if (at < lookedAt + LOOK_MS) {
        return false;
      }
      if (at > lookedAt + LONGEST_GAP_MS) {
        lapsedSince.clear();
      }
      const claims = { now: clock.now(), owner, held: lease.listHeld() };
      const owners = new Set(await listLapsedOwners(db, claims));
      lookedAt = at;
      for (const known of lapsedSince.keys()) {
        if (!owners.has(known)) {
          lapsedSince.delete(known);
        }
      }
      for (const lapsed of owners) {
        lapsedSince.set(lapsed, lapsedSince.get(lapsed) ?? at);
      }
      const dead = [...lapsedSince].filter(([, since]) => at >= since + DEAD_AFTER_MS).map(([name]) => name);
      const released = dead.length > 0 ? await releaseLapsed(db, claims, dead) : 0;
      if (released > 0) {
        log.warn('deliveries came back because their lease ended', { released });
      }
      return released > 0;
    },
    /** What it has seen is worth nothing: this process does not lead, or could not write. */
    forget(): void {
      lapsedSince.clear();
    },
  };
}
