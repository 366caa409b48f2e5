/** What a member does in the chat with the app, as far as the app's server hears of it. */
import { randomInt } from 'node:crypto';
import { randomText } from '#src/lib/ids.js';
import type { XmlFields } from '#src/lib/xml.js';
import type { PushFields } from '../push-xml.js';
import { simulatedWecom, type WecomMember } from './directory.js';
import type { WecomPushResult } from './pusher.js';
import { readWecomReply, showReply, type WecomReply } from './replies.js';
import { keepTalk } from './talks.js';
import type { WecomState } from './wecom-state.js';

/** How the server took it. */
export interface MemberActResult {
  msgId?: string;
  event?: string;
  /** The passive reply as the member sees it. */
  reply: WecomReply | null;
  tookMs: number;
  tries: number;
  /** Why there is no reply, where that is the server's fault. */
  problem?: string;
}

/** A message of a member; `msgId` is an id to repeat instead of one of its own. */
export type MemberMessage = { msgId?: string } & (
  | { type?: 'text'; content: string }
  | { type: 'image' | 'voice' | 'video' }
  | { type: 'location'; label?: string }
  | { type: 'link'; title: string; description?: string; url: string }
);

/** Sends a message to the app. */
export async function writeToApp(
  state: WecomState,
  member: WecomMember,
  message: MemberMessage,
): Promise<MemberActResult> {
  const { own, shown } = fieldsOf(message);
  keepOwn(state, member, { kind: 'own', text: shown });
  const msgId = message.msgId ?? `${randomInt(1e9, 9e9)}${randomInt(1e8, 9e8)}`;
  const result = await push(state, member, { ...own, MsgId: msgId });
  return { msgId, ...(await take(state, member, result)) };
}

/** Tells the app of an event. `own` are its fields beyond the event's name. */
export async function tellEvent(
  state: WecomState,
  member: WecomMember,
  { event, own }: { event: string; own: XmlFields },
): Promise<MemberActResult> {
  const result = await push(state, member, { MsgType: 'event', Event: event, ...own });
  return { event, ...(await take(state, member, result)) };
}

/** Events of the corp's customer service, which no member sends: some of their fields repeat. */
const CORP_EVENTS = {
  kf_msg_or_event: { Token: 'ENC-sim-token', OpenKfId: 'wk-sim' },
  kf_account_auth_change: {
    AuthAddOpenKfId: ['wk-sim-1', 'wk-sim-2'],
    AuthDelOpenKfId: ['wk-sim-3', 'wk-sim-4'],
  },
} satisfies Record<string, PushFields>;

/** Tells the app of an event that has no sender. */
export async function tellCorpEvent(
  state: WecomState,
  event: keyof typeof CORP_EVENTS,
): Promise<Omit<MemberActResult, 'reply'> & { body: string | null }> {
  const result = await state.pusher.push({
    ToUserName: simulatedWecom.corpId,
    CreateTime: Math.floor(state.world.clock.now() / 1000),
    MsgType: 'event',
    Event: event,
    ...CORP_EVENTS[event],
  });
  return { event, ...result };
}

function push(state: WecomState, member: WecomMember, own: XmlFields): Promise<WecomPushResult> {
  return state.pusher.push({
    ToUserName: simulatedWecom.corpId,
    FromUserName: member.userId,
    CreateTime: Math.floor(state.world.clock.now() / 1000),
    ...own,
    AgentID: String(simulatedWecom.agentId),
  });
}

async function take(
  state: WecomState,
  member: WecomMember,
  { body, tries, tookMs, problem }: WecomPushResult,
): Promise<MemberActResult> {
  if (body === null) {
    return { reply: null, tries, tookMs, problem };
  }
  try {
    const reply = await readWecomReply(state.world.settings, { body, userId: member.userId });
    if (reply) {
      keepOwn(state, member, { kind: 'reply', text: showReply(reply) });
    }
    return { reply, tries, tookMs };
  } catch (error) {
    // HTTP 200 has acknowledged the push; what cannot be read is shown to nobody.
    const why = error instanceof Error ? error.message : String(error);
    state.world.stats.add('wecomBadReplies');
    return { reply: null, tries, tookMs, problem: why };
  }
}

function keepOwn(
  state: WecomState,
  member: WecomMember,
  { kind, text }: { kind: string; text: string },
): void {
  const { world } = state;
  const inWechat = member.usesPlugin ? text : null;
  keepTalk(member.talk, { id: world.nextId(), at: world.clock.now(), kind, rendered: text, inWechat });
  world.live.tell('arrival', { platform: 'wecom' });
}

function fieldsOf(message: MemberMessage): { own: XmlFields; shown: string } {
  const MediaId = randomText(64);
  switch (message.type) {
    case undefined:
    case 'text':
      return { own: { MsgType: 'text', Content: message.content }, shown: message.content };
    case 'image':
      return { own: { MsgType: 'image', PicUrl: 'https://wework.qpic.cn/sim', MediaId }, shown: '[图片]' };
    case 'voice':
      return { own: { MsgType: 'voice', MediaId, Format: 'amr' }, shown: '[语音]' };
    case 'video':
      return { own: { MsgType: 'video', MediaId, ThumbMediaId: randomText(64) }, shown: '[视频]' };
    case 'location': {
      const { label = '北京市东城区' } = message;
      const place = { Location_X: '39.908722', Location_Y: '116.397499', Scale: 15, Label: label };
      return { own: { MsgType: 'location', ...place, AppType: 'wxwork' }, shown: `[位置] ${label}` };
    }
    case 'link': {
      const { title, description = '', url } = message;
      const own = { MsgType: 'link', Title: title, Description: description, Url: url, PicUrl: '' };
      return { own, shown: `[链接] ${title}` };
    }
  }
}
