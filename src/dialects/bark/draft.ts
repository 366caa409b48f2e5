/** Draws a Bark push as a message that is good on other channels too. */
import type { PersonDraft } from '#src/dialects/person-push.js';
import type { BarkParameters } from './read-parameters.js';

/** Levels at which an iPhone makes itself heard whatever it is set to. */
const URGENT_LEVELS = ['critical', 'timesensitive'];
/** Who receives is our business, and no part of what is passed on. */
const RECEIVERS = new Set(['device_key', 'device_keys', 'device_token']);
const ENCRYPTED =
  '🔒 这是一条端到端加密的消息，只有配置了密钥的 Bark App 能看到内容 This message is encrypted; only the Bark app with its key can show it';
/** What bark-server makes of a push that says nothing. */
const EMPTY = 'Empty Message';

/**
 * The message. All parameters go along for people who receive by Bark, an encrypted text untouched; on every other channel
 * an encrypted message only says what it is.
 */
export function toDraft(parameters: BarkParameters): PersonDraft {
  const text = (name: string): string => textOf(parameters[name]);
  const markdown = text('markdown');
  const notes = [
    text('ciphertext') === '' ? '' : ENCRYPTED,
    imageLine(text('image')),
    copyLine(text('copy'), [text('title'), text('subtitle'), text('body'), markdown].join('\n')),
  ];
  const main = [text('subtitle'), markdown || text('body'), ...notes].filter((part) => part.trim() !== '');
  const given = Object.entries(parameters).filter(([name]) => !RECEIVERS.has(name.toLowerCase()));
  return {
    source: 'bark',
    title: text('title'),
    body: main.join(markdown === '' ? '\n' : '\n\n') || text('title').trim() || EMPTY,
    format: markdown.trim() === '' ? 'text' : 'markdown',
    link: text('url'),
    isUrgent: URGENT_LEVELS.includes(text('level').toLowerCase()),
    extras: { bark: Object.fromEntries(given) },
  };
}

/** Whether the push only takes an earlier notification off the phone: nothing to read, and nothing for other channels. */
export function isRemoval(parameters: BarkParameters): boolean {
  return textOf(parameters.delete) === '1' && typeof parameters.id === 'string' && parameters.id !== '';
}

function imageLine(url: string): string {
  return url === '' ? '' : `图片 Image: ${url}`;
}

/** What a tap copies on a phone is said by nothing else, unless the words hold it. */
function copyLine(copied: string, words: string): string {
  return copied.trim() === '' || words.includes(copied.trim()) ? '' : `复制 Copy: ${copied.trim()}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
