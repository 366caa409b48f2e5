/** The state of the server in numbers, as the start page and the metrics show it; counted at most every few seconds. */

import { steadyNow } from '#src/lib/clock.js';
import { listQueueHeads } from '#src/store/outbox.js';
import {
  countClaimed,
  countDue,
  countFollowing,
  countHours,
  type HourCounts,
  listAccounts,
} from '#src/store/slow-counts.js';
import { listTroubles, type Trouble } from '#src/store/troubles.js';
import type { CoreDeps } from './deps.js';

/** What keeps deliveries of a kind of channel from going out. */
export interface TroubleOfChannel extends Omit<Trouble, 'queue' | 'since'> {
  /** The channel's id; `callback` for the endpoints of apps. */
  channel: string;
  /** How many accounts or endpoints have it. */
  accounts: number;
  since: Date;
}

/** Numbers of the present and the last day. */
export interface Overview {
  /** `claimed`: under way, or of a process that died and whose lease has not ended. */
  queue: { due: number; claimed: number; oldestDueSeconds: number };
  counts: {
    people: number;
    apps: number;
    messages24h: number;
    sent24h: number;
    failed24h: number;
    unknown24h: number;
  };
  /** Deliveries sent of the messages of each of the last 24 hours, oldest first. */
  perHour: number[];
  /** The last time that the clock jumped within the last day, and by how many milliseconds (below 0: back); null: it did not. */
  clockJump: { at: Date; byMs: number } | null;
  /** Queues that must rest, and why. */
  rests: { queue: string; until: Date; code: string; why: string }[];
  /** What does not get through or waits for its turn, the oldest first. */
  troubles: TroubleOfChannel[];
}

const HOUR_MS = 3_600_000;
const JUMP_KEY = 'clock-jump';
const TTL_MS = 3000;
/** More accounts in trouble are not read. */
const MOST_TROUBLES = 1000;
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
    const [due, claimed, heads, people, apps, hours, rests, troubles] = await Promise.all([
      countDue(db, MOST_DUE),
      countClaimed(db),
      listQueueHeads(db),
      countFollowers(),
      db.app.count({ where: { deletedAt: null } }),
      countHours(db, since, 24),
      db.pause.findMany({ where: { until: { gt: new Date(now) } } }),
      listTroubles(db, now, MOST_TROUBLES),
    ]);
    const sum = (name: keyof HourCounts): number => hours.reduce((total, row) => total + row[name], 0);
    const oldest = Math.min(now, ...heads.map((head) => head.nextDueAt));
    return {
      queue: { due, claimed, oldestDueSeconds: Math.round((now - oldest) / 1000) },
      counts: {
        people,
        apps,
        messages24h: sum('messages'),
        sent24h: sum('sent'),
        failed24h: sum('failed'),
        unknown24h: sum('unknown'),
      },
      perHour: hours.map(({ sent }) => sent),
      rests,
      clockJump: await readJump(),
      troubles: groupTroubles(troubles),
    };
  }

  async function readJump(): Promise<Overview['clockJump']> {
    const row = await db.setting.findUnique({ where: { key: JUMP_KEY } });
    const jump = row ? (JSON.parse(row.value) as { at: number; byMs: number }) : null;
    const isRecent = jump !== null && Math.abs(clock.now() - jump.at) < 24 * HOUR_MS;
    return isRecent ? { at: new Date(jump.at), byMs: jump.byMs } : null;
  }

  /** Keeps that the clock jumped, for those who look. */
  async function noteJump(jump: { at: number; byMs: number }): Promise<void> {
    const data = { value: JSON.stringify(jump), updatedAt: new Date(clock.now()) };
    await db.setting.upsert({ where: { key: JUMP_KEY }, create: { key: JUMP_KEY, ...data }, update: data });
    forget();
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
          cached = {
            until: steadyNow(clock) + Math.max(TTL_MS, SHARE * tookMs),
            isSlow: tookMs > SLOW_MS,
            value,
          };
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
    if (cached && steadyNow(clock) < cached.until) {
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

  return { read, forget, noteJump };
}

/** Accounts of a kind together: with hundreds of dead endpoints a line each would hide the rest. */
function groupTroubles(troubles: readonly Trouble[]): TroubleOfChannel[] {
  const groups = new Map<string, TroubleOfChannel>();
  for (const { queue, since, ...trouble } of troubles) {
    const channel = queue.split(/[:#]/)[0] ?? queue;
    const name = `${trouble.kind} ${channel}`;
    const known = groups.get(name);
    if (known) {
      known.accounts += 1;
      known.count += trouble.count;
    } else {
      groups.set(name, { ...trouble, channel, accounts: 1, since: new Date(since) });
    }
  }
  return [...groups.values()];
}
