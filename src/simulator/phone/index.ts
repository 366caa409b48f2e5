/** Serves the phone page: what a person with WeChat would see, as one HTML page with its own scripts and styles. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Eta } from 'eta';
import type Koa from 'koa';
import { createFixedBody, type FixedBody } from '#src/lib/fixed-body.js';
import { PROJECT_DIR } from '#src/lib/project.js';

/** What the phone page needs to know about the place it is served from. */
export interface PhonePagesOptions {
  /**
   * The path under which the simulator is reached from outside, with or without a closing slash (`/simulator`). It is
   * asked anew for each page. Without it the page's addresses are relative to its own, so that it must be opened with
   * the closing slash.
   */
  basePath?: () => string;
  /**
   * The address under which the simulator is reached, with its path (`http://localhost:8080/simulator`); it stands in
   * for `basePath`. A page asked for under this machine's other name (127.0.0.1 for localhost) is sent there, because
   * cookies and framing, by which pages in the phone know the person, end at the name.
   */
  publicUrl?: () => string;
}

const VIEWS = join(PROJECT_DIR, 'views/phone');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Scripts and styles come from here alone; only pictures and framed pages may come from where a message points. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob: http: https:",
  "connect-src 'self'",
  'frame-src http: https:',
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/**
 * Makes the middleware that answers GET and HEAD of `/` (the page) and of `/phone/<file>` (its scripts and styles, read
 * once, at the first request); everything else goes on to the next middleware.
 */
export function createPhonePages(options: PhonePagesOptions = {}): Koa.Middleware {
  const eta = new Eta({ views: VIEWS, cache: true });
  let files: ReadonlyMap<string, FixedBody> | undefined;
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      return next();
    }
    if (ctx.path === '/' || ctx.path === '') {
      const home = readHome(options);
      const better = home.url && toSameMachine(ctx, home.url);
      if (better) {
        ctx.redirect(better);
        return;
      }
      ctx.type = 'text/html; charset=utf-8';
      ctx.set('cache-control', 'no-store');
      ctx.set('content-security-policy', POLICY);
      ctx.set('referrer-policy', 'same-origin');
      ctx.set('x-content-type-options', 'nosniff');
      ctx.body = eta.render('./page', { base: home.path });
      return;
    }
    files ??= readStaticFiles();
    const file = files.get(ctx.path);
    if (!file) {
      return next();
    }
    ctx.set('cache-control', 'no-cache');
    ctx.set('x-content-type-options', 'nosniff');
    await file.answer(ctx);
  };
}

interface Home {
  url: URL | null;
  /** With a closing slash; null when nobody said it. */
  path: string | null;
}

function readHome({ publicUrl, basePath }: PhonePagesOptions): Home {
  const url = publicUrl ? new URL(publicUrl()) : null;
  const path = url?.pathname ?? basePath?.() ?? null;
  return { url, path: path === null ? null : asFolder(path) };
}

/** Where to send a page asked for under another name of this machine; null when it is right here, or in a frame. */
function toSameMachine(ctx: Koa.Context, home: URL): string | null {
  const isFramed =
    ctx.get('sec-fetch-dest') === 'iframe' || new URLSearchParams(ctx.querystring).has('embed');
  const isOtherName = ctx.host !== home.host && LOOPBACK.has(ctx.hostname) && LOOPBACK.has(home.hostname);
  const isSamePort = ctx.host.split(':').at(-1) === home.host.split(':').at(-1);
  return isOtherName && isSamePort && !isFramed
    ? `${home.origin}${asFolder(home.pathname)}${ctx.search}`
    : null;
}

function asFolder(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

/** Only what lies in the views folder with a known type can ever be asked for: names are keys, never joined paths. */
function readStaticFiles(): ReadonlyMap<string, FixedBody> {
  const files = new Map<string, FixedBody>();
  for (const name of readdirSync(VIEWS)) {
    const type = TYPES[extname(name)];
    if (type) {
      files.set(`/phone/${name}`, createFixedBody(readFileSync(join(VIEWS, name)), type));
    }
  }
  return files;
}
