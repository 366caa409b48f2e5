/** Reads a Bark push as bark-server does: which source wins, and what becomes of names. */
import type { Context } from 'koa';
import { fieldsOf, filesOf, isObject, layOver, readQuery, withFiles } from '#src/dialects/read-form.js';
import { type Body, mediaTypeOf, readBody } from '#src/lib/body.js';
import { unescapeAll } from '#src/lib/form-fields.js';
import { BarkRefusal } from './envelope.js';

/** What a push says by name, without inherited keys. Names are in lower case, except of JSON values that are no texts. */
export type BarkParameters = Record<string, unknown>;

/** The largest body that is read. */
export const MAX_BODY_BYTES = 512 * 1024;

/** By the number of path segments, what each of them is. */
const PATH_NAMES: readonly (readonly string[])[] = [
  [],
  ['device_key'],
  ['device_key', 'body'],
  ['device_key', 'title', 'body'],
  ['device_key', 'title', 'subtitle', 'body'],
];
/** What a push can say. */
const TEXTS = ['title', 'subtitle', 'body', 'markdown', 'ciphertext'];

/**
 * Reads the parameters. Of JSON (V2) the query overrides the body, and the path the query; else (V1) a form, or a text that is
 * the body, overrides the query, and the path all. Throws BarkRefusal, BodyError.
 */
export async function readParameters(
  ctx: Context,
  segments: readonly string[],
): Promise<{ parameters: BarkParameters; isV2: boolean }> {
  const body = await readBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  const isV2 = isJson(ctx, body);
  const query = lowerNames(readQuery(ctx));
  const said = lowerNames(isV2 ? flatten(readFields(body, 'request bind failed')) : readForm(body));
  const others = isV2 ? layOver(said, query) : layOver(query, said);
  const parameters = layOver(others, readPath(segments, ctx.method, others));
  const files = filesOf(body);
  if (files.length > 0) {
    parameters.body = withFiles(typeof parameters.body === 'string' ? parameters.body : '', files);
  }
  return { parameters, isV2 };
}

/** The text fields of a registration, from wherever they stand. Throws BarkRefusal, BodyError. */
export async function readRegistration(ctx: Context): Promise<BarkParameters> {
  const body = await readBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  const fields = isJson(ctx, body) ? readFields(body, 'request bind failed1') : readForm(body);
  return layOver(readQuery(ctx), fields);
}

/** The keys of a batch, from a list or a text with commas; empty when there is none. Throws BarkRefusal for other types. */
export function readBatch({ device_keys: given }: BarkParameters): string[] {
  if (given === undefined || given === null) {
    return [];
  }
  const keys = typeof given === 'string' ? given.split(',') : given;
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    throw new BarkRefusal(400, 'invalid type for device_keys');
  }
  return keys.map((key) => key.trim()).filter((key) => key !== '');
}

/** Segments of a path, unescaped as query values are: a plus is a space, a bare percent sign itself. Throws BodyError. */
export function unescapeSegments(segments: readonly string[]): string[] {
  return unescapeAll(segments);
}

function readPath(segments: readonly string[], method: string, others: BarkParameters): BarkParameters {
  const names = PATH_NAMES[segments.length] ?? [];
  const values = unescapeSegments(segments);
  const pairs = names.map((name, at) => [name, values[at] ?? ''] as const);
  // `POST /KEY/push` is a known mistake of clients: who says something elsewhere does not mean the word.
  const isMistake = method === 'POST' && segments.length === 2 && TEXTS.some((name) => isSaid(others[name]));
  return Object.fromEntries(
    pairs.filter(([name, value]) => !(isMistake && name === 'body' && value === 'push')),
  );
}

function isSaid(value: unknown): boolean {
  return (typeof value === 'string' && value.trim() !== '') || typeof value === 'number';
}

/** What is called JSON, and what is JSON whatever it is called. Some clients call a GET without a body JSON. */
function isJson(ctx: Context, body: Body): boolean {
  return mediaTypeOf(ctx.get('content-type')).startsWith('application/json')
    ? body.kind !== 'form'
    : body.kind === 'json' && isObject(body.value);
}

function readFields(body: Body, problem: string): Record<string, unknown> {
  const fields = body.kind === 'text' ? null : fieldsOf(body);
  if (!fields) {
    throw new BarkRefusal(400, `${problem}: the body is not a JSON object`);
  }
  return fields;
}

/** A text without names is what is to be said. */
function readForm(body: Body): Record<string, unknown> {
  return fieldsOf(body) ?? { body: body.text };
}

function lowerNames(fields: Record<string, unknown>): BarkParameters {
  const lower: BarkParameters = Object.create(null);
  for (const [name, value] of Object.entries(fields)) {
    lower[typeof value === 'string' ? name.toLowerCase() : name] = value;
  }
  return lower;
}

/** A nested object gives its members to the push. */
function flatten(body: Record<string, unknown>): BarkParameters {
  const pairs = Object.entries(body).flatMap(([name, value]) =>
    isObject(value) ? Object.entries(value) : [[name, value] as const],
  );
  return Object.fromEntries(pairs);
}
