/** What a WeChat failure means for a delivery. */
import type { Outcome } from '#src/core/types.js';
import { nextChinaMidnight } from '#src/lib/china-time.js';
import { isUnanswered, PlatformError } from '#src/platforms/platform-error.js';

/** The person is no receiver any more: not following, no more a WeChat user, or the openid belongs to another account. */
const GONE = new Set([43004, 40003, 46004, 50005]);
/** The account itself must be mended first (credentials, IP list, template, permission): nothing else would go through. */
const ACCOUNT = new Set([
  40001, 40013, 40014, 40036, 40037, 40125, 40164, 40243, 41002, 41004, 42001, 43116, 48001, 48004, 48008,
  50002, 50004, 61004, 89503, 89506, 89507,
]);
/** A token or a list of templates that cannot be had has sent nothing. */
const SEND_CALL = 'message/template/send';
const ACCOUNT_REST_MS = 60_000;
/** Tokens that die as fast as they are fetched need no mending hand: another one may live. */
const TOKEN_REST_MS = 2000;
const MINUTE_MS = 60_000;

/** Turns a failure of a WeChat call into an outcome; anything that is no platform failure is thrown on, as a bug. */
export function toOutcome(error: unknown, now: number): Outcome {
  if (!(error instanceof PlatformError)) {
    throw error;
  }
  const code = String(error.code ?? error.status ?? error.kind);
  const why = error.advice === '' ? error.message : `${error.message}；${error.advice}`;
  if (error.pause) {
    const afterMs = error.pause === 'day' ? nextChinaMidnight(now) - now : MINUTE_MS - (now % MINUTE_MS);
    return { kind: 'retry', scope: 'queue', afterMs, code, why };
  }
  if (error.kind === 'api' && error.code !== undefined) {
    if (GONE.has(error.code)) {
      return { kind: 'gone', code, why };
    }
    if (ACCOUNT.has(error.code)) {
      const afterMs = error.retryable ? TOKEN_REST_MS : ACCOUNT_REST_MS;
      return { kind: 'retry', scope: 'queue', afterMs, code, why };
    }
    return error.retryable ? { kind: 'retry', code, why } : { kind: 'refused', code, why };
  }
  if (isUnanswered(error, SEND_CALL)) {
    return { kind: 'unknown', code, why };
  }
  return { kind: 'retry', code, why };
}
