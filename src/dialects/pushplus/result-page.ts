/** The result page: the address that PushPlus documents for a message's short code leads to the message's own page. */
import type Router from '@koa/router';
import type { Core } from '#src/core/index.js';
import type { DialectRoute } from '#src/dialects/dialect.js';

/** What the result page answers. */
export const RESULT_PAGE_ROUTES: readonly DialectRoute[] = [
  { method: 'GET', path: '/shortMessage/:shortCode' },
];

/** Adds the result page to the dialect's router. A code that this server never gave is passed on, to nobody. */
export function addResultPage(router: Router, core: Pick<Core, 'shortCodes' | 'pageLinks'>): void {
  router.get('/shortMessage/:shortCode', (ctx, next) => {
    const id = core.shortCodes.decode('message', ctx.params.shortCode ?? '');
    if (id === null) {
      return next();
    }
    ctx.set('cache-control', 'no-store');
    ctx.redirect(core.pageLinks.urlOf(id));
    return undefined;
  });
}
