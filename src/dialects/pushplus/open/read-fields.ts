/** Reads what a caller sent, in query, JSON or form, into fields, and the fields into values, as leniently as clients write. */
import type { Context } from 'koa';
import { z } from 'zod';
import { invalid } from '#src/dialects/pushplus/envelope.js';
import { fieldsOf, isObject, readQuery } from '#src/dialects/read-form.js';
import { readBody } from '#src/lib/body.js';

/** The fields of a call by name, without those that say nothing. It has no inherited keys. */
export type Fields = Record<string, unknown>;

const LIMIT_BYTES = 256 * 1024;

/**
 * The fields of query and body; the body wins, and what a page request holds in `params` counts as its own. Throws
 * BodyError, Refusal for a body that is no object.
 */
export async function readFields(ctx: Context): Promise<Fields> {
  const given = fieldsOf(await readBody(ctx.req, { limitBytes: LIMIT_BYTES }));
  if (!given) {
    throw invalid('请求内容应为 JSON 对象');
  }
  const query = Object.entries(readQuery(ctx));
  const { params, ...own } = given;
  const fields: Fields = Object.create(null);
  for (const [name, value] of [...query, ...Object.entries(own), ...Object.entries(toObject(params))]) {
    if (value !== null && value !== '') {
      fields[name] = value;
    }
  }
  return fields;
}

/** Reads the fields of a call; throws a Refusal that names the first one that does not fit. */
export function parseFields<T>(schema: z.ZodType<T>, fields: Fields): T {
  const result = schema.safeParse(fields);
  if (!result.success) {
    const [issue] = result.error.issues;
    const isAbsent = !(String(issue?.path[0]) in fields);
    throw invalid(`${issue?.path.join('.')}${isAbsent ? '不能为空' : `不正确：${issue?.message}`}`);
  }
  return result.data;
}

/** A field in whatever form `read` understands; what it answers undefined to is not `expected`. */
function field<T>(expected: string, read: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, ctx): T => {
    const result = read(value);
    if (result === undefined) {
      ctx.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    }
    return result;
  });
}

/** A text; numbers are texts too. */
export const text = field('应为字符串', readText);
/** A whole number, also as text. */
export const integer = field('应为整数', readInteger);
/** 0 or 1. */
export const flag = field('应为 0 或 1', (value) => FLAGS.get(String(value).trim().toLowerCase()));

const FLAGS = new Map([
  ['0', false],
  ['1', true],
  ['false', false],
  ['true', true],
]);

function readText(value: unknown): string | undefined {
  if (typeof value === 'number') {
    return String(value);
  }
  // Half surrogate pairs and NULs are in no database's text; JSON can carry both.
  return typeof value === 'string'
    ? value.replace(/\p{Surrogate}/gu, '\ufffd').replaceAll('\u0000', '\ufffd')
    : undefined;
}

function readInteger(value: unknown): number | undefined {
  const isDigits = typeof value === 'string' && /^\s*[+-]?\d{1,16}\s*$/.test(value);
  const number = isDigits ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function toObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}
