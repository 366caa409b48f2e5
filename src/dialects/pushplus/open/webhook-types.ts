/** PushPlus's types of webhook: which kind of channel each is here, and how its settings are written. */
import type { ChannelView } from '#src/core/channels.js';
import { invalid } from '#src/dialects/pushplus/envelope.js';
import { parseJson } from '#src/lib/json.js';
import { notServed } from './call.js';

/** What a call says of a webhook beside its name. */
export interface WebhookInput {
  webhookType: number;
  webhookUrl?: string | undefined;
  /** These three are for the custom type alone. */
  httpMethod?: string | undefined;
  headers?: string | undefined;
  body?: string | undefined;
}

/** Settings of a channel; those that are not given stay as they are. */
type Settings = Record<string, string>;

interface WebhookType {
  kind: string;
  /** The settings that the kind is told by, where several types are of one kind. */
  preset?: string;
  toSettings(url: string, input: WebhookInput): Settings;
}

const CUSTOM = 12;
const webhook = (preset: string): WebhookType => ({
  kind: 'webhook',
  preset,
  toSettings: (url) => ({ preset, url }),
});

const TYPES: Readonly<Record<number, WebhookType>> = {
  1: { kind: 'wecom-bot', toSettings: (key) => ({ key }) },
  2: { kind: 'dingtalk-bot', toSettings: (token) => ({ token }) },
  3: { kind: 'feishu-bot', toSettings: (token) => ({ token }) },
  4: webhook('serverchan'),
  7: webhook('hiflow'),
  8: webhook('ifttt'),
  9: webhook('hiflow'),
  10: { kind: 'gotify', toSettings: readGotify },
  12: {
    kind: 'webhook',
    preset: 'custom',
    toSettings: (url, { httpMethod, headers, body }) => ({
      preset: 'custom',
      url: toPlaces(url),
      ...(httpMethod === undefined ? {} : { method: httpMethod.trim().toUpperCase() }),
      ...(headers === undefined ? {} : { headers: toHeaderLines(headers) }),
      ...(body === undefined ? {} : { body: toPlaces(body), contentType: isJson(body) ? 'json' : 'raw' }),
    }),
  },
  50: { kind: 'bark', toSettings: readBark },
};

/** Types of PushPlus's that have another place here, or none. */
const ELSEWHERE: Readonly<Record<number, string>> = {
  6: '企业微信应用类型的webhook，请使用 cp 渠道',
  11: 'WxPusher类型的webhook，请使用自定义类型(12)',
};

/** The kind of channel and the settings that a webhook asks for. Throws a Refusal for a type that is not served. */
export function toChannel(input: WebhookInput): { kind: string; config: Settings } {
  const type = TYPES[input.webhookType];
  if (!type) {
    const known = ELSEWHERE[input.webhookType];
    throw known ? notServed(known) : invalid(`webhookType不存在[${input.webhookType}]`);
  }
  const url = input.webhookUrl?.trim();
  return { kind: type.kind, config: url === undefined ? {} : type.toSettings(url, input) };
}

/** The type of a channel; null for one that is no webhook at PushPlus, such as mail. */
export function typeOf({ kind, config }: Pick<ChannelView, 'kind' | 'config'>): number | null {
  const own = Object.entries(TYPES).filter(([, type]) => type.kind === kind);
  const found = own.find(([, { preset }]) => preset === undefined || preset === (config.preset ?? 'custom'));
  // Kinds of webhook that PushPlus has no number for are custom ones to it.
  return found ? Number(found[0]) : OTHERS.includes(kind) ? CUSTOM : null;
}

const OTHERS: readonly string[] = ['webhook', 'ntfy', 'pushdeer'];

/** What is shown of a custom webhook beside its address, in PushPlus's own words. */
export function toCustomFields({ config }: Pick<ChannelView, 'config'>) {
  const { method = 'POST', headers = '', body = '' } = config;
  return { httpMethod: method, headers, body: body.replace(/\{(\{\w+\})\}/g, '$1') };
}

/** `https://host/message?token=…`, as its own server shows it. */
function readGotify(url: string): Settings {
  const at = URL.canParse(url) ? new URL(url) : null;
  const token = at?.searchParams.get('token') ?? '';
  if (!at || token === '') {
    throw invalid('webhookUrl不正确：应为 https://服务器/message?token=…');
  }
  return { server: `${at.origin}${at.pathname.replace(/\/message\/?$/, '')}`, token };
}

/** `https://api.day.app/…`, with the key as the last part. */
function readBark(url: string): Settings {
  const at = URL.canParse(url) ? new URL(url) : null;
  const parts = at?.pathname.split('/').filter((part) => part !== '') ?? [];
  const key = parts.pop();
  if (!at || key === undefined) {
    throw invalid('webhookUrl不正确：应为 https://api.day.app/设备Key');
  }
  return { server: [at.origin, ...parts].join('/'), key };
}

/** PushPlus writes `{title}` for what is `{{title}}` here. */
function toPlaces(template: string): string {
  return template.replace(/(?<!\{)\{(title|content|url)\}(?!\})/g, '{{$1}}');
}

function isJson(body: string): boolean {
  return /^\s*[{[]/.test(body);
}

/** Headers as a JSON object, or one a line already. */
function toHeaderLines(text: string): string {
  if (!isJson(text)) {
    return text;
  }
  try {
    const pairs = Object.entries(parseJson(text) as object);
    return pairs.map(([name, value]) => `${name}: ${String(value)}`).join('\n');
  } catch {
    throw invalid('headers不正确：应为 JSON 对象，或每行一个 Name: value');
  }
}
