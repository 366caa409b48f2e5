/** How often one key may call within ten seconds: the operator's choice, and nothing until there is one. */
import { AppError } from './errors.js';
import type { Settings } from './settings.js';
import type { Uses } from './uses.js';

/** The span in which calls are counted, in milliseconds. */
export const PACE_MS = 10_000;
/** The fewest and the most calls that may be chosen. */
export const PACE_LIMITS = { least: 1, most: 10_000 };

const NAME = 'key-calls-per-ten-seconds';

/** The verbs of the pace. */
export type KeyPace = ReturnType<typeof createKeyPace>;

/** Makes the verbs; calls are counted for all processes together. */
export function createKeyPace(uses: Uses, settings: Settings) {
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
    const limits = [...new Set(keyIds)].map((id) => ({ name: `key ${id}`, count: limit, perMs: PACE_MS }));
    const { reached } = await uses.count(limits, { isWhole: true });
    if (reached !== null) {
      throw new AppError('rate_limited', { detail: `${limit} / ${PACE_MS / 1000} s` });
    }
  }

  return { readLimit, saveLimit, countCall };
}

function isLimit(limit: number): boolean {
  return Number.isInteger(limit) && limit >= PACE_LIMITS.least && limit <= PACE_LIMITS.most;
}
