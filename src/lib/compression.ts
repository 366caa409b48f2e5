/** Makes the bodies of HTTP answers smaller: which content coding a caller takes, and the bytes in that coding. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context } from 'koa';

/** The content codings that answers come in, the better one first (RFC 9110 section 8.4.1, RFC 7932). */
export type Coding = 'br' | 'gzip';

/** Bodies below this size go as they are: in one network packet nothing is won. */
export const COMPRESS_FROM_BYTES = 1024;

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);
const SMALLER = /^(?:text\/|image\/svg\+xml|application\/(?:[\w.+-]*\+)?json)/;

/** Whether bodies of this media type get smaller; pictures and archives are compressed by nature. */
export function isCompressible(mediaType: string): boolean {
  return SMALLER.test(mediaType);
}

/** The best coding that the caller takes; null for none. */
export function pickCoding(ctx: Context): Coding | null {
  // Asked one by one: of codings with equal weight the caller's order is no wish, and browsers name gzip first.
  return (['br', 'gzip'] as const).find((coding) => ctx.acceptsEncodings(coding) === coding) ?? null;
}

/**
 * The bytes in a coding, made on Node's thread pool. `once` takes its time, for what is kept and sent many times;
 * `each` is for what is made anew for every answer.
 */
export function compress(bytes: Buffer, coding: Coding, effort: 'once' | 'each'): Promise<Buffer> {
  if (coding === 'gzip') {
    return toGzip(bytes, { level: effort === 'once' ? 9 : 6 });
  }
  return toBrotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: effort === 'once' ? 11 : 5,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
