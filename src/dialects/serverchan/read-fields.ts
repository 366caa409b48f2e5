/** Reads the parameters of a call from query and body: form by default, JSON and multipart by their type. */
import type { Context } from 'koa';
import { BodyError, decodeUtf8, parseLenient, readRawBody } from '#src/lib/body.js';
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

/** Reads a call: of a POST the body, and the query for what the body lacks. Throws Refusal. */
export async function readFields(ctx: Context): Promise<Fields> {
  const fields: Record<string, string> = Object.create(null);
  addAll(fields, new URLSearchParams(ctx.querystring));
  if (ctx.method === 'POST') {
    addAll(fields, await readBody(ctx));
  }
  return fields;
}

function addAll(fields: Record<string, string>, entries: Iterable<[string, unknown]>): void {
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

async function readBody(ctx: Context): Promise<Iterable<[string, unknown]>> {
  const type = ctx.get('content-type');
  try {
    const bytes = await readRawBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
    return /^multipart\/form-data/i.test(type) ? await readMultipart(bytes, type) : parse(bytes, type);
  } catch (error) {
    throw error instanceof BodyError ? toRefusal(error) : error;
  }
}

function parse(bytes: Buffer, type: string): Iterable<[string, unknown]> {
  const text = decodeUtf8(bytes);
  const body = parseLenient(text, type);
  switch (body.kind) {
    case 'empty':
      return [];
    case 'json':
      if (typeof body.value !== 'object' || body.value === null || Array.isArray(body.value)) {
        throw new Refusal('INPUT', '请求体应为 JSON 对象');
      }
      return Object.entries(body.value);
    default:
      // Whatever else it is called, a body is a form.
      return new URLSearchParams(text.trim());
  }
}

async function readMultipart(bytes: Buffer, type: string): Promise<Iterable<[string, unknown]>> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } })
    .formData()
    .catch(() => {
      throw new BodyError('encoding', 'the body is no multipart form');
    });
  const entries: [string, unknown][] = [];
  form.forEach((value, name) => {
    if (typeof value === 'string') {
      entries.push([name, value]);
    }
  });
  return entries;
}

function toRefusal({ reason }: BodyError): Refusal {
  switch (reason) {
    case 'too_large':
      return new Refusal('INPUT', `请求体过大，最多 ${MAX_BODY_BYTES} 字节`, 413);
    case 'json':
      return new Refusal('INPUT', '请求体不是有效的 JSON');
    case 'encoding':
      return new Refusal('INPUT', '请求体无法解码，应为 UTF-8');
    case 'aborted':
      return new Refusal('INPUT', '请求体不完整');
  }
}
