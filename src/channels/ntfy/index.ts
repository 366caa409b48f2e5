/** The ntfy channel: publishes to a topic of an ntfy server. */
import type { Channel, ChannelSettings, ConfigField } from '#src/channels/channel.js';
import {
  commonOutcome,
  notThisService,
  quote,
  readJsonObject,
  readRetryAfter,
  sendRequest,
} from '#src/channels/http-answer.js';
import {
  CERTIFICATE_FIELD,
  checkCertificate,
  serverField,
  serverOf,
  settingOf,
  TAP_FIELD,
  trustOf,
} from '#src/channels/parts.js';
import { pathOf, readPasted, type SplitAddress, serverAt } from '#src/channels/pasted-address.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import type { Outcome } from '#src/core/types.js';
import type { Clock } from '#src/lib/clock.js';
import type { SafeAnswer } from '#src/lib/safe-fetch.js';
import { changeOf, fillPublish, type NtfyCard, renderNtfy } from './render.js';

const SERVER = 'https://ntfy.sh';
/** Paths of the server itself. */
const RESERVED = new Set([
  'docs',
  'static',
  'file',
  'app',
  'metrics',
  'account',
  'settings',
  'signup',
  'login',
  'v1',
]);
const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

/** How long each used-up limit of ntfy lasts: a request comes back every 5 s, the daily ones are asked again each hour. */
const LIMIT_RESTS_MS: Readonly<Record<number, number>> = {
  42901: 5 * SECOND_MS,
  42905: HOUR_MS,
  42908: HOUR_MS,
  42909: 600 * SECOND_MS,
};
const ADVICE: Readonly<Record<number, string>> = {
  40101: '令牌或密码不正确，请在通道设置里更新 the token or password is wrong: update the channel',
  40301: '没有向这个主题发布的权限，请检查令牌与主题 not allowed to publish to this topic',
  40401: '服务器地址不正确 the server address is wrong',
  40009: '主题名不正确 the topic name is invalid',
};

/** What may stand behind a topic in an address. */
const VERBS = /^(?:json|sse|raw|ws|auth|publish|send|trigger)$/;

/** `https://ntfy.example.com/topic`, as the app and the page show it; also with its user, or a verb behind it. */
const splitTopicAddress: SplitAddress = (address, known) => {
  const path = pathOf(address);
  const whole = path.length > 1 && VERBS.test(path.at(-1) ?? '') ? path.slice(0, -1) : path;
  const isTopic = known === '' || whole.at(-1) === known;
  const topic = isTopic ? whole.at(-1) : undefined;
  const { username, password } = address;
  return {
    server: serverAt(address, topic === undefined ? whole : whole.slice(0, -1)),
    ...(topic === undefined ? {} : { secret: topic }),
    ...(username === ''
      ? {}
      : { user: decodeURIComponent(username), password: decodeURIComponent(password) }),
  };
};

const FIELDS: readonly ConfigField[] = [
  serverField({
    required: false,
    hint: {
      zh: `自建服务器的地址；留空用公共的 ${SERVER}`,
      en: `your own server; empty for the public ${SERVER}`,
    },
  }),
  {
    name: 'topic',
    type: 'text',
    label: { zh: '主题', en: 'Topic' },
    hint: {
      zh: '在 ntfy App 里订阅的主题名，也可以粘贴主题的整个地址；公共服务器上谁知道名字谁就能看，请取难猜的名字',
      en: 'the topic you subscribed to, or its whole address; on a public server the name is the only secret, so choose one nobody guesses',
    },
    required: true,
    secret: true,
  },
  {
    name: 'token',
    type: 'text',
    label: { zh: '访问令牌', en: 'Access token' },
    hint: {
      zh: '服务器要求登录时填写：网页「账户 → 访问令牌」，形如 tk_…',
      en: 'where the server asks: Account → Access tokens, tk_…',
    },
    required: false,
    secret: true,
  },
  {
    name: 'user',
    type: 'text',
    label: { zh: '用户名', en: 'User name' },
    hint: { zh: '没有令牌时可用用户名和密码', en: 'a user name and password instead of a token' },
    required: false,
    secret: false,
  },
  { name: 'password', type: 'text', label: { zh: '密码', en: 'Password' }, required: false, secret: true },
  {
    name: 'priority',
    type: 'choice',
    label: { zh: '优先级', en: 'Priority' },
    hint: {
      zh: '1 最低，3 默认，5 最高；紧急消息总是 5',
      en: '1 lowest, 3 default, 5 highest; urgent messages are 5',
    },
    required: false,
    secret: false,
    choices: ['1', '2', '3', '4', '5'],
  },
  TAP_FIELD,
  CERTIFICATE_FIELD,
];

