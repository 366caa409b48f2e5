/** What goes into the calls about topics and what comes out. */
import { z } from 'zod';
import { qrcodeFields } from './apps-schema.js';
import { idField, moment, smallId } from './schema.js';

const name = z.string().meta({ maxLength: 64 });
const more = z
  .object({
    alias: z
      .string()
      .meta({ maxLength: 64 })
      .nullable()
      .describe('自己取的短名，应用内唯一 Your own short name for it, unique in the app'),
    description: z.string().meta({ maxLength: 1000 }),
    contact: z.string().meta({ maxLength: 200 }).describe('联系方式 How to reach who runs it'),
    receipt: z.string().meta({ maxLength: 600 }).describe('加入后的回复 What is said to who joins'),
  })
  .partial();

/** `/apps/{id}/topics` */
export const topicListParams = z.object({ id: smallId });

/** `/apps/{id}/topics/{topicId}` */
export const topicParams = z.object({ id: smallId, topicId: smallId });

/** A new topic. */
export const topicCreation = more.extend({ name });

/** What to change of a topic. */
export const topicChange = more.extend({ name: name.optional() });

/** A new topic as its creator sees it. */
export const createdTopic = z.object({
  id: idField,
  code: z.string(),
  name: z.string(),
  qrcodeUrl: z.string(),
  subscribeUrl: z.string(),
});

/** A topic in a list. */
export const topicSummary = z.object({
  id: idField,
  code: z.string(),
  name: z.string(),
  alias: z.string().nullable(),
  description: z.string(),
  contact: z.string(),
  receipt: z.string(),
  subscribeUrl: z.string(),
  createdAt: moment,
});

/** A topic with its QR code. */
export const topicDetail = topicSummary.extend(qrcodeFields.shape);
