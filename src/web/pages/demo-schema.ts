/** What the demo page's form may send. */
import { z } from 'zod';
import { isHttpUrl } from '#src/lib/text.js';

const emptyToAbsent = (value: unknown) => (value === '' || value === null ? undefined : value);

/** One push to oneself. The limits are those of the standard send. */
export const demoPushSchema = z.object({
  content: z.string().trim().min(1).max(40_000),
  summary: z.preprocess(emptyToAbsent, z.string().max(100).optional()),
  format: z.enum(['text', 'html', 'markdown']),
  url: z.preprocess(emptyToAbsent, z.string().max(1_000).refine(isHttpUrl).optional()),
});

/** A checked push. */
export type DemoPush = z.infer<typeof demoPushSchema>;
