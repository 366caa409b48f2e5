/** A clock that goes by another's: processes that share something then agree about the time, however wrong their machines are. */
import { type Clock, steadyNow } from './clock.js';

/** The other clock is read so often, in milliseconds. */
const FOLLOW_MS = 10_000;
/** And at once where the own calendar and the own steady time part by more: one of them was set, or the machine slept. */
const PARTED_MS = 1000;
const LOOK_MS = 1000;
/** A reading that took longer says too little. */
const LONGEST_READING_MS = 2000;
/** Smaller differences are the reading's own. */
const SLACK_MS = 20;

/** Reads the other clock: milliseconds since the epoch. */
export type ReadTime = () => Promise<number>;

/** The machine's own clock until `follow`; from then on the other's, carried on between readings by the steady time. */
export interface FollowedClock extends Clock {
  /** Goes by the other clock from now on. Returns by how many milliseconds the own one is ahead of it, and what ends it. */
  follow(readTime: ReadTime): Promise<{ aheadMs: number; stop: () => void }>;
}

/** Makes it. Where the other clock cannot be read it goes on from the last reading. */
export function createFollowedClock(own: Clock): FollowedClock {
  const steady = (): number => steadyNow(own);
  /** What the other clock showed at a steady time, and the own one with it. */
  let known: { at: number; steadyAt: number; ownAt: number } | null = null;
  const now = (): number => (known ? Math.round(known.at + steady() - known.steadyAt) : own.now());

  async function read(readTime: ReadTime): Promise<void> {
    const from = steady();
    const shown = await readTime();
    const to = steady();
    const errorMs = (to - from) / 2;
    if (known && to - from > LONGEST_READING_MS) {
      return;
    }
    const at = shown + errorMs;
    const isRight = known !== null && Math.abs(at - now()) <= errorMs + SLACK_MS;
    known = { at: isRight ? now() : at, steadyAt: to, ownAt: own.now() };
  }

  function isDue({ steadyAt, ownAt }: { steadyAt: number; ownAt: number }): boolean {
    const wentOn = steady() - steadyAt;
    return wentOn >= FOLLOW_MS || Math.abs(own.now() - ownAt - wentOn) > PARTED_MS;
  }

  return {
    now,
    steady,
    follow: async (readTime) => {
      await read(readTime);
      let isReading = false;
      const timer = setInterval(() => {
        if (!isReading && known && isDue(known)) {
          isReading = true;
          read(readTime)
            .catch(() => {})
            .finally(() => {
              isReading = false;
            });
        }
      }, LOOK_MS);
      timer.unref();
      return { aheadMs: own.now() - now(), stop: () => clearInterval(timer) };
    },
  };
}
