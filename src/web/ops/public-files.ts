/** The small files that robots and people who look for weaknesses ask every server for. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Clock } from '#src/lib/clock.js';

/** What these files are written from. */
export interface PublicFileNeeds {
  /** Whom to tell of a weakness, as an address; null: the file that says so is not there. */
  securityContact: string | null;
  publicUrl: string;
  clock: Clock;
}

/** Nothing here is for search engines: messages, codes and forms. */
const ROBOTS = 'User-agent: *\nDisallow: /\n';
const DAY_MS = 86_400_000;
/** RFC 9116 wants less than a year; whoever runs the server goes on saying so. */
const VALID_MS = 180 * DAY_MS;

/** Serves /robots.txt (RFC 9309) and /.well-known/security.txt (RFC 9116). */
export function createPublicFiles(needs: PublicFileNeeds): Middleware {
  const router = new Router();
  router.get('/robots.txt', (ctx) => sendText(ctx as Context, ROBOTS));
  router.get('/.well-known/security.txt', (ctx, next) =>
    needs.securityContact === null ? next() : sendText(ctx as Context, writeContact(needs)),
  );
  return router.routes() as Middleware;
}

function writeContact({ securityContact, publicUrl, clock }: PublicFileNeeds): string {
  const expires = new Date(Math.floor(clock.now() / DAY_MS) * DAY_MS + VALID_MS);
  return [
    `Contact: ${securityContact}`,
    `Expires: ${expires.toISOString()}`,
    'Preferred-Languages: zh, en',
    ...(publicUrl.startsWith('https:') ? [`Canonical: ${publicUrl}/.well-known/security.txt`] : []),
    '',
  ].join('\n');
}

function sendText(ctx: Context, text: string): void {
  ctx.set('Cache-Control', 'public, max-age=3600');
  ctx.type = 'text/plain; charset=utf-8';
  ctx.body = text;
}
