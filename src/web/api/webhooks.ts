/** What callbacks in our own form carry, for the OpenAPI document: what a developer's endpoint receives. */
import { z } from 'zod';
import type { EventType } from '#src/core/types.js';
import { idField } from './schema.js';

const uid = z.string();

/** The data of each event, beside the app that it happened to. */
const EVENTS = {
  'message.completed': {
    summary: '一条消息已全部结束 A message has come to its end',
    data: {
      messageId: idField,
      state: z.enum(['sent', 'failed', 'cancelled', 'unknown']),
      total: z.int(),
      sent: z.int(),
      failed: z.int(),
      unknown: z.int().describe('不知是否送达的投递数 Deliveries of which nobody knows whether they arrived'),
      why: z.string().describe('没有人收到时的原因 Why nobody got it; empty where somebody did'),
    },
  },
  'subscription.created': {
    summary: '有人关注了应用 Somebody follows the app',
    data: {
      uid,
      source: z.enum(['scan', 'link', 'command']),
      extra: z.string().describe('二维码的参数 The parameter of the QR code'),
      topicId: idField.describe('0 为应用本身 0: the app itself'),
    },
  },
  'upstream.received': {
    summary: '有人发来消息 Somebody writes to the app',
    data: { uid, content: z.string() },
  },
  'callback.test': { summary: '测试 A test', data: { note: z.string() } },
} as const satisfies Record<EventType, { summary: string; data: z.ZodRawShape }>;

const SIGNATURE =
  '签名遵循 Standard Webhooks Signed as Standard Webhooks says; 2xx means received, else it comes again';

/** The `webhooks` of the document; `toSchema` writes a schema. */
export function buildWebhooks(toSchema: (schema: z.core.$ZodType, io: 'input' | 'output') => object) {
  const entries = Object.entries(EVENTS).map(([type, { summary, data }]) => {
    const body = z.object({
      id: idField,
      type: z.literal(type),
      timestamp: z.string().meta({ format: 'date-time' }),
      data: z.object({ appId: idField, appName: z.string(), ...data }),
    });
    const operation = {
      summary,
      description: SIGNATURE,
      requestBody: { required: true, content: { 'application/json': { schema: toSchema(body, 'output') } } },
      responses: { '2XX': { description: '已收到 Received' } },
    };
    return [type, { post: operation }] as const;
  });
  return Object.fromEntries(entries);
}
