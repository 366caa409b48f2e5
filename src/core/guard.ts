/** Guards the domain's verbs: a database that is away is a state that callers know, not a bug. */
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import { isAway } from '#src/store/away.js';
import { AppError } from './errors.js';

/** When a caller may come back who met a database that is away. */
export const AWAY_RETRY_S = 5;

/** It is logged at most so often, however many calls meet it. */
const LOG_STEP_MS = 10_000;

/**
 * The same nouns, whose verbs throw AppError `unavailable` where the database is away. `bare` names what is handed on as it
 * is.
 */
export function guardVerbs<T extends object>(
  nouns: T,
  { log, clock, bare }: { log: Logger; clock: Clock; bare: readonly (keyof T)[] },
): T {
  let loggedAt = Number.NEGATIVE_INFINITY;

  function explain(error: unknown): unknown {
    if (!isAway(error)) {
      return error;
    }
    if (clock.now() >= loggedAt + LOG_STEP_MS) {
      loggedAt = clock.now();
      log.error('the database is away', { error });
    }
    return new AppError('unavailable', { seconds: AWAY_RETRY_S });
  }

  const guard =
    (verb: (...args: unknown[]) => unknown) =>
    (...args: unknown[]): unknown => {
      const answer = verb(...args);
      return answer instanceof Promise
        ? answer.catch((error: unknown) => {
            throw explain(error);
          })
        : answer;
    };

  return mapValues(nouns, (noun, name) => {
    if (typeof noun === 'function' || bare.some((one) => one === name)) {
      return typeof noun === 'function' ? guard(noun as (...args: unknown[]) => unknown) : noun;
    }
    return isPlain(noun)
      ? mapValues(noun, (verb) =>
          typeof verb === 'function' ? guard(verb as (...args: unknown[]) => unknown) : verb,
        )
      : noun;
  });
}

function mapValues<T extends object>(of: T, change: (value: unknown, name: string) => unknown): T {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value, name)])) as T;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
