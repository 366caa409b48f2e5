/** The call that traces a message: its state, and how each delivery went. */
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
});

const messageTrace = z.object({
  id: idField,
  appId: idField.nullable(),
  state: z.enum(['accepted', 'sending', 'sent', 'failed', 'cancelled']),
  total: z.int(),
  sent: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  createdAt: moment,
  waiting: wait.nullable().describe('为何还在等 Why it waits'),
  deliveries: listOf(delivery),
});

/** Declares the call about messages. */
export function declareMessageRoutes(core: Core): Route[] {
  return [
    declareRoute({
      name: 'getMessage',
      method: 'get',
      path: '/messages/{id}',
      tag: 'messages',
      summary:
        '消息的状态与每个接收者的投递记录；id 即 messageContentId Trace a message by its messageContentId',
      status: 200,
      params: z.object({ id: bigId }),
      query: z.object(pageQuery(MAX_PAGE)),
      answer: messageTrace,
      async run({ manager, params, query }) {
        const message = await getOwnMessage(core, manager, params.id);
        const { total, items } = await core.messages.listDeliveries(message.id, toSlice(query));
        const deliveries = items.map((row) => ({ ...row, waiting: row.waits }));
        return {
          ...message,
          waiting: toWaiting(message, core.clock.now()),
          deliveries: { total, items: deliveries },
        };
      },
    }),
  ];
}

/** A message itself waits only for the time that its sender named. */
function toWaiting(message: MessageHead, now: number) {
  if (message.state !== 'accepted' || !message.sendAt || message.sendAt.getTime() <= now) {
    return null;
  }
  return { until: message.sendAt, code: 'scheduled', why: '定时发送 It is to go out then' };
}
