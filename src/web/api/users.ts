/** The calls about people and the keys by which programs reach them. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Manager } from '#src/core/accounts.js';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { KEY_KINDS } from '#src/core/key-kinds.js';
import type { NewKeyTraits } from '#src/core/keys.js';
import type { QuietHours } from '#src/core/quiet-hours.js';
import { TOKEN_SCOPES, type TokenScope } from '#src/core/token-scopes.js';
import { getOwnPerson } from './access.js';
import { declareFileRoute, declareRoute, type Route } from './route.js';
import { idField, listOf, moment, smallId } from './schema.js';

const userParams = z.object({ uid: z.string().min(1).max(64) });
const keyParams = z.object({ ...userParams.shape, id: smallId });
const kind = z.enum(KEY_KINDS);
/** The end of the year 9999: later days are written in a form that not everything reads. */
const MAX_DATE_MS = 253_402_300_799_999;

const keyName = z
  .string()
  .meta({ maxLength: 64 })
  .describe('名称，区分同类的几个密钥 A name that tells several keys of a kind apart');
const expiry = z
  .int()
  .min(1)
  .max(MAX_DATE_MS)
  .nullable()
  .describe('何时失效，毫秒时间戳；null 为不失效 When it ends; null: never');

const scopes = z.array(z.enum(TOKEN_SCOPES)).min(1);

const timeOfDay = z
  .string()
  .meta({ maxLength: 5 })
  .nullable()
  .describe('中国时间 HH:MM，此间只收紧急消息；null 为不设 China time; urgent messages only; null: none');

const userView = z.object({
  uid: z.string(),
  following: z.boolean().describe('是否关注公众号 Whether they follow the official account'),
  paused: z.boolean().describe('是否自己暂停接收 Whether they paused all messages themselves'),
  quietFrom: timeOfDay,
  quietTo: timeOfDay,
  createdAt: moment,
});

/** Declares the calls about people. */
export function declareUserRoutes(core: Core): Route[] {
  return [
    getUser(core),
    updateUser(core),
    createKey(core),
    listKeys(core),
    revokeKey(core),
    exportUser(core),
    eraseUser(core),
  ];
}

function getUser(core: Core): Route {
  return declareRoute({
    name: 'getUser',
    method: 'get',
    path: '/users/{uid}',
    tag: 'users',
    summary: '查看用户 Get a user',
    status: 200,
    params: userParams,
    answer: userView,
    run: async ({ manager, params }) => showUser(core, await getOwnPerson(core, manager, params.uid)),
  });
}

function updateUser(core: Core): Route {
  return declareRoute({
    name: 'updateUser',
    method: 'patch',
    path: '/users/{uid}',
    tag: 'users',
    summary:
      '设置免打扰时段或暂停接收；只改给出的字段 Set quiet hours or pause all messages: only the fields that are given',
    status: 200,
    params: userParams,
    body: z.object({ quietFrom: timeOfDay, quietTo: timeOfDay, paused: z.boolean() }).partial(),
    answer: userView,
    errors: ['bad_field'],
    async run({ manager, params, body }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      const known = await core.quietHours.getHours(personId);
      const { quietFrom = known?.from ?? null, quietTo = known?.to ?? null, paused } = body;
      const hours = toHours(quietFrom, quietTo);
      if (body.quietFrom !== undefined || body.quietTo !== undefined) {
        await core.quietHours.setHours(personId, hours);
      }
      if (paused !== undefined) {
        await core.people.setPaused(personId, paused);
      }
      return showUser(core, await getOwnPerson(core, manager, params.uid));
    },
  });
}

/** Both times, or none: half a time says nothing. */
function toHours(from: string | null, to: string | null): QuietHours | null {
  if (from === null && to === null) {
    return null;
  }
  if (from === null || to === null) {
    const detail = '两个时刻要么都填，要么都为 null Give both times, or null for both';
    throw new AppError('bad_field', { field: from === null ? 'quietFrom' : 'quietTo', detail });
  }
  return { from, to };
}

async function showUser(core: Core, person: Awaited<ReturnType<typeof getOwnPerson>>) {
  const [wechat, hours] = await Promise.all([
    core.people.findWechatName(person.personId),
    core.quietHours.getHours(person.personId),
  ]);
  return {
    ...person,
    following: wechat?.following ?? false,
    quietFrom: hours?.from ?? null,
    quietTo: hours?.to ?? null,
  };
}

function exportUser(core: Core): Route {
  return declareFileRoute({
    name: 'exportUser',
    method: 'get',
    path: '/users/{uid}/export',
    tag: 'users',
    summary:
      '导出这个人的全部数据，JSON，密钥和通道的机密除外 Export everything about a person as JSON, without secrets of keys and channels',
    status: 200,
    params: userParams,
    file: 'application/json',
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      const { name, parts } = await core.personalData.open(personId);
      return { name, sizeBytes: null, stream: Readable.from(parts) };
    },
  });
}

