/** The gotify channel: posts a message as an application of a gotify server. */
import type { Channel, ChannelSettings } from '#src/channels/channel.js';
import { notThisService, quote, readJsonObject, sendRequest } from '#src/channels/http-answer.js';
import {
  CERTIFICATE_FIELD,
  checkCertificate,
  extrasOf,
  headingOf,
  repeatsTitle,
  serverField,
  serverOf,
  settingOf,
  TAP_FIELD,
  type TapTargets,
  tapTargetsOf,
  tapUrl,
  trustOf,
} from '#src/channels/parts.js';
import { pathOf, readPasted, serverAt, withoutEnd } from '#src/channels/pasted-address.js';
import { toPlainLines } from '#src/channels/plain-lines.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import type { MessageContent, Outcome } from '#src/core/types.js';
import type { SafeAnswer } from '#src/lib/safe-fetch.js';

/** A message drawn for gotify; the priority and the click address come from each channel's settings. */
export interface GotifyCard {
  /** Empty where the message says the same: the server then shows the application's name. */
  title: string;
  message: string;
  isMarkdown: boolean;
  isUrgent: boolean;
  tap: TapTargets;
  /** `priority` and `extras` as the sender gave them. */
  given: { priority?: number; extras: Readonly<Record<string, unknown>> };
}

/** The Android client makes itself heard from 8 on. */
const URGENT = 8;

/** Makes the channel. */
export function createGotifyChannel(): Channel<GotifyCard> {
  return {
    id: 'gotify',
    title: { zh: 'Gotify', en: 'Gotify' },
    configFields: [
      serverField({
        required: true,
        hint: {
          zh: '你的 Gotify 服务器，如 https://push.example.com',
          en: 'your Gotify server, such as https://push.example.com',
        },
      }),
      {
        name: 'token',
        type: 'text',
        label: { zh: '应用令牌', en: 'Application token' },
        hint: {
          zh: 'Gotify 网页「Apps」里新建应用后复制；也可以粘贴带 token 的整个推送地址',
          en: 'make an application on the Apps page and copy its token; or paste the whole message address with it',
        },
        required: true,
        secret: true,
      },
      {
        name: 'priority',
        type: 'number',
        label: { zh: '优先级', en: 'Priority' },
        hint: {
          zh: '0 到 10，留空用应用的默认值；紧急消息至少 8',
          en: '0 to 10, empty for the application’s own; urgent messages are 8 at least',
        },
        required: false,
        secret: false,
      },
      TAP_FIELD,
      CERTIFICATE_FIELD,
    ],
    limits: { inFlight: 4 },
    repeatsOf: () => SHOWN_AGAIN,
    accountOf: (settings) => `${serverOf(settings, '')} ${settingOf(settings, 'token')}`,
    // https://push.example.com/message?token=TOKEN, as its documentation posts to it.
    readPasted: (settings) =>
      readPasted(settings, 'token', (address) => {
        const secret = address.searchParams.get('token');
        const server = serverAt(address, withoutEnd(pathOf(address), ['message']));
        return { server, ...(secret === null ? {} : { secret }) };
      }),
    checkSettings: (settings) =>
      /^(\d|10)?$/.test(settingOf(settings, 'priority'))
        ? checkCertificate(settings, serverOf(settings, ''))
        : [
            {
              field: 'priority',
              zh: '优先级是 0 到 10 的整数',
              en: 'the priority is a whole number from 0 to 10',
            },
          ],
    render: renderGotify,
    send: (card, settings, _recipient, io) => {
      const token = settingOf(settings, 'token');
      return sendRequest(
        io,
        {
          ...trustOf(settings),
          url: `${serverOf(settings, '')}/message`,
          method: 'POST',
          headers: { 'content-type': 'application/json; charset=utf-8', 'x-gotify-key': token },
          body: JSON.stringify(fillMessage(card, settings)),
        },
        { service: 'Gotify', secrets: [token], read: readGotify },
      );
    },
  };
}

/** Draws a message, the same for all receivers. */
export function renderGotify(message: MessageContent): GotifyCard {
  const isMarkdown = message.format === 'markdown';
  const body = isMarkdown ? message.body : toPlainLines(message.body, message.format);
  const { priority, extras } = extrasOf(message.extras, 'gotify');
  const heading = headingOf(message);
  // An empty message is refused.
  const said = body.trim() === '' ? heading : body;
  return {
    title: repeatsTitle({ title: heading }, said) ? '' : heading,
    message: said,
    isMarkdown,
    isUrgent: message.isUrgent,
    tap: tapTargetsOf(message),
    given: {
      ...(typeof priority === 'number' && Number.isInteger(priority) ? { priority } : {}),
      extras: typeof extras === 'object' && extras !== null && !Array.isArray(extras) ? { ...extras } : {},
    },
  };
}

function fillMessage(card: GotifyCard, settings: ChannelSettings): Record<string, unknown> {
  const own = settingOf(settings, 'priority');
  const usual = card.given.priority ?? (own === '' ? undefined : Number(own));
  const priority = card.isUrgent ? Math.max(URGENT, usual ?? 0) : usual;
  return {
    ...(card.title === '' ? {} : { title: card.title }),
    message: card.message,
    ...(priority === undefined ? {} : { priority }),
    extras: {
      'client::display': { contentType: card.isMarkdown ? 'text/markdown' : 'text/plain' },
      'client::notification': { click: { url: tapUrl(card.tap, settings) } },
      ...card.given.extras,
    },
  };
}

/** A message has a number as its id; a refusal is `{error, errorCode, errorDescription}` with its code as the status. */
function readGotify(answer: SafeAnswer): Outcome | null {
  const json = readJsonObject(answer.body);
  if (answer.status === 200) {
    return typeof json?.id === 'number'
      ? { kind: 'sent', ref: String(json.id) }
      : notThisService(answer, 'Gotify');
  }
  if (answer.status === 401 || answer.status === 403) {
    const said = typeof json?.errorDescription === 'string' ? quote(json.errorDescription) : '';
    const advice =
      '应用令牌不正确或已被删除，请在通道设置里更新 the application token is wrong or was deleted';
    return {
      kind: 'refused',
      code: String(answer.status),
      why: `Gotify: HTTP ${answer.status}${said}；${advice}`,
    };
  }
  return answer.status < 300 ? notThisService(answer, 'Gotify') : null;
}
