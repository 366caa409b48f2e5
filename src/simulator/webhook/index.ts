/** Any developer's HTTP server: accepts everything, keeps it, and answers what it was told to answer. */
import type Koa from 'koa';
import { z } from 'zod';
import { BodyError, readRawBody } from '#src/lib/body.js';
import { type ControlRoute, controlRoute, type Platform, type ServedCall } from '../platform.js';
import type { World } from '../world.js';
import { createWebhookStore, type WebhookStore } from './webhook-store.js';

const BODY_LIMIT_BYTES = 1024 * 1024;
const MAX_DELAY_MS = 3_600_000;

const answerSchema = z.strictObject({
  status: z.int().min(200).max(599),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/))
    .optional(),
  body: z.string().optional(),
  delayMs: z.int().min(0).max(MAX_DELAY_MS).optional(),
  times: z.int().min(1).optional(),
});

/** Makes the webhook platform: `/webhook/{name}` and anything below it. */
export function createWebhookPlatform(world: World): Platform {
  const store = createWebhookStore();
  world.inboxes.set('webhook', () => store.newest().map((kept) => ({ ...kept })));
  return {
    name: 'webhook',
    serve: (ctx, path) => serveWebhook({ world, store }, ctx, path),
    controls: webhookControls(store),
    faultBody: (errcode) => ({ errcode, errmsg: 'injected fault' }),
    reset: () => store.clear(),
  };
}

function webhookControls(store: WebhookStore): ControlRoute[] {
  return [
    {
      method: 'GET',
      pattern: '/inboxes/webhook/:name',
      run: ({ params }) => ({ items: store.list(params.name ?? '') }),
    },
    controlRoute({
      method: 'POST',
      pattern: '/webhook/:name/answer',
      schema: answerSchema,
      run: ({ params, body }) => {
        store.tell(params.name ?? '', body);
        return {};
      },
    }),
  ];
}

async function serveWebhook(
  { world, store }: { world: World; store: WebhookStore },
  ctx: Koa.Context,
  path: string,
): Promise<ServedCall> {
  const name = nameIn(path);
  if (!name) {
    ctx.status = 404;
    ctx.body = { error: { code: 'not_found', message: '要有名字：/webhook/{name} A webhook has a name' } };
    return {};
  }
  const body = await readBody(ctx);
  if (body === null) {
    ctx.status = 413;
    return {};
  }
  const headers = Object.fromEntries(
    Object.entries(ctx.req.headers).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.join(', ') : `${value}`,
    ]),
  );
  const request = { method: ctx.method, path: ctx.url, headers, body };
  store.keep(name, { id: world.nextId(), at: world.clock.now(), request, rendered: body });
  world.live.tell('arrival', { platform: 'webhook' });
  await answer(world, ctx, store.takeAnswer(name));
  return {};
}

async function answer(
  world: World,
  ctx: Koa.Context,
  told: ReturnType<WebhookStore['takeAnswer']>,
): Promise<void> {
  if (told?.delayMs) {
    await world.delay(told.delayMs);
  }
  ctx.status = told?.status ?? 200;
  ctx.body = told?.body ?? '';
  for (const [key, value] of Object.entries(told?.headers ?? {})) {
    ctx.set(key, value);
  }
}

function nameIn(path: string): string {
  const [, name = ''] = path.split('/', 2);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

async function readBody(ctx: Koa.Context): Promise<string | null> {
  try {
    return (await readRawBody(ctx.req, { limitBytes: BODY_LIMIT_BYTES })).toString();
  } catch (error) {
    if (error instanceof BodyError && error.reason !== 'aborted') {
      return null;
    }
    throw error;
  }
}
