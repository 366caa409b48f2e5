/** A body that stays as it is while the server runs: kept in each content coding, so that compressing is done once. */
import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { COMPRESS_FROM_BYTES, type Coding, compress, isCompressible, pickCoding } from './compression.js';

/** The body. */
export interface FixedBody {
  /** The start of the content's hash. */
  version: string;
  /** Answers with it, or with 304 to who has it already. The caller sets all headers but those about the body itself. */
  answer(ctx: Context): Promise<void>;
}

/** Keeps the bytes; a coding is made when somebody first asks for it. */
export function createFixedBody(bytes: Buffer, type: string): FixedBody {
  const version = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const codings = new Map<Coding, Promise<Buffer>>();
  const mayShrink = isCompressible(type) && bytes.length >= COMPRESS_FROM_BYTES;
  const inCoding = (coding: Coding): Promise<Buffer> => {
    const made = codings.get(coding) ?? compress(bytes, coding, 'once');
    codings.set(coding, made);
    return made;
  };
  return {
    version,
    async answer(ctx) {
      const coding = mayShrink ? pickCoding(ctx) : null;
      if (mayShrink) {
        ctx.vary('Accept-Encoding');
      }
      ctx.status = 200;
      // Other bytes, another tag (RFC 9110 section 8.8.3.3).
      ctx.etag = coding === null ? version : `${version}-${coding}`;
      if (ctx.fresh) {
        ctx.status = 304;
        return;
      }
      ctx.set('Content-Type', type);
      if (coding === null) {
        ctx.body = bytes;
        return;
      }
      ctx.set('Content-Encoding', coding);
      ctx.body = await inCoding(coding);
    },
  };
}
