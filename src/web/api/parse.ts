/** Checks input against its schema and says in words what is wrong with which field. */
import { z } from 'zod';
import { AppError, notFound } from '#src/core/errors.js';
import { inBoth } from '#src/lib/in-language.js';

/** The schema of a part of the input; names it does not know are dropped. */
export type Fields = z.ZodObject;

const sayChinese = z.locales.zhCN().localeError;

/** Path parts: one that cannot be right names nothing that exists. Throws not_found. */
export function parseParams(schema: Fields, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw notFound('资源 Resource');
  }
  return parsed.data;
}

/** Query values. Throws bad_request that names the field. */
export function parseQuery(schema: Fields, value: unknown): unknown {
  // Koa's query has no prototype, which the schema library takes for no plain object.
  return parse(schema, { ...(value as object) });
}

/** A body; none counts as one without fields. Throws bad_request that names the field. */
export function parseBody(schema: Fields, value: unknown): unknown {
  return parse(schema, value ?? {});
}

function parse(schema: Fields, value: unknown): unknown {
  // The Chinese words quote the value's type, for which the value must be in the issue.
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) {
    return parsed.data;
  }
  throw new AppError('bad_request', { detail: parsed.error.issues.slice(0, 5).map(describe).join('；') });
}

/** In both languages, with a full stop between them: the Chinese may end with names in Latin letters. */
function describe(issue: z.core.$ZodIssue): string {
  const said = sayChinese(issue as z.core.$ZodRawIssue);
  const chinese = typeof said === 'string' ? said : (said?.message ?? '');
  const field = issue.path.join('.') || 'body';
  return `${field}: ${inBoth(`${chinese}。`, issue.message)}`;
}
