/** Serves each dialect under a prefix of its own too, for clients that take a base address: `/bark/...`, `/ntfy/...`. */
import type { Context, Middleware, Next } from 'koa';
import type { Dialect } from './dialect.js';

/**
 * Hands `/{name}/...` to the dialect of that name as if it stood at the root, with `ctx.state.isPrefixed` set: there the
 * dialect answers whatever it does not know in its own envelope, while at the root it leaves that to others.
 */
export function servePrefixed(dialects: readonly Dialect[]): Middleware {
  const doors = new Map(dialects.map((dialect) => [dialect.name, open(dialect)]));
  return (ctx: Context, next: Next) => {
    const end = ctx.path.indexOf('/', 1);
    const door = doors.get(ctx.path.slice(1, end === -1 ? undefined : end));
    return door ? door(ctx) : next();
  };
}

function open(dialect: Dialect): (ctx: Context) => Promise<void> {
  const prefix = `/${dialect.name}`;
  const routes = dialect.router.routes() as Middleware;
  return async (ctx) => {
    const full = ctx.path;
    ctx.path = full.slice(prefix.length) || '/';
    ctx.state.isPrefixed = true;
    try {
      await routes(ctx, async () => {
        await dialect.answerUnknown?.(ctx);
      });
    } finally {
      ctx.path = full;
    }
  };
}
