/** The state of the server in numbers, as the start page and the metrics show it; counted at most every few seconds. */
import { listQueueHeads } from '#src/store/outbox.js';
import {
  countDue,
  countFollowing,
  countHours,
  type HourCounts,
  listAccounts,
} from '#src/store/slow-counts.js';
import type { CoreDeps } from './deps.js';

/** Numbers of the present and the last day. */
export interface Overview {
  queue: { due: number; oldestDueSeconds: number };
  counts: { people: number; apps: number; messages24h: number; sent24h: number; failed24h: number };
  /** Deliveries sent of the messages of each of the last 24 hours, oldest first. */
  perHour: number[];
  /** Queues that must rest, and why. */
  rests: { queue: string; until: Date; code: string; why: string }[];
}

const HOUR_MS = 3_600_000;
const TTL_MS = 3000;
/** Further than this the queue is not counted. */
const MOST_DUE = 10_000_000;

/** Counting takes at most one part in so many of the time: in a large database it takes long. */
const SHARE = 50;
/** A count that takes longer is not waited for, where there is one from before. */
const SLOW_MS = 500;

/** Makes the counter. */
export function createOverview({ db, clock }: CoreDeps) {
  let cached: { until: number; isSlow: boolean; value: Overview } | null = null;
  let counting: Promise<Overview> | null = null;

  async function count(): Promise<Overview> {
    const now = clock.now();
    const since = now - 24 * HOUR_MS;
    const [due, heads, people, apps, hours, rests] = await Promise.all([
      countDue(db, MOST_DUE),
      listQueueHeads(db),
      countFollowers(),
      db.app.count({ where: { deletedAt: null } }),
      countHours(db, since, 24),
      db.pause.findMany({ where: { until: { gt: new Date(now) } } }),
    ]);
    const sum = (name: keyof HourCounts): number => hours.reduce((total, row) => total + row[name], 0);
    const oldest = Math.min(now, ...heads.map((head) => head.nextDueAt));
    return {
      queue: { due, oldestDueSeconds: Math.round((now - oldest) / 1000) },
      counts: { people, apps, messages24h: sum('messages'), sent24h: sum('sent'), failed24h: sum('failed') },
      perHour: hours.map(({ sent }) => sent),
      rests,
    };
  }

  async function countFollowers(): Promise<number> {
    const accounts = await listAccounts(db);
    const counts = await Promise.all(accounts.map((account) => countFollowing(db, account)));
    return counts.reduce((total, count) => total + count, 0);
  }

  function countAnew(): Promise<Overview> {
    if (counting) {
      return counting;
    }
    const startedAt = performance.now();
    const mine = count()
      .then((value) => {
        const tookMs = performance.now() - startedAt;
        if (counting === mine) {
          cached = { until: clock.now() + Math.max(TTL_MS, SHARE * tookMs), isSlow: tookMs > SLOW_MS, value };
        }
        return value;
      })
      .finally(() => {
        counting = counting === mine ? null : counting;
      });
    counting = mine;
    return mine;
  }

  /** The numbers, at most three seconds old; where counting takes long, as old as keeps it rare, and nobody waits for it. */
  async function read(): Promise<Overview> {
    if (cached && clock.now() < cached.until) {
      return cached.value;
    }
    const next = countAnew();
    if (cached?.isSlow) {
      // The next look meets the database's error, if it lasts.
      void next.catch(() => {
        cached = null;
      });
      return cached.value;
    }
    return next;
  }

  /** Counts anew at the next look: something was just changed. */
  function forget(): void {
    cached = null;
    counting = null;
  }

  return { read, forget };
}
