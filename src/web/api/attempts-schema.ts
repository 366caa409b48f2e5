/** How tries and the waits between them look in answers. */
import { z } from 'zod';
import { moment } from './schema.js';

/** The states of a delivery, of which the last four are final. */
export const DELIVERY_STATES = ['due', 'claimed', 'sent', 'failed', 'cancelled', 'unknown'] as const;

/** A delivery's state, which the domain keeps as text. */
export const deliveryState = z.string().pipe(z.preprocess((state) => state, z.enum(DELIVERY_STATES)));

/** One try. */
export const attempt = z.object({
  at: z.int().describe('毫秒时间戳 Milliseconds since the epoch'),
  outcome: z
    .enum(['trying', 'sent', 'retry', 'refused', 'gone', 'unknown', 'confirmed', 'denied', 'skipped'])
    .describe(
      'trying 正在进行，可能正发出；unknown 没有看到应答 `trying`: under way, it may be leaving now; `unknown`: no answer was seen',
    ),
  code: z.string().optional().describe("平台的错误码 The platform's code"),
  detail: z.string().optional(),
  channel: z.string().optional().describe('尝试的通道 The channel that was tried'),
  next: z.string().optional().describe('转到的备用通道 The channel that it goes on to'),
  tookMs: z.number().optional(),
  inDoubt: z
    .literal(true)
    .optional()
    .describe('没有看到应答，可能已送达 No answer was seen: it may have arrived by this try'),
});

/** What holds a message or delivery up. */
export const wait = z.object({ until: moment, code: z.string(), why: z.string() });
