/** The SMTP server on the loopback: lets in who knows the password, refuses some addresses, keeps every mail. */
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ParsedMail } from 'mailparser';
import type {
  SMTPServer,
  SMTPServerAuthentication,
  SMTPServerDataStream,
  SMTPServerSession,
} from 'smtp-server';
import { equalsInConstantTime } from '#src/lib/hash.js';
import type { Arrivals } from '../arrivals.js';
import { isAfterwards, isFailure, isSilent } from '../faults.js';
import type { World } from '../world.js';

const HOST = '127.0.0.1';
const PASSWORD = 'simmail';
/** Plain on the loopback at first: a client that is offered STARTTLS takes it, and then refuses the certificate. */
const PLAIN_ONLY = ['STARTTLS'];
const MAIL_LIMIT_BYTES = 10 * 1024 * 1024;

/** Recipients of these domains are never taken: for good, or for now. */
const REFUSED_DOMAINS: Readonly<Record<string, readonly [code: number, words: string]>> = {
  'refuse.example': [550, '5.1.1 No such user here'],
  'busy.example': [451, '4.3.0 Mailbox busy, try again later'],
};

/** A mail server that listens, or could not. */
export interface Smtp {
  /** The port once it listens; null when none was asked for or it is taken. */
  smtpPort(): Promise<number | null>;
  /** Offers STARTTLS to the connections to come, with the library's own certificate, which careful clients refuse. */
  offerTls(isOffered: boolean): Promise<void>;
  /** Cuts its connections. */
  close(): Promise<void>;
}

/** Starts the server on the port of the settings; a port that is taken is a warning in the log and no more. */
export function createSmtp(world: World, arrivals: Arrivals): Smtp {
  const wanted = world.settings.smtpPort;
  if (wanted === undefined) {
    return { smtpPort: async () => null, offerTls: async () => {}, close: async () => {} };
  }
  const listening = listen(world, arrivals, wanted);
  let closing: Promise<void> | null = null;
  return {
    smtpPort: () => listening.then((server) => server && (server.server.address() as AddressInfo).port),
    offerTls: async (isOffered) => {
      const server = await listening;
      if (server) {
        server.options.disabledCommands = isOffered ? [] : PLAIN_ONLY;
      }
    },
    close: () => {
      closing ??= listening.then(
        (server) => new Promise((resolve) => (server ? server.close(resolve) : resolve())),
      );
      return closing;
    },
  };
}

/** The listening server, or null where it could not listen. */
async function listen(world: World, arrivals: Arrivals, port: number): Promise<SMTPServer | null> {
  // Loaded only where mail is wanted: the two libraries take longer to load than the rest of the simulator.
  const [{ SMTPServer: Server }, { simpleParser }] = await Promise.all([
    import('smtp-server'),
    import('mailparser'),
  ]);
  const server = new Server({
    disabledCommands: PLAIN_ONLY,
    authOptional: true,
    allowInsecureAuth: true,
    authMethods: ['PLAIN', 'LOGIN'],
    disableReverseLookup: true,
    banner: 'Qingniao simulated mail',
    size: MAIL_LIMIT_BYTES,
    closeTimeout: 100,
    logger: false,
    onAuth: checkLogin,
    onRcptTo: ({ address }, _session, done) => done(refusalOf(address)),
    onData: (stream, session, done) => {
      readMail(stream)
        .then((bytes) => simpleParser(bytes, { skipTextToHtml: true }).then((mail) => ({ bytes, mail })))
        .then((read) => takeMail(world, () => keepMail(arrivals, read, session), cutOf(server, session)))
        .then(
          () => done(),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        );
    },
  });
  return new Promise((resolve) => {
    server.on('error', (error: Error) => {
      world.log.warn('the simulated mail server has a problem', { port, error: error.message });
      resolve(null);
    });
    server.listen(port, HOST, () => resolve(server));
  });
}

function checkLogin(
  auth: SMTPServerAuthentication,
  _session: SMTPServerSession,
  done: (error: Error | null, response?: { user: string }) => void,
): void {
  if (equalsInConstantTime(auth.password ?? '', PASSWORD)) {
    done(null, { user: auth.username ?? '' });
  } else {
    done(smtpError(535, '5.7.8 Authentication credentials invalid'));
  }
}

function refusalOf(address: string): Error | null {
  const refusal = REFUSED_DOMAINS[address.split('@').at(-1)?.toLowerCase() ?? ''];
  return refusal ? smtpError(...refusal) : null;
}

function smtpError(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode });
}

async function readMail(stream: SMTPServerDataStream): Promise<Buffer> {
  const bytes = await buffer(stream);
  if (stream.sizeExceeded) {
    throw smtpError(552, '5.3.4 Message too large');
  }
  return bytes;
}

/** A fault of `/mail` strikes when the mail is whole: it says no by `errcode` (451), or cuts the connection. */
async function takeMail(world: World, keep: () => void, cut: () => void): Promise<void> {
  const fault = world.faults.strike('/mail');
  await world.delay(fault?.latencyMs ?? 0);
  if (!fault || !isFailure(fault)) {
    keep();
    return;
  }
  if (isAfterwards(fault)) {
    keep();
  }
  if (isSilent(fault)) {
    await world.delay(fault.hang ?? 0);
    cut();
    return;
  }
  throw smtpError(fault.errcode ?? 451, '4.3.0 injected fault');
}

/** Cuts the connection of a session. */
function cutOf(server: SMTPServer, session: SMTPServerSession): () => void {
  return () => {
    for (const connection of server.connections) {
      if (connection.session === session) {
        connection._socket.destroy();
      }
    }
  };
}

function keepMail(
  arrivals: Arrivals,
  { bytes, mail }: { bytes: Buffer; mail: ParsedMail },
  session: SMTPServerSession,
): void {
  const headers = Object.fromEntries(
    mail.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()]),
  );
  const recipients = session.envelope.rcptTo.map(({ address }) => address);
  const to = recipients.join(', ');
  const subject = mail.subject ?? '';
  const text = mail.text ?? '';
  arrivals.keep({
    request: { method: 'SMTP', path: `/${to}`, headers, body: bytes.toString() },
    rendered: [subject, text.trim()].filter((part) => part !== '').join('\n'),
    to,
    recipients,
    from: mail.from?.text ?? '',
    envelopeFrom: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
    user: session.user ?? null,
    subject,
    title: subject,
    text,
    html: mail.html || '',
    attachments: mail.attachments.map(({ filename, contentType, size }) => ({ filename, contentType, size })),
  });
}
