/** The calls about apps. */

import { z } from 'zod';
import type { App } from '#src/core/apps.js';
import type { Core } from '#src/core/index.js';
import type { QrCode } from '#src/core/qrcodes.js';
import { getOwnApp } from './access.js';
import {
  appChange,
  appCreation,
  appDetail,
  appParams,
  appQuota,
  appSummary,
  createdApp,
  printableAsk,
  qrcodeFields,
  replacedToken,
} from './apps-schema.js';
import { declareRoute, type Route } from './route.js';
import { listOf, pageQuery, toSlice } from './schema.js';

const INPUT_ERRORS = ['bad_field', 'bad_url', 'field_too_long', 'blocked_target'] as const;

/** Declares the calls about apps. */
export function declareAppRoutes(core: Core): Route[] {
  return [
    createApp(core),
    listApps(core),
    getApp(core),
    updateApp(core),
    deleteApp(core),
    replaceToken(core),
    setQuota(core),
    makePrintable(core),
  ];
}

function createApp(core: Core): Route {
  return declareRoute({
    name: 'createApp',
    method: 'post',
    path: '/apps',
    tag: 'apps',
    summary: '创建应用；appToken 只在此处出现一次 Create an app; its token is shown here once',
    status: 201,
    body: appCreation,
    answer: createdApp,
    errors: [...INPUT_ERRORS, 'wechat_failed'],
    async run({ manager, body }) {
      const { callbackUrl = '', callbackStyle, callbackCompletions, ...input } = body;
      core.callbacks.checkCallbackUrl(callbackUrl);
      const accountId = manager.role === 'developer' ? manager.accountId : null;
      const { app, appToken } = await core.apps.createApp(input, accountId);
      try {
        const { secret } = await core.callbacks.setCallback(app.id, callbackUrl, {
          style: callbackStyle,
          completions: callbackCompletions,
        });
        const qrcode = await core.qrcodes.getDefault(app.id);
        return {
          id: app.id,
          name: app.name,
          appToken,
          callbackSecret: secret,
          qrcodeUrl: qrcode.url,
          subscribeUrl: toSubscribeUrl(core, app.subscribeCode),
        };
      } catch (error) {
        await core.apps.discardApp(app.id);
        throw error;
      }
    },
  });
}

function listApps(core: Core): Route {
  return declareRoute({
    name: 'listApps',
    method: 'get',
    path: '/apps',
    tag: 'apps',
    summary: '应用列表，新的在前 List apps, newest first',
    status: 200,
    query: z.object(pageQuery(100)),
    answer: listOf(appSummary),
    async run({ manager, query }) {
      const own = manager.role === 'developer' ? { accountId: manager.accountId } : {};
      const { total, items } = await core.apps.listApps({ ...own, ...toSlice(query) });
      return { total, items: items.map((app) => toSummary(core, app)) };
    },
  });
}

function getApp(core: Core): Route {
  return declareRoute({
    name: 'getApp',
    method: 'get',
    path: '/apps/{id}',
    tag: 'apps',
    summary: '查看应用 Get an app',
    status: 200,
    params: appParams,
    answer: appDetail,
    errors: ['wechat_failed'],
    run: async ({ manager, params }) => toDetail(core, await getOwnApp(core, manager, params.id)),
  });
}

function updateApp(core: Core): Route {
  return declareRoute({
    name: 'updateApp',
    method: 'patch',
    path: '/apps/{id}',
    tag: 'apps',
    summary: '修改应用；只改给出的字段 Change an app: only the fields that are given',
    status: 200,
    params: appParams,
    body: appChange,
    answer: appDetail,
    errors: [...INPUT_ERRORS, 'wechat_failed'],
    async run({ manager, params, body }) {
      const { callbackUrl, callbackStyle, callbackCompletions, ...input } = body;
      await getOwnApp(core, manager, params.id);
      const choice = { style: callbackStyle, completions: callbackCompletions };
      // Checked before the first write: a refused call changes nothing.
      core.callbacks.checkCallbackUrl(callbackUrl ?? '');
      await core.callbacks.checkChoice(params.id, choice);
      const app = await core.apps.updateApp(params.id, input);
      if ([callbackUrl, callbackStyle, callbackCompletions].some((given) => given !== undefined)) {
        const known = callbackUrl ?? (await core.callbacks.findCallback(app.id))?.url ?? '';
        await core.callbacks.setCallback(app.id, known, choice);
      }
      return toDetail(core, app);
    },
  });
}

