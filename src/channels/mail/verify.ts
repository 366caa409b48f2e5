/** Tries the server's default mailer without sending anything: connects, encrypts, logs in. */
import { createHostResolver } from '#src/lib/host-resolver.js';
import { toMailOutcome } from './outcome.js';
import { type DefaultMailer, defaultServer } from './smtp-server.js';
import { MAIL_TIMEOUT_MS, withTransport } from './transport.js';

/** Null when the mailer answers and takes the login; else why not. */
export async function verifyMailer(mailer: DefaultMailer): Promise<string | null> {
  const server = defaultServer(mailer);
  const reach = { allowPrivate: true, resolve: createHostResolver(), timeoutMs: MAIL_TIMEOUT_MS };
  try {
    await withTransport({ server, reach }, (transport) => transport.verify());
    return null;
  } catch (error) {
    const outcome = toMailOutcome(error);
    return outcome.kind === 'sent' ? null : outcome.why;
  }
}
