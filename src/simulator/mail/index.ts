/** The mail server's side of the control API: what arrived, and where the server listens. */
import { z } from 'zod';
import { createArrivals } from '../arrivals.js';
import { sendJson } from '../call.js';
import { ControlError, controlRoute, type Platform } from '../platform.js';
import type { World } from '../world.js';
import { createSmtp, type Smtp } from './smtp.js';

const HTML_POLICY = "sandbox; default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'";

/**
 * Makes the mail server, which starts to listen at once when the options name a port. `GET /api/mail` answers once that
 * is settled; its port is null where the server could not listen. Over HTTP it offers nothing.
 */
export function createMailPlatform(world: World): Platform & Pick<Smtp, 'smtpPort'> {
  const arrivals = createArrivals(world, 'mail');
  const smtp = createSmtp(world, arrivals);
  return {
    name: 'mail',
    serve: (ctx) => {
      sendJson(ctx, 404, { error: 'mail comes by SMTP' });
      return {};
    },
    controls: [
      arrivals.route,
      {
        method: 'GET',
        pattern: '/mail',
        run: async () => {
          const port = await smtp.smtpPort();
          return { port, url: port === null ? null : `smtp://127.0.0.1:${port}`, password: 'simmail' };
        },
      },
      {
        method: 'GET',
        pattern: '/inboxes/mail/:id/html',
        run: ({ params, ctx }) => {
          const mail = arrivals.list().find(({ id }) => String(id) === params.id);
          if (typeof mail?.html !== 'string' || mail.html === '') {
            throw new ControlError(
              404,
              'not_found',
              '没有这封信，或它没有网页版 No such mail, or no HTML part',
            );
          }
          // Somebody else's markup: it may look as it likes, and do nothing.
          ctx.set('content-security-policy', HTML_POLICY);
          ctx.type = 'text/html; charset=utf-8';
          ctx.body = mail.html;
        },
      },
      controlRoute({
        method: 'POST',
        pattern: '/mail/settings',
        schema: z.strictObject({ startTls: z.boolean() }),
        run: async ({ body }) => {
          await smtp.offerTls(body.startTls);
          return body;
        },
      }),
    ],
    faultBody: (code) => ({ code, message: 'injected fault' }),
    reset: () => {
      arrivals.clear();
      void smtp.offerTls(false);
    },
    close: smtp.close,
    smtpPort: smtp.smtpPort,
  };
}
