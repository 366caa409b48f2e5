/** The Bark dialect: programs that push to a bark-server push to a person here. */
import Router from '@koa/router';
import type { Context, Next } from 'koa';
import type { Core } from '#src/core/index.js';
import { judgeKey } from '#src/core/wrong-keys.js';
import type { Dialect } from '#src/dialects/dialect.js';
import { tellRetryLater } from '#src/dialects/retry-later.js';
import type { Logger } from '#src/lib/logger.js';
import { type BarkAnswer, BarkRefusal, toEnvelope, toErrorAnswer, toUnknownKey } from './envelope.js';
import { push } from './push.js';
import { checkKey, register } from './register.js';

/** A key has this form, and no other door's path at the root begins with such a part. */
const KEY = /^[A-Za-z0-9]{22}$/;
/** What nobody but a caller of Bark says. */
const FIELDS = [
  'body',
  'subtitle',
  'device_key',
  'level',
  'sound',
  'badge',
  'group',
  'copy',
  'isarchive',
  'ciphertext',
];
const MAX_SEGMENTS = 4;
/** The version whose parameters and answers these are. */
const INFO = {
  version: 'v2.3.4',
  build: '2026-02-24',
  arch: 'qingniao',
  commit: '1091c91780c032afa4bebc7be5bc36da4b27e323',
  devices: 0,
};

/** Makes the dialect. */
export function createBark(core: Core): Dialect {
  const router = new Router();
  const answerWith = (methods: readonly string[], run: (ctx: Context) => Promise<BarkAnswer>) => {
    return (ctx: Context): Promise<void> => answer(core, ctx, { methods, run });
  };
  router.get(['/', '/healthz'], (ctx, next) => {
    if (!ctx.state.isPrefixed) {
      return next();
    }
    ctx.body = 'ok';
  });
  router.all(
    '/ping',
    answerWith(['GET'], async () => ({ code: 200, message: 'pong' })),
  );
  router.get('/info', (ctx) => {
    ctx.body = INFO;
  });
  router.all(
    '/register',
    answerWith(['GET', 'POST'], (ctx) => register(core, ctx)),
  );
  router.all(
    '/register/:barkKey',
    answerWith(['GET'], (ctx) => checkKey(core, segmentsOf(ctx)[1] ?? '')),
  );
  router.all(
    '/push',
    answerWith(['POST'], (ctx) => push(core, ctx, [])),
  );
  const pushByPath = answerWith(['GET', 'POST'], (ctx) => push(core, ctx, segmentsOf(ctx)));
  router.all('/:barkKey{/*barkRest}', async (ctx, next: Next) => {
    if (!isOurs(ctx)) {
      return next();
    }
    await (segmentsOf(ctx).length > MAX_SEGMENTS ? answerUnknown(core, ctx) : pushByPath(ctx));
  });
  return {
    name: 'bark',
    routes: ROUTES,
    router,
    traits: {
      features: ['title', 'markdown', 'link', 'urgent', 'several', 'encryption'],
      passesTo: ['bark'],
    },
    answerUnknown: (ctx) => answerUnknown(core, ctx),
    answerStranger: (ctx, { key, names }) => {
      const isMeant = FIELDS.some((field) => names?.has(field));
      if (isMeant) {
        const message = `failed to get device token: ${toUnknownKey(key)}`;
        send(ctx, { code: 400, message }, core.clock.now());
      }
      return isMeant;
    },
  };
}

const PUSH_PATHS = [
  '/:barkKey',
  '/:barkKey/:body',
  '/:barkKey/:title/:body',
  '/:barkKey/:title/:subtitle/:body',
];

const ROUTES = [
  { method: 'POST', path: '/push' },
  ...PUSH_PATHS.flatMap((path) => ['GET', 'POST'].map((method) => ({ method, path }))),
  { method: 'POST', path: '/register' },
  { method: 'GET', path: '/register' },
  { method: 'GET', path: '/register/:barkKey' },
  { method: 'GET', path: '/ping' },
  { method: 'GET', path: '/info' },
  // The same paths without the prefix are the product's own.
  { method: 'GET', path: '/bark/' },
  { method: 'GET', path: '/bark/healthz' },
];

/**
 * At the root what begins with the form of a key is ours, whether the key is known or not: a caller with a wrong or revoked
 * one hears so in Bark's words. Under the prefix everything but MCP is.
 */
function isOurs(ctx: Context): boolean {
  const [first = ''] = segmentsOf(ctx);
  return ctx.state.isPrefixed ? first.toLowerCase() !== 'mcp' : KEY.test(first);
}

function answerUnknown(core: Core, ctx: Context): void {
  send(ctx, { code: 404, message: `Cannot ${ctx.method} ${ctx.path}` }, core.clock.now());
}

async function answer(
  core: Core,
  ctx: Context,
  { methods, run }: { methods: readonly string[]; run: (ctx: Context) => Promise<BarkAnswer> },
): Promise<void> {
  const { log }: { log?: Logger } = ctx.state;
  try {
    // A link preview's HEAD must not send a message.
    if (!methods.includes(ctx.method)) {
      throw new BarkRefusal(405, 'Method Not Allowed');
    }
    send(ctx, await run(ctx), core.clock.now());
  } catch (thrown) {
    const error = await judgeKey(ctx, thrown);
    send(ctx, toErrorAnswer(error, log), core.clock.now());
    tellRetryLater(ctx, error);
  }
}

function send(ctx: Context, answer: BarkAnswer, nowMs: number): void {
  ctx.status = answer.code;
  ctx.body = toEnvelope(answer, nowMs);
}

/** The parts of the path, still escaped; a closing slash is none. */
function segmentsOf(ctx: Context): string[] {
  return ctx.path.replace(/^\/|\/$/g, '').split('/');
}
