/** Reads what a caller sent, wherever they put it: query, form, JSON or plain text, whatever they call it. */
import type { Context } from 'koa';
import { filesOf, withFiles } from '#src/dialects/read-form.js';
import { type Body, BodyError, readBody } from '#src/lib/body.js';
import { type FieldPair, parsePairs } from '#src/lib/form-fields.js';
import { MAX_BODY_BYTES, TypeMismatch } from './errors.js';

/** The fields of a call by name, without those that say nothing. It has no inherited keys. */
export type Fields = Record<string, unknown>;

/** What a call gets to see of its request. */
export interface Input {
  fields: Fields;
  /** The path as it came, still encoded. */
  path: string;
  /** The parts of the path that vary, decoded. */
  params: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads query and body of a request. A field that both have is taken from where the method documents it: from the body
 * for POST, else from the query. null, '' and [] count as absent, since clients send them for fields they do not use.
 * Throws BodyError, TypeMismatch (a JSON body that is no object).
 */
export async function readInput(ctx: Context): Promise<Input> {
  const read = await readBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  const query = collectParams(parsePairs(ctx.querystring));
  const body = toFields(read);
  const [first, second] = ctx.method === 'POST' ? [body, query] : [query, body];
  const fields: Fields = Object.create(null);
  for (const source of [second, first]) {
    for (const name of Object.keys(source)) {
      if (!isAbsent(source[name])) {
        fields[name] = source[name];
      }
    }
  }
  const files = filesOf(read);
  if (files.length > 0) {
    fields.content = withFiles(typeof fields.content === 'string' ? fields.content : '', files);
  }
  // Koa's own path has each doubled slash as one, which a content may well have.
  return { fields, path: ctx.originalUrl.split('?', 1)[0] ?? '', params: ctx.params };
}

function isAbsent(value: unknown): boolean {
  return (
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

/** A form under another type, or under none, is still a form. */
const LOOKS_LIKE_FORM = /^\s*[A-Za-z]\w*(?:\[\w*\])?=\S*\s*$/;

function toFields(body: Body): Fields {
  switch (body.kind) {
    case 'empty':
      return {};
    case 'form':
      return collectParams(body.pairs);
    case 'json':
      return toObject(body.value);
    case 'text':
      return LOOKS_LIKE_FORM.test(body.text)
        ? collectParams(parsePairs(body.text.trim()))
        : { content: toContent(body) };
  }
}

function toContent({ text, isCalledJson }: Extract<Body, { kind: 'text' }>): string {
  if (isCalledJson || /^\s*[{[]/.test(text)) {
    throw new BodyError('json', 'the body is called JSON, or looks like it, and is none');
  }
  return text;
}

function toObject(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeMismatch('请求体应为 JSON 对象');
  }
  return value as Fields;
}

/** Repeated names, and PHP's `name[]` and `name[0]`, become lists. */
function collectParams(pairs: Iterable<FieldPair>): Fields {
  const fields: Fields = Object.create(null);
  for (const [rawName, value] of pairs) {
    const name = rawName.replace(/\[\w*\]$/, '');
    const before = fields[name];
    if (value === '') {
      continue;
    }
    if (Array.isArray(before)) {
      before.push(value);
    } else {
      fields[name] = before === undefined ? value : [before, value];
    }
  }
  return fields;
}
