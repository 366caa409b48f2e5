/** Reads the parameters of a call from query and body: form by default, JSON and multipart by their type. */
import type { Context } from 'koa';
import { bodyWords, fieldsOf, filesOf, withFiles } from '#src/dialects/read-form.js';
import { type Body, BodyError, readBody } from '#src/lib/body.js';
import { parsePairs } from '#src/lib/form-fields.js';
import { Refusal } from './envelope.js';

/** The parameters by name; what says nothing is left out. It has no inherited keys. */
export type Fields = Readonly<Record<string, string | undefined>>;

/** All parameters that there are, those of the status call too; whatever else a caller sends is nothing. */
const NAMES: readonly string[] = [
  'title',
  'text',
  'desp',
  'short',
  'noip',
  'channel',
  'openid',
  'encoded',
  'tags',
  'id',
  'readkey',
];

/** 64 KB of text, each byte percent-encoded or escaped, fit several times. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Reads a call: the body, whatever it is called, over the query. Throws Refusal. */
export async function readFields(ctx: Context): Promise<Fields> {
  const fields: Record<string, string> = Object.create(null);
  try {
    const body = await readBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
    addAll(fields, parsePairs(ctx.querystring));
    addAll(fields, toEntries(body));
    const files = filesOf(body);
    if (files.length > 0) {
      fields.desp = withFiles(fields.desp ?? '', files);
    }
    return fields;
  } catch (error) {
    throw error instanceof BodyError ? toRefusal(error) : error;
  }
}

function addAll(fields: Record<string, string>, entries: Iterable<readonly [string, unknown]>): void {
  for (const [name, value] of entries) {
    const text = NAMES.includes(name) ? toText(name, value) : '';
    if (text !== '') {
      fields[name] = text;
    }
  }
}

/** Numbers and flags of JSON count as their texts; a list is joined as Server酱 joins several values. */
function toText(name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      if (value === null || value === undefined) {
        return '';
      }
      if (Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number')) {
        return value.join('|');
      }
      throw new Refusal('INPUT', `${name} 应为文字`);
  }
}

function toEntries(body: Body): Iterable<readonly [string, unknown]> {
  if (body.kind === 'form') {
    return body.pairs;
  }
  const fields = fieldsOf(body);
  if (!fields && body.kind === 'json') {
    throw new Refusal('INPUT', '请求体应为 JSON 对象');
  }
  // Whatever else it is called, a body is a form.
  return fields ? Object.entries(fields) : parsePairs(body.text.trim());
}

function toRefusal(error: BodyError): Refusal {
  return error.reason === 'too_large'
    ? new Refusal('INPUT', `请求体过大，最多 ${MAX_BODY_BYTES} 字节`, 413)
    : new Refusal('INPUT', bodyWords(error));
}
