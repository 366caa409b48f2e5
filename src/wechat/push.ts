/** What a platform tells us: one message or event of one person, with the key that makes its repeats recognisable. */
import { sha256Hex } from '#src/lib/hash.js';
import type { Fields } from './fields.js';
import { StrangePush } from './refusal.js';

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
  /** A field's text without space around it (people's own words keep theirs), empty where there is none. */
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

/** Understands the fields of an official account's push that came now. Throws StrangePush. */
export function readPush(fields: Fields, account: string, nowMs: number): Push {
  return toPush(fields, { platform: 'wechat', account, sender: OPENID, eventParts: EVENT_PARTS, nowMs });
}

/** Understands the fields of a push. Throws StrangePush for those of nobody, which tell of the account itself. */
export function toPush(fields: Fields, { platform, account, sender, eventParts, nowMs }: PushForm): Push {
  const field = (name: string): string => {
    const text = fields.get(name) ?? '';
    // Some that write pushes put space around names and ids; only what somebody wrote is kept as it is.
    return WRITTEN.has(name) ? text : text.trim();
  };
  const [from, type] = [field('FromUserName'), field('MsgType')];
  if (!sender.test(from) || type === '') {
    throw new StrangePush(`no sender or no type: ${nameKind(field)}`);
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

/** Fields that hold people's own words. */
const WRITTEN: ReadonlySet<string> = new Set(['Content', 'Recognition']);

/** The kind of a push for the log; only names as the platforms give them, since anything may stand there. */
function nameKind(field: Push['field']): string {
  const names = ['MsgType', 'Event', 'InfoType'].map(field).filter((name) => /^\w{1,64}$/.test(name));
  return names.join(' ') || 'no kind';
}

function endOfSecond(seconds: string, nowMs: number): number {
  const started = /^\d{1,11}$/.test(seconds) ? Number(seconds) * 1000 : nowMs;
  return Math.min(started, nowMs) + 999;
}

/** What tells two messages of one sender and second apart; the text as well, for those whose ids repeat. */
function messageParts(field: Push['field']): string[] {
  return [field('MsgType'), sha256Hex(field('Content')), field('MsgId')];
}
