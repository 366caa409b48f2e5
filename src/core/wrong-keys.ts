/** Wrong tokens, keys and codes: counted, slowed and refused with 429 by address and in all. Who shows a right one is never asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { networkOf } from '#src/lib/client-address.js';
import { steadyNow } from '#src/lib/clock.js';
import { createRecentCounts } from '#src/lib/recent-counts.js';
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';

/** What is known of the wrong ones of this process. */
export interface WrongKeysState {
  /** Since the start. */
  total: number;
  refused: number;
  /** Within the last ten minutes; null: none was refused. */
  recent: { since: Date; count: number; refused: number; busiest: string } | null;
  limit: number;
}

/** A request, as far as this asks: doors of all kinds hand theirs in. */
interface Asked {
  ip: string;
  state: { wrongKeys?: Pick<WrongKeys, 'judge'> };
}

const WINDOW_MS = 10 * 60_000;
const NETWORKS = 10_000;
/** In all so many times as many as one address. */
const ALL = 50;
/** From this share of an address's limit on its refusals wait, longer each time. */
const SLOW_SHARE = 1 / 6;
const SLOW_STEP_MS = 100;
const SLOWEST_MS = 1000;
/** More refusals do not wait at once: they would hold what others need. */
const MOST_WAITING = 50;

/** How many wrong ones each marked error stands for. */
const GUESSES = new WeakMap<Error, number>();

/** Marks a refusal of any door as that of so many wrong tokens, keys or codes. Not for a request that shows none. */
export function asWrongKey<E extends Error>(refusal: E, guesses = 1): E {
  if (guesses > 0) {
    GUESSES.set(refusal, guesses);
  }
  return refusal;
}

/** What a request is to be refused with: what was thrown, or `too_many_wrong_keys` where its address has shown too many. */
export async function judgeKey(asked: Asked, thrown: unknown): Promise<unknown> {
  return asked.state.wrongKeys?.judge(thrown, asked.ip) ?? thrown;
}

/** The verbs of wrong keys. */
export type WrongKeys = ReturnType<typeof createWrongKeys>;

/** Makes the verbs. `limit`: so many of one address within ten minutes are answered as such; 0: any number. */
export function createWrongKeys(
  { clock, log }: Pick<CoreDeps, 'clock' | 'log'>,
  { limit, delay = sleep }: { limit: number; delay?: (ms: number) => Promise<unknown> },
) {
  const addOfNetwork = createRecentCounts({ clock, windowMs: WINDOW_MS, names: NETWORKS });
  const addInAll = createRecentCounts({ clock, windowMs: WINDOW_MS, names: 1 });
  const nothing = { count: 0, refused: 0, busiest: { network: '', count: 0 } };
  let unlogged = structuredClone(nothing);
  let recent = { ...structuredClone(nothing), since: 0, endsAt: Number.NEGATIVE_INFINITY };
  let total = 0;
  let refused = 0;
  let waiting = 0;

  function count(address: string, guesses: number): { ofNetwork: number; seconds: number | null } {
    const network = networkOf(address);
    const own = addOfNetwork(network, guesses);
    const all = addInAll('all', guesses);
    const isOver = limit > 0 && (own.count > limit || all.count > limit * ALL);
    total += guesses;
    refused += isOver ? 1 : 0;
    if (steadyNow(clock) >= recent.endsAt) {
      const [since, endsAt] = [clock.now(), steadyNow(clock) + WINDOW_MS];
      recent = { ...structuredClone(nothing), since, endsAt };
    }
    for (const kept of [unlogged, recent]) {
      kept.count += guesses;
      kept.refused += isOver ? 1 : 0;
      kept.busiest = own.count > kept.busiest.count ? { network, count: own.count } : kept.busiest;
    }
    const leftMs = own.count > limit ? own.leftMs : all.leftMs;
    return { ofNetwork: own.count, seconds: isOver ? Math.ceil(leftMs / 1000) : null };
  }

  /** Makes guessing slow, without holding more than a few answers back. */
  async function slowDown(ofNetwork: number): Promise<void> {
    const beyond = limit === 0 ? 0 : ofNetwork - limit * SLOW_SHARE;
    if (beyond > 0 && waiting < MOST_WAITING) {
      waiting += 1;
      await delay(Math.min(beyond * SLOW_STEP_MS, SLOWEST_MS)).finally(() => {
        waiting -= 1;
      });
    }
  }

  /** Counts what is marked as wrong, slowly where an address shows many; gives what the caller is to be refused with. */
  async function judge(thrown: unknown, address: string): Promise<unknown> {
    const guesses = thrown instanceof Error ? GUESSES.get(thrown) : undefined;
    if (guesses === undefined) {
      return thrown;
    }
    const { ofNetwork, seconds } = count(address, guesses);
    await slowDown(ofNetwork);
    return seconds === null ? thrown : new AppError('too_many_wrong_keys', { seconds, limit });
  }

  /** Writes one line of what came since the last one; to be called once a minute. */
  function logRecent(): void {
    if (unlogged.count > 0) {
      const { count: wrong, refused: limited, busiest } = unlogged;
      log.warn('wrong tokens, keys or codes were shown', {
        wrong,
        refused: limited,
        busiest: busiest.network,
        ofBusiest: busiest.count,
      });
      unlogged = structuredClone(nothing);
    }
  }

  /** What is known now. */
  function read(): WrongKeysState {
    const isRecent = recent.refused > 0 && steadyNow(clock) < recent.endsAt;
    const { since, count: wrong, refused: limited, busiest } = recent;
    return {
      total,
      refused,
      limit,
      recent: isRecent
        ? { since: new Date(since), count: wrong, refused: limited, busiest: busiest.network }
        : null,
    };
  }

  return { judge, logRecent, read };
}
