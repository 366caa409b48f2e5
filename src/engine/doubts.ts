/** Whether a message may be tried again of which nobody knows whether it arrived. Pure. */
import type { Repeats } from '#src/core/types.js';

/** What decides. Times are milliseconds since the epoch. */
export interface Doubt {
  /** When the first try began of whose fate nobody knows. */
  doubtAt: number;
  /** What the channel's platform makes of repeats. */
  repeats: Repeats;
  /** Its app or channel wants it rather twice than never. */
  isRatherTwice: boolean;
}

/** Until when it may be tried again: Infinity for ever, else a time, which may be long past. */
export function repeatUntil({ doubtAt, repeats, isRatherTwice }: Doubt): number {
  if (isRatherTwice || repeats.kind === 'harmless') {
    return Number.POSITIVE_INFINITY;
  }
  return repeats.kind === 'dropped' ? doubtAt + repeats.forMs : Number.NEGATIVE_INFINITY;
}

/**
 * Whether it may be tried now. A doubt from the future was written by another clock than ours: of its age nothing is known, so
 * that nothing is certain.
 */
export function mayRepeat(doubt: Doubt, now: number): boolean {
  const until = repeatUntil(doubt);
  return until === Number.POSITIVE_INFINITY || (now >= doubt.doubtAt && now < until);
}

/** The last try before the time is over comes so much earlier, in milliseconds. */
const LAST_TRY_MS = 10_000;

/** When the next try comes that was planned for `planned`: a little sooner where that is too late, null where none is left. */
export function planRepeat(doubt: Doubt, { planned, now }: { planned: number; now: number }): number | null {
  const last = repeatUntil(doubt) - LAST_TRY_MS;
  if (planned <= last) {
    return planned;
  }
  return now < last - LAST_TRY_MS ? last : null;
}
