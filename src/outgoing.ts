/** All doors out: every channel, made with what it needs, and the way one is tried. A new channel is one line here. */
import { signHeaders } from './callbacks/sign.js';
import { createBarkChannel } from './channels/bark/index.js';
import type { Channel } from './channels/channel.js';
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
import { createWecomAppChannel, drawForWecom, readReceivers } from './channels/wecom-app/index.js';
import { createWecomBotChannel } from './channels/wecom-bot/index.js';
import type { Config } from './config.js';
import type { ChannelTest } from './core/channels.js';
import type { NotifyOutside } from './core/notify-codes.js';
import type { ChannelSettings, MessageContent } from './core/types.js';
import type { Clock } from './lib/clock.js';
import { type NewId, randomHex } from './lib/ids.js';
import type { Logger } from './lib/logger.js';
import type { SafeFetch } from './lib/safe-fetch.js';
import { createSmsPlatform } from './platforms/aliyun-sms.js';
import type { TokenStore, WechatPlatform } from './platforms/wechat/index.js';
import { createWecomPlatform, type WecomPlatform } from './platforms/wecom/index.js';

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
}

/** Makes all channels. */
export function createOutgoing(input: OutgoingInput) {
  const { config, clock, log, tokens, selfUrl } = input;
  const baseOf = (base: string | null, name: string): string => base ?? `${selfUrl}/simulator/${name}`;
  const wecomBase = baseOf(config.bases.wecom, 'wecom');
  const wecom = createWecomPlatform({
    config: { apiBase: wecomBase },
    tokens,
    clock,
    log: log.child('wecom-api'),
  });
  const sms = createSmsPlatform({
    base: baseOf(config.bases.sms, 'sms'),
    clock,
    makeNonce: () => randomHex(16),
  });
  const own = createWechatOwnChannel({
    apiBase: baseOf(config.wechat.apiBase, 'wechat'),
    tokens,
    clock,
    log: log.child('wechat-own'),
  });
  const wecomBot = createWecomBotChannel({ base: wecomBase });
  const dingtalk = createDingtalkBotChannel({ base: baseOf(config.bases.dingtalk, 'dingtalk') });
  const feishu = createFeishuBotChannel({ base: baseOf(config.bases.feishu, 'feishu') });
  const server = createWechatChannel({ platform: input.wechat, settings: config.wechat, clock });
  const personal: readonly Channel[] = [
    own,
    createWecomAppChannel({ platform: wecom }),
    wecomBot,
    dingtalk,
    feishu,
    createBarkChannel(),
    createPushDeerChannel(),
    createNtfyChannel(),
    createGotifyChannel(),
    createWebhookChannel({ sign: signHeaders }),
    createMailChannel({ defaultMailer: config.mailer, allowPrivate: config.allowPrivateTargets }),
    createSmsChannel({ platform: sms }),
  ];

  /** Sends a test message through one of the personal channels, at once. */
  async function trySend(
    kind: string,
    settings: ChannelSettings,
    person: { personId: number; uid: string },
  ): Promise<ChannelTest> {
    const channel = personal.find(({ id }) => id === kind);
    if (!channel) {
      return { ok: false, detail: `没有通道 no channel "${kind}"` };
    }
    const deliveryId = input.newId();
    const rendered = channel.render(testMessage(deliveryId, input));
    const io = { deliveryId, http: input.http, clock };
    const outcome = await channel.send(rendered, settings, { ...person, address: '' }, io);
    return outcome.kind === 'sent'
      ? { ok: true, detail: outcome.detail ?? 'ok' }
      : { ok: false, detail: outcome.why };
  }

  return {
    server,
    personal,
    all: [server, ...personal] as readonly Channel[],
    wecom,
    trySend,
    notify: createNotifyOutside(wecom, input),
    /** Settings of the server's own that a channel needs, by channel id. */
    serverSettings: (config.wecom
      ? {
          'wecom-app': {
            corpId: config.wecom.corpId,
            agentId: config.wecom.agentId,
            secret: config.wecom.secret,
          },
        }
      : {}) as Readonly<Record<string, ChannelSettings>>,
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

/** What notify codes ask of WeCom. */
function createNotifyOutside(wecom: WecomPlatform, input: OutgoingInput): NotifyOutside {
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
