/** Server酱's numbers of channels: which of a person's channels each means, and whom a message names there. */
import type { Core } from '#src/core/index.js';
import type { MessageExtras } from '#src/core/types.js';
import { takeCodePoints } from '#src/lib/text.js';
import { Refusal } from './envelope.js';

/** Number -> kinds of channel, the first that the person has. */
export const CHANNEL_CODES: Readonly<Record<string, readonly string[]>> = {
  '9': ['wechat'],
  '66': ['wecom-app'],
  '1': ['wecom-bot'],
  '2': ['dingtalk-bot'],
  '3': ['feishu-bot'],
  '8': ['bark'],
  '0': ['wechat-own'],
  '88': ['webhook'],
  '18': ['pushdeer'],
  '98': ['ntfy', 'gotify'],
};

/** Kind of channel -> number. */
export const CHANNEL_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CHANNEL_CODES).flatMap(([code, kinds]) => kinds.map((kind) => [kind, code])),
);

/** The server's own WeCom app: it reaches the member who is meant, and takes no list of receivers. */
const SERVER_WECOM = 'wecom-app of the server';

/** Server酱 sends by two channels at most. */
const MAX_CHANNELS = 2;

/** How a list of receivers is written on the two channels that take one, and how many it may name. */
const LISTS: Readonly<Record<string, { separator: RegExp; most: number }>> = {
  'wechat-own': { separator: /[,，]/, most: 20 },
  'wecom-app': { separator: /\|/, most: 200 },
};

/** Where a message goes. */
export interface Routing {
  /** The person's codes of the channels; absent: the person's own route. */
  channels?: readonly string[];
  /** The receivers that the message names, by kind of channel. */
  extras: MessageExtras;
}

type Own = Awaited<ReturnType<Core['channels']['listChannels']>>[number];

/**
 * Reads `channel` and `openid`. Throws Refusal for numbers that are none, more than two, channels that the person has not set
 * up, and an `openid` where no channel takes one. The server's own accounts need no setting up: its WeChat by anybody, its WeCom app by its members.
 */
export async function readRouting(
  core: { channels: Pick<Core['channels'], 'listChannels'>; people: Pick<Core['people'], 'isWecomMember'> },
  personId: number,
  { channel, openid }: { channel?: string; openid?: string },
): Promise<Routing> {
  const list = openid?.trim() ?? '';
  if (channel === undefined && list === '') {
    return { extras: {} };
  }
  const own = await core.channels.listChannels(personId);
  const isMember = async () => core.people.isWecomMember(personId);
  const codes = [...new Set((channel ?? '').split('|').map((code) => code.trim()))].filter(
    (code) => code !== '',
  );
  if (codes.length > MAX_CHANNELS) {
    throw new Refusal('INPUT', `channel 最多 ${MAX_CHANNELS} 个`);
  }
  const chosen = await Promise.all(codes.map((code) => choose(code, own, isMember)));
  const named = chosen.length > 0 ? chosen : own.filter((one) => one.default);
  return {
    ...(chosen.length > 0 ? { channels: [...new Set(chosen.map((one) => one.code))] } : {}),
    extras: list === '' ? {} : readNamed(named, list),
  };
}

type Chosen = Pick<Own, 'kind' | 'code'>;

async function choose(code: string, own: readonly Own[], isMember: () => Promise<boolean>): Promise<Chosen> {
  const kinds = Object.hasOwn(CHANNEL_CODES, code) ? CHANNEL_CODES[code] : undefined;
  if (!kinds) {
    throw new Refusal('INPUT', `channel 不支持[${takeCodePoints(code, 20)}]`);
  }
  // Everybody has the server's own account.
  if (kinds[0] === 'wechat') {
    return { kind: 'wechat', code: 'wechat' };
  }
  const found = kinds.flatMap((kind) => own.find((one) => one.kind === kind) ?? [])[0];
  if (!found && kinds[0] === 'wecom-app' && (await isMember())) {
    return { kind: SERVER_WECOM, code: 'wecom-app' };
  }
  if (!found) {
    throw new Refusal('INPUT', `channel 没有配置[${code}]，请先添加通道 ${kinds.join(' 或 ')}`);
  }
  return found;
}

/**
 * Whom `openid` names, by kind of channel; whether they get it instead of the channel's own receivers or besides is the
 * channel's business. Throws Refusal where no channel takes them: they would hear nothing, and nobody would know.
 */
function readNamed(channels: readonly Chosen[], openid: string): MessageExtras {
  const extras = channels.flatMap(({ kind }): [string, { receivers: string[] }][] => {
    const list = LISTS[kind];
    if (!list) {
      return [];
    }
    const names = openid.split(list.separator).map((one) => one.trim());
    const receivers = [...new Set(names.filter((one) => one !== ''))];
    if (receivers.length > list.most) {
      throw new Refusal('INPUT', `openid 最多 ${list.most} 个`);
    }
    return receivers.length === 0 ? [] : [[kind, { receivers }]];
  });
  if (extras.length === 0) {
    throw new Refusal('INPUT', WITHOUT_CHANNEL);
  }
  return Object.fromEntries(extras);
}

const WITHOUT_CHANNEL =
  'openid 只用于 channel 0（自己的公众号或测试号，逗号分隔）和 66（自己的企业微信应用，竖线分隔）';
