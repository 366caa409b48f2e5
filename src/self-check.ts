/** What the self-check asks of the outside: platforms, our own public address, the mailer, the disk. */
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { verifyMailer } from './channels/mail/index.js';
import { renderCard } from './channels/wechat/index.js';
import { previewLines } from './channels/wechat/preview.js';
import { chooseTemplate, proposeFields } from './channels/wechat/template.js';
import { readPlaces } from './channels/wechat/template-lines.js';
import type { Config } from './config.js';
import { checkDatabaseAndKey } from './data-check.js';
import type { Clock } from './lib/clock.js';
import { randomHex } from './lib/ids.js';
import { signatureOf } from './lib/message-crypto.js';
import { createSafeFetch, FetchError, type SafeAnswer } from './lib/safe-fetch.js';
import { isTemplateFixed } from './outgoing.js';
import { PlatformError, type WechatPlatform } from './platforms/wechat/index.js';
import type { WecomPlatform } from './platforms/wecom/index.js';
import type { SelfCheckOutside, Told } from './web/console/self-check/outside.js';
import type { Menu } from './wechat/index.js';

/** What it is made with. */
export interface SelfCheckInput {
  config: Config;
  clock: Clock;
  publicUrl: string;
  wechat: WechatPlatform;
  wecom: WecomPlatform;
  menu: Menu;
  version: string;
}

const SEND_CALL = '/cgi-bin/message/template/send';
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 4096;

/** Makes the outside of the self-check. */
export function createSelfCheckOutside(input: SelfCheckInput): SelfCheckOutside {
  const { config, wechat, wecom, clock, publicUrl } = input;
  const { mailer, sms, wecom: app } = config;
  return {
    wechat: {
      appId: config.wechat.appId,
      checkSecret: () => tell(wechat.checkSecret),
      checkCallback: () => tell(wechat.checkCallback),
      listTemplates: () => tell(wechat.listTemplates),
      readMenu: () => tell(async () => (await wechat.getMenu())?.buttons.map(({ name }) => name) ?? null),
      createMenu: () => tell(() => wechat.createMenu(input.menu)),
      readQuota: () => tell(() => wechat.quota(SEND_CALL)),
      readTime: () => tell(wechat.readTime),
    },
    template: describeTemplates(config, clock),
    knockAtDoor: () => tell(() => knock(config, clock, publicUrl)),
    openPublicUrl: () => tell(async () => (await open(`${publicUrl}/healthz`)).status),
    checkData: () => checkDatabaseAndKey(config),
    measureDatabase: () => measure(config.databaseUrl),
    verifyMailer: mailer ? () => tellMailer(mailer) : null,
    sms,
    checkWecom: app ? () => tell(async () => (await wecom.checkCredentials(app, [])).name) : null,
    version: input.version,
    startedAt: new Date(clock.now()),
  };
}

function describeTemplates(config: Config, clock: Clock): SelfCheckOutside['template'] {
  const isFixed = isTemplateFixed(config);
  return {
    findInUse: (templates, chosen) => {
      if (chosen && !isFixed) {
        return { choice: chosen, source: 'page' };
      }
      const choice = chooseTemplate(config.wechat, templates);
      const { templateId } = config.wechat;
      // A template that the settings name and the account lacks is worth showing by its name.
      const missing = templateId ? { id: templateId, fields: config.wechat.templateFields } : null;
      return { choice: choice ?? missing, source: isFixed ? 'settings' : 'account' };
    },
    advise: proposeFields,
    readPlaces,
    preview: (choice, content) => previewLines(choice, renderCard(exampleMessage(clock)).parts, content),
  };
}

/** Turns refusals and failures of the way into answers. Bugs stay errors. */
async function tell<T>(ask: () => Promise<T>): Promise<Told<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    if (error instanceof PlatformError) {
      return { ok: false, code: error.code ?? null, why: error.message, advice: error.advice };
    }
    if (error instanceof FetchError) {
      return { ok: false, code: null, why: error.message, advice: '' };
    }
    throw error;
  }
}

async function tellMailer(mailer: NonNullable<Config['mailer']>): Promise<Told<void>> {
  const why = await verifyMailer(mailer);
  return why === null ? { ok: true, value: undefined } : { ok: false, code: null, why, advice: '' };
}

/** Asks our server URL for the echo of a random text, signed as WeChat does on saving the URL. */
async function knock({ wechat }: Config, clock: Clock, publicUrl: string): Promise<boolean> {
  const timestamp = String(Math.floor(clock.now() / 1000));
  const [nonce, echostr] = [randomHex(8), randomHex(16)];
  const signature = signatureOf(wechat.token, timestamp, nonce);
  const query = new URLSearchParams({ signature, timestamp, nonce, echostr });
  const answer = await open(`${publicUrl}/wechat?${query}`);
  return answer.status === 200 && answer.body === echostr;
}

/** Opens an address of our own, which may well stand in a private network. */
async function open(url: string): Promise<SafeAnswer> {
  const http = createSafeFetch({ allowPrivate: true });
  try {
    return await http.fetch(url, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  } finally {
    await http.close();
  }
}

async function measure(databaseUrl: string) {
  if (!databaseUrl.startsWith('file:')) {
    return null;
  }
  const path = databaseUrl.slice('file:'.length);
  // The log that is not yet copied back counts too.
  const sizes = await Promise.all([path, `${path}-wal`].map(sizeOf));
  const { bavail, bsize } = await statfs(dirname(path));
  return { path, sizeBytes: sizes.reduce((sum, size) => sum + size, 0), freeBytes: bavail * bsize };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

function exampleMessage(clock: Clock) {
  return {
    id: 0,
    appId: null,
    appName: '机房监控',
    title: '磁盘空间告警',
    summary: 'db-1 的 /data 只剩 1%，请尽快清理',
    body: '',
    format: 'text' as const,
    url: '',
    pageUrl: '',
    createdAt: new Date(clock.now()),
    isUrgent: false,
    extras: {},
  };
}
