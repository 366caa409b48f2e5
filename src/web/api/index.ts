/** The management API: /api/v1 and its description at /openapi.json, both from the same declarations. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { AppError, notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { createFixedBody } from '#src/lib/fixed-body.js';
import { lazy } from '#src/lib/lazy.js';
import { declareAppRoutes } from './apps.js';
import { declareBackupRoutes } from './backups.js';
import { declareCallbackRoutes } from './callbacks.js';
import { declareChannelRoutes } from './channels.js';
import { declareContactRoutes } from './contacts.js';
import { answerJson, guardRoute } from './guard.js';
import { declareLimitRoutes } from './limits.js';
import { declareMessageRoutes } from './messages.js';
import { declareNotifyRoutes } from './notify.js';
import { declareOpenAccessRoutes } from './open-access.js';
import { buildOpenApi } from './openapi.js';
import { declarePlanRoutes } from './plans.js';
import { declarePointRoutes } from './points.js';
import { declareRetentionRoutes } from './retention.js';
import type { Route } from './route.js';
import { declareSessionRoutes } from './sessions.js';
import { declareSubscriberRoutes } from './subscribers.js';
import { declareTopicRoutes } from './topics.js';
import { declareUserRoutes } from './users.js';
import { declareWechatRoutes } from './wechat.js';

export { readBearer } from './guard.js';
export { answerError } from './json-errors.js';

/** What the API needs beside the domain. */
export interface ApiExtras {
  /** Creates the official account's menu; throws AppError wechat_failed when WeChat refuses. */
  createMenu(): Promise<void>;
}

/** Where the calls live. */
export const API_PREFIX = '/api/v1';

/** Makes the API's door. It calls next for what is not its own. */
export function createApi(core: Core, extras: ApiExtras): Middleware {
  // The router's own type asks for a context that only the router itself makes.
  return createApiRouter(core, extras).routes() as Middleware;
}

/**
 * The router of the management API. It answers everything under /api/v1, unknown paths and methods included, as
 * `{error: {code, message}}`, and /openapi.json without sign-in.
 */
export function createApiRouter(core: Core, extras: ApiExtras): Router {
  const routes = declareRoutes(core, extras);
  const router = new Router();
  for (const route of routes) {
    router.register(toKoaPath(route.path), [route.method], guardRoute(route, core), { name: route.name });
  }
  const document = lazy(() => {
    const description = buildOpenApi(routes, { prefix: API_PREFIX, publicUrl: core.publicUrl });
    return createFixedBody(Buffer.from(JSON.stringify(description)), 'application/json; charset=utf-8');
  });
  router.get('openapi', '/openapi.json', (ctx) => {
    ctx.set('Cache-Control', 'public, no-cache');
    return document().answer(ctx as Context);
  });
  mountRefusals(router, routes);
  return router;
}

/** The document of /openapi.json. */
export function describeApi(core: Core): object {
  const routes = declareRoutes(core, { createMenu: async () => {} });
  return buildOpenApi(routes, { prefix: API_PREFIX, publicUrl: core.publicUrl });
}

function declareRoutes(core: Core, extras: ApiExtras): Route[] {
  return [
    ...declareAppRoutes(core),
    ...declareTopicRoutes(core),
    ...declareSubscriberRoutes(core),
    ...declareUserRoutes(core),
    ...declareSessionRoutes(core),
    ...declareOpenAccessRoutes(core),
    ...declarePlanRoutes(core),
    ...declareRetentionRoutes(core),
    ...declareLimitRoutes(core),
    ...declareContactRoutes(core),
    ...declarePointRoutes(core),
    ...declareChannelRoutes(core),
    ...declareNotifyRoutes(core),
    ...declareMessageRoutes(core),
    ...declareCallbackRoutes(core),
    ...declareBackupRoutes(core),
    ...declareWechatRoutes(() => extras.createMenu()),
  ];
}

/** What no declaration takes: another method of a known path, and unknown paths. */
function mountRefusals(router: Router, routes: readonly Route[]): void {
  const methodsOf = new Map<string, string[]>();
  for (const { path, method } of routes) {
    methodsOf.set(path, [...(methodsOf.get(path) ?? []), method.toUpperCase()]);
  }
  for (const [path, methods] of methodsOf) {
    router.all(
      `other methods of ${path}`,
      toKoaPath(path),
      answerJson((ctx) => {
        ctx.set('Allow', methods.join(', '));
        throw new AppError('method_not_allowed');
      }),
    );
  }
  router.all(
    'unknown paths',
    `${API_PREFIX}{/*rest}`,
    answerJson(() => {
      throw notFound('接口 Call');
    }),
  );
}

function toKoaPath(path: string): string {
  return API_PREFIX + path.replace(/\{(\w+)\}/g, ':$1');
}
