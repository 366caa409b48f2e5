/** Lets followers in inside WeChat, where WeChat itself says who they are (OAuth, snsapi_base: nothing to agree to). */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Core } from '#src/core/index.js';
import { networkOf } from '#src/lib/client-address.js';
import type { View } from '#src/lib/view.js';
import { createPageOpener, type Page } from '#src/web/pages/page.js';
import { createSubscribeStates, type Signer, type SubscribeStates } from '#src/web/pages/subscribe-state.js';
import { ENTRY_WORDS } from './entry-words.js';
import { signInPath, toLocalPath } from './next-path.js';
import { noteSignIn, type Visits } from './visits.js';

/** What the entry needs. */
export interface FollowerEntryNeeds {
  core: Core;
  view: View;
  visits: Visits;
  signer: Signer;
  publicUrl: string;
  /** The address where WeChat says who the person is; null when the account has no such right. */
  oauthUrl(input: { redirectUri: string; state: string }): string | null;
  /** Tells who came back with this code. Rejects when WeChat does not know. */
  exchangeOauthCode(code: string): Promise<{ openid: string }>;
}

const ENTER = '/me/enter';
const RETURN = '/me/return';
const COOKIE = 'qn_enter';

type Words = keyof typeof ENTRY_WORDS;

/** Serves /me/enter?next= and the way back from WeChat, /me/return. */
export function createFollowerEntry(needs: FollowerEntryNeeds): Middleware {
  const openPage = createPageOpener(needs.view, ENTRY_WORDS);
  const states = createSubscribeStates({
    signer: needs.signer,
    clock: needs.core.clock,
    publicUrl: needs.publicUrl,
    cookie: COOKIE,
    pathOf: () => RETURN,
  });
  const router = new Router();
  router.get(ENTER, (ctx) => begin(ctx as Context, needs, states));
  router.get(RETURN, (ctx) => finish(ctx as Context, { ...needs, states, page: openPage(ctx as Context) }));
  return router.routes() as Middleware;
}

function begin(ctx: Context, needs: FollowerEntryNeeds, states: SubscribeStates): void {
  const next = toMyPath(ctx.query.next);
  const redirectUri = `${needs.publicUrl.replace(/\/+$/, '')}${RETURN}?next=${encodeURIComponent(next)}`;
  const address = needs.oauthUrl({ redirectUri, state: states.begin(ctx, codeOf(next)) });
  ctx.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
  ctx.redirect(address ?? signInPath(next));
}

async function finish(
  ctx: Context,
  means: FollowerEntryNeeds & { states: SubscribeStates; page: Page<Words> },
): Promise<void> {
  const { core, states, page, visits } = means;
  const next = toMyPath(ctx.query.next);
  const read = (name: string): string => (typeof ctx.query[name] === 'string' ? ctx.query[name] : '');
  if (!states.finish(ctx, { code: codeOf(next), state: read('state') }) || read('code') === '') {
    refuse(page, 'stale', 400, next);
    return;
  }
  await core.limits.take('oauth-call', { address: networkOf(ctx.ip) });
  const openid = await askWho(ctx, read('code'), means);
  if (openid === null) {
    refuse(page, 'failed', 502, next);
    return;
  }
  const { personId } = await core.people.meet({ ...core.account, externalId: openid });
  await visits.signIn(ctx, { personId, accountId: null, followerOnly: true });
  await noteSignIn(ctx, core, personId);
  ctx.set('Cache-Control', 'no-store');
  ctx.redirect(next);
}

/** The openid, or null when WeChat does not tell; the operator learns why through the app's error event. */
async function askWho(ctx: Context, code: string, needs: FollowerEntryNeeds): Promise<string | null> {
  try {
    return (await needs.exchangeOauthCode(code)).openid;
  } catch (error) {
    ctx.app.emit('error', error, ctx);
    return null;
  }
}

function refuse(page: Page<Words>, why: 'stale' | 'failed', status: number, next: string): void {
  page.notify({
    status,
    mood: 'info',
    heading: page.t(why),
    text: page.t(`${why}Text`),
    action: { href: signInPath(next, ENTER), label: page.t('again') },
  });
}

/** Only pages below /me: the follower's cookie says nothing elsewhere. */
function toMyPath(wanted: unknown): string {
  const path = toLocalPath(wanted, '/me');
  return /^\/me(?![\w-])(?!\/(enter|return)\b)/.test(path) ? path : '/me';
}

/** The state is parted by dots: the path goes into it without any. */
function codeOf(next: string): string {
  return Buffer.from(next).toString('base64url');
}
