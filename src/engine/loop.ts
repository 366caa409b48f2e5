/** A loop of the engine: round after round while there is work, else when somebody wakes it or a time has come. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, steadyNow } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';

/** What a loop is made with. */
export interface LoopDeps {
  clock: Clock;
  log: Logger;
  /** One round; answers whether it did anything. One that throws is logged, and the next waits for a second. */
  step: () => Promise<boolean>;
  /** It comes round at least this often, in real milliseconds. */
  pollMs: number;
  /** When there is work again, as far as it is known, in milliseconds since the epoch. Default: never. */
  nextAt?: (now: number) => number;
}

/** A loop that can be started once. */
export type Loop = ReturnType<typeof createLoop>;

/**
 * Between two rounds, in real milliseconds. What comes in meanwhile shares the statements of the next round: without the
 * pause, rounds of one or two messages followed each other and took the time of those who accept.
 */
const GATHER_MS = 5;
const AFTER_ERROR_MS = 1000;

/** Makes it. */
export function createLoop({ clock, log, step, pollMs, nextAt = () => Number.POSITIVE_INFINITY }: LoopDeps) {
  let running: Promise<void> | null = null;
  let isStopping = false;
  let isWoken = false;
  let lastStepAt = Number.NEGATIVE_INFINITY;
  let endRest = (): void => {};

  async function run(): Promise<void> {
    while (!isStopping) {
      isWoken = false;
      const progress = await step().catch(async (error: unknown) => {
        log.error('a step of the engine failed', { error });
        await sleep(AFTER_ERROR_MS);
        return false;
      });
      lastStepAt = steadyNow(clock);
      await (progress || isWoken ? sleep(GATHER_MS) : rest());
    }
  }

  function rest(): Promise<void> {
    const now = clock.now();
    const waitMs = Math.min(Math.max(nextAt(now) - now, GATHER_MS), pollMs);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      endRest = () => {
        clearTimeout(timer);
        resolve();
      };
      if (isWoken || isStopping) {
        endRest();
      }
    });
  }

  return {
    start(): void {
      running ??= run();
    },
    /** Tells that there is work. */
    wake(): void {
      isWoken = true;
      endRest();
    },
    /** Resolves when the round under way, if any, is over and no other will begin. */
    async stop(): Promise<void> {
      isStopping = true;
      endRest();
      await running;
    },
    /** When it last came round, by the steady time; -Infinity before its first. */
    get lastStepAt(): number {
      return lastStepAt;
    },
  };
}
