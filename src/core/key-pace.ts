/** How often one key may call within ten seconds: the operator's choice, and nothing until there is one. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '#src/lib/clock.js';
import { AppError } from './errors.js';
import type { Settings } from './settings.js';

/** The span in which calls are counted, in milliseconds. */
export const PACE_MS = 10_000;
/** The fewest and the most calls that may be chosen. */
export const PACE_LIMITS = { least: 1, most: 10_000 };

const NAME = 'key-calls-per-ten-seconds';

/** The verbs of the pace. */
export type KeyPace = ReturnType<typeof createKeyPace>;

/** Makes the verbs; calls are counted in memory, each process for itself. */
export function createKeyPace(clock: Clock, settings: Settings) {
  const moments = new LRUCache<number, number[]>({ max: 50_000 });

  /** How many calls a key has within ten seconds; null: as many as it likes. */
  async function readLimit(): Promise<number | null> {
    const stored = Number(await settings.read(NAME));
    return isLimit(stored) ? stored : null;
  }

  /** Decides it from the next call on. Throws bad_field. */
  async function saveLimit(limit: number | null): Promise<void> {
    if (limit !== null && !isLimit(limit)) {
      const detail = `${PACE_LIMITS.least}..${PACE_LIMITS.most}`;
      throw new AppError('bad_field', { field: 'callsPerTenSeconds', detail });
    }
    await settings.save(NAME, limit === null ? '' : String(limit));
  }

  /** Counts a call of each of these keys. Throws rate_limited, and counts nothing, where one of them has had its share. */
  async function countCall(keyIds: readonly number[]): Promise<void> {
    const limit = await readLimit();
    if (limit === null) {
      return;
    }
    const now = clock.now();
    const calls = [...new Set(keyIds)].map((id) => ({
      id,
      recent: (moments.get(id) ?? []).filter((at) => at > now - PACE_MS),
    }));
    if (calls.some(({ recent }) => recent.length >= limit)) {
      throw new AppError('rate_limited', { detail: `${limit} / ${PACE_MS / 1000} s` });
    }
    for (const { id, recent } of calls) {
      moments.set(id, [...recent, now]);
    }
  }

  return { readLimit, saveLimit, countCall };
}

function isLimit(limit: number): boolean {
  return Number.isInteger(limit) && limit >= PACE_LIMITS.least && limit <= PACE_LIMITS.most;
}
