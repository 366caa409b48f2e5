/** Opens a conversation with a mail server, and ends it whatever happens. */
import { createTransport, type Transporter } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import type { ResolveHost } from '#src/lib/host-resolver.js';
import { openMailSocket } from './open-socket.js';
import type { SmtpServer } from './smtp-server.js';

/** A mail server, and how it may be reached. */
export interface MailRoute {
  server: SmtpServer;
  reach: { allowPrivate: boolean; resolve: ResolveHost; timeoutMs: number };
}

/** For connecting, the greeting, and silence in between. */
export const MAIL_TIMEOUT_MS = 15_000;
/** For the whole conversation: a server that drips cannot hold a slot. */
const WHOLE_TIMEOUT_MS = 60_000;

/** Gives `run` a connected transport. Throws MailSocketError, and what nodemailer throws. */
export async function withTransport<T>(
  { server, reach }: MailRoute,
  run: (transport: Transporter<SMTPTransport.SentMessageInfo>) => Promise<T>,
): Promise<T> {
  const { host, port, security, user, password } = server;
  const { timeoutMs } = reach;
  const socket = await openMailSocket({ host, port, ...reach });
  const timer = setTimeout(() => socket.destroy(), WHOLE_TIMEOUT_MS);
  const transport = createTransport({
    // The name is for the certificate alone: the socket is connected to a checked address.
    host,
    port,
    connection: socket,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === '' ? {} : { auth: { user, pass: password } }),
    tls: { rejectUnauthorized: server.isVerified },
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    return await run(transport);
  } finally {
    clearTimeout(timer);
    transport.close();
    socket.destroy();
  }
}
