/** Serves all dialects, at the root and each under a prefix of its own: for clients that take a base address, `/bark/...`. */
import type { Context, Middleware, Next } from 'koa';
import { AppError } from '#src/core/errors.js';
import { asWrongKey, judgeKey } from '#src/core/wrong-keys.js';
import { openToOrigins } from './cross-origin.js';
import type { Dialect } from './dialect.js';
import { tellRetryLater } from './retry-later.js';
import { toStranger } from './stranger.js';

interface Door {
  dialect: Dialect;
  routes: Middleware;
}

/**
 * Hands a request to the dialect that it is for, and to `next` where it is for none. Under its prefix a dialect is served as
 * if it stood at the root, with `ctx.state.isPrefixed` set: there it answers whatever it does not know in its own envelope,
 * while at the root it leaves that to others. Slashes that stand doubled count as one: clients join a base and a path.
 */
export function serveDialects(dialects: readonly Dialect[]): Middleware {
  const doors = dialects.map((dialect): Door => ({ dialect, routes: dialect.router.routes() as Middleware }));
  const byName = new Map(doors.map((door) => [door.dialect.name, door]));
  return (ctx, next) => {
    const written = ctx.path;
    const path = oneSlash(written);
    if (path !== written) {
      ctx.path = path;
    }
    const end = path.indexOf('/', 1);
    const prefixed = byName.get(path.slice(1, end === -1 ? undefined : end));
    return prefixed
      ? servePrefixed(prefixed, ctx, path)
      : serveAtRoot(doors, ctx, () => {
          ctx.path = written;
          return next();
        });
  };
}

/**
 * Answers who sends to an address that nobody has: by the words of the service that they take us for. To be asked when
 * everybody else has passed, since pages have such addresses too.
 */
export function answerStrangers(dialects: readonly Dialect[]): Middleware {
  return async (ctx, next) => {
    const stranger = await toStranger(ctx, oneSlash(ctx.path));
    const dialect = stranger && dialects.find((one) => one.answerStranger?.(ctx, stranger));
    if (!dialect) {
      return next();
    }
    openToOrigins(dialect, ctx, ctx.path);
    // Its words are written: what shows too many wrong keys hears by status and header when to come back.
    tellRetryLater(ctx, await judgeKey(ctx, asWrongKey(new AppError('not_found', { what: 'key' }))));
  };
}

/** An address with each doubled slash as one; an escaped slash is none. */
function oneSlash(path: string): string {
  return path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
}

async function servePrefixed({ dialect, routes }: Door, ctx: Context, full: string): Promise<void> {
  const path = full.slice(dialect.name.length + 1) || '/';
  ctx.path = path;
  ctx.state.isPrefixed = true;
  try {
    await routes(ctx, async () => {
      await dialect.answerUnknown?.(ctx);
    });
  } finally {
    openToOrigins(dialect, ctx, path);
    ctx.path = full;
  }
}

/** Asks one door after the other, as Koa would: the one that was asked last and did not pass it on has answered. */
async function serveAtRoot(doors: readonly Door[], ctx: Context, next: Next): Promise<void> {
  let at = -1;
  const ask = (): Promise<unknown> => {
    at += 1;
    return doors[at]?.routes(ctx, ask) ?? next();
  };
  try {
    await ask();
  } finally {
    const door = doors[at];
    if (door) {
      openToOrigins(door.dialect, ctx, ctx.path);
    }
  }
}
