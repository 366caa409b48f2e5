/** The Koa app: what every request passes, and all doors in the order in which they are asked. */
import Koa, { type Context, type Middleware, type Next } from 'koa';
import { AppError } from '#src/core/errors.js';
import type { WrongKeys } from '#src/core/wrong-keys.js';
import { BodyError } from '#src/lib/body.js';
import { readClientAddress } from '#src/lib/client-address.js';
import { randomText } from '#src/lib/ids.js';
import type { Logger } from '#src/lib/logger.js';
import type { WriteErrorPage } from '#src/web/pages/index.js';

/** What the app is made of. */
export interface AppParts {
  log: Logger;
  /** Doors and pages, the most specific first; each calls next for what it does not know. */
  doors: readonly Middleware[];
  writeErrorPage: WriteErrorPage;
  /** How many reverse proxies stand in front. */
  proxies?: number;
  /** Counts the wrong tokens, keys and codes that doors refuse; absent: nobody does. */
  wrongKeys?: WrongKeys;
}

/** Makes the app. Of all headers that proxies write it reads one, and only as far as `proxies` says. */
export function createApp(parts: AppParts): Koa {
  const app = new Koa();
  app.silent = true;
  app.on('error', (error: unknown) => {
    if (!isGone(error)) {
      parts.log.error('an answer could not be written', { error });
    }
  });
  app.use(nameCaller(parts));
  app.use(trackRequest(parts.log));
  app.use(catchErrors(parts));
  for (const door of parts.doors) {
    app.use(door);
  }
  app.use((ctx) => {
    writeProblem(parts, ctx, 404, { code: 'not_found', message: '没有这个地址 Not found' });
  });
  return app;
}

/**
 * Sets `ctx.ip` and what counts wrong keys for all that follows. Not Koa's own `proxy` setting: that believes X-Forwarded-Host and -Proto too, which
 * many proxies pass on as the caller wrote them.
 */
function nameCaller({ proxies = 0, wrongKeys }: AppParts): Middleware {
  return (ctx, next) => {
    ctx.state.wrongKeys = wrongKeys;
    // No browser may take an answer for something else than what we say it is, a dialect's too.
    ctx.set('X-Content-Type-Options', 'nosniff');
    const forwarded = ctx.get('X-Forwarded-For');
    ctx.request.ip = readClientAddress({ peer: ctx.req.socket.remoteAddress, forwarded, proxies });
    return next();
  };
}

/** Gives the request an id and a logger, and logs how it went: quietly, or loudly when we failed. */
function trackRequest(log: Logger): Middleware {
  const boot = randomText(6);
  let requests = 0;
  return async (ctx: Context, next: Next) => {
    requests += 1;
    const requestId = `${boot}${requests.toString(36).padStart(6, '0')}`;
    const startedAt = performance.now();
    ctx.state.requestId = requestId;
    ctx.state.log = log.child('http', { requestId });
    await next();
    closePage(ctx);
    const fields = {
      method: ctx.method,
      route: routeOf(ctx),
      status: ctx.status,
      tookMs: performance.now() - startedAt,
      ...(typeof ctx.state.why === 'string' ? { why: ctx.state.why } : {}),
    };
    if (ctx.status >= 500) {
      ctx.state.log.warn('a request failed', fields);
    } else {
      ctx.state.log.debug('request', fields);
    }
  };
}

/** What is shown as a page and has said nothing of what it may load may load nothing: a dialect's little pages. */
function closePage(ctx: Context): void {
  const { response, res } = ctx;
  if (response.type === 'text/html' && !ctx.headerSent && !res.hasHeader('Content-Security-Policy')) {
    ctx.set('Content-Security-Policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'self'");
  }
}

/** The one error boundary: what no door has turned into its own envelope ends here, without a stack. */
function catchErrors(parts: AppParts): Middleware {
  return async (ctx: Context, next: Next) => {
    try {
      await next();
    } catch (error) {
      if (error instanceof AppError) {
        ctx.state.why = error.en;
        writeProblem(parts, ctx, error.status, { code: error.code, message: `${error.zh} ${error.en}` });
        if (error.retryAfterS !== null) {
          ctx.set('Retry-After', String(error.retryAfterS));
        }
      } else if (error instanceof BodyError) {
        const status = error.reason === 'too_large' ? 413 : 400;
        writeProblem(parts, ctx, status, {
          code: 'bad_request',
          message: '请求体无法读取 The body cannot be read',
        });
      } else if (!isGone(error)) {
        ctx.state.log.error('a request met a bug', { route: routeOf(ctx), error });
        writeProblem(parts, ctx, 500, { code: 'internal', message: '服务器内部错误 Internal error' });
      }
    }
  };
}

function writeProblem(
  parts: AppParts,
  ctx: Context,
  status: number,
  problem: { code: string; message: string },
): void {
  // Programs say */* or nothing, browsers ask for HTML first.
  if (ctx.path.startsWith('/api/') || ctx.accepts('json', 'html') !== 'html') {
    ctx.status = status;
    ctx.body = { error: problem };
  } else {
    parts.writeErrorPage(ctx, status, ctx.state.requestId as string);
  }
}

/** The route's pattern, or where there is none a short plain first part: addresses themselves may hold keys. */
function routeOf(ctx: Context): string {
  const [, first = ''] = ctx.path.split('/');
  const plain = /^[a-z][a-z.-]{0,15}$/.test(first) ? `/${first}` : '/…';
  return typeof ctx._matchedRoute === 'string' ? ctx._matchedRoute : plain;
}

/** A caller that goes away in the middle is everyday life. */
function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const aborted = error instanceof BodyError && error.reason === 'aborted';
  // HPE_…: Node's HTTP parser met an end in the middle, or no HTTP at all.
  return aborted || /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ERR_STREAM_DESTROYED|HPE_\w+)$/.test(code);
}
