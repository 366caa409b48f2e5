/** The PushPlus dialect: sending, results and callbacks, for programs that have only their host changed. */
import Router from '@koa/router';
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import { judgeKey } from '#src/core/wrong-keys.js';
import type { Dialect, DialectRoute } from '#src/dialects/dialect.js';
import { tellRetryLater } from '#src/dialects/retry-later.js';
import type { Logger } from '#src/lib/logger.js';
import { toCallbackBody } from './callback-body.js';
import { CHANNEL_NAMES } from './channels.js';
import { CODES, type Envelope, invalid, Refusal, toFailure, toRefusal, toSuccess } from './envelope.js';
import { SOURCE } from './limits.js';
import { createOpenApi } from './open/index.js';
import { addResultPage, RESULT_PAGE_ROUTES } from './result-page.js';
import { createSend } from './send.js';
import { drawTemplate, TEMPLATES } from './templates/index.js';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
/** Browsers ask by OPTIONS whether a page may send; that sends nothing. */
const ANSWERED = [...METHODS, 'OPTIONS'];
const SEND_PATHS = ['/send', '/send/:token'];
const BATCH_PATHS = ['/batchSend', '/batchSend/:token'];

/** Makes the dialect. */
export function createPushplus(core: Core): Dialect {
  const { send, batchSend } = createSend(core);
  const router = new Router();
  router.register(SEND_PATHS, ANSWERED, (ctx) =>
    answer(ctx, async () => toSuccess(await send(ctx, ctx.params.token))),
  );
  router.register(BATCH_PATHS, ANSWERED, (ctx) =>
    answer(ctx, async () => {
      const rows = await batchSend(ctx, ctx.params.token, (error) => toRefusal(error, logOf(ctx)));
      return toSuccess(rows, '执行成功');
    }),
  );
  addResultPage(router, core);
  const open = createOpenApi(core);
  router.use(open.router.routes());
  return {
    name: SOURCE,
    routes: [...[...SEND_PATHS, ...BATCH_PATHS].flatMap(toRoutes), ...RESULT_PAGE_ROUTES, ...open.routes],
    router,
    traits: {
      features: ['title', 'markdown', 'html', 'expiry', 'channel', 'topic', 'status', 'callback'],
      channelNames: CHANNEL_NAMES,
    },
    answerUnknown: (ctx) =>
      answer(ctx, () => Promise.reject(new Refusal(CODES.invalid, '接口不存在，请使用 /send/{token}'))),
    management: ['/api/open', '/api/common', '/shortMessage'],
    templates: { names: TEMPLATES, draw: drawTemplate },
    callbackBody: (event) => toCallbackBody(core, event),
  };
}

function toRoutes(path: string): DialectRoute[] {
  return METHODS.map((method) => ({ method, path }));
}

async function answer(ctx: Context, run: () => Promise<Envelope>): Promise<void> {
  ctx.status = 200;
  try {
    // A link preview's HEAD must not send a message.
    if (ctx.method === 'HEAD' || ctx.method === 'OPTIONS') {
      throw invalid(`不支持 ${ctx.method}`);
    }
    ctx.body = await run();
  } catch (thrown) {
    const error = await judgeKey(ctx, thrown);
    ctx.body = toFailure(toRefusal(error, logOf(ctx)));
    tellRetryLater(ctx, error);
  }
}

function logOf(ctx: Context): Logger | undefined {
  const { log }: { log?: Logger } = ctx.state;
  return log;
}
