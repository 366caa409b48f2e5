/** The page that makes a notify code: fill in a WeCom app, verify it, pick the receivers, get the code with examples. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { View } from '#src/lib/view.js';
import { createPageOpener, type Page } from '#src/web/pages/page.js';
import { createNotifyCalls, type NotifyCallNeeds } from './calls.js';
import { NOTIFY_WORDS } from './notify-words.js';

/** What the page needs. */
export interface NotifyPageNeeds extends Omit<NotifyCallNeeds, 'languageOf'> {
  view: View;
  /** A simulator plays WeCom: the form offers to fill in its app. */
  sandbox: boolean;
}

type Words = keyof typeof NOTIFY_WORDS;

/** The app that a fresh simulator has. */
const SIMULATED = { corpId: 'wwsim0000000001', agentId: '1000002', secret: 'simwecomsecret' };

/** Serves GET /notify and the calls of its script under /notify/api. */
export function createNotifyPage(needs: NotifyPageNeeds): Middleware {
  const openPage = createPageOpener(needs.view, NOTIFY_WORDS);
  const router = new Router();
  router.get('/notify', async (ctx) => {
    const isOwned = (await needs.findOwner(ctx)) !== null;
    const page = openPage(ctx as Context);
    page.show({
      template: 'notify',
      title: page.t('heading'),
      policy: { connect: true },
      values: {
        isOwned,
        words: JSON.stringify(wordsOfScript(page)),
        simulated: needs.sandbox ? JSON.stringify(SIMULATED) : '',
      },
    });
  });
  router.use(createNotifyCalls({ ...needs, languageOf: (ctx) => openPage(ctx).language }).routes());
  return router.routes() as Middleware;
}

function wordsOfScript(page: Page<Words>): Record<string, string> {
  const keys = Object.keys(NOTIFY_WORDS) as Words[];
  return Object.fromEntries(keys.filter((key) => key.startsWith('js')).map((key) => [key, page.t(key)]));
}
