/** The demo program: a page that gets itself a UID by QR code, pushes to it, and shows what comes back. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Clock } from '#src/lib/clock.js';
import type { View } from '#src/lib/view.js';
import { createDemoApi, type DemoVerbs } from './demo-api.js';
import { DEMO_WORDS } from './demo-words.js';
import { createPageOpener, type Page } from './page.js';

/** What the demo page needs. */
export interface DemoPageNeeds extends DemoVerbs {
  publicUrl: string;
  clock: Clock;
  /** Where the simulator's phone is, in sandbox mode; it gets `?embed=1`. */
  phoneUrl?: string;
  view: View;
}

type Words = keyof typeof DEMO_WORDS;

/** Serves GET /demo and the calls of its script under /demo/api. */
export function createDemoPage(needs: DemoPageNeeds): Middleware {
  const openPage = createPageOpener(needs.view, DEMO_WORDS);
  const router = new Router();
  router.get('/demo', (ctx) => {
    const page = openPage(ctx as Context);
    const phone = needs.phoneUrl === undefined ? null : addressPhone(needs.phoneUrl);
    page.show({
      template: 'demo',
      title: page.t('heading'),
      policy: { connect: true, ...(phone ? { frames: phone.origin } : {}) },
      values: { phone, words: JSON.stringify(wordsOfScript(page)) },
    });
  });
  router.use(createDemoApi({ ...needs, openPage }).routes());
  return router.routes() as Middleware;
}

/** The phone's two addresses, and the origin for the frame policy. */
function addressPhone(phoneUrl: string): { embedded: string; apart: string; origin: string } {
  const isElsewhere = URL.canParse(phoneUrl);
  const mark = phoneUrl.includes('?') ? '&' : '?';
  return {
    embedded: `${phoneUrl}${mark}embed=1`,
    apart: phoneUrl,
    origin: isElsewhere ? new URL(phoneUrl).origin : "'self'",
  };
}

function wordsOfScript(page: Page<Words>): Record<string, string> {
  const keys = Object.keys(DEMO_WORDS) as Words[];
  return Object.fromEntries(keys.filter((key) => key.startsWith('js')).map((key) => [key, page.t(key)]));
}
