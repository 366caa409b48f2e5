/** What a platform tells us: one message or event of one person, with the key that makes its repeats recognisable. */
import { sha256Hex } from '#src/lib/hash.js';
import type { Fields } from './fields.js';
import { PushRefusal } from './refusal.js';

/** A message or event. */
export interface Push {
  /** The account's own id (`gh_...`, a corp id). */
  to: string;
  /** The person's openid or member id, as the platform wrote it. */
  from: string;
  /** The same in the one spelling by which the person is known. */
  externalId: string;
  /** When it happened by the platform's clock, which counts seconds: the end of that second, in milliseconds; never the future. */
  at: number;
  /**
   * The same for every repeat of this push, and for nothing else: it holds who sent it, when, and what. A MsgId alone is
   * no identity: the platform's own debugging page gives all its messages one. At most 200 characters.
   */
  key: string;
  /** `event`, or the kind of message: `text`, `image`, ... */
  type: string;
  /** The event's name, exact case; empty for messages. */
  event: string;
  /** Whether the person waits for an answer to it. */
  isMessage: boolean;
  /** A field's text, empty where there is none. */
  field(name: string): string;
}

/** What a platform's pushes look like. */
export interface PushForm {
  platform: string;
  /** The account that knows the sender. */
  account: string;
  /** What a sender's name may be. */
  sender: RegExp;
  /** The fields that tell two events of one sender and second apart. */
  eventParts: readonly string[];
  nowMs: number;
}

const OPENID = /^[\w-]{1,64}$/;
/** CreateTime alone has a resolution of a second: two scans within one differ by their EventKey. */
const EVENT_PARTS = ['Event', 'EventKey', 'MsgID'];
const LONGEST_KEY = 200;

/** Understands the fields of an official account's push that came now. Throws PushRefusal 400. */
export function readPush(fields: Fields, account: string, nowMs: number): Push {
  return toPush(fields, { platform: 'wechat', account, sender: OPENID, eventParts: EVENT_PARTS, nowMs });
}

/** Understands the fields of a push. Throws PushRefusal 400. */
export function toPush(fields: Fields, { platform, account, sender, eventParts, nowMs }: PushForm): Push {
  const field = (name: string): string => fields.get(name) ?? '';
  const [from, type] = [field('FromUserName'), field('MsgType')];
  if (!sender.test(from) || type === '') {
    throw new PushRefusal(400, 'no sender or no type');
  }
  const isMessage = type !== 'event';
  const parts = isMessage ? messageParts(field) : eventParts.map(field);
  const key = [platform, account, from, field('CreateTime'), ...parts].join('|');
  return {
    to: field('ToUserName'),
    from,
    externalId: from,
    at: endOfSecond(field('CreateTime'), nowMs),
    key: key.length > LONGEST_KEY ? `${platform}|${sha256Hex(key)}` : key,
    type,
    event: isMessage ? '' : field('Event'),
    isMessage,
    field,
  };
}

function endOfSecond(seconds: string, nowMs: number): number {
  const started = /^\d{1,11}$/.test(seconds) ? Number(seconds) * 1000 : nowMs;
  return Math.min(started, nowMs) + 999;
}

/** What tells two messages of one sender and second apart; the text as well, for those whose ids repeat. */
function messageParts(field: Push['field']): string[] {
  return [field('MsgType'), sha256Hex(field('Content')), field('MsgId')];
}
