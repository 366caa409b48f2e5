/** What goes into the calls about channels and what comes out. */
import { z } from 'zod';
import { idField, moment, ratherTwice, smallId } from './schema.js';

const value = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .transform((given) => (given === null ? '' : String(given)));
const config = z
  .record(z.string().max(100), value)
  .describe(
    '字段见 GET /channel-kinds；密钥只进不出 Fields as GET /channel-kinds tells; secrets never come out',
  );
const code = z.string().meta({ maxLength: 40 });
const fallback = z
  .int()
  .min(1)
  .max(1000)
  .nullable()
  .describe(
    '在备用链中的位置，从 1 起；null 为不参与 Its place in the fallback chain, from 1; null: not in it',
  );

/** `/users/{uid}/channels` */
export const channelListParams = z.object({ uid: z.string().min(1).max(64) });

/** `/users/{uid}/channels/{id}` */
export const channelParams = z.object({ ...channelListParams.shape, id: smallId });

/** A new channel. */
export const channelCreation = z.object({
  kind: z.string().meta({ maxLength: 40 }),
  code,
  config: config.optional(),
  default: z.boolean().optional(),
  ratherTwice: ratherTwice.optional(),
  fallback: fallback.optional(),
});

/** What to change of a channel; a secret that is left out, or sent back masked, stays. */
export const channelChange = z
  .object({ code, config, default: z.boolean(), ratherTwice, fallback })
  .partial();

/** A new channel as its maker sees it. */
export const createdChannel = z.object({ id: idField, kind: z.string(), code: z.string() });

/** A channel in a list. */
export const channelView = createdChannel.extend({
  config: z.record(z.string(), z.string()).describe('密钥已隐去 Secrets are masked'),
  default: z.boolean(),
  ratherTwice: z.boolean(),
  fallback: z.int().nullable(),
  createdAt: moment,
  lastOkAt: moment.nullable(),
  lastError: z.string(),
  lastErrorAt: moment.nullable(),
  waiting: z
    .array(z.string())
    .describe(
      '等待确认的收件地址：本站代发的邮件要对方先同意 Addresses that must agree first, as this server’s own mailer writes to them',
    ),
});

const words = z.object({ zh: z.string(), en: z.string() });

/** A kind of channel with its form. */
export const channelKind = z.object({
  id: z.string(),
  title: words,
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['text', 'url', 'number', 'choice', 'long-text']),
      label: words,
      hint: words.optional(),
      required: z.boolean(),
      secret: z.boolean(),
      choices: z.array(z.string()).optional(),
    }),
  ),
});
