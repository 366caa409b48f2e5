/** Reads a PushDeer push, wherever its parameters stand. */
import type { Context } from 'koa';
import { parseFields, parseObject, readFormFields } from '#src/dialects/read-form.js';
import { decodeUtf8, readRawBody } from '#src/lib/body.js';

/** A refusal for its arguments. It never leaves the dialect. */
export class PushDeerRefusal extends Error {
  override readonly name = 'PushDeerRefusal';
}

/** A push that was read. */
export interface PushFields {
  /** Each key once; at most 100, the others are dropped as PushDeer drops them. */
  keys: readonly string[];
  text: string;
  desp: string;
  type: string;
}

/** What a self-hosted PushDeer takes of a list of keys. */
const MAX_KEYS = 100;
const MAX_BODY_BYTES = 512 * 1024;

/** Reads a push: the body, form or JSON, over the query. Throws PushDeerRefusal, BodyError. */
export async function readPush(ctx: Context): Promise<PushFields> {
  const bytes = await readRawBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  const fields = { ...parseFields(ctx.querystring), ...readBody(bytes, ctx.get('content-type')) };
  const given = toText(fields, 'pushkey').split(',');
  const keys = [...new Set(given.map((key) => key.trim()).filter((key) => key !== ''))].slice(0, MAX_KEYS);
  const text = toText(fields, 'text');
  if (keys.length === 0) {
    throw new PushDeerRefusal('The pushkey field is required.');
  }
  if (text.trim() === '') {
    throw new PushDeerRefusal('The text field is required.');
  }
  return {
    keys,
    text,
    desp: toText(fields, 'desp'),
    type: toText(fields, 'type').trim().toLowerCase() || 'markdown',
  };
}

function readBody(bytes: Buffer, contentType: string): Record<string, unknown> {
  // A body that starts like JSON is JSON, whatever it is called.
  if (/[/+]json/i.test(contentType) || /^\s*\{/.test(bytes.toString('latin1', 0, 64))) {
    const text = decodeUtf8(bytes).trim();
    const object = text === '' ? {} : parseObject(text);
    if (!object) {
      throw new PushDeerRefusal('The body is not a JSON object.');
    }
    return object;
  }
  return readFormFields(bytes, contentType);
}

function toText(fields: Record<string, unknown>, name: string): string {
  const value = Object.hasOwn(fields, name) ? (fields[name] ?? '') : '';
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new PushDeerRefusal(`The ${name} must be a string.`);
  }
  return String(value);
}
