/** What a person does in WeChat, as far as the account's server hears of it. */
import type { XmlFields } from '#src/lib/xml.js';
import { ControlError } from '../platform.js';
import type { Code } from './codes.js';
import { type ItemContent, keepItem } from './inbox.js';
import type { Lane } from './lanes.js';
import { byCode, bySearch, type FollowScene, type Person } from './people.js';
import { pushFields } from './push-format.js';
import { readReply } from './replies.js';
import type { WechatState } from './wechat-state.js';
import { openWindow } from './windows.js';

/** What WeChat shows a person whose message got no proper answer. */
const UNAVAILABLE = '该公众号暂时无法提供服务，请稍后再试';

/** How the server took it. `reply` is the passive reply as the person sees it. */
export interface ActResult {
  event?: string | null;
  msgId?: string;
  reply: ReplyView | null;
  tookMs: number;
  tries: number;
  /** The person sees WeChat's notice that the account cannot serve now. */
  unavailable?: true;
  /** Why there is no reply, where that is the server's fault. */
  problem?: string;
}

/** A passive reply in the control API's shape. */
export type ReplyView = { type: string } & Omit<ItemContent, 'kind'>;

/** Follows after searching for the account; nothing happens when already following. */
export function follow(state: WechatState, person: Person): Promise<ActResult> {
  return person.isFollowing ? nothing() : subscribe(state, { person, scene: bySearch() });
}

/** Leaves the account; nothing happens when not following. */
export async function unfollow(state: WechatState, person: Person): Promise<ActResult> {
  if (!person.isFollowing) {
    return nothing();
  }
  state.people.setFollowing(person, false);
  person.windows = null;
  tellFollower(state, person);
  return pushEvent(state, person, { event: 'unsubscribe', own: { EventKey: '' }, isReplyShown: false });
}

/** Scans a code of the account: `subscribe` at first, `SCAN` for a follower. An ended code has lost its scene. */
export function scan(
  state: WechatState,
  { person, code, lane }: { person: Person; code: Code; lane?: Lane },
): Promise<ActResult> {
  const hasEnded = code.expiresAt !== null && code.expiresAt <= state.world.clock.now();
  if (!person.isFollowing) {
    return subscribe(state, {
      person,
      scene: byCode(hasEnded ? null : code.scene),
      code: hasEnded ? null : code,
      lane,
    });
  }
  if (hasEnded) {
    return nothing();
  }
  person.windows = openWindow(person.windows, 'scan', state.world.clock.now());
  const own = { EventKey: String(code.scene), Ticket: code.ticket };
  return pushEvent(state, person, { event: 'SCAN', own, isReplyShown: true, lane });
}

/** Taps a menu button that asks the account (`CLICK`), or opens a page (`VIEW`, never replied to). */
export function tapMenu(
  state: WechatState,
  person: Person,
  button: { key: string } | { url: string },
): Promise<ActResult> {
  requireFollowing(person);
  if ('url' in button) {
    const own = { EventKey: button.url, MenuId: '460000001' };
    return pushEvent(state, person, { event: 'VIEW', own, isReplyShown: false });
  }
  person.windows = openWindow(person.windows, 'menu', state.world.clock.now());
  return pushEvent(state, person, { event: 'CLICK', own: { EventKey: button.key }, isReplyShown: true });
}

/**
 * Sends a message. `own` are its fields from MsgType on, `shown` what stands in the person's chat, `msgId` an id to repeat instead
 * of one of its own.
 */
export async function say(
  state: WechatState,
  person: Person,
  { own, shown, msgId: given }: { own: XmlFields; shown: string; msgId?: string },
): Promise<ActResult> {
  requireFollowing(person);
  const now = state.world.clock.now();
  person.windows = openWindow(person.windows, 'message', now);
  keepTalk(state, person, { kind: 'own', text: shown });
  const msgId = given ?? state.sentIds.nextInboundId();
  const fields = pushFields(person.openid, now, { ...own, MsgId: msgId });
  const result = await state.pusher.push({ openid: person.openid, fields, lane: 'urgent' });
  return { msgId, ...(await showReply(state, { person, result, to: 'message', isReplyShown: true })) };
}

