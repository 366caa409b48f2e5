/** Notices a clock that jumps, says so, and lets nothing wait for an hour that was never meant. */
import { type Clock, steadyNow } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import { bringForward, noteClock, readNotedClock } from '#src/store/clock-jumps.js';
import type { Db } from '#src/store/open.js';
import type { Limits } from './limits.js';

/** Less is the everyday work of time servers, and stops nothing for longer than that. */
const JUMP_MS = 5000;
/** So often the time is noted, so that a start finds out that the clock was set back while nothing ran. */
const NOTE_MS = 60_000;

/** What the watch is made with. */
export interface ClockWatchDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  limits: Pick<Limits, 'load'>;
  /** Told of a jump: by so many milliseconds, below 0 back. */
  onJump?: (jump: { at: number; byMs: number }) => Promise<void>;
}

/** The watch of one worker. */
export type ClockWatch = ReturnType<typeof createClockWatch>;

/** Makes it. */
export function createClockWatch({ db, clock, log, limits, onJump = async () => {} }: ClockWatchDeps) {
  let seen = { now: clock.now(), steady: steadyNow(clock) };
  let notedAt = Number.NEGATIVE_INFINITY;
  /** What the clock was set back by and is not mended yet. */
  let backMs = 0;

  async function tell(byMs: number, now: number): Promise<void> {
    log.warn(byMs < 0 ? 'the clock was set back' : 'the clock jumped ahead, or the machine slept', {
      byMs,
      now: new Date(now),
    });
    await onJump({ at: now, byMs }).catch((error: unknown) =>
      log.warn('a jump could not be noted', { error }),
    );
  }

  async function mend(now: number): Promise<void> {
    if (backMs > 0) {
      await bringForward(db, { byMs: backMs, now });
      backMs = 0;
      await limits.load();
    }
  }

  async function note(now: number, steady: number): Promise<void> {
    if (steady >= notedAt + NOTE_MS) {
      notedAt = steady;
      await noteClock(db, now);
    }
  }

  return {
    /** Compares the time with what was noted before this start. */
    async start(): Promise<void> {
      const now = clock.now();
      const noted = await readNotedClock(db);
      if (noted !== null && noted - now >= JUMP_MS) {
        backMs = noted - now;
        await tell(-backMs, now);
        await mend(now);
      }
    },
    /** Looks whether the time went on as it should since the last look. */
    async look(): Promise<void> {
      const now = clock.now();
      const steady = steadyNow(clock);
      const byMs = Math.round(now - seen.now - (steady - seen.steady));
      seen = { now, steady };
      if (Math.abs(byMs) >= JUMP_MS) {
        backMs += byMs < 0 ? -byMs : 0;
        notedAt = Number.NEGATIVE_INFINITY;
        await tell(byMs, now);
      }
      await mend(now);
      await note(now, steady);
    },
  };
}