function eraseUser(core: Core): Route {
  return declareRoute({
    name: 'eraseUser',
    method: 'delete',
    path: '/users/{uid}',
    tag: 'users',
    summary:
      '删除这个人的数据，不能恢复；再关注是一个新用户。还有应用的开发者要先删应用，最后一个管理员不能删 Erase a person for good: who follows again is somebody new. Apps go first, and the last operator stays',
    status: 204,
    params: userParams,
    errors: ['conflict'],
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      await core.erasure.erase(personId, {
        cause: personId === manager.personId ? 'self' : 'operator',
        by: null,
      });
    },
  });
}

function createKey(core: Core): Route {
  return declareRoute({
    name: 'createKey',
    method: 'post',
    path: '/users/{uid}/keys',
    tag: 'keys',
    summary:
      '创建密钥，供对应接口向该用户推送；personal 是管理接口的个人令牌 Create a key for a dialect; `personal` is a token of this API',
    status: 201,
    params: userParams,
    body: z.object({
      kind,
      name: keyName.default(''),
      expiresAt: expiry.default(null),
      scopes: scopes
        .optional()
        .describe(
          'personal 令牌可以做什么，不写为全部；用令牌创建令牌时，不能多于、晚于它自己 What a personal token may do, all unless told; one made by a token has no more scopes and no later end than that',
        ),
    }),
    answer: z.object({ id: idField, key: z.string() }),
    errors: ['bad_field'],
    async run({ manager, params, body }) {
      const person = await getOwnPerson(core, manager, params.uid);
      if (manager.role === 'operator' && body.kind === 'pushplus') {
        // A key with which groups are managed, given by the operator: that is a permission.
        await core.accounts.admitSender(person.personId);
      }
      return core.keys.createKey(person.personId, body.kind, toTraits(manager, body));
    },
  });
}

/** What a key is made with: nobody makes a token that may do more, or works longer, than the one they hold. */
function toTraits(
  { token }: Manager,
  asked: { kind: string; name: string; expiresAt: number | null; scopes?: TokenScope[] | undefined },
): NewKeyTraits {
  const by = token ? { by: { sessionId: token.sessionId, keyId: token.keyId } } : {};
  const expiresAt = asked.expiresAt === null ? null : new Date(asked.expiresAt);
  if (asked.kind !== 'personal') {
    if (asked.scopes) {
      const detail = '只有 personal 令牌有权限之分 only personal tokens have scopes';
      throw new AppError('bad_field', { field: 'scopes', detail });
    }
    return { name: asked.name, expiresAt, ...by };
  }
  const allowed = token?.scopes ?? TOKEN_SCOPES;
  const missing = asked.scopes?.find((scope) => !allowed.includes(scope));
  if (missing) {
    throw new AppError('scope_missing', { scope: missing });
  }
  const end = token?.expiresAt ?? null;
  const isLater = end !== null && (expiresAt === null || expiresAt > end);
  return { name: asked.name, expiresAt: isLater ? end : expiresAt, scopes: asked.scopes ?? allowed, ...by };
}

function listKeys(core: Core): Route {
  return declareRoute({
    name: 'listKeys',
    method: 'get',
    path: '/users/{uid}/keys',
    tag: 'keys',
    summary: '密钥列表，隐去中间部分 List keys, masked',
    status: 200,
    params: userParams,
    answer: listOf(
      z.object({
        id: idField,
        kind,
        key: z.string(),
        name: z.string(),
        createdAt: moment,
        expiresAt: moment.nullable(),
        scopes: scopes
          .nullable()
          .describe('personal 令牌可以做什么，其他为 null What a personal token may do; others: null'),
        usedAt: moment
          .nullable()
          .describe('personal 令牌最近使用，精确到小时 When a personal token was last used, to the hour'),
      }),
    ),
    async run({ manager, params }) {
      const person = await getOwnPerson(core, manager, params.uid);
      const items = await core.keys.listKeys(person.personId);
      return { total: items.length, items };
    },
  });
}

function revokeKey(core: Core): Route {
  return declareRoute({
    name: 'revokeKey',
    method: 'delete',
    path: '/users/{uid}/keys/{id}',
    tag: 'keys',
    summary: '吊销密钥，立即失效 Revoke a key; it is dead at once',
    status: 204,
    params: keyParams,
    async run({ manager, params }) {
      const person = await getOwnPerson(core, manager, params.uid);
      await core.keys.revokeKey(person.personId, params.id);
    },
  });
}
