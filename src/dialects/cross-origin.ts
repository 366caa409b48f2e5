/** Lets pages of other origins publish: nothing here is let in by a cookie, so whoever has the key may use it from anywhere. */
import type { Context } from 'koa';
import type { Dialect } from './dialect.js';

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
/** What a page may send where it does not say what it means to; `*` does not cover Authorization (Fetch, CORS protocol). */
const HEADERS = 'Authorization, Content-Type, *';
const A_DAY_S = 86_400;

/**
 * Opens what a dialect answered, refusals too, to pages of every origin, and turns the question that browsers ask first into
 * a yes. Never with credentials. What manages instead of publishing stays closed.
 */
export function openToOrigins(dialect: Pick<Dialect, 'management'>, ctx: Context, path: string): void {
  if (dialect.management?.some((start) => path === start || path.startsWith(`${start}/`))) {
    return;
  }
  ctx.set('Access-Control-Allow-Origin', '*');
  if (ctx.method === 'OPTIONS') {
    ctx.status = 204;
    ctx.body = null;
    ctx.set({
      'Access-Control-Allow-Methods': METHODS,
      // Their very list: older browsers know no star.
      'Access-Control-Allow-Headers': ctx.get('access-control-request-headers') || HEADERS,
      'Access-Control-Max-Age': String(A_DAY_S),
      Vary: 'Access-Control-Request-Headers',
    });
  }
}
