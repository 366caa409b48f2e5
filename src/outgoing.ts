/** All doors out: every channel, made with what it needs, and the way one is tried. A new channel is one line here. */
import { signHeaders } from './callbacks/sign.js';
import { createBarkChannel } from './channels/bark/index.js';
import type { Channel, ChannelIo } from './channels/channel.js';
import { createDingtalkBotChannel } from './channels/dingtalk-bot/index.js';
import { createFeishuBotChannel } from './channels/feishu-bot/index.js';
import { createGotifyChannel } from './channels/gotify/index.js';
import { createMailChannel } from './channels/mail/index.js';
import { createNtfyChannel } from './channels/ntfy/index.js';
import { createPushDeerChannel } from './channels/pushdeer/index.js';
import { createSmsChannel } from './channels/sms/index.js';
import { createWebhookChannel } from './channels/webhook/index.js';
import { createWechatChannel } from './channels/wechat/index.js';
import { createWechatOwnChannel } from './channels/wechat-own/index.js';
import {
  createWecomAppChannel,
  drawForWecom,
  readReceivers,
  type TakePlaces,
} from './channels/wecom-app/index.js';
import { createWecomBotChannel } from './channels/wecom-bot/index.js';
import type { Config } from './config.js';
import type { ChannelTest } from './core/channels.js';
import type { NotifyOutside } from './core/notify-codes.js';
import type { TemplateChoice } from './core/template-choice.js';
import type { AdmitPost, ChannelSettings, MessageContent, Recipient } from './core/types.js';
import type { Clock } from './lib/clock.js';
import { type NewId, randomHex } from './lib/ids.js';
import type { Logger } from './lib/logger.js';
import { createRecentCounts } from './lib/recent-counts.js';
import type { SafeFetch } from './lib/safe-fetch.js';
import { createSmsPlatform } from './platforms/aliyun-sms.js';
import type { TokenStore, WechatPlatform } from './platforms/wechat/index.js';
import { createWecomPlatform, type WecomPlatform } from './platforms/wecom/index.js';
import { createCodeSender } from './send-code.js';

/** What the channels are made with. */
export interface OutgoingInput {
  config: Config;
  /** Where this server is reached by itself; the sandbox's simulator is there. */
  selfUrl: string;
  clock: Clock;
  log: Logger;
  newId: NewId;
  http: Pick<SafeFetch, 'fetch'>;
  wechat: WechatPlatform;
  tokens: TokenStore;
  publicUrl: string;
  /** Counts sends for all processes on the database. */
  takePlaces: TakePlaces;
  /** The template that the operator chose on a page. */
  readTemplateChoice(): Promise<TemplateChoice | null>;
  /** Told of a name of a target that leads into a private network. */
  onInside: (host: string) => void;
  /** Asked before something goes out by the server's own mailer or SMS account. */
  admitPost: AdmitPost;
}

/** Whether the settings name the template, which then cannot be chosen on a page; those of the sandbox can be. */
export function isTemplateFixed({ sandbox, wechat }: Config): boolean {
  return !sandbox && (wechat.templateId !== null || wechat.templateFields.length > 0);
}

