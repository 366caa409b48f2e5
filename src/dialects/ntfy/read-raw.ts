/** Reads a publish whose body is the message, or a file beside it, and whose options stand in headers and query. */
import type { Context } from 'koa';
import { BodyError, decodeText, mediaTypeOf, readRawBody } from '#src/lib/body.js';
import { charsetOf } from '#src/lib/charset.js';
import type { Source } from './message.js';
import { readOptions } from './options.js';

/** The largest body that is read. */
export const MAX_BODY_BYTES = 512 * 1024;
/** The largest attachment of an ntfy server as it comes (its default). */
const MAX_FILE_BYTES = 15 * 1024 * 1024;

/** The body is the message, whatever it is called: clients send it as a form. `sequence` stands in the path. Throws BodyError. */
export async function readRaw(ctx: Context, sequence: string): Promise<Omit<Source, 'nowMs'>> {
  const options = { ...readOptions(ctx), ...(sequence === '' ? {} : { sequence }) };
  const isMarkdown = mediaTypeOf(ctx.get('content-type')) === 'text/markdown';
  return { options, isMarkdown, ...(await readFileOrText(ctx, Boolean(options.title || options.message))) };
}

/** A body that cannot be read is a file, of which nothing but its size is known. Throws BodyError. */
async function readFileOrText(
  ctx: Context,
  hasWords: boolean,
): Promise<{ text: string; fileBytes?: number }> {
  const type = ctx.get('content-type');
  try {
    const bytes = await readRawBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
    return toTextOr(bytes, type, { text: '', fileBytes: bytes.length });
  } catch (error) {
    const fileBytes = Number(ctx.get('content-length') || Number.POSITIVE_INFINITY);
    const isTooLarge = error instanceof BodyError && error.reason === 'too_large';
    if (isTooLarge && hasWords && fileBytes <= MAX_FILE_BYTES) {
      return { text: '', fileBytes };
    }
    throw error;
  }
}

function toTextOr<T>(bytes: Buffer, type: string, file: T): T | { text: string } {
  try {
    return { text: decodeText(bytes, charsetOf(type)) };
  } catch (error) {
    if (error instanceof BodyError) {
      return file;
    }
    throw error;
  }
}
