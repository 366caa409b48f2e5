/** Lets in only who asks for this server by a name of its own: a page whose name was made to point here does not. */
import type { Context, Middleware } from 'koa';
import { AppError } from '#src/core/errors.js';
import type { Clock } from '#src/lib/clock.js';
import { hostNameOf, hostNameOfUrl, isLoopbackName } from '#src/lib/host-names.js';
import type { Logger } from '#src/lib/logger.js';

/** What the guard is made with. */
export interface HostGuardNeeds {
  /** Addresses of this server; their host names are its own. */
  urls: readonly string[];
  /** Further names, plain. */
  names: readonly string[];
  clock: Clock;
  log: Logger;
}

/** The log hears of it so often, however many requests come. */
const LOG_STEP_MS = 60_000;
/** More of a name helps nobody. */
const LONGEST_NAME = 100;

/**
 * Makes the guard: a door behind it is asked under loopback names, those of `urls`, and `names`. Under any other `otherwise`
 * is asked, and what it knows nothing of is refused with 421 (RFC 9110 section 15.5.20); a door that it hides is passed by.
 */
export function createHostGuard({ urls, names, clock, log }: HostGuardNeeds) {
  const own = new Set([...urls.map(hostNameOfUrl), ...names]);
  let loggedAt = Number.NEGATIVE_INFINITY;

  function refuse(ctx: Context, name: string): void {
    const error = new AppError('wrong_host', { host: name.slice(0, LONGEST_NAME) || '?' });
    ctx.status = error.status;
    ctx.state.why = error.en;
    if (clock.now() >= loggedAt + LOG_STEP_MS) {
      loggedAt = clock.now();
      log.warn('a request for another host name was refused; if the name is yours, add it to ALLOWED_HOSTS', {
        host: name.slice(0, LONGEST_NAME),
      });
    }
    ctx.set('Cache-Control', 'no-store');
    // Browsers ask for HTML first; under this name none of our pages' styles would be served.
    if (ctx.accepts('json', 'html') === 'html') {
      ctx.type = 'text/plain';
      ctx.body = `${error.zh}\n${error.en}\n`;
    } else {
      ctx.body = { error: { code: error.code, message: `${error.zh} ${error.en}` } };
    }
  }

  const isOwn = (name: string): boolean => own.has(name) || isLoopbackName(name);

  function guard(door: Middleware, otherwise: Middleware): Middleware {
    return (ctx, next) => {
      const name = hostNameOf(ctx.req.headers.host);
      return isOwn(name) ? door(ctx, next) : otherwise(ctx, async () => refuse(ctx, name));
    };
  }

  /** Under another name such a door is not there: the doors behind it are asked, as if it were not mounted. */
  function hide(door: Middleware): Middleware {
    return (ctx, next) => (isOwn(hostNameOf(ctx.req.headers.host)) ? door(ctx, next) : next());
  }

  return { guard, hide };
}
