/** Tells whether a request was made by a page of our own, for calls that change something without a login. */
import type { Context } from 'koa';

/**
 * Whether a browser made the request for a page of this server. Sec-Fetch-Site (W3C Fetch Metadata), which pages cannot
 * forge, decides where it is sent: only over https and to loopback. Elsewhere the Origin header must name the host that
 * was asked, or the public address. A request with neither header is refused.
 */
export function isSameOrigin(ctx: Context, publicUrl: string): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  if (site !== '') {
    return site === 'same-origin';
  }
  const origin = ctx.get('Origin');
  if (!URL.canParse(origin)) {
    return false;
  }
  return new URL(origin).host === ctx.host || new URL(origin).origin === new URL(publicUrl).origin;
}
