/** The mail channel: by the person's own SMTP server, or by the server's default mailer. */
import type { Channel, ChannelIo } from '#src/channels/channel.js';
import { settingOf } from '#src/channels/parts.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import type { AdmitPost, Outcome } from '#src/core/types.js';
import { createHostResolver, type ResolveHost } from '#src/lib/host-resolver.js';
import { isMailAddress } from '#src/lib/mail-address.js';
import { toMailOutcome } from './outcome.js';
import { type MailCard, renderMail } from './render.js';
import { bareAddress, checkMailSettings, MAIL_FIELDS, receiversOf } from './settings.js';
import { type DefaultMailer, defaultServer, ownServer, type SmtpServer } from './smtp-server.js';
import { MAIL_TIMEOUT_MS, type MailRoute, withTransport } from './transport.js';

export type { DefaultMailer } from './smtp-server.js';
export { verifyMailer } from './verify.js';

/** What the channel is made of. */
export interface MailDeps {
  /** Null where the operator set none; then each person needs a mail server of their own. */
  defaultMailer: DefaultMailer | null;
  /** Whether a person's mail server may stand in a private network. */
  allowPrivate: boolean;
  /** Asked before the default mailer sends; absent: it may always. */
  admit?: AdmitPost;
  resolve?: ResolveHost;
  /** Told of a person's mail server that stands in a private network. */
  onInside?: (host: string) => void;
  timeoutMs?: number;
}

/** Makes the channel. Throws TypeError for a default mailer whose URL is none. */
export function createMailChannel(deps: MailDeps): Channel<MailCard> {
  const fallback = deps.defaultMailer ? defaultServer(deps.defaultMailer) : null;
  const resolve = deps.resolve ?? createHostResolver();
  return {
    id: 'mail',
    title: { zh: '邮件', en: 'Mail' },
    configFields: MAIL_FIELDS,
    limits: { inFlight: 4 },
    repeatsOf: () => SHOWN_AGAIN,
    accountOf: (settings) =>
      settingOf(settings, 'host') === ''
        ? 'server'
        : `${settingOf(settings, 'host')} ${settingOf(settings, 'user')}`,
    serverReceivers: (settings) => (settingOf(settings, 'host') === '' ? receiversOf(settings, '') : []),
    checkSettings: checkMailSettings,
    render: renderMail,
    send: async (card, settings, recipient, io) => {
      const server = ownServer(settings) ?? fallback;
      if (!server) {
        const why =
          '邮件 Mail: 本站没有发信服务，请在通道设置里填写自己的 SMTP 服务器 this site has no mailer: set an SMTP server of your own';
        return { kind: 'refused', code: 'no_mailer', why };
      }
      const to = receiversOf(settings, recipient.address).filter(isMailAddress);
      if (to.length === 0) {
        const why =
          '邮件 Mail: 没有收件地址，请在通道设置里填写或绑定邮箱 no receiver: set or bind a mail address';
        return { kind: 'refused', code: 'no_receiver', why };
      }
      const { personId, address: own } = recipient;
      const held = server.isTrusted
        ? await deps.admit?.({ act: 'server-mail', personId, receivers: to, own })
        : null;
      if (held) {
        return { kind: 'retry', isHeld: true, ...held };
      }
      const allowPrivate = server.isTrusted || deps.allowPrivate;
      const { onInside, timeoutMs = MAIL_TIMEOUT_MS } = deps;
      const reach = { allowPrivate, resolve, timeoutMs, ...(onInside ? { onInside } : {}) };
      try {
        return await sendMail({ server, reach }, { card, to }, io);
      } catch (error) {
        return toMailOutcome(error);
      }
    },
  };
}

async function sendMail(
  route: MailRoute,
  { card, to }: { card: MailCard; to: string[] },
  io: ChannelIo,
): Promise<Outcome> {
  return withTransport(route, async (transport) => {
    const done = await transport.sendMail(toMail({ card, to }, route.server, io));
    const missed = done.rejected.map(String);
    const detail = missed.length > 0 ? `未送达 not accepted: ${missed.join(', ')}` : done.response;
    return { kind: 'sent', ref: done.messageId, detail };
  });
}

/** The mail itself. Repeats of a delivery carry one Message-ID, by which mail servers know them. */
function toMail({ card, to }: { card: MailCard; to: string[] }, server: SmtpServer, io: ChannelIo) {
  const address = bareAddress(server.from);
  const domain = address.split('@')[1] || 'localhost';
  return {
    from: server.from.includes('<') ? server.from : { name: card.appName, address },
    to,
    subject: card.subject,
    text: card.text,
    html: card.html,
    messageId: `<${io.deliveryId}.qingniao@${domain}>`,
    date: new Date(io.clock.now()),
    ...(card.isUrgent ? { priority: 'high' as const } : {}),
    // RFC 3834: a program wrote this; nobody's absence note shall answer it.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
