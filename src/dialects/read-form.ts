/** What the readings of all dialects share: the fields of a query or a body by name, and the words about files that came along. */
import type { Context } from 'koa';
import { ERRORS } from '#src/core/errors.js';
import { type Body, BodyError } from '#src/lib/body.js';
import { collectFields, type FormFields, type FormFile, parseFields } from '#src/lib/form-fields.js';
import { parseJson } from '#src/lib/json.js';

export { type FormFields, parseFields } from '#src/lib/form-fields.js';

/** The fields of a request's query; the last of repeated names wins. Throws BodyError `encoding` for bytes that are no text. */
export function readQuery(ctx: Context): FormFields {
  return parseFields(ctx.querystring);
}

/**
 * The fields that a body gives by name, as JSON or as a form; null for a text, and for JSON that is no object. Throws
 * BodyError `json` for what is called JSON and is none.
 */
export function fieldsOf(body: Body): Record<string, unknown> | null {
  switch (body.kind) {
    case 'empty':
      return {};
    case 'form':
      return collectFields(body.pairs);
    case 'json':
      return isObject(body.value) ? body.value : null;
    case 'text':
      if (body.isCalledJson) {
        throw new BodyError('json', 'the body is not valid JSON');
      }
      return null;
  }
}

/**
 * One set of fields of several, the strongest last, without inherited keys. What says nothing, an empty text or null, silences
 * nobody.
 */
export function layOver(...layers: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null);
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (!(isNothing(value) && name in fields)) {
        fields[name] = value;
      }
    }
  }
  return fields;
}

function isNothing(value: unknown): boolean {
  return value === '' || value === null || value === undefined;
}

/** The files of a multipart form; none of any other body. */
export function filesOf(body: Body): readonly FormFile[] {
  return body.kind === 'form' ? body.files : [];
}

/** A text with the names of files under it: they are not kept here, and nobody should wonder where they are. */
export function withFiles(text: string, files: readonly FormFile[]): string {
  const notes = files
    .filter(({ name, bytes }) => name !== '' || bytes.length > 0)
    .map(({ name, field, bytes }) => nameFile(name || field, bytes.length));
  return [text, ...notes].filter((part) => part.trim() !== '').join('\n\n');
}

/** The line that names a file which is not kept. */
export function nameFile(name: string, sizeBytes: number): string {
  const kilobytes = Math.max(1, Math.round(sizeBytes / 1024));
  const plain = name.replace(/\s+/g, ' ').trim();
  return `附件 File: ${plain}（${kilobytes} KB，这里不保存文件 files are not kept here）`;
}

/** The object that a JSON text stands for; null for any other text. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether it is an object with names, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a refusal says of a body in Chinese, where the dialect has no words of its own for it. */
export function bodyWords({ reason }: BodyError): string {
  switch (reason) {
    case 'too_large':
      return '请求体过大';
    case 'json':
      return ERRORS.bad_json.zh;
    case 'encoding':
      return ERRORS.bad_encoding.zh;
    case 'aborted':
      return '请求体不完整';
  }
}
