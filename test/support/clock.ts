/** A clock that stands still until a test moves it. */
import type { Clock } from '#src/lib/clock.js';

/** A clock that a test owns. */
export interface TestClock extends Clock {
  steady(): number;
  /** Moves the time on. */
  advance(ms: number): void;
  /** Sets the clock ahead, or back below 0, while no time passes. */
  jump(ms: number): void;
}

/** Makes a clock that stands at the given time: 2026-11-23 12:00 in China where none is given. */
export function createTestClock(at = Date.parse('2026-11-23T04:00:00Z')): TestClock {
  let now = at;
  let steady = 0;
  return {
    now: () => now,
    steady: () => steady,
    advance: (ms) => {
      now += ms;
      steady += ms;
    },
    jump: (ms) => {
      now += ms;
    },
  };
}
