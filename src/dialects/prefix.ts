/** Serves a dialect under a prefix of its own too, for clients that take a base address: `/bark/...`, `/ntfy/...`. */
import type { Context, Middleware, Next } from 'koa';
import type { Dialect } from './dialect.js';

/**
 * Hands `/{name}/...` to the dialect as if it stood at the root, with `ctx.state.isPrefixed` set: there the dialect answers
 * whatever it does not know in its own envelope, while at the root it leaves that to others.
 */
export function servePrefixed(dialect: Dialect): Middleware {
  const prefix = `/${dialect.name}`;
  const routes = dialect.router.routes() as Middleware;
  const answer = async (ctx: Context): Promise<void> => {
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
  return (ctx: Context, next: Next) =>
    ctx.path === prefix || ctx.path.startsWith(`${prefix}/`) ? answer(ctx) : next();
}
