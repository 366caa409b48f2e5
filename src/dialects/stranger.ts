/** Reads who calls at the root by a key that nobody holds, as far as it shows which service they take us for. */
import type { Context } from 'koa';
import { readBody } from '#src/lib/body.js';
import { fieldsOf } from './read-form.js';

/** A caller whose key or topic is unknown. */
export interface Stranger {
  /** The one part of the address, as it came. */
  key: string;
  /** What they say by name, in lower case; null for a text, and for a body that cannot be read. */
  names: ReadonlySet<string> | null;
  /** Their body is JSON. */
  isJson: boolean;
}

/** Who looks at it closely needs no more. */
const MAX_BODY_BYTES = 64 * 1024;
/** ntfy's words for publishing by GET. */
const VERBS = ['publish', 'send', 'trigger'];

/** The stranger behind a request; null where it publishes nothing, or comes from a person in front of a browser. */
export async function toStranger(ctx: Context, path: string): Promise<Stranger | null> {
  const [, key, verb] = /^\/([^/]+)(?:\/([^/]+))?\/?$/.exec(path) ?? [];
  const isWrite = verb === undefined && (ctx.method === 'POST' || ctx.method === 'PUT');
  const isPublish = isWrite || (ctx.method === 'GET' && VERBS.includes(verb ?? ''));
  // Programs say */* or nothing, browsers ask for HTML first.
  if (key === undefined || !isPublish || ctx.accepts('json', 'html') === 'html') {
    return null;
  }
  return { key, ...(await readNames(ctx)) };
}

async function readNames(ctx: Context): Promise<Pick<Stranger, 'names' | 'isJson'>> {
  try {
    const body = await readBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
    const fields = body.kind === 'text' ? null : fieldsOf(body);
    const names = fields && new Set(Object.keys(fields).map((name) => name.toLowerCase()));
    return { names, isJson: body.kind === 'json' };
  } catch {
    // A body that nobody can read: the refusal of the key comes first.
    return { names: null, isJson: false };
  }
}
