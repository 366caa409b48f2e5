/** The endpoints by which machines watch the server: is it alive, is it ready, its numbers. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { AppError } from '#src/core/errors.js';
import { asWrongKey, judgeKey } from '#src/core/wrong-keys.js';
import { equalsInConstantTime } from '#src/lib/hash.js';
import type { Logger } from '#src/lib/logger.js';
import { answerError, readBearer } from '#src/web/api/index.js';
import { isLocalRequest } from '#src/web/local-request.js';

/** What these endpoints ask of the server. */
export interface OpsNeeds {
  /** Whether the database and the engine work; `why` is an English sentence for operators, without secrets. */
  isReady(): Promise<Readiness>;
  /** The numbers in Prometheus' text format. */
  metrics(): Promise<string>;
  /** Opens /metrics to callers from elsewhere; null opens it to none. */
  adminToken: string | null;
}

/** Whether the server can do its work. */
export interface Readiness {
  ready: boolean;
  why?: string;
}

/** Prometheus' text exposition format 0.0.4. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * The door of /healthz (200 `ok` while the process answers), /readyz (200 or 503 with JSON) and /metrics (a loopback
 * peer that no proxy speaks for, or the bearer of ADMIN_TOKEN; else 401). Under any Host: load balancers ask by addresses and by
 * names of their own, and the first two tell a stranger nothing but whether there is a server.
 */
export function createOps(needs: OpsNeeds): Middleware {
  const router = new Router();
  router.get('/healthz', (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.type = 'text';
    ctx.body = 'ok';
  });
  router.get('/readyz', async (ctx) => {
    const readiness = await checkReadiness(ctx, needs);
    ctx.set('Cache-Control', 'no-store');
    ctx.status = readiness.ready ? 200 : 503;
    ctx.body = readiness;
  });
  router.get('/metrics', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    if (!isLocalRequest(ctx) && !holdsToken(ctx, needs.adminToken)) {
      const wrong = asWrongKey(new AppError('unauthorized'), readBearer(ctx) === '' ? 0 : 1);
      answerError(ctx, await judgeKey(ctx, wrong));
      return;
    }
    const text = await needs.metrics();
    ctx.set('Content-Type', METRICS_TYPE);
    ctx.body = text;
  });
  return router.routes() as Middleware;
}

/** A check that fails is an answer too, and a log line. */
async function checkReadiness(ctx: Context, needs: OpsNeeds): Promise<Readiness> {
  try {
    return await needs.isReady();
  } catch (error) {
    (ctx.state.log as Logger | undefined)?.error('the readiness check failed', { error });
    return { ready: false, why: 'the readiness check failed' };
  }
}

function holdsToken(ctx: Context, adminToken: string | null): boolean {
  return adminToken !== null && equalsInConstantTime(readBearer(ctx), adminToken);
}
