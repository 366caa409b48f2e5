/** How long messages, traces and callback logs are kept: the operator's choice. */
import { AppError } from './errors.js';
import { RETENTION_DAYS } from './messages.js';
import type { Settings } from './settings.js';

/** The fewest and the most days. WxPusher's own retention is seven. */
export const RETENTION_LIMITS = { least: 1, most: 3650 };

const NAME = 'retention-days';

/** The verbs of retention. */
export type Retention = ReturnType<typeof createRetention>;

/** Makes the verbs of retention. */
export function createRetention(settings: Settings) {
  /** For how many days things are kept. */
  async function readDays(): Promise<number> {
    const stored = Number(await settings.read(NAME));
    return isDays(stored) ? stored : RETENTION_DAYS;
  }

  /** Decides it; what is older goes with the next upkeep. Throws bad_field. */
  async function saveDays(days: number): Promise<void> {
    if (!isDays(days)) {
      const detail = `${RETENTION_LIMITS.least}..${RETENTION_LIMITS.most}`;
      throw new AppError('bad_field', { field: 'retentionDays', detail });
    }
    await settings.save(NAME, String(days));
  }

  return { readDays, saveDays };
}

function isDays(days: number): boolean {
  return Number.isInteger(days) && days >= RETENTION_LIMITS.least && days <= RETENTION_LIMITS.most;
}
