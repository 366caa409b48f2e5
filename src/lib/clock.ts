/** The one source of the current time; injected everywhere so that tests own the time. */

/** Reads the current time. */
export interface Clock {
  /** Milliseconds since the Unix epoch. Jumps when somebody sets the machine's clock. */
  now(): number;
  /** Milliseconds since some moment of this process, which only grow whatever the clock does. Absent: as `now`. */
  steady?(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now(), steady: () => performance.now() };

/** For how long something lasts: milliseconds that only grow, to be compared with each other alone. */
export function steadyNow(clock: Clock): number {
  return clock.steady ? clock.steady() : clock.now();
}
