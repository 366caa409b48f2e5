/** The WxPusher dialect: its clients work unchanged when they are pointed at this server. */
import Router from '@koa/router';
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import { judgeKey } from '#src/core/wrong-keys.js';
import type { Dialect, DialectFeature } from '#src/dialects/dialect.js';
import { tellRetryLater } from '#src/dialects/retry-later.js';
import type { Logger } from '#src/lib/logger.js';
import { toCallbackBody } from './callback-body.js';
import { type Call, toSuccess } from './envelope.js';
import { toErrorEnvelope, toNoSuchCall } from './errors.js';
import { answerPicture, createQrcodeCalls, PICTURE_PATH } from './qrcodes.js';
import { readInput } from './read-input.js';
import { createSendCalls } from './send.js';
import { createSimplePushCalls } from './simple-push.js';
import { createStatusCalls } from './status.js';
import { createUserCalls } from './users.js';

const FEATURES: readonly DialectFeature[] = [
  'summary',
  'markdown',
  'html',
  'link',
  'several',
  'topic',
  'status',
  'callback',
  'takedown',
];

/** Makes the dialect. Its answers are always status 200, also for errors, except for the pictures of QR codes. */
export function createWxpusher(core: Core): Dialect {
  const calls = [
    // Fixed paths come before those with parts that vary.
    ...createSendCalls(core),
    ...createSimplePushCalls(core),
    ...createStatusCalls(core),
    ...createQrcodeCalls(core),
    ...createUserCalls(core),
  ];
  const router = new Router();
  router.get(PICTURE_PATH, (ctx) => answerPicture(core, ctx, ctx.params.code ?? ''));
  for (const path of new Set(calls.map((call) => call.path))) {
    const here = calls.filter((call) => call.path === path);
    // A router's get() would also take HEAD, and a link preview's HEAD must not send a message.
    router.all(path, (ctx) =>
      answer(
        ctx,
        here.find((call) => call.method === ctx.method),
      ),
    );
  }
  router.all(['/api/send{/*rest}', '/api/fun{/*rest}'], (ctx) => answer(ctx, undefined));
  const routes = [...calls, { method: 'GET', path: PICTURE_PATH }].map(({ method, path }) => ({
    method,
    path,
  }));
  return {
    name: 'wxpusher',
    routes,
    router,
    traits: { features: FEATURES },
    answerUnknown: (ctx) => answer(ctx, undefined),
    management: ['/api/fun', '/api/qrcode'],
    callbackBody: toCallbackBody,
  };
}

async function answer(ctx: Context, call: Call | undefined): Promise<void> {
  ctx.status = 200;
  if (!call) {
    ctx.body = toNoSuchCall();
    return;
  }
  try {
    ctx.body = toSuccess(await call.run(await readInput(ctx)));
  } catch (thrown) {
    const error = await judgeKey(ctx, thrown);
    const { log }: { log?: Logger } = ctx.state;
    ctx.body = toErrorEnvelope(error, call.path, log);
    tellRetryLater(ctx, error);
  }
}
