/** The calls about callbacks: an app's endpoint, a test of it, the log, and sending one again. */
import { z } from 'zod';
import { AppError, notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { randomText } from '#src/lib/ids.js';
import { getOwnApp, listOwnAppIds } from './access.js';
import { attempt, DELIVERY_STATES, deliveryState } from './attempts-schema.js';
import { declareRoute, type Route } from './route.js';
import {
  bigId,
  idField,
  listOf,
  moment,
  optionalChoice,
  optionalId,
  pageQuery,
  smallId,
  toSlice,
} from './schema.js';

const appParams = z.object({ id: smallId });

const endpoint = z.object({
  url: z.string(),
  secret: z.string().describe('Standard Webhooks 签名密钥 The secret that signs the requests'),
  oldSecretUntil: moment
    .nullable()
    .describe('更换密钥后，旧密钥同时签名到此时 After a change, when the old secret ceases to sign too'),
  style: z.string(),
  completions: z.boolean().describe('每条消息结束时回调 Whether it hears of the end of every message'),
  disabledAt: moment.nullable().describe('地址失效的时间 When the endpoint was given up'),
  why: z.string(),
});

const logRow = z.object({
  id: idField,
  appId: idField,
  event: z.string(),
  state: deliveryState,
  createdAt: moment,
  nextTryAt: moment.nullable(),
  request: z.object({ url: z.string(), data: z.unknown() }),
  attempts: z.array(attempt),
});

/** Declares the calls about callbacks. */
export function declareCallbackRoutes(core: Core): Route[] {
  return [getEndpoint(core), replaceSecret(core), testEndpoint(core), listLog(core), replayCallback(core)];
}

function getEndpoint(core: Core): Route {
  return declareRoute({
    name: 'getCallback',
    // It shows the signing secret.
    scope: 'manage',
    method: 'get',
    path: '/apps/{id}/callback',
    tag: 'callbacks',
    summary: '应用的回调地址与签名密钥 The endpoint of an app, with its signing secret',
    status: 200,
    params: appParams,
    answer: endpoint,
    async run({ manager, params }) {
      const app = await getOwnApp(core, manager, params.id);
      // An app made elsewhere may have none yet; setting an empty address makes the secret.
      if (!(await core.callbacks.findCallback(app.id))) {
        await core.callbacks.setCallback(app.id, '');
      }
      const found = await core.callbacks.findCallback(app.id);
      if (!found) {
        throw notFound('回调地址 Callback endpoint');
      }
      return { ...found, oldSecretUntil: found.oldUntil };
    },
  });
}

function replaceSecret(core: Core): Route {
  return declareRoute({
    name: 'replaceCallbackSecret',
    method: 'post',
    path: '/apps/{id}/callback-secret',
    tag: 'callbacks',
    summary:
      '更换签名密钥；24 小时内新旧密钥同时签名 Replace the signing secret; for 24 hours both the new and the old one sign',
    status: 200,
    params: appParams,
    answer: endpoint.pick({ secret: true, oldSecretUntil: true }),
    errors: ['conflict'],
    async run({ manager, params }) {
      const app = await getOwnApp(core, manager, params.id);
      if (!(await core.callbacks.findCallback(app.id))) {
        await core.callbacks.setCallback(app.id, '');
      }
      return core.callbackSecrets.replaceSecret(app.id);
    },
  });
}

function testEndpoint(core: Core): Route {
  return declareRoute({
    name: 'testCallback',
    scope: 'send',
    method: 'post',
    path: '/apps/{id}/callback/test',
    tag: 'callbacks',
    summary: '向回调地址发送一个测试事件 Send a test event to the endpoint',
    status: 202,
    params: appParams,
    answer: z.object({ eventId: idField }),
    errors: ['conflict'],
    async run({ manager, params }) {
      const app = await getOwnApp(core, manager, params.id);
      const found = await core.callbacks.findCallback(app.id);
      if (!found?.url) {
        throw new AppError('conflict', { detail: '应用没有回调地址 The app has no callback URL' });
      }
      const eventId = await core.events.emit({
        type: 'callback.test',
        appId: app.id,
        personId: null,
        data: { note: '来自青鸟的测试回调 A test callback from Qingniao' },
        dedupeKey: `callback-test:${randomText(20)}`,
      });
      return { eventId };
    },
  });
}

function listLog(core: Core): Route {
  return declareRoute({
    name: 'listCallbacks',
    method: 'get',
    path: '/callbacks',
    tag: 'callbacks',
    summary: '回调记录，新的在前 The callback log, newest first',
    status: 200,
    query: z.object({ ...pageQuery(100), appId: optionalId, state: optionalChoice(DELIVERY_STATES) }),
    answer: listOf(logRow),
    async run({ manager, query: { appId, state, ...page } }) {
      const appIds =
        appId === undefined
          ? await listOwnAppIds(core, manager)
          : [(await getOwnApp(core, manager, appId)).id];
      return core.callbacks.listLog({ appIds, state, ...toSlice(page) });
    },
  });
}

function replayCallback(core: Core): Route {
  return declareRoute({
    name: 'replayCallback',
    scope: 'send',
    method: 'post',
    path: '/callbacks/{id}/replay',
    tag: 'callbacks',
    summary: '重新发送一条回调 Send a callback again',
    status: 200,
    params: z.object({ id: bigId }),
    answer: z.object({ id: idField, state: z.literal('due') }),
    errors: ['conflict'],
    async run({ manager, params }) {
      await core.callbacks.replay(params.id, await listOwnAppIds(core, manager));
      return { id: params.id, state: 'due' as const };
    },
  });
}