/** Tells the server of something that happened with a person beside what they do themselves; no reply is shown. */
export function tellEvent(
  state: WechatState,
  person: Person,
  { event, own }: { event: string; own: XmlFields },
): Promise<ActResult> {
  return pushEvent(state, person, { event, own, isReplyShown: false });
}

/** Tells the server how a template message ended. Nobody waits for it. */
export function tellJobFinished(
  state: WechatState,
  person: Person,
  job: { msgId: string; status: string },
): void {
  const own = { MsgType: 'event', Event: 'TEMPLATESENDJOBFINISH', MsgID: job.msgId, Status: job.status };
  const fields = pushFields(person.openid, state.world.clock.now(), own);
  state.pusher.pushSoon({ openid: person.openid, fields, lane: 'later' });
}

async function subscribe(
  state: WechatState,
  { person, scene, code, lane }: { person: Person; scene: FollowScene; code?: Code | null; lane?: Lane },
): Promise<ActResult> {
  const now = state.world.clock.now();
  state.people.setFollowing(person, true);
  person.followedAt = Math.floor(now / 1000);
  person.followScene = scene;
  person.windows = openWindow(person.windows, code ? 'scan' : 'follow', now);
  if (lane !== 'later') {
    tellFollower(state, person);
  }
  const own: XmlFields = code ? { EventKey: `qrscene_${code.scene}`, Ticket: code.ticket } : { EventKey: '' };
  return pushEvent(state, person, { event: 'subscribe', own, isReplyShown: true, lane });
}

interface PushedEvent {
  event: string;
  own: XmlFields;
  /** WeChat shows no reply to some events. */
  isReplyShown: boolean;
  lane?: Lane;
}

async function pushEvent(state: WechatState, person: Person, pushed: PushedEvent): Promise<ActResult> {
  const { event, own, isReplyShown, lane = 'urgent' } = pushed;
  const fields = pushFields(person.openid, state.world.clock.now(), {
    MsgType: 'event',
    Event: event,
    ...own,
  });
  const result = await state.pusher.push({ openid: person.openid, fields, lane });
  return { event, ...(await showReply(state, { person, result, to: 'event', isReplyShown })) };
}

interface ShowInput {
  person: Person;
  result: { body: string | null; tries: number; tookMs: number; problem?: string };
  to: 'message' | 'event';
  isReplyShown: boolean;
}

async function showReply(
  state: WechatState,
  { person, result, to, isReplyShown }: ShowInput,
): Promise<ActResult> {
  const { body, tries, tookMs, problem } = result;
  if (tries === 0) {
    return { reply: null, tookMs, tries, problem };
  }
  const reply =
    body === null
      ? { kind: 'invalid' as const, problem: problem ?? 'no answer' }
      : await readReply(state.world.settings, { body, openid: person.openid, to });
  if (reply.kind === 'invalid') {
    state.world.stats.add('badReplies');
    state.world.log.warn('the answer to a push cannot be shown', { problem: reply.problem });
    if (to === 'event') {
      return { reply: null, tookMs, tries, problem: reply.problem };
    }
    keepTalk(state, person, { kind: 'notice', text: UNAVAILABLE });
    return { reply: null, tookMs, tries, unavailable: true, problem: reply.problem };
  }
  if (reply.kind === 'none' || !isReplyShown) {
    return { reply: null, tookMs, tries };
  }
  keepTalk(state, person, reply.content);
  const { kind, ...content } = reply.content;
  return { reply: { type: kind, ...content }, tookMs, tries };
}

function keepTalk(state: WechatState, person: Person, content: ItemContent): void {
  person.talk ??= [];
  keepItem(person.talk, { id: state.world.nextId(), at: state.world.clock.now(), ...content });
  state.world.live.tell('inbox', { openid: person.openid });
}

function tellFollower(state: WechatState, person: Person): void {
  state.world.live.tell('follower', { openid: person.openid, following: person.isFollowing });
}

function requireFollowing(person: Person): void {
  if (!person.isFollowing) {
    throw new ControlError(409, 'not_following', '先关注公众号 This person does not follow the account');
  }
}

async function nothing(): Promise<ActResult> {
  return { event: null, reply: null, tookMs: 0, tries: 0 };
}
