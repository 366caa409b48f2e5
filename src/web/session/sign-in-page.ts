/** The sign-in page: shows a code, waits for its scan, signs this browser in and leads on. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { CODE_LIFE_MS } from '#src/core/sign-in.js';
import { qrSvg } from '#src/lib/qr-picture.js';
import { isInsideWechat } from '#src/lib/user-agent.js';
import type { View } from '#src/lib/view.js';
import { createPageOpener, type Page } from '#src/web/pages/page.js';
import { createWindowLimit, type TakeFromWindow } from '#src/web/pages/window-limit.js';
import { readCookie } from './cookies.js';
import { signInPath, toLocalPath } from './next-path.js';
import { SIGN_IN_WORDS } from './sign-in-words.js';
import { readPlace, type Visits } from './visits.js';

/** What the sign-in pages need. */
export interface SignInNeeds {
  core: Core;
  view: View;
  visits: Visits;
  /** A simulator plays WeChat: its phone can scan by a click. */
  sandbox: boolean;
}

type Words = keyof typeof SIGN_IN_WORDS;

/** The cookie that holds the secret of the code which this browser shows. */
const COOKIE = 'qn_sign_in';
const PATH = '/sign-in';
/** Each code costs a call of WeChat, so that one address gets so many in five minutes. Proxies share an address. */
const CODES_PER_WINDOW = 300;

/** Serves GET /sign-in and GET /sign-in/state, which its script polls; without scripts the page reloads itself. */
export function createSignInPage(needs: SignInNeeds): Middleware {
  const openPage = createPageOpener(needs.view, SIGN_IN_WORDS);
  const { clock } = needs.core;
  const takeCode = createWindowLimit({ clock, max: CODES_PER_WINDOW, windowMs: CODE_LIFE_MS });
  const router = new Router();
  router.get(PATH, async (ctx) => {
    const next = toLocalPath(ctx.query.next, '/console');
    if ((await needs.visits.findVisitor(ctx as Context)) || (await enter(ctx as Context, needs))) {
      leadOn(ctx as Context, next);
      return;
    }
    await showCode(ctx as Context, { ...needs, takeCode, page: openPage(ctx as Context), next });
  });
  router.get(`${PATH}/state`, async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const { state } = await needs.core.signIn.findCode(readCookie(ctx as Context, COOKIE));
    // Another tab of this browser may have used the code up.
    const isIn = state === 'dead' && (await needs.visits.findVisitor(ctx as Context)) !== null;
    ctx.body = { state: isIn ? 'scanned' : state };
  });
  return router.routes() as Middleware;
}

/** Signs the browser in whose code was scanned; false while it was not. */
async function enter(ctx: Context, { core, visits }: SignInNeeds): Promise<boolean> {
  const secret = readCookie(ctx, COOKIE);
  const personId = secret === '' ? null : await core.signIn.useCode(secret);
  if (personId === null) {
    return false;
  }
  const entry = await core.accounts.findEntry(personId);
  await visits.signIn(ctx, { personId, accountId: entry.kind === 'account' ? entry.id : null });
  visits.setCookie(ctx, { name: COOKIE, value: '', path: PATH });
  return true;
}

function leadOn(ctx: Context, next: string): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.redirect(next);
}

interface Showing extends SignInNeeds {
  page: Page<Words>;
  next: string;
  takeCode: TakeFromWindow;
}

/** Shows the code that this browser waits with already, or a new one. */
async function showCode(ctx: Context, showing: Showing): Promise<void> {
  const { core, page, next, visits } = showing;
  const known = await core.signIn.findCode(readCookie(ctx, COOKIE));
  if (known.state !== 'waiting' && !showing.takeCode(ctx.ip)) {
    page.notify({ status: 429, mood: 'info', heading: page.t('tooMany'), text: page.t('tooManyText') });
    return;
  }
  const code = known.state === 'waiting' ? known : await makeCode(ctx, showing);
  if (code === null) {
    return;
  }
  if ('secret' in code) {
    visits.setCookie(ctx, { name: COOKIE, value: code.secret, path: PATH, maxAgeS: CODE_LIFE_MS / 1000 });
  }
  const isForFollower = next === '/me' || next.startsWith('/me/');
  page.show({
    template: 'session/sign-in',
    title: page.t('heading'),
    policy: { connect: true },
    values: {
      picture: `data:image/svg+xml;base64,${Buffer.from(await qrSvg(code.url)).toString('base64')}`,
      next: signInPath(next),
      phoneUrl: showing.sandbox ? `/simulator/?scan=${encodeURIComponent(code.url)}` : '',
      enterPath: isForFollower ? signInPath(next, '/me/enter') : '',
      insideWechat: isInsideWechat(ctx.get('User-Agent')),
    },
  });
  ctx.set('Cache-Control', 'no-store');
}

/** A new code; null when WeChat gives none, which was then said. */
async function makeCode(ctx: Context, { core, page, next }: Showing) {
  try {
    return await core.signIn.beginSignIn(readPlace(ctx));
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
    ctx.state.log?.warn('no sign-in code could be made', { error });
    page.notify({
      status: 502,
      mood: 'bad',
      heading: page.t('failed'),
      text: `${page.t('failedText')} ${page.t('adminHelp')}`,
      action: { href: signInPath(next), label: page.t('retry') },
    });
    return null;
  }
}
