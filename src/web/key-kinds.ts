/** The kinds of key that people see: what each service calls it, a first message by it, and the request of its examples. */
import type { OwnKeyKind } from '#src/core/key-kinds.js';
import type { Language } from '#src/lib/i18n.js';
import type { KeyRequest } from './key-examples.js';

/** A kind as pages explain it. */
export interface KeyKindRow {
  kind: OwnKeyKind;
  label: string;
  /** The label where one language is spoken; absent: it is a name, the same in both. */
  title?: readonly [zh: string, en: string];
  /** Which programs take it. */
  text: readonly [zh: string, en: string];
  /** The shortest command that sends. */
  exampleOf(url: string, key: string): string;
  /** A request with a title and a body, from which longer examples are made. */
  requestOf(url: string, key: string): KeyRequest;
  /** What programs have to be told; empty where the key alone is not enough to make an address. */
  addressOf(url: string, key: string): string;
  /** Only people who manage apps need it. */
  forManagers?: boolean;
}

/** What a kind is called for this reader. */
export function titleOf({ label, title }: KeyKindRow, language: Language): string {
  return title?.[language === 'zh' ? 0 : 1] ?? label;
}

const TITLE = '磁盘告警';
const BODY = '**db-1** 只剩 1%';

/** All kinds, the most used first. */
export const KEY_KIND_ROWS: readonly KeyKindRow[] = [
  {
    kind: 'spt',
    label: 'WxPusher 极简推送 SPT',
    title: ['WxPusher 极简推送 SPT', 'WxPusher SPT'],
    text: ['能用 WxPusher SPT 的程序', 'Programs that take a WxPusher SPT'],
    exampleOf: (url, key) => `curl ${url}/api/send/message/${key}/hello`,
    requestOf: (url, key) => ({
      url: `${url}/api/send/message/simple-push`,
      json: { spt: key, summary: TITLE, content: BODY, contentType: 3 },
    }),
    addressOf: (url, key) => `${url}/api/send/message/${key}/`,
  },
  {
    kind: 'sendkey',
    label: 'Server酱 Turbo SendKey',
    text: ['青龙面板、脚本等填 SendKey 的地方', 'Wherever a Server酱 SendKey is asked for'],
    exampleOf: (url, key) => `curl '${url}/${key}.send?title=hello'`,
    requestOf: (url, key) => ({ url: `${url}/${key}.send`, json: { title: TITLE, desp: BODY } }),
    addressOf: (url, key) => `${url}/${key}.send`,
  },
  {
    kind: 'sendkey3',
    label: 'Server酱³ SendKey',
    text: ['使用 Server酱³ 的程序', 'Programs that use Server酱³'],
    exampleOf: (url, key) => `curl '${url}/send/${key}.send?title=hello'`,
    requestOf: (url, key) => ({ url: `${url}/send/${key}.send`, json: { title: TITLE, desp: BODY } }),
    addressOf: (url, key) => `${url}/send/${key}.send`,
  },
  {
    kind: 'pushplus',
    label: 'PushPlus token',
    text: [
      '使用 PushPlus 的程序；还可以另建消息 token 与开放接口密钥',
      'Programs that use PushPlus; message tokens and the open API’s secret are here too',
    ],
    exampleOf: (url, key) => `curl '${url}/send?token=${key}&title=hello&content=hello'`,
    requestOf: (url, key) => ({
      url: `${url}/send`,
      json: { token: key, title: TITLE, content: BODY, template: 'markdown' },
    }),
    addressOf: (url) => `${url}/send`,
  },
  {
    kind: 'bark',
    label: 'Bark',
    text: ['使用 Bark 推送地址的程序', 'Programs that use a Bark push address'],
    exampleOf: (url, key) => `curl ${url}/${key}/hello`,
    requestOf: (url, key) => ({
      url: `${url}/push`,
      json: { device_key: key, title: TITLE, body: BODY, level: 'timeSensitive' },
    }),
    addressOf: (url, key) => `${url}/${key}/`,
  },
  {
    kind: 'pushdeer',
    label: 'PushDeer pushkey',
    text: ['使用 PushDeer 的程序', 'Programs that use PushDeer'],
    exampleOf: (url, key) => `curl '${url}/message/push?pushkey=${key}&text=hello'`,
    requestOf: (url, key) => ({
      url: `${url}/message/push`,
      json: { pushkey: key, text: TITLE, desp: BODY, type: 'markdown' },
    }),
    addressOf: (url) => `${url}/message/push`,
  },
  {
    kind: 'ntfy',
    label: 'ntfy topic',
    text: [
      '使用 ntfy 的程序：服务器填本站，主题填它',
      'Programs that use ntfy: this site as server, this as topic',
    ],
    exampleOf: (url, key) => `curl -d hello ${url}/${key}`,
    requestOf: (url, key) => ({
      url: `${url}/`,
      json: { topic: key, title: TITLE, message: BODY, markdown: true },
    }),
    addressOf: (url, key) => `${url}/${key}`,
  },
  {
    kind: 'gotify',
    label: 'gotify token',
    text: [
      '使用 gotify 的程序：服务器填本站，令牌填它',
      'Programs that use gotify: this site as server, this as token',
    ],
    exampleOf: (url, key) => `curl -F message=hello '${url}/message?token=${key}'`,
    requestOf: (url, key) => ({
      url: `${url}/message`,
      headers: { 'X-Gotify-Key': key },
      json: { title: TITLE, message: BODY, priority: 5 },
    }),
    addressOf: (url) => url,
  },
  {
    kind: 'personal',
    label: '管理接口 Management API',
    title: ['管理接口', 'Management API'],
    text: ['管理你的应用、主题和订阅者的程序', 'Programs that manage your apps, topics and subscribers'],
    exampleOf: (url, key) => `curl -H 'Authorization: Bearer ${key}' ${url}/api/v1/apps`,
    requestOf: (url, key) => ({ url: `${url}/api/v1/apps`, headers: { Authorization: `Bearer ${key}` } }),
    addressOf: (url) => `${url}/api/v1`,
    forManagers: true,
  },
];
