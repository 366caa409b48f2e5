/** The log of a delivery's tries, the one under way included. */
import type { Attempt } from './types.js';

/** What of a delivery's row tells of its tries. */
export interface TriedRow {
  state: string;
  /** JSON of those that ended. */
  attempts: string;
  /** When the one began that its claim is for. */
  triedAt: Date | null;
}

/** All tries, oldest first. The last is `trying` while a process has the delivery in hand: it may be on its way out now. */
export function readAttempts({ state, attempts, triedAt }: TriedRow): Attempt[] {
  const ended = JSON.parse(attempts) as Attempt[];
  return state === 'claimed' && triedAt ? [...ended, { at: triedAt.getTime(), outcome: 'trying' }] : ended;
}
