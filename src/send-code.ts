/** Sends verification codes by the server's own mailer and SMS account, at once: somebody waits for them. */
import type { Channel, ChannelIo } from './channels/channel.js';
import { toSmsOutcome } from './channels/sms/outcome.js';
import type { SmsSettings } from './config.js';
import type { ContactKind, ContactOutside } from './core/contacts.js';
import type { MessageContent, Outcome } from './core/types.js';
import type { SmsPlatform } from './platforms/aliyun-sms.js';

/** What codes are sent by; null where the server has none. */
export interface CodeSenderDeps {
  mail: Channel | null;
  sms: { platform: SmsPlatform; settings: SmsSettings } | null;
  /** What a send gets; its id is new for each. */
  makeIo: () => ChannelIo;
}

type SendOne = (address: string, code: string) => Promise<Outcome>;

/** Makes the sender. */
export function createCodeSender({ mail, sms, makeIo }: CodeSenderDeps): ContactOutside {
  const senders = new Map<ContactKind, SendOne>();
  if (mail) {
    senders.set('email', (address, code) => {
      const io = makeIo();
      return mail.send(mail.render(codeMessage(code, io)), {}, { personId: 0, uid: '', address }, io);
    });
  }
  if (sms) {
    senders.set('phone', async (phone, code) => {
      const io = makeIo();
      const answer = await sms.platform.sendSms(sms.settings, toSms(sms.settings, { phone, code, io }));
      return toSmsOutcome(answer, io.clock.now());
    });
  }
  return {
    kinds: [...senders.keys()],
    sendQuestion: mail
      ? async (address, url) => {
          const io = makeIo();
          const recipient = { personId: 0, uid: '', address };
          const outcome = await mail.send(mail.render(questionMessage(url, io)), {}, recipient, io);
          return outcome.kind === 'sent' ? { ok: true, detail: '' } : { ok: false, detail: outcome.why };
        }
      : null,
    async sendCode(kind, address, code) {
      const outcome = await senders.get(kind)?.(address, code);
      return outcome?.kind === 'sent' ? { ok: true, detail: '' } : { ok: false, detail: outcome?.why ?? '' };
    },
  };
}

/** The template of codes takes the bare code; that of messages takes it as a title. */
function toSms(settings: SmsSettings, { phone, code, io }: { phone: string; code: string; io: ChannelIo }) {
  const { codeTemplate, templateCode, signName } = settings;
  const templateParam: Record<string, string> =
    codeTemplate === null ? { title: `验证码 ${code}` } : { code };
  return {
    phone,
    signName,
    templateCode: codeTemplate ?? templateCode,
    templateParam,
    outId: String(io.deliveryId),
  };
}

/** Nothing in it is of the person who wants to write: else the question itself could carry their words to strangers. */
function questionMessage(url: string, io: ChannelIo): MessageContent {
  const zh =
    '有人想把消息推送转发到这个邮箱。想收到的话，请打开下面的链接，点「同意」。不认识的话什么都不用做，也可以在那里点「不要再问」。';
  const en =
    'Somebody wants to have push messages sent to this address. If you want them, open the link and agree. If not, do nothing, or choose there not to be asked again.';
  return {
    ...codeMessage('', io),
    title: '确认接收邮件 Do you want these mails?',
    body: `${zh}\n${en}`,
    url,
  };
}

function codeMessage(code: string, { deliveryId, clock }: ChannelIo): MessageContent {
  const zh = `你的验证码是 ${code}，10 分钟内有效。若不是你本人操作，请忽略。`;
  const en = `Your code is ${code}; it works for ten minutes. If it was not you who asked for it, do nothing.`;
  return {
    id: deliveryId,
    appId: null,
    appName: '青鸟 Qingniao',
    title: `验证码 ${code} is your code`,
    summary: '',
    body: `${zh}\n${en}`,
    format: 'text',
    url: '',
    pageUrl: '',
    createdAt: new Date(clock.now()),
    isUrgent: false,
    extras: {},
  };
}