/** Makes all channels. */
export function createOutgoing(input: OutgoingInput) {
  const { config, clock, log, tokens, selfUrl } = input;
  const { proxy } = config;
  const baseOf = (base: string | null, name: string): string => base ?? `${selfUrl}/simulator/${name}`;
  const wecomBase = baseOf(config.bases.wecom, 'wecom');
  const wecom = createWecomPlatform({
    config: { apiBase: wecomBase, proxy },
    tokens,
    clock,
    log: log.child('wecom-api'),
  });
  const sms = createSmsPlatform({
    base: baseOf(config.bases.sms, 'sms'),
    clock,
    makeNonce: () => randomHex(16),
    proxy,
  });
  const own = createWechatOwnChannel({
    apiBase: baseOf(config.wechat.apiBase, 'wechat'),
    proxy,
    tokens,
    clock,
    log: log.child('wechat-own'),
  });
  const wecomBot = createWecomBotChannel({ base: wecomBase, proxy });
  const dingtalk = createDingtalkBotChannel({ base: baseOf(config.bases.dingtalk, 'dingtalk'), proxy });
  const feishu = createFeishuBotChannel({ base: baseOf(config.bases.feishu, 'feishu'), proxy });
  const server = createWechatChannel({
    platform: input.wechat,
    settings: config.wechat,
    clock,
    ...(isTemplateFixed(config) ? {} : { readChoice: input.readTemplateChoice }),
  });
  const mailer = {
    defaultMailer: config.mailer,
    allowPrivate: config.allowPrivateTargets,
    onInside: input.onInside,
  };
  const mail = createMailChannel({ ...mailer, admit: input.admitPost });
  const personal: readonly Channel[] = [
    own,
    createWecomAppChannel({ platform: wecom, takePlaces: input.takePlaces }),
    wecomBot,
    dingtalk,
    feishu,
    createBarkChannel(),
    createPushDeerChannel(),
    createNtfyChannel(),
    createGotifyChannel(),
    createWebhookChannel({ sign: signHeaders }),
    mail,
    createSmsChannel({
      platform: sms,
      ...(config.sms ? { server: { accessKeyId: config.sms.accessKeyId, admit: input.admitPost } } : {}),
    }),
  ];

  const makeIo = (): ChannelIo => ({ deliveryId: input.newId(), http: input.http, clock });

  /** Sends a test message through one of the personal channels, at once. */
  async function trySend(
    kind: string,
    settings: ChannelSettings,
    recipient: Recipient,
  ): Promise<ChannelTest & { isHeld?: boolean }> {
    const channel = personal.find(({ id }) => id === kind);
    if (!channel) {
      return { ok: false, detail: `没有通道 no channel "${kind}"` };
    }
    const io = makeIo();
    const rendered = channel.render(testMessage(io.deliveryId, input));
    const outcome = await channel.send(rendered, settings, recipient, io);
    if (outcome.kind === 'sent') {
      return { ok: true, detail: outcome.detail ?? 'ok' };
    }
    const isHeld = outcome.kind === 'retry' && outcome.isHeld === true;
    return { ok: false, detail: outcome.why, ...(isHeld ? { isHeld } : {}) };
  }

  return {
    server,
    personal,
    all: [server, ...personal] as readonly Channel[],
    wecom,
    trySend,
    notify: createNotifyOutside(wecom, input),
    contacts: createCodeSender({
      // Codes and questions go to addresses that nobody has proved yet, and are counted before they are sent.
      mail: config.mailer ? createMailChannel(mailer) : null,
      sms: config.sms ? { platform: sms, settings: config.sms } : null,
      makeIo,
    }),
    serverSettings: toServerSettings(config),
    close: async (): Promise<void> => {
      await Promise.all([
        wecom.close(),
        sms.close(),
        own.close(),
        wecomBot.close(),
        dingtalk.close(),
        feishu.close(),
      ]);
    },
  };
}

/** Settings of the server's own accounts beside WeChat's, by channel id: people are reached by these without any of theirs. */
function toServerSettings(config: Config): Readonly<Record<string, ChannelSettings>> {
  const settings: Record<string, ChannelSettings> = {};
  if (config.wecom) {
    const { corpId, agentId, secret } = config.wecom;
    settings['wecom-app'] = { corpId, agentId, secret };
  }
  if (config.mailer) {
    // The mail channel knows the mailer by itself.
    settings.mail = {};
  }
  if (config.sms) {
    const { accessKeyId, accessKeySecret, signName, templateCode } = config.sms;
    settings.sms = { accessKeyId, accessKeySecret, signName, templateCode };
  }
  return settings;
}

/** What notify codes ask of WeCom. */
function createNotifyOutside(wecom: WecomPlatform, input: OutgoingInput): Omit<NotifyOutside, 'resumeQueue'> {
  const credentialsOf = ({ corpId = '', agentId = '', secret = '' }: ChannelSettings) => ({
    corpId,
    agentId,
    secret,
  });
  return {
    check: async (settings) => {
      await wecom.checkCredentials(credentialsOf(settings), readReceivers(settings.receivers).ids);
    },
    listMembers: (settings) => wecom.listMembers(credentialsOf(settings)),
    countParts: (text, { format }) => {
      const drawing = drawForWecom({ ...testMessage(0, input), ...text, format: 'markdown' });
      return drawing.bodies(format === 'markdown' ? 'markdown' : 'text', 'split').length;
    },
  };
}

function testMessage(id: number, input: OutgoingInput): MessageContent {
  return {
    id,
    appId: null,
    appName: '青鸟 Qingniao',
    title: '测试消息 Test',
    summary: '通道已接通 This channel works',
    body: '通道已接通。This channel works.',
    format: 'text',
    url: '',
    pageUrl: input.publicUrl,
    createdAt: new Date(input.clock.now()),
    isUrgent: false,
    extras: {},
  };
}

/** How often the log names the same host again. */
const INSIDE_AGAIN_MS = 10 * 60_000;

/** Writes into the operator's log, and nowhere else, which names of targets lead into a private network. */
export function createNoteInside({
  clock,
  log,
}: Pick<OutgoingInput, 'clock' | 'log'>): (host: string) => void {
  const addTo = createRecentCounts({ clock, windowMs: INSIDE_AGAIN_MS, names: 1000 });
  return (host) => {
    if (addTo(host).count === 1) {
      log.warn('the host of a target leads into a private network: nothing is sent there', { host });
    }
  };
}
