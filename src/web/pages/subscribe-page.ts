/** The page behind a subscribe link: GET /s/{code} shows whose messages one gets, and subscribes by scan or by a button. */
import Router from '@koa/router';
import type { Context, Middleware, Next } from 'koa';
import { AppError } from '#src/core/errors.js';
import type { Clock } from '#src/lib/clock.js';
import { qrPng, qrSvg } from '#src/lib/qr-picture.js';
import type { SecretBox } from '#src/lib/secret-box.js';
import { isInsideWechat } from '#src/lib/user-agent.js';
import type { View } from '#src/lib/view.js';
import { readForm } from '#src/web/session/form.js';
import { createPageOpener, type Page } from './page.js';
import { isForeign } from './same-origin.js';
import { createSubscribeStates, type Signer, type SubscribeStates } from './subscribe-state.js';
import { SUBSCRIBE_WORDS } from './subscribe-words.js';
import { refuseGuess } from './wrong-code.js';

/** What a code subscribes to. */
export interface SubscribeTarget {
  kind: 'app' | 'topic';
  name: string;
  /** The app itself, or the app of the topic. */
  appName: string;
  description?: string;
  contact?: string;
  /** What the QR picture encodes. */
  qrcodeText: string;
  expired: boolean;
  /** Its developer is disabled. */
  disabled?: boolean;
}

/** What became of subscribing. `must_follow`: the person does not follow the account yet. */
export interface SubscribeResult {
  result: 'subscribed' | 'already' | 'must_follow' | 'blocked' | 'full' | 'disabled';
  followTip?: string;
}

/** What the subscribe page needs. */
export interface SubscribePageNeeds {
  findSubscribeTarget(code: string): Promise<SubscribeTarget | null>;
  /** The address where WeChat asks who the person is (scope snsapi_base); null when the account has no such right. */
  oauthUrl(input: { redirectUri: string; state: string }): string | null;
  /** Tells who came back with this code, from this address. Rejects when WeChat does not know; throws limit_reached. */
  exchangeOauthCode(code: string, from: string): Promise<{ openid: string }>;
  subscribeByLink(input: { code: string; openid: string }): Promise<SubscribeResult>;
  signer: Signer;
  /** Keeps the openid out of the page that carries it to the button's tap. */
  box: Pick<SecretBox, 'seal' | 'open'>;
  clock: Clock;
  publicUrl: string;
  view: View;
}

type Words = keyof typeof SUBSCRIBE_WORDS;

const FORM_BYTES = 8 * 1024;

/** One request for a code that is good. */
interface Visit {
  ctx: Context;
  page: Page<Words>;
  code: string;
  target: SubscribeTarget;
}

/**
 * Serves /s/{code} (GET; POST is the button's tap, and the only thing that subscribes), its pictures qr.png and qr.svg, and the
 * way to the button: subscribe asks WeChat who the person is, return shows the button. Unknown codes get 404, expired ones 410,
 * each with a page.
 */
export function createSubscribePage(needs: SubscribePageNeeds): Middleware {
  const openPage = createPageOpener(needs.view, SUBSCRIBE_WORDS);
  const states = createSubscribeStates(needs);
  const visit = (answer: (visit: Visit) => Promise<void> | void) => async (ctx: Context, _next: Next) => {
    const code = String(ctx.params.code ?? '');
    const page = openPage(ctx);
    const target = /^[\w-]{1,128}$/.test(code) ? await needs.findSubscribeTarget(code) : null;
    if (target === null && (await refuseGuess(ctx, page))) {
      return;
    }
    if (target === null || target.expired) {
      refuse(page, target === null ? 'notFound' : 'expired', target === null ? 404 : 410);
      return;
    }
    if (target.disabled) {
      refuse(page, 'disabled', 403);
      return;
    }
    await answer({ ctx, page, code, target });
  };
  const router = new Router();
  router.get('/s/:code', visit(showTarget));
  router.post(
    '/s/:code',
    visit((made) => subscribe(made, needs, states)),
  );
  router.get(
    '/s/:code/subscribe',
    visit((made) => beginLogin(made, needs, states)),
  );
  router.get(
    '/s/:code/return',
    visit((made) => finishLogin(made, needs, states)),
  );
  router.get(
    '/s/:code/qr.png',
    visit(async (made) => sendPicture(made.ctx, 'png', await qrPng(made.target.qrcodeText))),
  );
  router.get(
    '/s/:code/qr.svg',
    visit(async (made) => sendPicture(made.ctx, 'svg', await qrSvg(made.target.qrcodeText))),
  );
  return router.routes() as Middleware;
}

function showTarget({ ctx, page, code, target }: Visit): void {
  page.show({
    template: 'subscribe',
    title: `${page.t('subscribe')} ${target.name}`,
    values: {
      target,
      initial: initialOf(target),
      code,
      insideWechat: isInsideWechat(ctx.get('User-Agent')),
    },
  });
}

