/** Which mail server carries a message: the person's own, or the server's default mailer. */
import type { ChannelSettings } from '#src/channels/channel.js';
import { settingOf } from '#src/channels/parts.js';

/** `tls` from the first byte; `starttls` refuses to go on without it; `offered` takes it where the server has it. */
export type MailSecurity = 'tls' | 'starttls' | 'offered' | 'none';

/** A mail server with the means to log in; without a user there is no login. */
export interface SmtpServer {
  host: string;
  port: number;
  security: MailSecurity;
  user: string;
  password: string;
  /** The sender: an address, or `Name <address>`. */
  from: string;
  /** Whether the certificate must be right. */
  isVerified: boolean;
  /** The authority that is taken instead of the public ones, as PEM; empty: these. */
  ca: string;
  /** Chosen by the operator, so that it may stand in a private network. */
  isTrusted: boolean;
}

/** The server's default mailer, from SMTP_URL and MAIL_FROM. */
export interface DefaultMailer {
  /** `smtp://user:password@host:587` or `smtps://…`; `?tls.rejectUnauthorized=false` takes any certificate. */
  url: string;
  from: string;
}

const TLS_PORT = 465;
const SUBMISSION_PORT = 587;

/** The person's own mail server, or null where the settings name none. */
export function ownServer(settings: ChannelSettings): SmtpServer | null {
  const host = settingOf(settings, 'host');
  if (host === '') {
    return null;
  }
  const asked = settingOf(settings, 'security');
  const givenPort = Number(settingOf(settings, 'port'));
  const isTls = asked === 'tls' || (asked === '' && (givenPort === TLS_PORT || givenPort === 0));
  const user = settingOf(settings, 'user');
  return {
    host,
    port: givenPort || (isTls ? TLS_PORT : SUBMISSION_PORT),
    security: isTls ? 'tls' : asked === 'none' ? 'none' : 'starttls',
    user,
    password: settings.password ?? '',
    from: settingOf(settings, 'from') || user,
    isVerified: true,
    ca: settingOf(settings, 'certificate'),
    isTrusted: false,
  };
}

/** The mail server of an `SMTP_URL`. Throws TypeError for an address that is none: the configuration was checked before. */
export function defaultServer(mailer: DefaultMailer): SmtpServer {
  const url = new URL(mailer.url);
  const isTls = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (isTls ? TLS_PORT : SUBMISSION_PORT),
    security: isTls ? 'tls' : url.searchParams.get('requireTLS') === 'true' ? 'starttls' : 'offered',
    user,
    password: decodeURIComponent(url.password),
    from: mailer.from || user,
    isVerified: url.searchParams.get('tls.rejectUnauthorized') !== 'false',
    ca: '',
    isTrusted: true,
  };
}
