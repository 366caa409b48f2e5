/** Who makes a request: finds the person behind a cookie, signs browsers in and out, and tells our own forms from others'. */
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import { type SignedIn, sessionLifeOf } from '#src/core/sessions.js';
import { equalsInConstantTime, sha256Hex } from '#src/lib/hash.js';
import { nameBrowser } from '#src/lib/user-agent.js';
import { isForeign } from '#src/web/pages/same-origin.js';
import { type CookieInput, type Cookies, createCookies } from './cookies.js';

/** Somebody who is signed in, and the token that our forms for them carry. */
export interface Visitor extends SignedIn {
  csrf: string;
}

/** Verbs of signing in and out. */
export interface Visits {
  /** Who makes this request, or null; asked once a request. */
  findVisitor(ctx: Context): Promise<Visitor | null>;
  /** Signs this browser in. `followerOnly`: only below /me, beside whoever else is signed in. */
  signIn(ctx: Context, who: SigningIn): Promise<void>;
  /** Ends the session of this request. */
  signOut(ctx: Context, visitor: Visitor): Promise<void>;
  /** Takes this browser's cookies, whose sessions have ended. */
  forget(ctx: Context): void;
  /** Whether a form is one of ours for this visitor: it carries the token and no other site sent it. */
  isOwnForm(ctx: Context, visitor: Visitor, token: string): boolean;
  cookies: Cookies;
}

/** Who signs in. */
export interface SigningIn {
  personId: number;
  accountId: number | null;
  followerOnly?: boolean;
}

/** What visits are made with. */
export interface VisitsNeeds {
  core: Core;
  publicUrl: string;
}

/** The cookie of people who signed in by scanning. */
const COOKIE = 'qn_session';
/** The cookie of followers whom WeChat named: it says nothing outside of /me. */
const FOLLOWER_COOKIE = 'qn_me';
const FOLLOWER_PATH = '/me';

/** Makes the verbs. */
export function createVisits({ core, publicUrl }: VisitsNeeds): Visits {
  const cookies = createCookies(publicUrl);

  async function findVisitor(ctx: Context): Promise<Visitor | null> {
    const isBelowMe = ctx.path === FOLLOWER_PATH || ctx.path.startsWith(`${FOLLOWER_PATH}/`);
    for (const name of isBelowMe ? [FOLLOWER_COOKIE, COOKIE] : [COOKIE]) {
      const secret = cookies.read(ctx, name);
      const found = secret === '' ? null : await core.sessions.findSession(secret);
      if (found) {
        prolong(ctx, toCookie(name, secret), found);
        return { ...found, csrf: sha256Hex(`csrf:${secret}`) };
      }
    }
    return null;
  }

  /** The cookie lasts as long as the session, which each use prolongs; pages only, so that polls stay small. */
  function prolong(ctx: Context, cookie: CookieInput, { account }: SignedIn): void {
    if (ctx.method === 'GET' && account?.role !== 'operator') {
      cookies.set(ctx, cookie);
    }
  }

  async function signIn(ctx: Context, { followerOnly = false, ...person }: SigningIn): Promise<void> {
    const place = readPlace(ctx);
    const secret = await core.sessions.createSession({ ...person, ...place });
    cookies.set(ctx, toCookie(followerOnly ? FOLLOWER_COOKIE : COOKIE, secret));
  }

  async function signOut(ctx: Context, visitor: Visitor): Promise<void> {
    await core.sessions.revokeSession(visitor.personId, visitor.sessionId);
    forget(ctx);
  }

  function forget(ctx: Context): void {
    for (const name of [COOKIE, FOLLOWER_COOKIE]) {
      cookies.set(ctx, toCookie(name, ''));
    }
  }

  function isOwnForm(ctx: Context, visitor: Visitor, token: string): boolean {
    // Where neither header is there the token alone decides.
    return !isForeign(ctx, publicUrl) && equalsInConstantTime(visitor.csrf, token);
  }

  return { findVisitor, signIn, signOut, forget, isOwnForm, cookies };
}

/** Writes down that somebody signed in with this browser. */
export async function noteSignIn(ctx: Context, core: Core, personId: number): Promise<void> {
  const { userAgent, address } = readPlace(ctx);
  const note = { action: 'session.begin', target: nameBrowser(userAgent), address } as const;
  await core.audit.writeEntry({ role: 'follower', personId }, note);
}

/** Where somebody signs in. */
export function readPlace(ctx: Context): { userAgent: string; address: string } {
  return { userAgent: ctx.get('User-Agent'), address: ctx.ip.replace(/^::ffff:/, '') };
}

function toCookie(name: string, value: string): CookieInput {
  const path = name === FOLLOWER_COOKIE ? FOLLOWER_PATH : '/';
  return { name, value, path, maxAgeS: sessionLifeOf(null) / 1000 };
}