/** Makes the channel. */
export function createNtfyChannel(): Channel<NtfyCard> {
  return {
    id: 'ntfy',
    replaces: true,
    title: { zh: 'ntfy', en: 'ntfy' },
    configFields: FIELDS,
    // A visitor has 60 requests and gets one back every 5 s (ntfy's default); a visitor is an address or an account.
    limits: { inFlight: 4, windows: [{ count: 60, perMs: 300_000 }] },
    readPasted: (settings) => readPasted(settings, 'topic', splitTopicAddress),
    repeatsOf: () => SHOWN_AGAIN,
    accountOf: (settings) =>
      `${serverOf(settings, SERVER)} ${settingOf(settings, 'token') || settingOf(settings, 'user')}`,
    checkSettings: checkNtfySettings,
    render: renderNtfy,
    send: (card, settings, _recipient, io) =>
      sendRequest(
        io,
        { ...toRequest(card, settings), ...trustOf(settings) },
        {
          service: 'ntfy',
          secrets: ['token', 'password', 'topic'].map((name) => settingOf(settings, name)),
          read: (answer) => readNtfy(answer, io.clock),
        },
      ),
  };
}

function toRequest(card: NtfyCard, settings: ChannelSettings) {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...authorization(settings) };
  const server = serverOf(settings, SERVER);
  const change = changeOf(card, settings);
  return change
    ? { url: `${server}/${change.path}`, method: change.method, headers, body: '' }
    : { url: `${server}/`, method: 'POST', headers, body: JSON.stringify(fillPublish(card, settings)) };
}

function checkNtfySettings(settings: ChannelSettings): { field: string; zh: string; en: string }[] {
  const topic = settingOf(settings, 'topic');
  const wrong = checkCertificate(settings, serverOf(settings, SERVER));
  return /^[-_A-Za-z0-9]{1,64}$/.test(topic) && !RESERVED.has(topic)
    ? wrong
    : [
        {
          field: 'topic',
          zh: '主题名是 1 到 64 个字母、数字、下划线或减号，且不是 ntfy 的保留词',
          en: 'a topic has 1 to 64 letters, digits, underscores or dashes, and is no reserved word of ntfy',
        },
      ];
}

function authorization(settings: ChannelSettings): Record<string, string> {
  const token = settingOf(settings, 'token');
  const user = settingOf(settings, 'user');
  if (token !== '') {
    return { authorization: `Bearer ${token}` };
  }
  const pair = Buffer.from(`${user}:${settingOf(settings, 'password')}`).toString('base64');
  return user === '' ? {} : { authorization: `Basic ${pair}` };
}

/** A refusal is `{code, http, error}`; the first three digits of the code are the HTTP status. */
function readNtfy(answer: SafeAnswer, clock: Clock): Outcome | null {
  const json = readJsonObject(answer.body);
  if (answer.status === 200) {
    return typeof json?.id === 'string' ? { kind: 'sent', ref: json.id } : notThisService(answer, 'ntfy');
  }
  const number = typeof json?.code === 'number' ? json.code : null;
  if (number === null) {
    return answer.status < 300 ? notThisService(answer, 'ntfy') : null;
  }
  const code = String(number);
  const why = `ntfy: ${code}${quote(typeof json?.error === 'string' ? json.error : '')}`;
  if (answer.status === 429) {
    const asked = readRetryAfter(answer.headers['retry-after'], clock.now());
    const afterMs = asked ?? LIMIT_RESTS_MS[number] ?? 60 * SECOND_MS;
    return { kind: 'retry', scope: 'queue', afterMs, code, why };
  }
  const common = commonOutcome(answer, 'ntfy', clock);
  if (common.kind === 'retry' || common.kind === 'unknown') {
    return { ...common, code, why };
  }
  return { kind: 'refused', code, why: ADVICE[number] ? `${why}；${ADVICE[number]}` : why };
}
