/** Serves the phone page: what a person with WeChat would see, as one HTML page with its own scripts and styles. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type Koa from 'koa';

/** What the phone page needs to know about the place it is served from. */
export interface PhonePagesOptions {
  /**
   * The path under which the simulator is reached from outside, with or without a closing slash (`/simulator`). It is
   * asked anew for each page. Without it the page's addresses are relative to its own, so that it must be opened with
   * the closing slash.
   */
  basePath?: () => string;
}

interface StaticFile {
  type: string;
  body: Buffer;
  etag: string;
}

const VIEWS = fileURLToPath(new URL('../../../views/phone/', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

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
  let files: ReadonlyMap<string, StaticFile> | undefined;
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      return next();
    }
    if (ctx.path === '/' || ctx.path === '') {
      ctx.type = 'text/html; charset=utf-8';
      ctx.set('cache-control', 'no-store');
      ctx.set('content-security-policy', POLICY);
      ctx.set('referrer-policy', 'same-origin');
      ctx.set('x-content-type-options', 'nosniff');
      ctx.body = eta.render('./page', { base: options.basePath ? asFolder(options.basePath()) : null });
      return;
    }
    files ??= readStaticFiles();
    const file = files.get(ctx.path);
    if (!file) {
      return next();
    }
    sendFile(ctx, file);
  };
}

function sendFile(ctx: Koa.Context, file: StaticFile): void {
  ctx.status = 200;
  ctx.set('cache-control', 'no-cache');
  ctx.set('x-content-type-options', 'nosniff');
  ctx.etag = file.etag;
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  ctx.set('content-type', file.type);
  ctx.body = file.body;
}

function asFolder(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

/** Only what lies in the views folder with a known type can ever be asked for: names are keys, never joined paths. */
function readStaticFiles(): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const name of readdirSync(VIEWS)) {
    const type = TYPES[extname(name)];
    if (type) {
      const body = readFileSync(join(VIEWS, name));
      const etag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
      files.set(`/phone/${name}`, { type, body, etag });
    }
  }
  return files;
}
