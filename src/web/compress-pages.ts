/** Compresses the pages for people; mounted behind all doors for programs, which therefore never pass it. */
import type { Context, Middleware } from 'koa';
import { COMPRESS_FROM_BYTES, compress, isCompressible, pickCoding } from '#src/lib/compression.js';

/**
 * Compresses whole bodies of text from 1 KB up, for callers that take it. node:zlib rather than koa-compress: pages are
 * finished strings, so the length stays known (HEAD and keep-alive stay right), and who may have them compressed is the
 * larger half of the work. Streams (an export, a backup, live events) pass untouched: nothing holds them back.
 */
export function createPageCompression(): Middleware {
  return async (ctx, next) => {
    await next();
    const body = readWhole(ctx.body);
    if (body === null || body.length < COMPRESS_FROM_BYTES || !isCompressible(ctx.type)) {
      return;
    }
    if (ctx.res.hasHeader('Content-Encoding')) {
      return;
    }
    ctx.vary('Accept-Encoding');
    const coding = pickCoding(ctx);
    if (coding !== null && mayCompress(ctx)) {
      ctx.body = await compress(body, coding, 'each');
      ctx.set('Content-Encoding', coding);
    }
  };
}

function readWhole(body: unknown): Buffer | null {
  if (typeof body === 'string') {
    return Buffer.from(body);
  }
  return Buffer.isBuffer(body) ? body : null;
}

/**
 * The length of a compressed page tells whether words of an address stand in the page's secrets too (BREACH,
 * CVE-2013-3587). That takes somebody who makes the victim's browser ask, again and again, with the victim's cookie. So
 * a request with cookies gets compressed pages only where the browser vouches that a person went there from this site
 * or by hand (W3C Fetch Metadata): not for a foreign page's links, frames and pictures, and not for the pictures of a
 * message on our own pages, whose addresses its sender chose. Without cookies a page has no secret that is not made
 * for this one answer or in its address already. Browsers too old to vouch get such pages as they are.
 */
function mayCompress(ctx: Context): boolean {
  const cookies = ctx.get('Cookie').split(/;\s*/).filter(Boolean);
  if (ctx.get('Authorization') === '' && cookies.every((cookie) => cookie.startsWith('lang='))) {
    return true;
  }
  return (
    ['same-origin', 'none'].includes(ctx.get('Sec-Fetch-Site')) &&
    ['document', 'empty'].includes(ctx.get('Sec-Fetch-Dest'))
  );
}
