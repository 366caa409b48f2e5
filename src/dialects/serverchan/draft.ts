/** Turns the parameters that say what is sent into the domain's words; what is too long is cut. */
import { MESSAGE_LIMITS } from '#src/core/publish.js';
import type { PublishCommand } from '#src/core/types.js';
import { stripControls, takeCodePoints } from '#src/lib/text.js';
import { EMPTY_TITLE, type Generation, Refusal } from './envelope.js';
import type { Fields } from './read-fields.js';

/** What a message says. */
export type Draft = Required<Pick<PublishCommand, 'title' | 'summary' | 'body' | 'format'>> & {
  /** `desp` is ciphertext, which nobody but the reader's browser opens. */
  isSealed: boolean;
  /** Nothing but a title was given, so the body repeats it. */
  isTitleOnly: boolean;
  /** ³ has tags. */
  tags: string[];
};

/** Characters of titles and card texts, bytes of bodies. */
const LIMITS: Readonly<Record<Generation, { title: number; bodyBytes: number }>> = {
  legacy: { title: 256, bodyBytes: 64 * 1024 },
  turbo: { title: 32, bodyBytes: 32 * 1024 },
  // ³ documents no limits.
  three: { title: MESSAGE_LIMITS.title, bodyBytes: 64 * 1024 },
};
/** The most characters that a body of any generation has. */
export const MAX_BODY = 64 * 1024;
const SHORT_LENGTH = 64;
const MAX_TAGS = 10;
const TAG_LENGTH = 30;
const SEALED_SUMMARY = '内容已加密，打开后输入密码查看';

/** Reads what is sent. Throws Refusal for an empty title, and for ciphertext that would have to be cut. */
export function readDraft(fields: Fields, generation: Generation): Draft {
  const limits = LIMITS[generation];
  const title = takeCodePoints(toOneLine(fields.title ?? '') || toOneLine(fields.text ?? ''), limits.title);
  const desp = (fields.desp ?? '').trim() === '' ? '' : (fields.desp ?? '');
  if (title === '' && (generation !== 'three' || desp === '')) {
    throw new Refusal('INPUT', EMPTY_TITLE);
  }
  const isSealed = generation === 'turbo' && fields.encoded?.trim() === '1' && desp !== '';
  const short = generation === 'legacy' ? '' : takeCodePoints(toOneLine(fields.short ?? ''), SHORT_LENGTH);
  const body = isSealed ? takeSealed(desp) : takeBytes(desp, limits.bodyBytes);
  return {
    title,
    summary: short || (isSealed ? SEALED_SUMMARY : ''),
    body: body || title,
    format: isSealed || body === '' ? 'text' : 'markdown',
    isSealed,
    isTitleOnly: body === '',
    tags: generation === 'three' ? readTags(fields.tags ?? '') : [],
  };
}

/** A title is one line, on every card. */
function toOneLine(text: string): string {
  return stripControls(text).replace(/\s+/g, ' ').trim();
}

/** Cut ciphertext is worth nothing, so it is refused where any other text is cut. */
function takeSealed(desp: string): string {
  // 32 KB of text are less than 64 KB when encrypted.
  if (desp.length > MAX_BODY) {
    throw new Refusal('INPUT', `desp 加密后最多 ${MAX_BODY} 个字符`);
  }
  return desp;
}

/** The start of a text, in whole characters. */
function takeBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) {
    return text;
  }
  let end = maxBytes;
  // 10xxxxxx goes on with a character (RFC 3629).
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  return bytes.toString('utf8', 0, end);
}

function readTags(text: string): string[] {
  const tags = text.split('|').map((tag) => takeCodePoints(toOneLine(tag), TAG_LENGTH));
  return [...new Set(tags)].filter((tag) => tag !== '').slice(0, MAX_TAGS);
}
