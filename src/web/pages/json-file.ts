/** Answers with a JSON document as a file, part by part. */
import { Readable } from 'node:stream';
import type { Context } from 'koa';
import type { PersonalFile } from '#src/core/personal-data.js';

/** Sends it; no cache keeps it. */
export function sendFile(ctx: Context, { name, parts }: PersonalFile): void {
  ctx.set({
    'Content-Disposition': `attachment; filename="${name}"`,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  });
  ctx.type = 'application/json; charset=utf-8';
  ctx.body = Readable.from(parts);
}
