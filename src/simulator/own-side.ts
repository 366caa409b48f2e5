/** Guards the simulator's own side, its control API and phone page: whoever uses them may be anybody, so no web page from elsewhere may. */
import type Koa from 'koa';
import { hostNameOf, hostNameOfUrl, isAddress, isLoopbackName } from '#src/lib/host-names.js';

/** What the simulator is reached by; asked anew for each request, since its port may be known late. */
export interface OwnNames {
  publicUrl(): string;
  /** Further host names, plain. */
  allowedHosts: readonly string[];
}

const WRONG_HOST =
  '模拟器不用这个主机名：请用 localhost，或启动时加 --allowed-hosts（在青鸟里是 ALLOWED_HOSTS） Not a host name of the simulator: use localhost, or start it with --allowed-hosts (within Qingniao: ALLOWED_HOSTS)';
const FOREIGN = '别的网站不能操作模拟器 Other sites may not use the simulator';

/**
 * Refuses with 421 what comes under a host name that is not ours: a page whose name was made to point at this machine would be
 * one of our own to the browser. Refuses with 403 calls that another page made, of a neighbour on the same site too. To stand
 * behind the platforms, whose callers have their own names for them.
 */
export function guardOwnSide(names: OwnNames): Koa.Middleware {
  return (ctx, next) => {
    if (!isOwnHost(ctx, names)) {
      refuse(ctx, 421, { code: 'wrong_host', message: WRONG_HOST });
      return;
    }
    if (ctx.path.startsWith('/api/') && isForeignPage(ctx, names.publicUrl())) {
      refuse(ctx, 403, { code: 'forbidden', message: FOREIGN });
      return;
    }
    return next();
  };
}

/** An address cannot be made to point elsewhere, so any will do. */
function isOwnHost(ctx: Koa.Context, { publicUrl, allowedHosts }: OwnNames): boolean {
  const name = hostNameOf(ctx.req.headers.host);
  const isOurs = isAddress(name) || isLoopbackName(name) || allowedHosts.includes(name);
  return isOurs || (name !== '' && name === hostNameOfUrl(publicUrl()));
}

/** Whether a browser says that another page made the request, of a neighbour on the same site too. Programs send neither header. */
export function isForeignPage(ctx: Koa.Context, publicUrl: string): boolean {
  const site = ctx.get('sec-fetch-site');
  const origin = ctx.get('origin');
  if (site !== '' && site !== 'same-origin' && site !== 'none') {
    return true;
  }
  return origin !== '' && originOf(origin) !== originOf(publicUrl) && hostOf(origin) !== ctx.host;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}

function refuse(ctx: Koa.Context, status: number, error: { code: string; message: string }): void {
  ctx.status = status;
  ctx.body = { error };
}
