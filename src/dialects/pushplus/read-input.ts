/** Reads the parameters of a call: from the path, a body of any kind, and the query, in this order. */
import type { Context } from 'koa';
import { isObject, parseFields, parseObject, readFormFields, typeOf } from '#src/dialects/read-form.js';
import { decodeUtf8, parseLenient, readRawBody } from '#src/lib/body.js';
import { invalid } from './envelope.js';

/** The parameters of a send call; what says nothing is absent. */
export type SendInput = Partial<Record<ParamName, string>>;

const PARAMS = [
  'token',
  'title',
  'content',
  'topic',
  'template',
  'channel',
  'webhook',
  'option',
  'callbackUrl',
  'timestamp',
  'to',
  'pre',
] as const;

/** A parameter that is read; all others are nothing. */
export type ParamName = (typeof PARAMS)[number];

/** 100,000 escaped characters fit. */
const MAX_BODY_BYTES = 1024 * 1024;
/** What careless clients write for nothing; a text may well be one of these words. */
const EMPTY_WORDS: readonly string[] = ['null', 'undefined'];
const TEXTS: readonly string[] = ['title', 'content'];

/** Reads a call. Throws Refusal, BodyError. */
export async function readInput(ctx: Context, pathToken = ''): Promise<SendInput> {
  const query = toInput(parseFields(ctx.querystring));
  const named = { ...query, ...(pathToken === '' ? {} : { token: pathToken }) };
  const body = await readBody(ctx);
  if (body.text.trim() === '') {
    return named;
  }
  if (isWholeBody(named, body)) {
    return { ...named, content: body.text };
  }
  const fields = readFields(body);
  return { ...query, ...fields, ...(pathToken === '' ? {} : { token: pathToken }) };
}

interface Body {
  text: string;
  type: string;
  /** The fields of a form; null where the body is called something else. */
  form: Record<string, string> | null;
}

async function readBody(ctx: Context): Promise<Body> {
  const type = ctx.get('content-type');
  const bytes = await readRawBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  const text = decodeUtf8(bytes);
  // curl calls everything a form, and a JSON text with "=" in it would be read as one.
  const isForm = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)$/.test(typeOf(type));
  return { text, type, form: isForm && !parseObject(text) ? readFormFields(bytes, type) : null };
}

/**
 * Senders that cannot shape their body have the template in the address, and the whole body is the content. A body that
 * is made for PushPlus has a content and says more than that itself.
 */
function isWholeBody(named: SendInput, { text, form }: Body): boolean {
  if (named.template === undefined || named.token === undefined || named.content !== undefined) {
    return false;
  }
  const own = form ?? parseObject(text);
  return own?.content === undefined || (!form && own.token === undefined && own.template === undefined);
}

function readFields({ text, type, form }: Body): SendInput {
  if (form) {
    return toInput(form);
  }
  const parsed = parseLenient(text, type);
  if (parsed.kind === 'json') {
    if (!isObject(parsed.value)) {
      throw invalid('请求体应为 JSON 对象');
    }
    return toInput(parsed.value);
  }
  // A form under another name, or just a text.
  const fields = toInput(parseFields(text.trim()));
  return Object.keys(fields).length > 0 ? fields : { content: text };
}

function toInput(fields: Record<string, unknown>): SendInput {
  const input: SendInput = {};
  for (const name of PARAMS) {
    const text = Object.hasOwn(fields, name) ? toText(name, fields[name]) : '';
    if (text.trim() !== '') {
      input[name] = text;
    }
  }
  return input;
}

/** Numbers and flags of JSON count as their texts, lists are joined, and a content may be any JSON. */
function toText(name: ParamName, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return TEXTS.includes(name) ? value : emptyWord(value.trim());
    case 'number':
    case 'boolean':
      return String(value);
    default:
      if (value === null || value === undefined) {
        return '';
      }
      if (name === 'content') {
        return JSON.stringify(value);
      }
      if (Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number')) {
        return value.join(',');
      }
      throw invalid(`${name} 应为文字`);
  }
}

function emptyWord(text: string): string {
  return EMPTY_WORDS.includes(text) ? '' : text;
}
