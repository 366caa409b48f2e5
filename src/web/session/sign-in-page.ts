/** The sign-in page: its script asks for a code, which is shown until the phone that scanned it has confirmed, and leads on. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { BROWSER_WAITS_MS, type CodeState } from '#src/core/sign-in.js';
import { qrSvg } from '#src/lib/qr-picture.js';
import { isInsideWechat } from '#src/lib/user-agent.js';
import type { View } from '#src/lib/view.js';
import { createPageOpener, type Notice, type Page } from '#src/web/pages/page.js';
import { isSameOrigin } from '#src/web/pages/same-origin.js';
import { signInPath, toLocalPath } from './next-path.js';
import { SIGN_IN_WORDS } from './sign-in-words.js';
import { noteSignIn, readPlace, type Visits } from './visits.js';

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

/**
 * Serves GET /sign-in, which costs nothing; POST /sign-in/code, by which its script (or a button) has a code made; and GET
 * /sign-in/state, which the script polls. Without scripts the page reloads itself.
 */
export function createSignInPage(needs: SignInNeeds): Middleware {
  const openPage = createPageOpener(needs.view, SIGN_IN_WORDS);
  const router = new Router();
  router.get(PATH, async (ctx) => {
    const next = toLocalPath(ctx.query.next, '/console');
    if ((await needs.visits.findVisitor(ctx as Context)) || (await enter(ctx as Context, needs))) {
      leadOn(ctx as Context, next);
      return;
    }
    await showPage(ctx as Context, { ...needs, page: openPage(ctx as Context), next });
  });
  router.post(`${PATH}/code`, async (ctx) => {
    const next = toLocalPath(ctx.query.next, '/console');
    await giveCode(ctx as Context, { ...needs, page: openPage(ctx as Context), next });
  });
  router.get(`${PATH}/state`, async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const code = await needs.core.signIn.findCode(needs.visits.cookies.read(ctx as Context, COOKIE));
    // Another tab of this browser may have used the code up.
    const isIn = code.state === 'dead' && (await needs.visits.findVisitor(ctx as Context)) !== null;
    ctx.body = {
      state: isIn ? 'confirmed' : code.state,
      ...(code.state === 'asked' ? { number: code.number } : {}),
    };
    forgetRejected(ctx as Context, needs, code);
  });
  return router.routes() as Middleware;
}

/** Signs the browser in whose code was confirmed; false while it was not. */
async function enter(ctx: Context, { core, visits }: SignInNeeds): Promise<boolean> {
  const secret = visits.cookies.read(ctx, COOKIE);
  const personId = secret === '' ? null : await core.signIn.useCode(secret);
  if (personId === null) {
    return false;
  }
  const entry = await core.accounts.findEntry(personId);
  await visits.signIn(ctx, { personId, accountId: entry.kind === 'account' ? entry.id : null });
  visits.cookies.set(ctx, { name: COOKIE, value: '', path: PATH });
  await noteSignIn(ctx, core, personId);
  return true;
}

function leadOn(ctx: Context, next: string): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.redirect(next);
}

interface Showing extends SignInNeeds {
  page: Page<Words>;
  next: string;
}

/** Shows the page, with the code that this browser waits with already where there is one. */
async function showPage(ctx: Context, showing: Showing): Promise<void> {
  const { core, page, next, visits } = showing;
  const known = await core.signIn.findCode(visits.cookies.read(ctx, COOKIE));
  const code = known.state === 'waiting' ? await drawCode(known.url, showing) : { picture: '', phoneUrl: '' };
  const isForFollower = next === '/me' || next.startsWith('/me/');
  page.show({
    template: 'session/sign-in',
    title: page.t('heading'),
    policy: { connect: true },
    values: {
      ...code,
      state: known.state === 'dead' ? '' : known.state,
      number: known.state === 'asked' ? known.number : '',
      next: signInPath(next),
      makePath: signInPath(next, `${PATH}/code`),
      sandbox: showing.sandbox,
      enterPath: isForFollower ? signInPath(next, '/me/enter') : '',
      insideWechat: isInsideWechat(ctx.get('User-Agent')),
    },
  });
  // Else browsers that send no Sec-Fetch-Site would write `Origin: null` for the form of those without scripts.
  ctx.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'same-origin' });
  forgetRejected(ctx, showing, known);
}

/** A refusal is said once; the next page shows a new code. */
function forgetRejected(ctx: Context, { visits }: SignInNeeds, { state }: CodeState): void {
  if (state === 'rejected') {
    visits.cookies.set(ctx, { name: COOKIE, value: '', path: PATH });
  }
}

/** The picture of a code, and in the sandbox the address at which the simulated phone scans it. */
async function drawCode(url: string, { sandbox }: Showing) {
  return {
    picture: `data:image/svg+xml;base64,${Buffer.from(await qrSvg(url)).toString('base64')}`,
    phoneUrl: sandbox ? `/simulator/?scan=${encodeURIComponent(url)}` : '',
  };
}

/** Gives this browser a code: as JSON to the script, else by leading back to the page, which then shows it. */
async function giveCode(ctx: Context, showing: Showing): Promise<void> {
  const { core, page, next, visits } = showing;
  ctx.set('Cache-Control', 'no-store');
  if (!isSameOrigin(ctx, core.publicUrl)) {
    refuse(ctx, page, { status: 403, heading: page.t('foreign'), text: page.t('foreignText') });
    return;
  }
  const known = await core.signIn.findCode(visits.cookies.read(ctx, COOKIE));
  const code = known.state === 'waiting' ? known : await makeCode(ctx, showing);
  if (code === null) {
    return;
  }
  if ('secret' in code) {
    const cookie = { name: COOKIE, value: code.secret, path: PATH, maxAgeS: BROWSER_WAITS_MS / 1000 };
    visits.cookies.set(ctx, cookie);
  }
  if (wantsJson(ctx)) {
    ctx.body = await drawCode(code.url, showing);
  } else {
    ctx.status = 303;
    ctx.redirect(signInPath(next));
  }
}

/** A new code; null when WeChat gives none, which was then said. */
async function makeCode(ctx: Context, { core, page, next }: Showing) {
  try {
    return await core.signIn.beginSignIn(readPlace(ctx));
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
    if (error.code === 'limit_reached') {
      ctx.set('Retry-After', String(error.retryAfterS ?? 1));
      const text = page.language === 'zh' ? error.zh : error.en;
      refuse(ctx, page, { status: 429, heading: page.t('tooMany'), text });
      return null;
    }
    ctx.state.log?.warn('no sign-in code could be made', { error });
    const text = `${page.t('failedText')} ${page.t('adminHelp')}`;
    const action = { href: signInPath(next), label: page.t('retry') };
    refuse(ctx, page, { status: 502, heading: page.t('failed'), text, action });
    return null;
  }
}

function wantsJson(ctx: Context): boolean {
  return ctx.accepts('html', 'json') === 'json';
}

/** Says why there is no code: in the page's own place for it, or as a page. */
function refuse(ctx: Context, page: Page<Words>, why: Omit<Notice, 'mood'>): void {
  if (wantsJson(ctx)) {
    ctx.status = why.status;
    ctx.body = { error: { heading: why.heading, text: why.text } };
    return;
  }
  page.notify({ ...why, mood: why.status === 502 ? 'bad' : 'info' });
}
