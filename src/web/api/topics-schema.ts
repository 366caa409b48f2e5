/** What goes into the calls about topics and what comes out. */
import { z } from 'zod';
import { idField, moment, smallId } from './schema.js';

const name = z.string().meta({ maxLength: 64 });
const description = z.string().meta({ maxLength: 1000 });

/** `/apps/{id}/topics` */
export const topicListParams = z.object({ id: smallId });

/** `/apps/{id}/topics/{topicId}` */
export const topicParams = z.object({ id: smallId, topicId: smallId });

/** A new topic. */
export const topicCreation = z.object({ name, description: description.optional() });

/** What to change of a topic. */
export const topicChange = z.object({ name, description }).partial();

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
  description: z.string(),
  subscribeUrl: z.string(),
  createdAt: moment,
});

/** A topic with its QR code. */
export const topicDetail = topicSummary.extend({ qrcodeUrl: z.string() });
