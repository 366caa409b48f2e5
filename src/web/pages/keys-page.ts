/** The one-time page /k/{key} that a follower gets in the chat: it shows the follower's keys once. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { View } from '#src/lib/view.js';
import { KEYS_WORDS } from './keys-words.js';
import { createPageOpener, type Page } from './page.js';
import { isForeign } from './same-origin.js';
import { refuseGuess } from './wrong-code.js';

/** A key as its owner sees it. */
export interface ShownKey {
  kind: string;
  label: string;
  value: string;
  /** A command or an address that works with this key. */
  example: string;
}

/** What the keys page needs. */
export interface KeysPageNeeds {
  /** The state of a link; null when there is none. */
  findLink(key: string): Promise<'ok' | 'used' | 'expired' | null>;
  /** Uses the link up and gives what it shows; null when it cannot be opened (any more). */
  openLink(key: string): Promise<{ uid: string; keys: ShownKey[] } | null>;
  view: View;
  publicUrl: string;
}

type Words = keyof typeof KEYS_WORDS;

/**
 * Serves GET /k/{key}, which only asks (chats fetch links to preview them, which must not use them up), and POST, which
 * opens the link and shows the keys. Used and expired links get 410, unknown ones 404.
 */
export function createKeysPage(needs: KeysPageNeeds): Middleware {
  const openPage = createPageOpener(needs.view, KEYS_WORDS);
  const findLink = (key: string) => (/^[\w-]{1,128}$/.test(key) ? needs.findLink(key) : null);
  const router = new Router();
  router.get('/k/:key', async (ctx) => {
    const key = ctx.params.key ?? '';
    const page = openPage(ctx as Context);
    const state = await findLink(key);
    if (state === 'ok') {
      page.show({ template: 'keys-ask', title: page.t('heading'), values: { key } });
      // Else browsers that send no Sec-Fetch-Site would write `Origin: null` for the form.
      ctx.set('Referrer-Policy', 'same-origin');
    } else if (state !== null || !(await refuseGuess(ctx as Context, page))) {
      refuse(page, state);
    }
    ctx.set('Cache-Control', 'no-store');
  });
  router.post('/k/:key', async (ctx) => {
    const key = ctx.params.key ?? '';
    const page = openPage(ctx as Context);
    if (isForeign(ctx as Context, needs.publicUrl)) {
      page.notify({ status: 403, mood: 'bad', heading: page.t('foreign'), text: page.t('foreignText') });
      return;
    }
    const state = await findLink(key);
    const opened = state === 'ok' ? await needs.openLink(key) : null;
    if (opened) {
      page.show({ template: 'keys', title: page.t('heading'), values: opened });
    } else if (state !== null || !(await refuseGuess(ctx as Context, page))) {
      // Two taps at once: the second finds the link used up.
      refuse(page, state === 'ok' ? 'used' : state);
    }
    ctx.set('Cache-Control', 'no-store');
  });
  return router.routes() as Middleware;
}

function refuse(page: Page<Words>, state: 'used' | 'expired' | null): void {
  const why = state ?? 'notFound';
  page.notify({
    status: state === null ? 404 : 410,
    mood: 'info',
    heading: page.t(why),
    text: page.t(`${why}Text`),
  });
}
