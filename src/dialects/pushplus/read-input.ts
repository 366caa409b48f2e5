/** Reads the parameters of a call: from the path, a body of any kind, and the query, in this order. */
import type { Context } from 'koa';
import { fieldsOf, filesOf, isObject, withFiles } from '#src/dialects/read-form.js';
import { type Body, readBody } from '#src/lib/body.js';
import { type FieldPair, type FormFields, parsePairs } from '#src/lib/form-fields.js';
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
  const query = toInput(joinPairs(parsePairs(ctx.querystring)));
  const path = pathToken === '' ? {} : { token: pathToken };
  const body = await readBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  if (isWholeBody({ ...query, ...path }, body)) {
    return { ...query, content: body.text, ...path };
  }
  const input = { ...query, ...toInput(readFields(body)), ...path };
  const files = filesOf(body);
  return files.length === 0 ? input : { ...input, content: withFiles(input.content ?? '', files) };
}

/**
 * Senders that cannot shape their body have the template in the address, and the whole body is the content. A body that
 * is made for PushPlus has a content and says more than that itself.
 */
function isWholeBody(named: SendInput, body: Body): boolean {
  const isAsked = named.template !== undefined && named.token !== undefined && named.content === undefined;
  if (!isAsked || body.text === '') {
    return false;
  }
  const own = body.kind === 'text' ? null : fieldsOf(body);
  return (
    own?.content === undefined ||
    (body.kind === 'json' && own.token === undefined && own.template === undefined)
  );
}

function readFields(body: Body): Record<string, unknown> {
  if (body.kind === 'json' && !isObject(body.value)) {
    throw invalid('请求体应为 JSON 对象');
  }
  if (body.kind === 'form') {
    return joinPairs(body.pairs);
  }
  const fields = fieldsOf(body);
  if (fields) {
    return fields;
  }
  // A form under another name, or just a text.
  const form = joinPairs(parsePairs(body.text.trim()));
  return Object.keys(toInput(form)).length > 0 ? form : { content: body.text };
}

/** Names that come with several values are lists, which PushPlus writes with commas; none of them is lost. */
function joinPairs(pairs: readonly FieldPair[]): FormFields {
  const fields: FormFields = Object.create(null);
  for (const [name, value] of pairs) {
    const before = fields[name] ?? '';
    const isNew = before !== '' && value !== '' && value !== before;
    fields[name] = isNew ? `${before},${value}` : before || value;
  }
  return fields;
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
