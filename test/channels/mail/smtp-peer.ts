/** A mail server for tests: keeps what came, and refuses as told. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { ChannelSettings } from '#src/channels/channel.js';
import { createMailChannel, type DefaultMailer } from '#src/channels/mail/index.js';
import type { MessageContent, Outcome } from '#src/core/types.js';
import { type Cleanups, openIo, sendBy } from '#test/channels/http-peer.js';

/** One mail as it came. */
export interface SeenMail {
  from: string;
  to: string[];
  /** Whether the conversation was encrypted. */
  isSecure: boolean;
  /** Who had logged in. */
  user: string | undefined;
  raw: string;
  mail: ParsedMail;
}

/** Where the server refuses: the SMTP code at the login, at a receiver of that name, at the end of the text. */
export interface SmtpRefusals {
  login?: number;
  receivers?: Readonly<Record<string, number>>;
  text?: number;
}

/** Opens a server. The only right password is `simmail`. */
export async function openSmtpPeer(
  cleanups: Cleanups,
  options: { refuse?: SmtpRefusals; needsLogin?: boolean; server?: SMTPServerOptions } = {},
) {
  const { refuse = {}, needsLogin = false } = options;
  const seen: SeenMail[] = [];
  const no = (code: number | undefined) =>
    code === undefined ? null : Object.assign(new Error(`no by ${code}`), { responseCode: code });
  const server = new SMTPServer({
    authOptional: !needsLogin,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) => {
      const refusal = no(refuse.login ?? (password === 'simmail' ? undefined : 535));
      if (refusal) {
        done(refusal);
      } else {
        done(null, { user: username });
      }
    },
    onRcptTo: ({ address }, _session, done) => done(no(refuse.receivers?.[address])),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks).toString();
        const { mailFrom, rcptTo } = session.envelope;
        seen.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          isSecure: session.secure,
          user: session.user,
          raw,
          mail: await simpleParser(raw),
        });
        done(no(refuse.text));
      });
    },
    ...options.server,
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  cleanups.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { seen, port: (server.server.address() as AddressInfo).port };
}

/** Settings of a person's own mail server, but for its port. */
export const OWN = {
  host: '127.0.0.1',
  security: 'none',
  user: 'ops@mail.example',
  password: 'simmail',
  to: 'ming@mail.example',
};

/** What a send may be told besides its settings. */
export interface Means {
  message?: MessageContent;
  address?: string;
  defaultMailer?: DefaultMailer | null;
  allowPrivate?: boolean;
  timeoutMs?: number;
}

/** Sends a message by mail. */
export function sendMail(cleanups: Cleanups, settings: ChannelSettings, means: Means = {}): Promise<Outcome> {
  const { defaultMailer = null, allowPrivate = true, timeoutMs, ...input } = means;
  const channel = createMailChannel({ defaultMailer, allowPrivate, timeoutMs });
  return sendBy(channel, settings, { ...input, io: openIo(cleanups) });
}