function beginLogin({ ctx, page, code }: Visit, needs: SubscribePageNeeds, states: SubscribeStates): void {
  const state = states.begin(ctx, code);
  const redirectUri = `${needs.publicUrl.replace(/\/+$/, '')}/s/${code}/return`;
  const address = needs.oauthUrl({ redirectUri, state });
  if (address === null) {
    const qr = { src: `/s/${code}/qr.svg`, hint: page.t('pressHint') };
    page.notify({ status: 200, mood: 'info', heading: page.t('noLogin'), text: page.t('noLoginText'), qr });
    return;
  }
  ctx.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
  ctx.status = 302;
  ctx.redirect(address);
}

async function finishLogin(visit: Visit, needs: SubscribePageNeeds, states: SubscribeStates): Promise<void> {
  const { ctx, page, code } = visit;
  const state = typeof ctx.query.state === 'string' ? ctx.query.state : '';
  const oauthCode = typeof ctx.query.code === 'string' ? ctx.query.code : '';
  if (!states.finish(ctx, { code, state })) {
    refuse(page, 'stale', 400, code);
    return;
  }
  // WeChat comes back without a code when the person refused.
  if (oauthCode === '') {
    refuse(page, 'cancelled', 200, code);
    return;
  }
  const openid = await askWho(ctx, oauthCode, needs);
  if (openid === null) {
    refuse(page, 'failed', 502, code);
    return;
  }
  const ticket = needs.box.seal(JSON.stringify({ state: states.begin(ctx, code), openid }));
  page.show({
    template: 'subscribe-confirm',
    title: `${page.t('subscribe')} ${visit.target.name}`,
    values: { target: visit.target, initial: initialOf(visit.target), code, ticket },
  });
  // Else browsers that send no Sec-Fetch-Site would write `Origin: null` for the form.
  ctx.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'same-origin' });
}

/** The tap: sent by our own page, in the browser that WeChat named the person to, within ten minutes, once. */
async function subscribe(visit: Visit, needs: SubscribePageNeeds, states: SubscribeStates): Promise<void> {
  const { ctx, page, code } = visit;
  const { values } = await readForm(ctx, FORM_BYTES);
  if (isForeign(ctx, needs.publicUrl)) {
    refuse(page, 'foreign', 403, code);
    return;
  }
  const { state, openid } = readTicket(needs.box, values.ticket ?? '');
  if (!states.finish(ctx, { code, state }) || openid === '') {
    refuse(page, 'stale', 400, code);
    return;
  }
  showResult(visit, await needs.subscribeByLink({ code, openid }));
  ctx.set('Cache-Control', 'no-store');
}

/** What a ticket of ours holds; empty texts for anything else. */
function readTicket(box: SubscribePageNeeds['box'], ticket: string): { state: string; openid: string } {
  try {
    // Only finishLogin seals such a text.
    return JSON.parse(box.open(ticket)) as { state: string; openid: string };
  } catch {
    return { state: '', openid: '' };
  }
}

function initialOf({ name }: SubscribeTarget): string {
  return [...name.trim()][0] ?? '·';
}

/** The openid, or null when WeChat does not tell; the operator learns why through the app's error event. */
async function askWho(ctx: Context, oauthCode: string, needs: SubscribePageNeeds): Promise<string | null> {
  try {
    return (await needs.exchangeOauthCode(oauthCode, ctx.ip)).openid;
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    ctx.app.emit('error', error, ctx);
    return null;
  }
}

function showResult({ page, code, target }: Visit, { result, followTip }: SubscribeResult): void {
  const isGood = result === 'subscribed' || result === 'already';
  const tip = isGood ? (followTip ?? page.t('closeHint')) : undefined;
  page.notify({
    status: 200,
    mood: isGood ? 'good' : result === 'blocked' ? 'bad' : 'info',
    heading: page.t(result),
    text: page.t(`${result}Text`, { name: target.name }),
    ...(tip === undefined ? {} : { detail: tip }),
    ...(result === 'must_follow' ? { qr: { src: `/s/${code}/qr.svg`, hint: page.t('pressHint') } } : {}),
    ...((result === 'blocked' || result === 'full') && target.contact
      ? { detail: `${page.t('contact')}: ${target.contact}` }
      : {}),
  });
}

function refuse(
  page: Page<Words>,
  why: 'notFound' | 'expired' | 'disabled' | 'stale' | 'cancelled' | 'failed' | 'foreign',
  status: number,
  code?: string,
): void {
  page.notify({
    status,
    mood: 'info',
    heading: page.t(why),
    text: page.t(`${why}Text`),
    ...(code === undefined ? {} : { action: { href: `/s/${code}`, label: page.t('again') } }),
  });
}

function sendPicture(ctx: Context, type: 'png' | 'svg', picture: Buffer | string): void {
  ctx.set({
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cache-Control': 'private, max-age=300',
  });
  ctx.type = type;
  ctx.body = picture;
}
