/** Reads a Bark push the way a bark-server does: which source wins, and what happens to names. */
import type Koa from 'koa';
import { type Call, formFields, parseRecord, queryFields } from '../call.js';

/** What a push says; names are in lower case except those of JSON values that are no texts. */
export type BarkParameters = Record<string, unknown>;

/** The push, or why it cannot be read (a 400). */
export type BarkReading = { parameters: BarkParameters; isV2: boolean } | { problem: string };

const PATH_NAMES: Readonly<Record<number, readonly string[]>> = {
  1: ['device_key'],
  2: ['device_key', 'body'],
  3: ['device_key', 'title', 'body'],
  4: ['device_key', 'title', 'subtitle', 'body'],
};

/**
 * Reads the parameters. A JSON content type means V2: body, then query, then path; anything else V1: query, then form,
 * then path; the later wins.
 */
export async function readParameters(
  ctx: Koa.Context,
  call: Call,
  segments: readonly string[],
): Promise<BarkReading> {
  const path = pathParameters(segments);
  if (!path) {
    return { problem: 'url path parse failed: invalid URL escape' };
  }
  const query = lowerNames(queryFields(ctx));
  if (!call.type.startsWith('application/json')) {
    const form = lowerNames(await formFields(call));
    return { isV2: false, parameters: { ...query, ...form, ...path } };
  }
  const body = call.bytes.length === 0 ? {} : parseRecord(call.request.body);
  if (!body) {
    return { problem: 'request bind failed: the body is not a JSON object' };
  }
  return { isV2: true, parameters: { ...bodyParameters(body), ...query, ...path } };
}

/** The keys of a batch: a list or a comma-separated text; null when there is none, `invalid` for another type. */
export function readBatch(parameters: BarkParameters): string[] | null | 'invalid' {
  const given = parameters.device_keys;
  if (given === undefined) {
    return null;
  }
  if (typeof given === 'string') {
    return given
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== '');
  }
  return Array.isArray(given) && given.every((key) => typeof key === 'string') ? given : 'invalid';
}

/** Texts get lower-case names, an object gives its members to the push, other values keep their name. */
function bodyParameters(body: Record<string, unknown>): BarkParameters {
  const parameters: BarkParameters = {};
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === 'string') {
      parameters[name.toLowerCase()] = value;
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      Object.assign(parameters, value);
    } else {
      parameters[name] = value;
    }
  }
  return parameters;
}

function lowerNames(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Segments are unescaped as query values: a plus is a space. Null when an escape is broken. */
function pathParameters(segments: readonly string[]): Record<string, string> | null {
  try {
    const names = PATH_NAMES[segments.length] ?? [];
    return Object.fromEntries(
      names.map((name, index) => [name, decodeURIComponent((segments[index] ?? '').replaceAll('+', ' '))]),
    );
  } catch {
    return null;
  }
}
