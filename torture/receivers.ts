/** Every kind of way out: how a person receives by it, by what a call shows whom it is for, and what its other side does with repeats. */
import { SANDBOX_SMS } from '#src/config-table.js';
import { simulatedWecom, simulatorDefaults } from '#src/simulator/index.js';

/** What a way needs to know of the world. */
export interface Outside {
  /** The outside world by way of the wire. */
  wire: string;
  /** The simulator's mail server. */
  smtpPort: string;
  /** The openid of the person. */
  openid: string;
}

/** A way out. */
export interface Way {
  /** The channel's settings for the person `at`; null: the server's own account reaches everybody who follows it. */
  settings(at: number, outside: Outside): Record<string, string> | null;
  /** What stands in every call for this person, and in what arrives there, and in those of nobody else. */
  needle(at: number, openid: string): string;
  /** The simulator's inbox of the kind; null: the chat of the person. */
  inbox(at: number): string | null;
  /** Drops a repeat of the same message within ten minutes. All others show whatever comes. */
  dropsRepeats?: true;
  /** Its people say of their channel that they want a message rather twice than never. */
  isRatherTwice?: true;
  /** What a pace allows it takes minutes for: such people get little. */
  isSlow?: true;
  /** Shows nothing but a message's title, which WxPusher's have none of. */
  showsTitles?: true;
  /** What a call is answered that did it, beyond a status of success. */
  saysYes(answer: unknown): boolean;
}

const numberIs = (field: string, wanted: unknown) => (answer: unknown) =>
  typeof answer === 'object' && answer !== null && new Map(Object.entries(answer)).get(field) === wanted;
const anything = (): boolean => true;
const key = (kind: string, at: number): string => `sim-p${at}-${kind}`;

/** All kinds of channel that the server has. */
export const WAYS = {
  wechat: {
    settings: () => null,
    needle: (_, openid) => openid,
    inbox: () => null,
    dropsRepeats: true,
    saysYes: numberIs('errcode', 0),
  },
  webhook: {
    settings: (at, { wire }) => ({ url: `${wire}/webhook/${key('hook', at)}` }),
    needle: (at) => key('hook', at),
    inbox: (at) => `webhook/${key('hook', at)}`,
    saysYes: anything,
  },
  gotify: {
    settings: (at, { wire }) => ({ server: `${wire}/gotify`, token: key('gotify', at) }),
    needle: (at) => key('gotify', at),
    inbox: () => 'gotify',
    saysYes: (answer) => typeof answer === 'object',
  },
  bark: {
    settings: (at, { wire }) => ({ server: `${wire}/bark`, key: key('bark', at) }),
    needle: (at) => key('bark', at),
    inbox: () => 'bark',
    isRatherTwice: true,
    saysYes: numberIs('code', 200),
  },
  'wechat-own': {
    settings: (_, { openid }) => ({
      appId: simulatorDefaults.appId,
      secret: simulatorDefaults.secret,
      openid,
      templateId: 'sim-free-template',
    }),
    needle: (_, openid) => openid,
    inbox: () => null,
    dropsRepeats: true,
    saysYes: numberIs('errcode', 0),
  },
  mail: {
    settings: (at, { smtpPort }) => ({
      host: '127.0.0.1',
      port: smtpPort,
      security: 'none',
      user: 'me@x.example',
      password: 'simmail',
      to: `${key('mail', at)}@x.example`,
    }),
    needle: (at) => `${key('mail', at)}@x.example`,
    inbox: () => 'mail',
    saysYes: anything,
  },
  sms: {
    settings: (at) => ({
      accessKeyId: SANDBOX_SMS.accessKeyId,
      accessKeySecret: SANDBOX_SMS.accessKeySecret,
      signName: SANDBOX_SMS.signName,
      templateCode: SANDBOX_SMS.templateCode,
      phone: `138001${String(38_000 + at)}`,
    }),
    needle: (at) => `138001${String(38_000 + at)}`,
    inbox: () => 'sms',
    showsTitles: true,
    saysYes: numberIs('Code', 'OK'),
  },
  ntfy: {
    settings: (at, { wire }) => ({ server: `${wire}/ntfy`, topic: key('ntfy', at) }),
    needle: (at) => key('ntfy', at),
    inbox: () => 'ntfy',
    isSlow: true,
    saysYes: numberIs('event', 'message'),
  },
  pushdeer: {
    settings: (at, { wire }) => ({ server: `${wire}/pushdeer`, key: key('deer', at) }),
    needle: (at) => key('deer', at),
    inbox: () => 'pushdeer',
    isSlow: true,
    saysYes: numberIs('code', 0),
  },
  'wecom-bot': {
    settings: (at) => ({ key: key('wecom', at) }),
    needle: (at) => key('wecom', at),
    inbox: () => 'wecom-bot',
    isSlow: true,
    saysYes: numberIs('errcode', 0),
  },
  'dingtalk-bot': {
    settings: (at) => ({ token: key('dingtalk', at), secret: 'SECsim' }),
    needle: (at) => key('dingtalk', at),
    inbox: () => 'dingtalk',
    isSlow: true,
    saysYes: numberIs('errcode', 0),
  },
  'feishu-bot': {
    settings: (at) => ({ token: key('feishu', at) }),
    needle: (at) => key('feishu', at),
    inbox: () => 'feishu',
    isSlow: true,
    saysYes: numberIs('code', 0),
  },
  'wecom-app': {
    settings: () => ({ ...wecomApp(), receivers: 'zhangsan', format: 'markdown' }),
    needle: () => 'zhangsan',
    inbox: () => 'wecom',
    isSlow: true,
    saysYes: numberIs('errcode', 0),
  },
} as const satisfies Readonly<Record<string, Way>>;

/** A kind of channel. */
export type WayName = keyof typeof WAYS;

/** All kinds, in the order in which people are made; one in three has nothing but WeChat. */
export const WAY_NAMES = Object.keys(WAYS) as WayName[];

/** The way of that name. */
export function wayOf(name: WayName): Way {
  return WAYS[name];
}

/** The WeCom app of the simulator, as settings. */
export function wecomApp(): { corpId: string; agentId: string; secret: string } {
  const { corpId, agentId, secret } = simulatedWecom;
  return { corpId, agentId: String(agentId), secret };
}

/** Whether an answer that was seen says that the message is there: then nothing may ever bring it again. */
export function saysYes(name: WayName, { status, text }: { status: number; text: string }): boolean {
  if (status < 200 || status > 299) {
    return false;
  }
  try {
    return wayOf(name).saysYes(JSON.parse(text));
  } catch {
    return wayOf(name).saysYes === anything;
  }
}
