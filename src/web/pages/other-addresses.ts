/** Leads from where another service has its console, which is the address in every tutorial, to our own. */
import Router from '@koa/router';
import type { Middleware } from 'koa';

/** Answers `/admin` and all below it, WxPusher's address. */
export function createOtherAddresses(): Middleware {
  const router = new Router();
  router.get('/admin{/*rest}', (ctx) => {
    ctx.redirect('/console');
  });
  return router.routes() as Middleware;
}
