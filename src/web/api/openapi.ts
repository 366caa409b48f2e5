/** Writes the OpenAPI 3.1 document out of the declared calls. */
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#src/core/errors.js';
import type { Fields } from './parse.js';
import { type Route, scopeOf } from './route.js';
import { buildWebhooks } from './webhooks.js';

/** Where the calls live: the path before each of them, and the server's address. */
export interface ApiPlace {
  prefix: string;
  publicUrl: string;
}

const INTRO =
  '青鸟的管理接口。时间都是毫秒时间戳，编号都是小于 2^53 的整数。不认识的字段和参数会被拒绝，有相近的名字就指出来。' +
  'The management API of Qingniao. All moments are milliseconds since the Unix epoch; all ids are integers below 2^53. Unknown fields and parameters are refused, naming a known one that is like it.';

const TAGS: Readonly<Record<string, string>> = {
  apps: '应用 Apps',
  topics: '主题 Topics',
  subscribers: '订阅者 Subscribers',
  users: '用户 Users',
  keys: '密钥 Keys',
  contacts: '邮箱和手机 Contacts',
  points: '积分 Points',
  channels: '通道 Channels',
  notify: '企业微信通知 WeCom notify',
  messages: '消息 Messages',
  callbacks: '回调 Callbacks',
  settings: '设置 Settings',
  backups: '备份 Backups',
  wechat: '公众号 Official account',
};

/** The document as a plain object. */
export function buildOpenApi(routes: readonly Route[], place: ApiPlace) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = place.prefix + route.path;
    paths[path] = { ...paths[path], [route.method]: toOperation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: '青鸟 Qingniao 管理接口 Management API', version: '1', description: INTRO },
    servers: [{ url: place.publicUrl }],
    security: [{ bearer: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    webhooks: buildWebhooks(toSchema),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'ADMIN_TOKEN，或用户的 personal 密钥 ADMIN_TOKEN, or a person’s `personal` key',
        },
      },
      schemas: { Error: errorSchema() },
    },
  };
}

function toOperation(route: Route) {
  const parameters = [...toParameters(route.params, 'path'), ...toParameters(route.query, 'query')];
  return {
    operationId: route.name,
    tags: [route.tag],
    summary: route.summary,
    security: [{ bearer: [scopeOf(route)] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: toSchema(route.body, 'input') } },
          },
        }
      : {}),
    responses: { [route.status]: toSuccess(route), ...toRefusals(route) },
  };
}

function toSuccess(route: Route) {
  if (route.file) {
    return { description: '文件 The file', content: { [route.file]: {} } };
  }
  const description = route.answer ? '成功 Success' : '成功，没有内容 Success without content';
  return route.answer
    ? { description, content: { 'application/json': { schema: toSchema(route.answer, 'output') } } }
    : { description };
}

function toParameters(fields: Fields, place: 'path' | 'query') {
  return Object.entries(fields.shape).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || !z.safeParse(schema, undefined).success,
    schema: toSchema(schema, 'output'),
  }));
}

/** Every status a call can refuse with, and the codes behind it. */
function toRefusals(route: Route) {
  const codes = new Set<ErrorCode>(['unauthorized', 'scope_missing', 'internal', ...(route.errors ?? [])]);
  if (route.operatorOnly) {
    codes.add('forbidden');
  }
  if (Object.keys(route.params.shape).length > 0 || 'appId' in route.query.shape) {
    codes.add('not_found');
  }
  if (Object.keys(route.query.shape).length > 0) {
    codes.add('bad_request');
  }
  if (route.body) {
    codes.add('bad_request').add('bad_json').add('bad_encoding').add('too_large');
  }
  const refusals: Record<string, unknown> = {};
  for (const status of new Set([...codes].map((code) => ERRORS[code].status))) {
    const names = [...codes].filter((code) => ERRORS[code].status === status);
    refusals[status] = {
      description: names.join(', '),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    };
  }
  return refusals;
}

function errorSchema() {
  const code = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);
  const message = z.string().describe('中文在前，英文在后 Chinese, then English');
  return toSchema(z.object({ error: z.object({ code, message }) }), 'output');
}

function toSchema(schema: z.core.$ZodType, io: 'input' | 'output'): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    // Answers may gain fields: a client that refuses unknown ones would break.
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
      // The library spells out the limits of the number type itself, which say nothing.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) {
        delete jsonSchema.minimum;
      }
    },
  });
  return rest;
}
