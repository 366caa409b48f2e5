/** The lists of followers in their two forms, and what an app can do to one relation: end it, block it. */
import type { App } from '#src/core/apps.js';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { Subscription, SubscriptionFilter } from '#src/core/subscriptions.js';
import type { Call } from './envelope.js';
import { getAppByToken } from './find-app.js';
import { parseFields, relationSchema, usersSchema } from './schema.js';

/** The second form's documented limit; the first never had one, so its old clients get more room. */
const MAX_PAGE_SIZE = { v1: 1000, v2: 100 };
const DEFAULT_PAGE_SIZE = 20;
/** WxPusher answers this text to both, and some scripts compare it. */
const DONE = '删除成功';

/** The calls about followers. */
export function createUserCalls(core: Core): Call[] {
  return [
    {
      method: 'GET',
      path: '/api/fun/wxuser',
      run: async ({ fields }) => {
        const { appToken, uid, ...rest } = parseFields(usersSchema, fields);
        const page = readPage(rest, MAX_PAGE_SIZE.v1);
        const app = await getAppByToken(core, appToken);
        return { data: await listPage(core, { appId: app.id, topicId: 0, uid }, page, toOldRow) };
      },
    },
    {
      method: 'GET',
      path: '/api/fun/wxuser/v2',
      run: async ({ fields }) => {
        const { appToken, uid, isBlock, type, ...rest } = parseFields(usersSchema, fields);
        const page = readPage(rest, MAX_PAGE_SIZE.v2);
        const filter = { uid, blocked: isBlock, topicId: toTopicFilter(type) };
        const app = await getAppByToken(core, appToken);
        const list = await listPage(core, { appId: app.id, ...filter }, page, (row) => row);
        return { data: { ...list, records: await toRows(core, app, list.records) } };
      },
    },
    {
      method: 'DELETE',
      path: '/api/fun/remove',
      run: async ({ fields }) => {
        const { appToken, id = 0 } = parseFields(relationSchema, fields);
        const app = await getAppByToken(core, appToken);
        await core.subscriptions.removeSubscription(app.id, id);
        return { data: DONE };
      },
    },
    {
      method: 'PUT',
      path: '/api/fun/reject',
      run: async ({ fields }) => {
        const { appToken, id = 0, reject } = parseFields(relationSchema, fields);
        const app = await getAppByToken(core, appToken);
        if (reject === undefined) {
          throw new AppError('bad_field', { field: 'reject', detail: 'true 拉黑，false 取消拉黑' });
        }
        await core.subscriptions.setBlocked(app.id, id, reject);
        return { data: DONE };
      },
    },
    // Nothing can be bought here, so nobody has paid for anything.
    { method: 'GET', path: '/api/product/query-pay-end-time', run: async () => ({ data: [] }) },
  ];
}

interface PageAsked {
  page: number;
  pageSize: number;
}

/** Pages count from 1. Throws bad_field. */
function readPage(fields: { page?: number; pageSize?: number }, maxSize: number): PageAsked {
  const { page = 1, pageSize = DEFAULT_PAGE_SIZE } = fields;
  if (page < 1 || page > 1_000_000_000) {
    throw new AppError('bad_field', { field: 'page', detail: '从 1 开始' });
  }
  if (pageSize < 1 || pageSize > maxSize) {
    throw new AppError('bad_field', { field: 'pageSize', detail: `1..${maxSize}` });
  }
  return { page, pageSize };
}

function toTopicFilter(type: number | undefined): SubscriptionFilter['topicId'] {
  if (type !== undefined && type !== 0 && type !== 1) {
    throw new AppError('bad_field', { field: 'type', detail: '0 应用，1 主题' });
  }
  return type === 1 ? 'topics' : type;
}

async function listPage<T>(
  core: Core,
  filter: Omit<SubscriptionFilter, 'skip' | 'take'>,
  { page, pageSize }: PageAsked,
  toRow: (subscription: Subscription) => T,
) {
  const skip = (page - 1) * pageSize;
  const { total, items } = await core.subscriptions.listSubscriptions({ ...filter, skip, take: pageSize });
  return { total, page, pageSize, records: items.map(toRow) };
}

/** Names and pictures are always empty: the platform gives none for new followers any more. */
function toOldRow(row: Subscription) {
  return {
    uid: row.uid,
    createTime: row.createdAt.getTime(),
    enable: row.following && !row.paused && !row.blocked,
    headImg: '',
    nickName: '',
  };
}

async function toRows(core: Core, app: App, rows: readonly Subscription[]) {
  const topicIds = [...new Set(rows.map((row) => row.topicId).filter((id) => id > 0))];
  const topics = topicIds.length === 0 ? [] : await core.topics.findTopics(topicIds);
  const nameOf = new Map(topics.map((topic) => [topic.id, topic.name]));
  return rows.map((row) => ({
    uid: row.uid,
    appOrTopicId: row.topicId === 0 ? row.appId : row.topicId,
    headImg: '',
    createTime: row.createdAt.getTime(),
    nickName: '',
    reject: row.blocked,
    id: row.id,
    type: row.topicId === 0 ? 0 : 1,
    target: row.topicId === 0 ? app.name : (nameOf.get(row.topicId) ?? ''),
    payEndTime: 0,
  }));
}
