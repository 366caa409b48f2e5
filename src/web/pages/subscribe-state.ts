/** The short-lived cookie that ties the answer of WeChat's OAuth to the browser that asked for it. */
import type { Context } from 'koa';
import type { Clock } from '#src/lib/clock.js';
import { equalsInConstantTime } from '#src/lib/hash.js';
import { randomText } from '#src/lib/ids.js';
import { createCookies } from '#src/web/session/cookies.js';

/** Signs texts and recognises its own signatures. */
export interface Signer {
  sign(value: string): string;
  /** The value that was signed, or null for anything else. */
  verify(signed: string): string | null;
}

/** Begins and ends attempts to be named by WeChat: to subscribe, to see one's own things. */
export interface SubscribeStates {
  /** Sets the cookie for this code and returns the state for the OAuth address: 32 characters of [A-Za-z0-9]. */
  begin(ctx: Context, code: string): string;
  /** Whether `state` is the one that this browser began with for this code within ten minutes. Works once. */
  finish(ctx: Context, attempt: { code: string; state: string }): boolean;
}

const COOKIE = 'qn_subscribe';
const subscribePath = (code: string): string => `/s/${code}`;
const LIFETIME_MS = 10 * 60_000;
/** WeChat allows 128 bytes of [A-Za-z0-9]; 32 such characters cannot be guessed. */
const STATE_LENGTH = 32;

/** Makes the keeper of states. */
export function createSubscribeStates(needs: {
  signer: Signer;
  clock: Clock;
  publicUrl: string;
  /** The cookie's name, and the path of the pages that get it; those of subscribing unless told. */
  cookie?: string;
  pathOf?: (code: string) => string;
}): SubscribeStates {
  const { signer, clock, cookie = COOKIE, pathOf = subscribePath } = needs;
  const cookies = createCookies(needs.publicUrl);
  const setCookie = (ctx: Context, code: string, value: string): void =>
    cookies.set(ctx, { name: cookie, value, path: pathOf(code), maxAgeS: LIFETIME_MS / 1000 });
  return {
    begin(ctx, code) {
      const state = randomText(STATE_LENGTH);
      const signed = signer.sign(`${state}.${clock.now() + LIFETIME_MS}.${code}`);
      setCookie(ctx, code, signed);
      return state;
    },
    finish(ctx, attempt) {
      const signed = cookies.read(ctx, cookie);
      setCookie(ctx, attempt.code, '');
      const [state = '', expiresAtMs = '', code = ''] = (signer.verify(signed) ?? '').split('.');
      const isSame = equalsInConstantTime(state, attempt.state) && code === attempt.code;
      return isSame && state.length === STATE_LENGTH && clock.now() < Number(expiresAtMs);
    },
  };
}
