/** The calls about how long messages, traces and callback logs are kept: for all, by dialect, by app. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { type DialectDays, RETAINED_DIALECTS, RETENTION_LIMITS } from '#src/core/retention.js';
import { getOwnApp } from './access.js';
import { appParams } from './apps-schema.js';
import { declareRoute, type Route } from './route.js';

const days = z.number().int().min(RETENTION_LIMITS.least).max(RETENTION_LIMITS.most);

const dialectDays = z.object(
  Object.fromEntries(RETAINED_DIALECTS.map((dialect) => [dialect, days.nullable()])) as Record<
    keyof DialectDays,
    z.ZodNullable<typeof days>
  >,
);

const retention = z.object({
  days: days.describe('没有另外设定的都保留这么多天 Days for whatever nothing else is said of'),
  dialects: dialectDays.describe('按接口；null 为跟随 days By dialect; null follows `days`'),
});

const retentionChange = z.object({
  days: days.optional(),
  dialects: z.strictObject(dialectDays.partial().shape).optional(),
});

const appRetention = z.object({
  days: days
    .nullable()
    .describe('这个应用的；null 为跟随接口或全站的 Of this app; null follows the dialect or the server'),
});

/** Declares them. */
export function declareRetentionRoutes(core: Core): Route[] {
  return [getRetention(core), setRetention(core), getAppRetention(core), setAppRetention(core)];
}

const readAll = async (core: Core) => ({
  days: await core.retention.readDays(),
  dialects: await core.retention.readDialects(),
});

function getRetention(core: Core): Route {
  return declareRoute({
    name: 'getRetention',
    method: 'get',
    path: '/settings/retention',
    tag: 'settings',
    summary: '保留天数，仅限管理员 For how many days things are kept; operator only',
    status: 200,
    operatorOnly: true,
    answer: retention,
    run: () => readAll(core),
  });
}

function setRetention(core: Core): Route {
  return declareRoute({
    name: 'setRetention',
    method: 'put',
    path: '/settings/retention',
    tag: 'settings',
    summary:
      '设置保留天数，最具体的一项生效：应用、接口、全站；只改给出的字段，仅限管理员 Set for how many days things are kept; the most specific counts: app, dialect, server. Only the fields that are given; operator only',
    status: 200,
    operatorOnly: true,
    body: retentionChange,
    answer: retention,
    async run({ body }) {
      await core.retention.saveDialects(body.dialects ?? {});
      if (body.days !== undefined) {
        await core.retention.saveDays(body.days);
      }
      return readAll(core);
    },
  });
}

function getAppRetention(core: Core): Route {
  return declareRoute({
    name: 'getAppRetention',
    method: 'get',
    path: '/apps/{id}/retention',
    tag: 'apps',
    summary: '应用的消息保留天数 For how many days an app’s messages are kept',
    status: 200,
    params: appParams,
    answer: appRetention,
    async run({ manager, params }) {
      const app = await getOwnApp(core, manager, params.id);
      return { days: await core.retention.readAppDays(app.id) };
    },
  });
}

function setAppRetention(core: Core): Route {
  return declareRoute({
    name: 'setAppRetention',
    method: 'put',
    path: '/apps/{id}/retention',
    tag: 'apps',
    summary:
      '设置应用的消息、轨迹、回调记录保留多少天，仅限管理员 Set for how many days an app’s messages, traces and callback logs are kept; operator only',
    status: 200,
    operatorOnly: true,
    params: appParams,
    body: appRetention,
    answer: appRetention,
    async run({ manager, params, body }) {
      const app = await getOwnApp(core, manager, params.id);
      await core.retention.saveAppDays(app.id, body.days);
      return { days: await core.retention.readAppDays(app.id) };
    },
  });
}
