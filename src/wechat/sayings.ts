/** Understands what a follower typed: a built-in word, the `#` grammar, a number, or plain text. */

/** What the built-in words do. The menu's buttons do the same. */
export const VERBS = [
  'help',
  'uid',
  'keys',
  'subs',
  'unsub',
  'pause',
  'resume',
  'cancel',
  'confirm',
  'reject',
  'signout',
  'erase',
] as const;

/** One of them. */
export type Verb = (typeof VERBS)[number];

/** A saying, understood. `id` is in ASCII digits, as typed otherwise. */
export type Saying =
  | { kind: 'empty' }
  | { kind: 'verb'; verb: Verb; argument: string }
  /** `#97` */
  | { kind: 'subscribe'; id: string }
  /** `#97 text` */
  | { kind: 'command'; id: string; content: string }
  /** `#97text` */
  | { kind: 'unclear'; id: string }
  /** `2`; plain text where no question is open. */
  | { kind: 'number'; number: number; content: string }
  | { kind: 'plain'; content: string };

/**
 * The words of each verb, lower case, and what may follow them. Few on purpose: a word taken here cannot be sent to an
 * app as plain text.
 */
const WORDS: readonly [Verb, words: readonly string[], argument?: RegExp][] = [
  ['help', ['帮助', '使用帮助', 'help', '?']],
  ['uid', ['我的uid', 'uid', 'my uid']],
  ['keys', ['我的密钥', '密钥', 'keys', 'my keys']],
  ['subs', ['我的订阅', '订阅', 'subs', 'my subs'], /\d{1,3}/],
  ['unsub', ['取消订阅', '退订', 'unsubscribe', 'unsub'], /#?\s*\d{1,10}(?:\s*[-/]\s*\d{1,10})?/],
  ['pause', ['暂停', '暂停接收', 'pause']],
  ['resume', ['恢复', '恢复接收', 'resume']],
  ['cancel', ['取消', 'cancel']],
  // They answer the question of a sign-in, and are ordinary texts where none is asked.
  ['confirm', ['确认登录', '确认', 'confirm'], /\d{2}/],
  ['reject', ['拒绝登录', '拒绝', 'reject']],
  // What must follow is asked for: nobody erases themselves by a slip.
  ['erase', ['删除我的数据', 'delete my data'], /确认|confirm/],
  ['signout', ['退出登录', 'sign out', 'signout']],
];

const PATTERNS = WORDS.map(([verb, words, argument]): [Verb, RegExp] => {
  const choices = words.map((word) => word.replace(/[?]/g, '\\$&')).join('|');
  const tail = argument ? `(?:\\s*(${argument.source}))?` : '()';
  return [verb, new RegExp(`^(?:${choices})${tail}$`)];
});

const SUBSCRIBE_WORD = /^(?:订阅|关注|subscribe|sub)\s*#\s*(\d{1,10})$/;
const HASH = /^[#＃]\s*([0-9０-９]{1,10})(?![0-9０-９])([\s\S]*)$/;
/** Longer texts are no words, and are not worth normalising. */
const LONGEST_WORD = 60;
/** What speech recognition and tidy typists put behind a word. */
const FULL_STOP = /(?<=.)[.。!！,，]+$/;

/** Understands a text. */
export function readSaying(text: string): Saying {
  const content = text.trim();
  if (content === '') {
    return { kind: 'empty' };
  }
  return readWord(content) ?? readHash(content) ?? { kind: 'plain', content };
}

function readWord(content: string): Saying | null {
  if (content.length > LONGEST_WORD) {
    return null;
  }
  // NFKC makes full-width letters, digits and signs their ASCII twins.
  const word = content.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim().replace(FULL_STOP, '');
  for (const [verb, pattern] of PATTERNS) {
    const match = pattern.exec(word);
    if (match) {
      return { kind: 'verb', verb, argument: (match[1] ?? '').replace(/\s+/g, '') };
    }
  }
  const wish = SUBSCRIBE_WORD.exec(word)?.[1];
  if (wish !== undefined) {
    return { kind: 'subscribe', id: wish };
  }
  return /^\d{1,3}$/.test(word) ? { kind: 'number', number: Number(word), content } : null;
}

function readHash(content: string): Saying | null {
  const match = HASH.exec(content);
  if (!match) {
    return null;
  }
  const id = (match[1] ?? '').normalize('NFKC').replace(/^0+(?=\d)/, '');
  const rest = match[2] ?? '';
  if (rest === '') {
    return { kind: 'subscribe', id };
  }
  return /^\s/.test(rest) ? { kind: 'command', id, content: rest.trim() } : { kind: 'unclear', id };
}
