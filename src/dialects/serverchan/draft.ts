/** Turns the parameters that say what is sent into the domain's words; what is too long is cut, with a mark. */
import { MESSAGE_LIMITS } from '#src/core/publish.js';
import type { PublishCommand } from '#src/core/types.js';
import { CUT_MARK, fitTitle, toOneLine } from '#src/dialects/fit-texts.js';
import { takeBytes } from '#src/lib/byte-cut.js';
import { cutWithPictures } from '#src/lib/picture-name.js';
import { takeCodePoints } from '#src/lib/text.js';
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

/** The most bytes of a body. Titles are as long as any title here: Turbo documents 32 characters and refuses none. */
const BODY_BYTES: Readonly<Record<Generation, number>> = {
  legacy: 64 * 1024,
  turbo: 32 * 1024,
  // ³ documents no limits.
  three: 64 * 1024,
};
/** The most characters that a body of any generation has. */
export const MAX_BODY = 64 * 1024;
const SHORT_LENGTH = 64;
const MAX_TAGS = 10;
const TAG_LENGTH = 30;
const SEALED_SUMMARY = '内容已加密，打开后输入密码查看';

/** Reads what is sent. Throws Refusal for an empty title, and for ciphertext that would have to be cut. */
export function readDraft(fields: Fields, generation: Generation): Draft {
  const given = toOneLine(fields.title ?? '') || toOneLine(fields.text ?? '');
  const desp = (fields.desp ?? '').trim() === '' ? '' : (fields.desp ?? '');
  if (given === '' && (generation !== 'three' || desp === '')) {
    throw new Refusal('INPUT', EMPTY_TITLE);
  }
  const isSealed = generation === 'turbo' && fields.encoded?.trim() === '1' && desp !== '';
  const short =
    generation === 'legacy' ? '' : takeCodePoints(toOneLine(fields.short ?? ''), SHORT_LENGTH, '…');
  // Nothing can be said before ciphertext.
  const { title, body, format } = isSealed
    ? {
        title: takeCodePoints(given, MESSAGE_LIMITS.title, '…'),
        body: takeSealed(desp),
        format: 'text' as const,
      }
    : fitTitle({ title: given, body: desp, format: 'markdown' });
  return {
    title,
    summary: short || (isSealed ? SEALED_SUMMARY : ''),
    body: isSealed
      ? body
      : cutWithPictures(body, (text) => takeBytes(text, BODY_BYTES[generation], CUT_MARK)) || title,
    format: body === '' ? 'text' : format,
    isSealed,
    isTitleOnly: body === '',
    tags: generation === 'three' ? readTags(fields.tags ?? '') : [],
  };
}

/** Cut ciphertext is worth nothing, so it is refused where any other text is cut. */
function takeSealed(desp: string): string {
  // 32 KB of text are less than 64 KB when encrypted.
  if (desp.length > MAX_BODY) {
    throw new Refusal('INPUT', `desp 加密后最多 ${MAX_BODY} 个字符`);
  }
  return desp;
}

function readTags(text: string): string[] {
  const tags = text.split('|').map((tag) => takeCodePoints(toOneLine(tag), TAG_LENGTH, '…'));
  const all = [...new Set(tags)].filter((tag) => tag !== '');
  return all.length > MAX_TAGS ? [...all.slice(0, MAX_TAGS), '…'] : all;
}
