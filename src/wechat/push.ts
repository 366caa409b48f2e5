/** What WeChat tells us: one message or event of one follower, with the key that makes its repeats recognisable. */
import { sha256Hex } from '#src/lib/hash.js';
import type { Fields } from './fields.js';
import { PushRefusal } from './refusal.js';

/** A message or event. */
export interface Push {
  /** The account's own id (`gh_...`). */
  to: string;
  /** The follower's openid. */
  from: string;
  /** When it happened by WeChat's clock, which counts seconds: the end of that second, in milliseconds; never the future. */
  at: number;
  /** The same for every repeat of this push, and for nothing else. At most 200 characters. */
  key: string;
  /** `event`, or the kind of message: `text`, `image`, ... */
  type: string;
  /** The event's name, exact case; empty for messages. */
  event: string;
  /** Whether WeChat shows the follower an answer to it. */
  isMessage: boolean;
  /** A field's text, empty where there is none. */
  field(name: string): string;
}

const OPENID = /^[\w-]{1,64}$/;
const LONGEST_KEY = 200;

/** Understands the fields of a push that came now. Throws PushRefusal 400. */
export function readPush(fields: Fields, account: string, nowMs: number): Push {
  const field = (name: string): string => fields.get(name) ?? '';
  const [from, type] = [field('FromUserName'), field('MsgType')];
  if (!OPENID.test(from) || type === '') {
    throw new PushRefusal(400, 'no sender or no type');
  }
  const isMessage = type !== 'event';
  const parts = isMessage ? messageKey(field) : eventKey(field);
  const key = ['wechat', account, ...parts].join('|');
  return {
    to: field('ToUserName'),
    from,
    at: endOfSecond(field('CreateTime'), nowMs),
    key: key.length > LONGEST_KEY ? `wechat|${sha256Hex(key)}` : key,
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

function messageKey(field: Push['field']): string[] {
  const id = field('MsgId');
  if (/^\d{1,20}$/.test(id)) {
    return [id];
  }
  return [field('FromUserName'), field('CreateTime'), field('MsgType'), sha256Hex(field('Content'))];
}

/** CreateTime alone has a resolution of a second: two scans within one differ by their EventKey. */
function eventKey(field: Push['field']): string[] {
  return ['FromUserName', 'CreateTime', 'Event', 'EventKey', 'MsgID'].map(field);
}
