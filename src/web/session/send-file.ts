/** Sends a file to be kept, straight from the disk. */
import type { Readable } from 'node:stream';
import type { Context } from 'koa';

/** A file to send. */
export interface SentFile {
  /** Plain letters, digits, `-` and `.`. */
  name: string;
  sizeBytes: number;
  stream: Readable;
}

/** Answers with a file as a download. */
export function sendFile(ctx: Context, { name, sizeBytes, stream }: SentFile): void {
  ctx.status = 200;
  ctx.type = 'application/vnd.sqlite3';
  ctx.set({
    'Cache-Control': 'no-store',
    'Content-Disposition': `attachment; filename="${name}"`,
    'X-Content-Type-Options': 'nosniff',
  });
  ctx.body = stream;
  ctx.length = sizeBytes;
}
