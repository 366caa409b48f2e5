/** Opens a conversation with a mail server, and ends it whatever happens. */
import { createTransport, type Transporter } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import type { Reach } from '#src/lib/reachable.js';
import { openMailSocket } from './open-socket.js';
import type { SmtpServer } from './smtp-server.js';

/** A mail server, and how it may be reached. */
export interface MailRoute {
  server: SmtpServer;
  reach: Reach & { timeoutMs: number };
}

/** For connecting, the greeting, and silence in between. */
export const MAIL_TIMEOUT_MS = 15_000;
/** For the whole conversation: a server that drips cannot hold a slot. */
const WHOLE_TIMEOUT_MS = 60_000;

/** The whole mail was written, and the server said nothing to it: it may have taken it. */
export class UnansweredMailError extends Error {
  /** nodemailer's word for what broke off, such as ETIMEDOUT. */
  readonly step: string;

  constructor(error: Error) {
    super(error.message);
    this.name = 'UnansweredMailError';
    this.step = 'code' in error ? String(error.code) : '';
  }
}

/** Gives `run` a connected transport. Throws MailSocketError, UnansweredMailError, and what nodemailer throws. */
export async function withTransport<T>(
  { server, reach }: MailRoute,
  run: (transport: Transporter<SMTPTransport.SentMessageInfo>) => Promise<T>,
): Promise<T> {
  const { host, port, security, user, password } = server;
  const { timeoutMs } = reach;
  const socket = await openMailSocket({ host, port, ...reach });
  const timer = setTimeout(() => socket.destroy(), WHOLE_TIMEOUT_MS);
  const watch = watchMail();
  const transport = createTransport({
    // The name is for the certificate alone: the socket is connected to a checked address.
    host,
    port,
    connection: socket,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === '' ? {} : { auth: { user, pass: password } }),
    tls: { rejectUnauthorized: server.isVerified, ...(server.ca === '' ? {} : { ca: server.ca }) },
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: watch.logger,
  });
  try {
    return await run(transport);
  } catch (error) {
    const isUnanswered =
      watch.isWhole() && error instanceof Error && !('responseCode' in error && error.responseCode);
    throw isUnanswered ? new UnansweredMailError(error) : error;
  } finally {
    clearTimeout(timer);
    transport.close();
    socket.destroy();
  }
}

/**
 * Sees the moment at which the whole mail was written, which nodemailer tells its log alone. Before its end no server takes a mail
 * (RFC 5321 section 4.1.1.4): what breaks off earlier has not arrived.
 */
function watchMail() {
  let isWhole = false;
  const ignore = (): void => {};
  const note = (entry: unknown): void => {
    isWhole ||= typeof entry === 'object' && entry !== null && 'tnx' in entry && entry.tnx === 'message';
  };
  const logger = {
    level: ignore,
    trace: ignore,
    debug: ignore,
    info: note,
    warn: ignore,
    error: ignore,
    fatal: ignore,
  };
  return { logger, isWhole: () => isWhole };
}
