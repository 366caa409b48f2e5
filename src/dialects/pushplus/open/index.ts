/** PushPlus's open API: programs that hold an access key manage an account's tokens, groups, friends, channels and settings. */
import Router from '@koa/router';
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import { judgeKey } from '#src/core/wrong-keys.js';
import type { DialectRoute } from '#src/dialects/dialect.js';
import { invalid, toFailure, toRefusal, toSuccess } from '#src/dialects/pushplus/envelope.js';
import { tellRetryLater } from '#src/dialects/retry-later.js';
import type { Logger } from '#src/lib/logger.js';
import { findCaller, getAccessKey } from './access.js';
import { createBlacklistCalls } from './blacklists.js';
import { type Call, notServed, type Reply } from './call.js';
import { createChannelListCalls } from './channel-lists.js';
import { createFriendCalls, createTopicUserCalls } from './members.js';
import { createMessageCalls } from './messages.js';
import { NOT_SERVED } from './not-served.js';
import { answerPicture, createQrcodeCalls, PICTURE_PATH } from './qrcodes.js';
import { readFields } from './read-fields.js';
import { createTokenCalls } from './tokens.js';
import { createTopicCalls } from './topics.js';
import { createSettingCalls } from './user-settings.js';
import { createUserCalls } from './users.js';
import { createWebhookCalls } from './webhooks.js';

const PREFIX = '/api/open';
const ACCESS_KEY_PATH = '/api/common/openApi/getAccessKey';

/** Makes the open API. Its answers are always status 200, also for errors, except for pictures. */
export function createOpenApi(core: Core): { routes: DialectRoute[]; router: Router } {
  const calls = [
    ...createMessageCalls(core),
    ...createUserCalls(core),
    ...createTokenCalls(core),
    ...createTopicCalls(core),
    ...createQrcodeCalls(core),
    ...createTopicUserCalls(core),
    ...createFriendCalls(core),
    ...createBlacklistCalls(core),
    ...createWebhookCalls(core),
    ...createChannelListCalls(core),
    ...createSettingCalls(core),
  ];
  const router = new Router();
  router.get(PICTURE_PATH, (ctx) => answerPicture(core, ctx, ctx.params.code ?? ''));
  router.all(ACCESS_KEY_PATH, (ctx) =>
    answer(ctx, async () => {
      checkMethod(ctx, 'POST');
      return getAccessKey(core, ctx);
    }),
  );
  for (const call of calls) {
    // A router's get() would also take HEAD, and some of these change things by GET.
    router.all(PREFIX + call.path, (ctx) => answer(ctx, () => runCall(core, ctx, call)));
  }
  for (const { path, what } of NOT_SERVED) {
    router.all(path, (ctx) =>
      answer(ctx, async () => {
        await findCaller(core, ctx);
        throw notServed(what);
      }),
    );
  }
  router.all(`${PREFIX}{/*rest}`, (ctx) =>
    answer(ctx, async () => {
      await findCaller(core, ctx);
      throw invalid('接口不存在');
    }),
  );
  const routes = [
    { method: 'POST', path: ACCESS_KEY_PATH },
    { method: 'GET', path: PICTURE_PATH },
    ...calls.map(({ method, path }) => ({ method, path: PREFIX + path })),
    ...NOT_SERVED.map(({ method, path }) => ({ method, path })),
  ];
  return { routes, router };
}

async function runCall(core: Core, ctx: Context, call: Call): Promise<Reply> {
  const caller = await findCaller(core, ctx);
  checkMethod(ctx, call.method);
  return call.run(caller, await readFields(ctx));
}

function checkMethod(ctx: Context, method: Call['method']): void {
  if (ctx.method !== method) {
    throw invalid(`请求方式应为 ${method}`);
  }
}

async function answer(ctx: Context, run: () => Promise<Reply>): Promise<void> {
  ctx.status = 200;
  try {
    const { data, msg } = await run();
    ctx.body = toSuccess(data, msg);
  } catch (thrown) {
    const error = await judgeKey(ctx, thrown);
    const { log }: { log?: Logger } = ctx.state;
    ctx.body = toFailure(toRefusal(error, log));
    tellRetryLater(ctx, error);
  }
}
