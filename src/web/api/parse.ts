/** Checks input against its schema and says in words what is wrong with which field. */
import { z } from 'zod';
import { AppError, notFound } from '#src/core/errors.js';
import { inBoth } from '#src/lib/in-language.js';
import { tellUnknown } from './unknown-fields.js';

/** The schema of a part of the input; in the path, names it does not know are dropped, elsewhere refused. */
export type Fields = z.ZodObject;

/** More mistakes are told once these are mended. */
const MAX_TOLD = 5;

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
  const unknown = tellUnknown(schema, value);
  if (parsed.success && unknown.length === 0) {
    return parsed.data;
  }
  const wrong = [...unknown, ...(parsed.error?.issues ?? []).map(describe)];
  throw new AppError('bad_request', { detail: wrong.slice(0, MAX_TOLD).join('；') });
}

/** In both languages, with a full stop between them: the Chinese may end with names in Latin letters. */
function describe(issue: z.core.$ZodIssue): string {
  const said = sayChinese(issue as z.core.$ZodRawIssue);
  const chinese = typeof said === 'string' ? said : (said?.message ?? '');
  const field = issue.path.join('.') || 'body';
  return `${field}: ${inBoth(`${chinese}。`, issue.message)}`;
}
