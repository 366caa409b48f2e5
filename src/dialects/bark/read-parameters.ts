/** Reads a Bark push as bark-server does: which source wins, and what becomes of names. */
import type { Context } from 'koa';
import { isObject, parseFields, parseObject, readFormFields, typeOf } from '#src/dialects/read-form.js';
import { decodeUtf8, readRawBody } from '#src/lib/body.js';
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

/**
 * Reads the parameters. Under a JSON type (V2) the query overrides the body, and the path the query; under any other (V1)
 * a form overrides the query, and the path all. Throws BarkRefusal, BodyError.
 */
export async function readParameters(
  ctx: Context,
  segments: readonly string[],
): Promise<{ parameters: BarkParameters; isV2: boolean }> {
  const path = readPath(segments);
  const query = parseFields(ctx.querystring);
  const bytes = await readRawBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  const isV2 = isJson(ctx);
  const sources = isV2
    ? [flatten(readJson(bytes, 'request bind failed')), query, path]
    : [query, readFormFields(bytes, ctx.get('content-type')), path];
  const parameters: BarkParameters = Object.create(null);
  for (const [name, value] of sources.flatMap((source) => Object.entries(source))) {
    parameters[typeof value === 'string' ? name.toLowerCase() : name] = value;
  }
  return { parameters, isV2 };
}

/** The text fields of a registration, from wherever they stand. Throws BarkRefusal, BodyError. */
export async function readRegistration(ctx: Context): Promise<BarkParameters> {
  const bytes = await readRawBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  const query = parseFields(ctx.querystring);
  const body = isJson(ctx)
    ? readJson(bytes, 'request bind failed1')
    : readFormFields(bytes, ctx.get('content-type'));
  return { ...query, ...body };
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

/** One segment of a path, unescaped as query values are: a plus is a space. Throws BarkRefusal. */
export function unescapeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment.replaceAll('+', ' '));
  } catch {
    throw new BarkRefusal(400, 'url path parse failed: invalid URL escape');
  }
}

function readPath(segments: readonly string[]): BarkParameters {
  const names = PATH_NAMES[segments.length] ?? [];
  const pairs = names.map((name, at) => [name, unescapeSegment(segments[at] ?? '')]);
  // An empty segment says nothing: it must not wipe out what body or query say.
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

function isJson(ctx: Context): boolean {
  return typeOf(ctx.get('content-type')).startsWith('application/json');
}

function readJson(bytes: Buffer, problem: string): Record<string, unknown> {
  const text = decodeUtf8(bytes).trim();
  // Some clients call a GET without a body JSON.
  const object = text === '' ? {} : parseObject(text);
  if (!object) {
    throw new BarkRefusal(400, `${problem}: the body is not a JSON object`);
  }
  return object;
}

/** A nested object gives its members to the push. */
function flatten(body: Record<string, unknown>): BarkParameters {
  const pairs = Object.entries(body).flatMap(([name, value]) =>
    isObject(value) ? Object.entries(value) : [[name, value] as const],
  );
  return Object.fromEntries(pairs);
}
