/** Reads a PushDeer push, wherever its parameters stand. */
import type { Context } from 'koa';
import { fieldsOf, filesOf, layOver, readQuery, withFiles } from '#src/dialects/read-form.js';
import { type Body, readBody } from '#src/lib/body.js';

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
  const body = await readBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  const fields = layOver(readQuery(ctx), readFields(body));
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
    desp: withFiles(toText(fields, 'desp'), filesOf(body)),
    type: toText(fields, 'type').trim().toLowerCase() || 'markdown',
  };
}

/** A text that starts like JSON was meant to be JSON; any other has no fields. */
function readFields(body: Body): Record<string, unknown> {
  const isBroken = body.kind === 'text' && (body.isCalledJson || /^\s*\{/.test(body.text));
  const fields = isBroken ? null : fieldsOf(body);
  if (!fields && (isBroken || body.kind === 'json')) {
    throw new PushDeerRefusal('The body is not a JSON object.');
  }
  return fields ?? {};
}

function toText(fields: Record<string, unknown>, name: string): string {
  const value = Object.hasOwn(fields, name) ? (fields[name] ?? '') : '';
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new PushDeerRefusal(`The ${name} must be a string.`);
  }
  return String(value);
}
