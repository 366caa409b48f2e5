/** A limit of so many calls in a sliding window; it is off until a control call turns it on. */
import type { Clock } from '#src/lib/clock.js';

/** Whether a call is within the limit. */
export interface Turn {
  isFree: boolean;
  /** How many more calls the window has. */
  left: number;
  /** How long until the next call is free; 0 when it is now. */
  waitMs: number;
}

/** The limit, counted for each caller. */
export interface RateWindow {
  /** Counts a call when it is free. */
  take(caller: string): Turn;
  isOn(): boolean;
  /** On or off; what was counted is forgotten. */
  turn(on: boolean): void;
}

/** Makes the limit of `most` calls in `windowMs`, turned off. */
export function createRateWindow(
  clock: Clock,
  { windowMs, most }: { windowMs: number; most: number },
): RateWindow {
  let on = false;
  const calls = new Map<string, number[]>();
  return {
    isOn: () => on,
    turn: (wanted) => {
      on = wanted;
      calls.clear();
    },
    take: (caller) => {
      if (!on) {
        return { isFree: true, left: most, waitMs: 0 };
      }
      const now = clock.now();
      const recent = (calls.get(caller) ?? []).filter((at) => now - at < windowMs);
      const isFree = recent.length < most;
      if (isFree) {
        recent.push(now);
      }
      calls.set(caller, recent);
      const waitMs = isFree ? 0 : (recent[0] ?? now) + windowMs - now;
      return { isFree, left: Math.max(0, most - recent.length), waitMs };
    },
  };
}
