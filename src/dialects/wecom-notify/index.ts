/** The WeCom notify dialect: `POST /api/notify/{code}` sends through the WeCom app that the code was made for. */
import { setTimeout as sleep } from 'node:timers/promises';
import Router from '@koa/router';
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import type { NotifyTarget } from '#src/core/notify-codes.js';
import { asWrongKey, judgeKey } from '#src/core/wrong-keys.js';
import type { Dialect } from '#src/dialects/dialect.js';
import { tellRetryLater } from '#src/dialects/retry-later.js';
import { awaitAnswer, type Delay } from './await-answer.js';
import { harmlessMarkup, type Note, readNote } from './note.js';
import { Refusal, toRefusal } from './refusals.js';

const PATH = '/api/notify/:code';
const NAME = 'wecom-notify';

/** Makes the dialect. `delay` waits in real time; tests give one that does not. */
export function createWecomNotify(core: Core, delay: Delay = sleep): Dialect {
  const router = new Router();
  router.all(PATH, (ctx) => answer(ctx, () => notify(core, ctx, delay)));
  return {
    name: NAME,
    routes: [{ method: 'POST', path: PATH }],
    router,
    traits: { features: ['title', 'markdown'], onlyBy: ['wecom-app'] },
    answerUnknown: (ctx) =>
      answer(ctx, () => Promise.reject(new Refusal(404, '接口不存在，请使用 POST /api/notify/{code}'))),
  };
}

async function notify(core: Core, ctx: Context, delay: Delay): Promise<object> {
  if (ctx.method !== 'POST') {
    ctx.set('Allow', 'POST');
    throw new Refusal(405, '请使用 POST');
  }
  const target = await core.notifyCodes.findTarget(ctx.params.code ?? '');
  if (!target) {
    throw asWrongKey(new Refusal(404, '未找到配置，请检查 Code 是否正确'));
  }
  const note = await readNote(ctx);
  if (target.refusesLong) {
    refuseLong(core, target, note);
  }
  const { messageId } = await core.publish({
    appId: null,
    senderId: target.senderId,
    title: note.title,
    body: harmlessMarkup(note.content),
    format: 'markdown',
    audience: { people: [target.personId], topics: [] },
    targets: [{ uid: target.uid }],
    source: NAME,
  });
  return awaitAnswer(core, messageId, { delay, log: ctx.state.log });
}

/** WeCom would cut what is longer than 2048 bytes, without a word (message/send, 2025-09). */
function refuseLong(core: Core, target: NotifyTarget, note: Note): void {
  const text = { title: note.title, body: harmlessMarkup(note.content) };
  if (core.notifyCodes.countParts(text, target.settings) > 1) {
    throw new Refusal(400, '标题与消息内容超过企业微信的 2048 字节（一个汉字 3 字节），请缩短');
  }
}

async function answer(ctx: Context, run: () => Promise<object>): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  try {
    ctx.body = await run();
    ctx.status = 200;
  } catch (thrown) {
    const error = await judgeKey(ctx, thrown);
    const { status, message } = toRefusal(error, ctx.state.log);
    ctx.status = status;
    ctx.body = { error: message };
    tellRetryLater(ctx, error);
  }
}
