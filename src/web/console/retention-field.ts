/** The field of forms that says for how many days something is kept, where an empty one follows what is less specific. */
import { z } from 'zod';
import { RETENTION_LIMITS } from '#src/core/retention.js';

/** Days, or null for an empty or absent field. */
export const daysOrNone = z.preprocess(
  (text) => (text === undefined || (typeof text === 'string' && text.trim() === '') ? null : text),
  z.coerce.number().int().min(RETENTION_LIMITS.least).max(RETENTION_LIMITS.most).nullable(),
);
