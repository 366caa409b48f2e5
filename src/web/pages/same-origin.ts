/** Tells whether a request was made by a page of our own, for everything that a tap or a form sets going. */
import type { Context, Middleware } from 'koa';

/**
 * Whether a browser made the request for a page of this server. Sec-Fetch-Site (W3C Fetch Metadata), which pages cannot
 * forge, is sent only over https and to loopback: where it is there it must say `same-origin`, and `same-site` is another.
 * Origin is compared wherever it is there: it must name the host that was asked, or the public address. A request with
 * neither header is refused.
 */
export function isSameOrigin(ctx: Context, publicUrl: string): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  const origin = ctx.get('Origin');
  const isSaidBySite = site === 'same-origin';
  if (site !== '' && !isSaidBySite) {
    return false;
  }
  // Browsers write `null` for a form on a page that sends no Referer: then their other word counts.
  return origin === '' || origin === 'null' ? isSaidBySite : isOwnOrigin(ctx, origin, publicUrl);
}

/** Whether a browser says that another site's page made the request. Old browsers inside apps send neither header, programs neither. */
export function isForeign(ctx: Context, publicUrl: string): boolean {
  const isSilent = ctx.get('Sec-Fetch-Site') === '' && ctx.get('Origin') === '';
  return !isSilent && !isSameOrigin(ctx, publicUrl);
}

/** A door that is not there for what other sites' pages send: the doors behind it are asked, as if it were not mounted. */
export function hideFromPages(door: Middleware, publicUrl: string): Middleware {
  return (ctx, next) => (isForeign(ctx, publicUrl) ? next() : door(ctx, next));
}

function isOwnOrigin(ctx: Context, origin: string, publicUrl: string): boolean {
  if (!URL.canParse(origin)) {
    return false;
  }
  return new URL(origin).host === ctx.host || new URL(origin).origin === new URL(publicUrl).origin;
}
