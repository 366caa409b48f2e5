/** The response headers of every page for people: what the browser may load, run, frame and tell others. */
import type { Context } from 'koa';

/** What a page needs beyond its own scripts, styles and pictures. Everything not named is forbidden. */
export interface PagePolicy {
  /** Pictures may come from any http or https address, as in messages. */
  remoteImages?: boolean;
  /** style="" attributes count (not style sheets), as in sanitised messages. */
  styleAttributes?: boolean;
  /** The page's script may call this server. */
  connect?: boolean;
  /** Origins or 'self' that the page may show in a frame. */
  frames?: string;
}

/** The Content-Security-Policy of a page (W3C CSP Level 3). */
export function contentPolicy(policy: PagePolicy = {}): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Level 3 only: an older browser shows such a message without its colours.
    ...(policy.styleAttributes ? ["style-src-attr 'unsafe-inline'"] : []),
    `img-src 'self' data:${policy.remoteImages ? ' https: http:' : ''}`,
    ...(policy.connect ? ["connect-src 'self'"] : []),
    ...(policy.frames ? [`frame-src ${policy.frames}`] : []),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
  ].join('; ');
}

/** Sets the headers that every page carries. Pages are personal unless a page says otherwise. */
export function setPageHeaders(ctx: Context, policy?: PagePolicy): void {
  ctx.set({
    'Content-Security-Policy': contentPolicy(policy),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex',
    'Cache-Control': 'private, no-cache',
    Vary: 'Accept-Language, Cookie, User-Agent',
  });
}