function deleteApp(core: Core): Route {
  return declareRoute({
    name: 'deleteApp',
    method: 'delete',
    path: '/apps/{id}',
    tag: 'apps',
    summary: '删除应用及其主题、二维码、订阅 Delete an app with its topics, QR codes and subscriptions',
    status: 204,
    params: appParams,
    async run({ manager, params }) {
      const app = await getOwnApp(core, manager, params.id);
      await core.apps.deleteApp(app.id);
      core.qrcodes.forgetApp(app.id);
    },
  });
}

function replaceToken(core: Core): Route {
  return declareRoute({
    name: 'replaceAppToken',
    method: 'post',
    path: '/apps/{id}/token',
    tag: 'apps',
    summary: '更换 appToken，旧的立即失效 Replace the app token; the old one is dead at once',
    status: 200,
    params: appParams,
    answer: replacedToken,
    async run({ manager, params }) {
      const app = await getOwnApp(core, manager, params.id);
      return { id: app.id, appToken: await core.apps.replaceToken(app.id) };
    },
  });
}

function setQuota(core: Core): Route {
  return declareRoute({
    name: 'setAppQuota',
    method: 'post',
    path: '/apps/{id}/quota',
    tag: 'apps',
    summary:
      '设置应用的发送限额，空对象表示不限，仅限管理员 Limit what an app may send, {} for no limits; operator only',
    status: 204,
    operatorOnly: true,
    params: appParams,
    body: appQuota,
    async run({ manager, params, body }) {
      const app = await getOwnApp(core, manager, params.id);
      const isFree = body.callsPerTenSeconds === undefined && body.callsPerDay === undefined;
      await core.apps.usePlan(app.id, isFree ? null : await core.quotas.saveLimits(app.id, body));
    },
  });
}

function makePrintable(core: Core): Route {
  return declareRoute({
    name: 'makePrintableQrcode',
    method: 'post',
    path: '/apps/{id}/qrcode',
    tag: 'apps',
    summary:
      '取应用或主题可打印的永久二维码，没有就制作；此后 qrcodeUrl 都是它 The permanent QR code of an app or topic, for print, made on the first call; it is the qrcodeUrl from then on',
    status: 200,
    params: appParams,
    body: printableAsk,
    answer: qrcodeFields,
    errors: ['limit_reached', 'limit_full', 'wechat_failed'],
    async run({ manager, params, body }) {
      const app = await getOwnApp(core, manager, params.id);
      const topic = body.topicId === undefined ? null : await core.topics.getTopic(app.id, body.topicId);
      return toQrcode(await core.qrcodes.getPrintable(app.id, topic?.id ?? 0));
    },
  });
}

/** The text of a QR code, and when it ends. */
export function toQrcode({ url, expiresAt }: QrCode) {
  return { qrcodeUrl: url, qrcodeExpiresAt: expiresAt };
}

/** The address of a subscribe page. */
export function toSubscribeUrl(core: Core, code: string): string {
  return `${core.publicUrl}/s/${code}`;
}

function toSummary(core: Core, app: App) {
  return { ...app, subscribeUrl: toSubscribeUrl(core, app.subscribeCode) };
}

async function toDetail(core: Core, app: App) {
  const [callback, qrcode] = await Promise.all([
    core.callbacks.findCallback(app.id),
    core.qrcodes.getDefault(app.id),
  ]);
  return { ...toSummary(core, app), callbackUrl: callback?.url ?? '', ...toQrcode(qrcode) };
}
