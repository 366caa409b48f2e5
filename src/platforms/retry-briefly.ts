/** Tries a platform call again after passing failures, inside one caller's patience. */
import { setTimeout as pause } from 'node:timers/promises';
import { PlatformError } from './platform-error.js';

const PAUSES_MS = [100, 400];

/** How long and how boldly to try. */
export interface BriefRetry {
  /** Time for all tries together; each gets what is left of it. */
  budgetMs: number;
  /** Whether doing the thing twice is harmless. If not, only a request that never left is tried again. */
  idempotent: boolean;
}

/**
 * Runs `run` up to three times with short pauses. Passing failures are: no connection, an HTTP status from 500 on, and
 * error code -1 (busy). A time-out is not tried again: it has used the budget up. Throws the last error.
 */
export async function retryBriefly<T>(
  { budgetMs, idempotent }: BriefRetry,
  run: (timeoutMs: number) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + budgetMs;
  for (let failures = 0; ; failures++) {
    try {
      return await run(Math.max(1, deadline - performance.now()));
    } catch (error) {
      const pauseMs = PAUSES_MS[failures];
      const isWorthIt = idempotent ? isPassing(error) : wasNeverSent(error);
      if (pauseMs === undefined || !isWorthIt || performance.now() + pauseMs >= deadline) {
        throw error;
      }
      await pause(pauseMs);
    }
  }
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof PlatformError &&
    (error.kind === 'network' || error.code === -1 || (error.status !== undefined && error.status >= 500))
  );
}

function wasNeverSent(error: unknown): boolean {
  return error instanceof PlatformError && error.kind === 'network' && !error.uncertain;
}
