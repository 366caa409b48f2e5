/** PushPlus's names of channels: which of the sender's and receivers' channels each means. */
import type { Core } from '#src/core/index.js';
import type { MessageExtras } from '#src/core/types.js';
import { takeCodePoints } from '#src/lib/text.js';
import { CODES, invalid, Refusal } from './envelope.js';

/** The channels that are served. */
export const CHANNELS = ['wechat', 'webhook', 'cp', 'mail', 'sms'] as const;

/** One of them. */
export type ChannelName = (typeof CHANNELS)[number];

/** What the documents say of them: the word for a kind of channel, where there is one word for it. */
export const CHANNEL_NAMES = { wechat: 'wechat', 'wecom-app': 'cp', mail: 'mail', sms: 'sms' } as const;

/** PushPlus has them, and this server has nothing like them. */
const NOT_SERVED: readonly string[] = ['extension', 'voice', 'app', 'clawbot'];

/** What a short message costs at PushPlus. */
export const SMS_PRICE = 10;

const WECOM = 'wecom-app';
const MAX_MEMBERS = 200;

/** What a call says of its way. */
export interface WayInput {
  /** null: nothing was named, so each receiver's own route counts. */
  channel: ChannelName | null;
  /** The code of the sender's own configuration; empty for none. */
  option: string;
  /** Whether it goes to the sender alone, whose configuration may then be named. */
  isSelf: boolean;
  /** Members of the sender's own WeCom app; empty: those whom its configuration names. */
  members: string;
}

/** By what a message goes. */
export interface Way {
  /** Codes or kinds of channel; absent: each receiver's own route. */
  channels?: readonly string[];
  extras: MessageExtras;
  /** Points for each receiver. */
  price: number;
}

/** Reads the name of a channel; null where none is named. Throws Refusal. */
export function readChannel(text: string | undefined): ChannelName | null {
  const name = text?.trim().toLowerCase() ?? '';
  if (name === '') {
    return null;
  }
  const channel = CHANNELS.find((one) => one === name);
  if (!channel) {
    const isKnown = NOT_SERVED.includes(name);
    throw invalid(isKnown ? `不支持 ${name} 渠道` : `发送渠道不存在[${takeCodePoints(name, 20)}]`);
  }
  return channel;
}

/** What tells which channels somebody has. */
export interface Sources {
  channels: Pick<Core['channels'], 'findChannel'>;
  contacts: Pick<Core['contacts'], 'hasContact'>;
  people: Pick<Core['people'], 'isWecomMember'>;
}

/** Finds the way. Throws Refusal for a configuration, and for a channel, that the sender has not got. */
export function findWay(sources: Sources, personId: number, input: WayInput): Promise<Way> {
  return WAYS[input.channel ?? 'none'](sources, personId, input);
}

const WAYS: Readonly<
  Record<ChannelName | 'none', (sources: Sources, personId: number, input: WayInput) => Promise<Way>>
> = {
  none: async () => FREE,
  wechat: async () => ({ ...FREE, channels: ['wechat'] }),
  async webhook({ channels }, personId, { option }) {
    if (option === '') {
      throw invalid('webhook 编码不能为空');
    }
    const { code } = await findOwn(channels, personId, option);
    return { ...FREE, channels: [code] };
  },
  async cp(sources, personId, { option, isSelf, members }) {
    const { channels, people } = sources;
    const code = isSelf && option !== '' ? (await findOwn(channels, personId, option, WECOM)).code : WECOM;
    if (members === '') {
      if (isSelf && code === WECOM && !(await hasKind(channels, personId, WECOM))) {
        await need(people.isWecomMember(personId), '没有配置企业微信应用，无法使用 cp 渠道');
      }
      return { ...FREE, channels: [code] };
    }
    // The server's own WeCom app writes to a member who asks for it, never to others whom the member names.
    const own = await findOwn(channels, personId, code, WECOM);
    return { ...FREE, channels: [own.code], extras: { [WECOM]: { receivers: readMembers(members) } } };
  },
  async mail({ channels, contacts }, personId, { option, isSelf }) {
    const code = isSelf && option !== '' ? (await findOwn(channels, personId, option, 'mail')).code : 'mail';
    if (isSelf && code === 'mail' && !(await hasKind(channels, personId, 'mail'))) {
      await need(contacts.hasContact(personId, 'email'), '没有绑定邮箱，也没有邮件配置，无法使用 mail 渠道');
    }
    return { ...FREE, channels: [code] };
  },
  async sms({ channels, contacts }, personId, { isSelf }) {
    const own = isSelf ? await channels.findChannel(personId, 'sms') : null;
    if (own?.kind === 'sms') {
      return { ...FREE, channels: [own.code] };
    }
    if (isSelf) {
      await need(contacts.hasContact(personId, 'phone'), '没有绑定手机号，无法使用 sms 渠道');
    }
    const extras = { sms: { price: SMS_PRICE, payer: personId } };
    return { channels: ['sms'], extras, price: SMS_PRICE };
  },
};

const FREE: Way = { extras: {}, price: 0 };

/** Refuses what the server's own account cannot carry either. */
async function need(isThere: Promise<boolean>, text: string): Promise<void> {
  if (!(await isThere)) {
    throw invalid(text);
  }
}

async function hasKind(channels: Sources['channels'], personId: number, kind: string): Promise<boolean> {
  return (await channels.findChannel(personId, kind)) !== null;
}

/** The sender's channel of this code, or the first of a kind that is named instead of a code. */
async function findOwn(channels: Sources['channels'], personId: number, code: string, kind?: string) {
  const found = await channels.findChannel(personId, code);
  const fits = found !== null && (kind ? found.kind === kind : found.code === code);
  if (!fits) {
    throw new Refusal(CODES.invalid, `渠道配置不存在[${takeCodePoints(code, 40)}]`);
  }
  return found;
}

function readMembers(text: string): string[] {
  const members = text.split(/[,，|]/).map((one) => one.trim());
  return [...new Set(members)].filter((one) => one !== '').slice(0, MAX_MEMBERS);
}
