/** The PushDeer dialect: programs that push to PushDeer push to a person here. */
import Router from '@koa/router';
import type { Context } from 'koa';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { PACE_MS } from '#src/core/key-pace.js';
import { asWrongKey, judgeKey } from '#src/core/wrong-keys.js';
import type { Dialect } from '#src/dialects/dialect.js';
import { findOwners, livingOwners } from '#src/dialects/find-owners.js';
import { publishToPeople } from '#src/dialects/person-push.js';
import { tellRetryLater } from '#src/dialects/retry-later.js';
import { BodyError } from '#src/lib/body.js';
import type { Logger } from '#src/lib/logger.js';
import { toDraft } from './draft.js';
import { PushDeerRefusal, type PushFields, readPush } from './read-push.js';

const CODES = { arguments: 80501, other: 80999 };
const DEVICE_REACHED = JSON.stringify({ counts: 1, logs: [], success: 'ok' });
const PATH = '/message/push';
/** Requests that browsers and previews make by themselves. */
const ASKS_ONLY = ['HEAD', 'OPTIONS'];

/** Makes the dialect. Its answers are status 200, also for refusals, but for a key that calls too often. */
export function createPushDeer(core: Core): Dialect {
  const router = new Router();
  router.all(PATH, (ctx) => answer(core, ctx));
  const routes = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ method, path: PATH }));
  return {
    name: 'pushdeer',
    routes,
    router,
    traits: { features: ['title', 'markdown', 'several'] },
    answerUnknown,
  };
}

function answerUnknown(ctx: Context): void {
  ctx.status = 404;
  ctx.body = { code: CODES.other, error: '这里只提供 /message/push only /message/push is served' };
}

async function answer(core: Core, ctx: Context): Promise<void> {
  ctx.status = 200;
  try {
    if (ASKS_ONLY.includes(ctx.method)) {
      throw new PushDeerRefusal('The pushkey field is required.');
    }
    ctx.body = { code: 0, content: { result: await push(core, await readPush(ctx)) } };
  } catch (thrown) {
    const error = await judgeKey(ctx, thrown);
    if (error instanceof AppError && error.code === 'rate_limited') {
      // The one refusal that PushDeer's server makes by its status.
      ctx.status = 429;
      ctx.set({
        'X-RateLimit-Limit': String((await core.keyPace.readLimit()) ?? 0),
        'X-RateLimit-Remaining': '0',
        'Retry-After': String(PACE_MS / 1000),
      });
    }
    ctx.body = toError(error, ctx.state.log);
    tellRetryLater(ctx, error);
  }
}

/** One result a known key, as PushDeer has one a device. */
async function push(core: Core, fields: PushFields): Promise<string[]> {
  const [first, ...others] = livingOwners(await findOwners(core, 'pushdeer', fields.keys));
  if (!first) {
    const refusal = new PushDeerRefusal('没有可用的设备，请先注册：pushkey 无效 unknown pushkey');
    throw asWrongKey(refusal, fields.keys.length);
  }
  await publishToPeople(core, [first, ...others], toDraft(fields));
  return [first, ...others].map(() => DEVICE_REACHED);
}

function toError(error: unknown, log: Logger | undefined): { code: number; error: string } {
  if (error instanceof PushDeerRefusal || error instanceof BodyError) {
    return { code: CODES.arguments, error: error.message };
  }
  if (error instanceof AppError) {
    return { code: error.status < 500 ? CODES.arguments : CODES.other, error: `${error.zh} ${error.en}` };
  }
  log?.error('a pushdeer call failed', { error });
  return { code: CODES.other, error: '服务器内部错误 Internal error' };
}
