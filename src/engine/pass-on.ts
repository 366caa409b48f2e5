/** Lets deliveries leave a queue that rests, where their receivers have another way. */
import { formatChinaTime } from '#src/lib/china-time.js';
import type { Db } from '#src/store/open.js';
import type { DeliveryResult } from '#src/store/outbox.js';
import { claimRouted } from '#src/store/routed-claims.js';
import type { ClaimLease } from './claim-lease.js';
import type { DueQueues } from './due-queues.js';
import type { Limits, QueueRest } from './limits.js';
import { toStopped } from './results.js';

/** A shorter rest is waited out: the first way is the one that the receiver likes best. */
const WORTH_WAITING_MS = 5_000;
const AT_ONCE = 500;

/** What it is made with. */
export interface PassOnDeps {
  db: Db;
  due: DueQueues;
  limits: Limits;
  lease: ClaimLease;
  /** The name under which the worker claims. */
  owner: string;
  /** Records what became of claims that were not tried. */
  conclude: (results: readonly DeliveryResult[]) => Promise<void>;
}

/** Passes on what it can; answers whether there was any. */
export type PassOn = (now: number) => Promise<boolean>;

/** Makes it. What is passed on says in its trace why. */
export function createPassOn({ db, due, limits, lease, owner, conclude }: PassOnDeps): PassOn {
  return async (now) => {
    let passed = 0;
    for (const queue of due.listResting(now)) {
      const rest = limits.restOf(queue, now);
      if (rest && rest.until.getTime() - now > WORTH_WAITING_MS) {
        const claimed = await claimRouted(db, {
          ...{ queue, owner, now, limit: AT_ONCE },
          leaseUntil: lease.begin(),
        });
        const stop = { state: 'failed' as const, code: rest.code, why: tellRest(rest), at: now };
        await conclude(claimed.map((delivery) => toStopped(delivery, stop)));
        passed += claimed.length;
      }
    }
    return passed > 0;
  };
}

function tellRest({ until, why }: QueueRest): string {
  const end = formatChinaTime(until);
  return `这条通道休息到 ${end}，改走下一条 This channel rests until ${end}: the next one takes over；${why}`;
}
