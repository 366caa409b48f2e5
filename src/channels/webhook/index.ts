/** The custom webhook channel: a request of the person's own making to any address, filled from the message. */
import { toBodyHtml } from '#src/channels/body-html.js';
import type { Channel } from '#src/channels/channel.js';
import { quote, sendRequest } from '#src/channels/http-answer.js';
import { headingOf, settingOf, trustOf } from '#src/channels/parts.js';
import { toPlainLines } from '#src/channels/plain-lines.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import type { MessageContent, Outcome } from '#src/core/types.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import type { SafeAnswer } from '#src/lib/safe-fetch.js';
import { startOfPlainText, takeCodePoints } from '#src/lib/text.js';
import { findRefusal, type SuccessRule } from './judge.js';
import { fillPlaces, type Placeholder } from './placeholders.js';
import { WEBHOOK_FORMS } from './presets.js';
import {
  checkWebhookSettings,
  secretsOf,
  successOf,
  templateOf,
  WEBHOOK_FIELDS,
  type WebhookTemplate,
} from './settings.js';
import { toSlackWords } from './slack-words.js';

/** The parts that a template may name; each is made when it is asked for. */
export type WebhookParts = Readonly<Record<Placeholder, () => string>>;

/** Signs as Standard Webhooks says; gives the headers. */
export type SignHeaders = (input: {
  secret: string;
  id: string;
  /** Seconds since the epoch. */
  timestamp: number;
  body: string;
}) => Record<string, string>;

const SUMMARY_LENGTH = 64;
/** What says no may stand behind much else. */
const READ_BYTES = 65_536;

const REFUSED_ADVICE =
  '对方的应答说没有成功，判断得不对就在通道设置里改「怎样算成功」 the answer says that it failed: if that is wrong, change what counts as success';

/** Makes the channel. */
export function createWebhookChannel(deps: { sign: SignHeaders }): Channel<WebhookParts> {
  return {
    id: 'webhook',
    isShared: true,
    title: { zh: '自定义 Webhook', en: 'Custom webhook' },
    configFields: WEBHOOK_FIELDS,
    presets: WEBHOOK_FORMS,
    limits: { inFlight: 4 },
    repeatsOf: () => SHOWN_AGAIN,
    accountOf: (settings) => settingOf(settings, 'url'),
    checkSettings: checkWebhookSettings,
    render: renderWebhook,
    send: (parts, settings, _recipient, io) => {
      const preset = settingOf(settings, 'preset');
      const template = templateOf(settings);
      const { headers, ...request } = fillRequest(
        template,
        parts,
        preset === 'slack' ? toSlackWords : asItIs,
      );
      const secret = settingOf(settings, 'secret');
      const timestamp = Math.floor(io.clock.now() / 1000);
      const signed =
        secret === ''
          ? {}
          : deps.sign({ secret, id: `msg_${io.deliveryId}`, timestamp, body: request.body ?? '' });
      return sendRequest(
        io,
        { ...request, ...trustOf(settings), headers: { ...headers, ...signed } },
        {
          service: 'Webhook',
          secrets: [...secretsOf(template), secret],
          maxBytes: READ_BYTES,
          read: (answer) => readAnswer(answer, successOf(settings)),
        },
      );
    },
  };
}

/** Draws a message as the parts of a template. */
export function renderWebhook(message: MessageContent): WebhookParts {
  const { body, format } = message;
  return {
    title: () => headingOf(message),
    summary: () => message.summary || startOfPlainText(body, format, SUMMARY_LENGTH),
    content: () => body,
    text: () => toPlainLines(body, format),
    html: () => toBodyHtml(body, format),
    url: () => message.url,
    pageUrl: () => message.pageUrl,
    time: () => formatChinaTime(message.createdAt),
    appName: () => message.appName,
    id: () => String(message.id),
  };
}

function asItIs(words: string): string {
  return words;
}

function fillRequest(template: WebhookTemplate, parts: WebhookParts, write: (words: string) => string) {
  const { method, headers, kind } = template;
  const url = fillPlaces(template.url, 'form', (name) => parts[name]());
  if (method === 'GET') {
    const { 'content-type': _ofNoBody, ...rest } = headers;
    return { url, method, headers: rest };
  }
  return { url, method, headers, body: fillPlaces(template.body, kind, (name) => write(parts[name]())) };
}

/** 410 says that the endpoint is gone for good; 2xx has arrived, unless its words say otherwise. */
function readAnswer(answer: SafeAnswer, rule: SuccessRule): Outcome | null {
  if (answer.status === 410) {
    const why = 'Webhook: HTTP 410，对方说这个地址已停用 the receiver says that this address is gone';
    return { kind: 'gone', code: '410', why };
  }
  if (answer.status < 200 || answer.status > 299) {
    return null;
  }
  const refusal = findRefusal(answer, rule);
  if (refusal) {
    const why = `Webhook: HTTP ${answer.status}, ${refusal.code}${quote(refusal.words)}；${REFUSED_ADVICE}`;
    return { kind: 'refused', code: refusal.code, why };
  }
  return { kind: 'sent', ...(answer.body === '' ? {} : { detail: takeCodePoints(answer.body, 300, '…') }) };
}
