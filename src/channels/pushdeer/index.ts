/** The PushDeer channel: pushes to the PushDeer app through its server. */

import type { Channel } from '#src/channels/channel.js';
import {
  commonOutcome,
  notThisService,
  quote,
  readJsonObject,
  sendRequest,
} from '#src/channels/http-answer.js';
import {
  CERTIFICATE_FIELD,
  checkCertificate,
  headingOf,
  repeatsTitle,
  serverField,
  serverOf,
  settingOf,
  type TapTargets,
  tapTargetsOf,
  trustOf,
} from '#src/channels/parts.js';
import { pathOf, readPasted, serverAt, withoutEnd } from '#src/channels/pasted-address.js';
import { toPlainLines } from '#src/channels/plain-lines.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import type { MessageContent, Outcome } from '#src/core/types.js';
import { takeBytes } from '#src/lib/byte-cut.js';
import type { Clock } from '#src/lib/clock.js';
import { cutWithPictures } from '#src/lib/picture-name.js';
import type { SafeAnswer } from '#src/lib/safe-fetch.js';

/** A message drawn for PushDeer, in its own words. */
export interface PushDeerCard {
  text: string;
  desp: string;
  type: 'markdown' | 'text';
}

const SERVER = 'https://api2.pushdeer.com';
/** The server keeps a message in a database column of 65,535 bytes; the rest is on the message page. */
const MAX_DESP_BYTES = 60_000;
const MINUTE_MS = 60_000;
const DEAD_KEY_ADVICE =
  'Key 无效或名下没有设备，请在 PushDeer App 里检查 the key is unknown or has no device: check it in the app';

/** Makes the channel. */
export function createPushDeerChannel(): Channel<PushDeerCard> {
  return {
    id: 'pushdeer',
    title: { zh: 'PushDeer', en: 'PushDeer' },
    configFields: [
      serverField({
        required: false,
        hint: { zh: `自建服务器的地址；留空用官方的 ${SERVER}`, en: `your own server; empty for ${SERVER}` },
      }),
      {
        name: 'key',
        type: 'text',
        label: { zh: 'PushKey', en: 'Push key' },
        hint: {
          zh: '在 PushDeer App 的「Key」页新建并复制；也可以粘贴带 pushkey 的整个推送地址',
          en: 'make and copy one on the app’s Key page; or paste the whole push address with its pushkey',
        },
        required: true,
        secret: true,
      },
      CERTIFICATE_FIELD,
    ],
    // The servers count 60 requests a minute for each caller; all channels of one server share ours.
    limits: { inFlight: 4, windows: [{ count: 60, perMs: MINUTE_MS }] },
    repeatsOf: () => SHOWN_AGAIN,
    accountOf: (settings) => serverOf(settings, SERVER),
    // https://api2.pushdeer.com/message/push?pushkey=KEY&text=…, as its page shows it.
    readPasted: (settings) =>
      readPasted(settings, 'key', (address) => {
        const secret = address.searchParams.get('pushkey');
        const server = serverAt(address, withoutEnd(pathOf(address), ['message', 'push']));
        return { server, ...(secret === null ? {} : { secret }) };
      }),
    checkSettings: (settings) =>
      /^[\w-]{1,100}$/.test(settingOf(settings, 'key'))
        ? checkCertificate(settings, serverOf(settings, SERVER))
        : [
            {
              field: 'key',
              zh: '请只填一个 PushKey，形如 PDU…',
              en: 'give one push key, such as PDU…',
            },
          ],
    render: renderPushDeer,
    send: (card, settings, _recipient, io) => {
      const key = settingOf(settings, 'key');
      return sendRequest(
        io,
        {
          ...trustOf(settings),
          url: `${serverOf(settings, SERVER)}/message/push`,
          method: 'POST',
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body: JSON.stringify({ pushkey: key, ...card }),
        },
        { service: 'PushDeer', secrets: [key], read: (answer) => readPushDeer(answer, io.clock) },
      );
    },
  };
}

/** Draws a message. PushDeer opens nothing on a tap, so the addresses stand in the text. */
export function renderPushDeer(message: MessageContent): PushDeerCard {
  const isMarkdown = message.format === 'markdown';
  const body = isMarkdown ? message.body : toPlainLines(message.body, message.format);
  const links = linksOf(tapTargetsOf(message), isMarkdown);
  return {
    text: headingOf(message),
    desp: [
      repeatsTitle(message, body) ? '' : cutWithPictures(body, (text) => takeBytes(text, MAX_DESP_BYTES)),
      links,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    type: isMarkdown ? 'markdown' : 'text',
  };
}

function linksOf({ page, link }: TapTargets, isMarkdown: boolean): string {
  return [
    { name: '原文 Link', url: link },
    { name: '详情 Details', url: page },
  ]
    .filter(({ url }) => url !== '')
    .map(({ name, url }) => (isMarkdown ? `[${name}](${url})` : `${name}: ${url}`))
    .join(isMarkdown ? ' · ' : '\n');
}

/** HTTP 200 also for refusals; `content.result` has one JSON text for each device that was reached. */
function readPushDeer(answer: SafeAnswer, clock: Clock): Outcome | null {
  if (answer.status !== 200) {
    return readStatus(answer, clock);
  }
  const json = readJsonObject(answer.body);
  if (!json || typeof json.code !== 'number') {
    return notThisService(answer, 'PushDeer');
  }
  const code = String(json.code);
  const why = `PushDeer: ${code}${quote(typeof json.error === 'string' ? json.error : '')}`;
  if (json.code !== 0) {
    return readRefusal(json.code, code, why);
  }
  const result = readResult(json.content);
  if (result.length === 0) {
    return { kind: 'refused', code: 'no_device', why: `PushDeer: ${DEAD_KEY_ADVICE}` };
  }
  const reached = result.filter(isReached).length;
  return reached > 0
    ? { kind: 'sent', detail: `${reached}/${result.length} 台设备 devices` }
    : {
        kind: 'retry',
        code: 'not_reached',
        why: `PushDeer: 没有设备收到 no device took it${quote(result.join(' '))}`,
      };
}

/** 429 counts the caller, not this key: everything to that server waits. */
function readStatus(answer: SafeAnswer, clock: Clock): Outcome {
  const common = commonOutcome(answer, 'PushDeer', clock);
  if (common.kind === 'sent') {
    return notThisService(answer, 'PushDeer');
  }
  if (common.kind !== 'retry') {
    return common;
  }
  if (answer.status === 429) {
    return { ...common, scope: 'queue', afterMs: common.afterMs ?? MINUTE_MS };
  }
  // The server's present code fails so on a key it does not know, as well as when it is broken.
  return answer.status === 500 ? { ...common, why: `${common.why}；${DEAD_KEY_ADVICE}` } : common;
}

/** 80403 the account, 80501 the arguments, 80502 the push service behind, 80999 anything else. */
function readRefusal(number: number, code: string, why: string): Outcome {
  switch (number) {
    case 80403:
    case 80501:
      return { kind: 'refused', code, why: `${why}；${DEAD_KEY_ADVICE}` };
    case 80502:
    case 80999:
      return { kind: 'retry', code, why };
    default:
      return { kind: 'refused', code, why };
  }
}

function readResult(content: unknown): string[] {
  const result = typeof content === 'object' && content !== null && 'result' in content ? content.result : [];
  return Array.isArray(result)
    ? result.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    : [];
}

/** `{"counts":1,"logs":[],"success":"ok"}`; an answer of another shape is no proof of failure. */
function isReached(text: string): boolean {
  const one = readJsonObject(text);
  return one === null || one.success === undefined || one.success === 'ok' || one.success === true;
}
