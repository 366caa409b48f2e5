/** The calls that trace a message, stop what of it has not left, and send again what failed. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import type { MessageHead } from '#src/core/messages.js';
import { getOwnMessage } from './access.js';
import { attempt, deliveryState, wait } from './attempts-schema.js';
import { declareRoute, type Route } from './route.js';
import { bigId, idField, listOf, moment, pageQuery, toSlice } from './schema.js';

/** The most deliveries of one answer: a broadcast has many, and whoever checks them all wants few calls. */
const MAX_PAGE = 1000;

const delivery = z.object({
  uid: z.string(),
  channel: z.string(),
  state: deliveryState,
  nextTryAt: moment.nullable(),
  waiting: wait.nullable().describe('为何还在等 Why it waits'),
  attempts: z.array(attempt),
  readAt: moment.nullable().describe('接收者第一次打开消息页的时间 When its receiver first opened the page'),
});

const messageTrace = z.object({
  id: idField,
  appId: idField.nullable(),
  state: z.enum(['accepted', 'sending', 'sent', 'failed', 'cancelled', 'unknown']),
  total: z.int(),
  sent: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  unknown: z.int().describe('不知是否送达的投递数 Deliveries of which nobody knows whether they arrived'),
  read: z.int().describe('已读的投递数 Deliveries whose receivers read it'),
  createdAt: moment,
  waiting: wait.nullable().describe('为何还在等 Why it waits'),
  deliveries: listOf(delivery),
});

/** Declares the calls about messages. */
export function declareMessageRoutes(core: Core): Route[] {
  return [traceMessage(core), cancelMessage(core), resendMessage(core)];
}

function traceMessage(core: Core): Route {
  return declareRoute({
    name: 'getMessage',
    method: 'get',
    path: '/messages/{id}',
    tag: 'messages',
    summary:
      '消息的状态与每个接收者的投递记录；id 即 messageContentId Trace a message by its messageContentId',
    status: 200,
    params: z.object({ id: bigId }),
    query: z.object({
      ...pageQuery(MAX_PAGE),
      state: z
        .enum(['failed', 'unknown'])
        .optional()
        .describe('只列失败的、或不知结果的投递 Only deliveries that failed, or whose fate is unknown'),
    }),
    answer: messageTrace,
    async run({ manager, params, query }) {
      const message = await getOwnMessage(core, manager, params.id);
      const { total, items } = await core.messages.listDeliveries(message.id, {
        ...toSlice(query),
        ...(query.state ? { state: query.state } : {}),
      });
      const deliveries = items.map((row) => ({ ...row, waiting: row.waits }));
      return {
        ...message,
        waiting: toWaiting(message, core.clock.now()),
        deliveries: { total, items: deliveries },
      };
    },
  });
}

const messageParams = z.object({ id: bigId });

function cancelMessage(core: Core): Route {
  return declareRoute({
    name: 'cancelMessage',
    scope: 'send',
    method: 'post',
    path: '/messages/{id}/cancel',
    tag: 'messages',
    summary:
      '取消还没发出的投递；可重复调用，已结束的消息不变 Cancel what has not left; repeating it is safe, an ended message stays as it is',
    status: 200,
    params: messageParams,
    answer: z.object({
      id: idField,
      cancelled: z.int().describe('这次取消的投递数 Deliveries cancelled by this call'),
    }),
    async run({ manager, params }) {
      const { id } = await getOwnMessage(core, manager, params.id);
      const cancelled = await core.messages.cancel(id, await core.audit.nameActor(manager));
      await core.audit.writeEntry(manager, {
        action: 'message.cancel',
        target: `message ${id}`,
        detail: String(cancelled),
      });
      return { id, cancelled };
    },
  });
}

function resendMessage(core: Core): Route {
  return declareRoute({
    name: 'resendMessage',
    scope: 'send',
    method: 'post',
    path: '/messages/{id}/resend',
    tag: 'messages',
    summary:
      '重新发送失败的投递；state 为 unknown 时重发不知结果的，可能收到两次 Send again what failed, or with `unknown` what may have arrived and may then show twice',
    status: 202,
    params: messageParams,
    query: z.object({ state: z.enum(['failed', 'unknown']).default('failed') }),
    answer: z.object({
      id: idField,
      resent: z.int().describe('重新发送的投递数 Deliveries that go out again'),
    }),
    errors: ['conflict'],
    async run({ manager, params, query }) {
      const { id } = await getOwnMessage(core, manager, params.id);
      const resent = await core.messages.resend(id, await core.audit.nameActor(manager), query.state);
      await core.audit.writeEntry(manager, {
        action: 'message.resend',
        target: `message ${id}`,
        detail: String(resent),
      });
      return { id, resent };
    },
  });
}

/** A message itself waits only for the time that its sender named. */
function toWaiting(message: MessageHead, now: number) {
  if (message.state !== 'accepted' || !message.sendAt || message.sendAt.getTime() <= now) {
    return null;
  }
  return { until: message.sendAt, code: 'scheduled', why: '定时发送 It is to go out then' };
}
