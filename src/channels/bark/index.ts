/** The Bark channel: pushes to an iPhone through a Bark server, encrypted where the person wants it. */
import type { Channel } from '#src/channels/channel.js';
import {
  commonOutcome,
  notThisService,
  quote,
  readJsonObject,
  sendRequest,
} from '#src/channels/http-answer.js';
import { serverOf, settingOf, trustOf } from '#src/channels/parts.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import type { Outcome } from '#src/core/types.js';
import { randomText } from '#src/lib/ids.js';
import type { SafeAnswer } from '#src/lib/safe-fetch.js';
import { type BarkCard, fillParameters, renderBark } from './render.js';
import { BARK_FIELDS, BARK_SERVER, barkAccount, checkBarkSettings, readPastedBark } from './settings.js';

/** Makes the channel. */
export function createBarkChannel(): Channel<BarkCard> {
  return {
    id: 'bark',
    replaces: true,
    title: { zh: 'Bark（iOS）', en: 'Bark (iOS)' },
    configFields: BARK_FIELDS,
    limits: { inFlight: 4 },
    repeatsOf: () => SHOWN_AGAIN,
    accountOf: (settings) => barkAccount(settings),
    readPasted: readPastedBark,
    checkSettings: checkBarkSettings,
    render: renderBark,
    send: (card, settings, _recipient, io) => {
      const key = settingOf(settings, 'key');
      const password = settingOf(settings, 'password');
      const body = JSON.stringify({ ...fillParameters(card, settings, randomText), device_key: key });
      return sendRequest(
        io,
        {
          url: `${serverOf(settings, BARK_SERVER)}/push`,
          ...trustOf(settings),
          method: 'POST',
          headers: { 'content-type': 'application/json; charset=utf-8', ...basicAuth(settings) },
          body,
        },
        { service: 'Bark', secrets: [key, password], read: (answer) => readBark(answer, io.clock) },
      );
    },
  };
}

function basicAuth(settings: Readonly<Record<string, string>>): Record<string, string> {
  const user = settingOf(settings, 'user');
  const password = settingOf(settings, 'password');
  const pair = Buffer.from(`${user}:${password}`).toString('base64');
  return user === '' && password === '' ? {} : { authorization: `Basic ${pair}` };
}

/** bark-server answers `{code, message, timestamp}` with the code as the HTTP status; 418 and plain text without credentials. */
function readBark(answer: SafeAnswer, clock: { now(): number }): Outcome | null {
  const json = readJsonObject(answer.body);
  const code = typeof json?.code === 'number' ? json.code : answer.status;
  const message = typeof json?.message === 'string' ? json.message : answer.body;
  const why = `Bark: ${code}${quote(message)}`;
  if (answer.status === 418) {
    return {
      kind: 'refused',
      code: '418',
      why: `${why}；服务器要求用户名和密码，请在通道设置里填写 the server asks for a user name and password`,
    };
  }
  if (!json || typeof json.code !== 'number') {
    return answer.status < 300 ? notThisService(answer, 'Bark') : null;
  }
  if (code === 200 && answer.status === 200) {
    return { kind: 'sent' };
  }
  if (code === 400 && /device ?token|device key is empty/i.test(message)) {
    const advice =
      '这个设备 Key 已失效，请打开 Bark App 重新复制 the server does not know this device key any more';
    return { kind: 'gone', code: '400', why: `${why}；${advice}` };
  }
  if (/PayloadTooLarge/i.test(message)) {
    return {
      kind: 'refused',
      code: String(code),
      why: `${why}；内容超过苹果推送的 4096 字节 too large for a push`,
    };
  }
  // The code is the status, unless something in between answered.
  const status = answer.status === 200 ? code : answer.status;
  return commonOutcome({ ...answer, status, body: message }, 'Bark', clock);
}
