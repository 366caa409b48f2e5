/** What goes out by the server's own mailer and SMS account: to whom it may go, and how much of it. */
import type { Limits } from './limits.js';
import type { MailConsents } from './mail-consents.js';
import type { AdmitPost } from './types.js';

/** Mail that waits for a word of its receiver looks again after this: the owner may say yes any time. */
const LOOK_AGAIN_MS = 30 * 60_000;

/** Makes the gate. */
export function createServerPost({ limits, mailConsents }: { limits: Limits; mailConsents: MailConsents }) {
  const admit: AdmitPost = async ({ act, personId, receivers, own }) => {
    const waiting = act === 'server-mail' ? await mailConsents.listWaiting(personId, receivers, own) : [];
    if (waiting.length > 0) {
      await mailConsents.ask(personId, waiting);
      const who = waiting.join(', ');
      const zh = `邮件：等待 ${who} 确认：对方在确认信里点「同意」后才会发出，也可以在通道里填自己的 SMTP。`;
      const en = `Mail: waits until ${who} agrees by the link in the mail that asks; or give the channel an SMTP server of your own.`;
      return { code: 'unconfirmed', why: `${zh} ${en}`, afterMs: LOOK_AGAIN_MS };
    }
    const reached = await limits.tryTake(act, { personId, targets: receivers });
    return reached && { code: 'limit', why: reached.why, afterMs: reached.waitMs };
  };
  return { admit };
}
