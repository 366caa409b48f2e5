/** Tells in which charset a text was written, whatever its sender says, and reads it: UTF-8, UTF-16, GB18030, or as declared. */
import { BodyError } from './body-error.js';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes UTF-8 strictly and drops a byte order mark. Throws `BodyError` `encoding` on anything that is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new BodyError('encoding', 'the body is not valid UTF-8');
  }
}

/**
 * Reads a text as what it is: UTF-8 wherever it is valid, else what its byte order mark or the declared charset says, else
 * GB18030, which GBK and GB2312 are parts of. A character of UTF-8 that is cut in two at the start or end becomes U+FFFD.
 * Throws `BodyError` `encoding` for what is no text in any of them.
 * @param declared the charset that the sender names; empty for none
 */
export function decodeText(bytes: Uint8Array, declared = ''): string {
  try {
    const text = strictUtf8.decode(bytes);
    if (declared === '' || isUtf8Despite(declared, text)) {
      return text;
    }
  } catch {
    // Not UTF-8, whatever it is called.
  }
  return decodeAs(bytes, findCharset(bytes, declared));
}

/** The charset of a text, as a label of the Encoding standard; throws as `decodeText` does. */
export function findCharset(bytes: Uint8Array, declared = ''): string {
  const utf8 = tryDecode(bytes, 'utf-8');
  if (utf8 !== null && isUtf8Despite(declared, utf8)) {
    return 'utf-8';
  }
  const named = [readMark(bytes), toLabel(declared)].find(
    (one) => one !== '' && isText(tryDecode(bytes, one)),
  );
  if (named !== undefined) {
    return named;
  }
  const damage = utf8 === null ? readDamage(bytes) : 'cut';
  if (damage === 'cut') {
    return 'utf-8';
  }
  if (damage === null && isText(tryDecode(bytes, 'gb18030'))) {
    return 'gb18030';
  }
  throw new BodyError('encoding', 'the text is neither UTF-8 nor GB18030 (GBK)');
}

/** Reads a text whose charset was found. */
export function decodeAs(bytes: Uint8Array, charset: string): string {
  return new TextDecoder(charset).decode(bytes);
}

/** The charset that a content type names; empty for none, and for UTF-8, which needs no word. */
export function charsetOf(contentType: string): string {
  const [, named = ''] = /;\s*charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType) ?? [];
  return /^utf-?8$/i.test(named) ? '' : named;
}

/** The label under which the Encoding standard knows a name; empty for an unknown one. */
function toLabel(name: string): string {
  try {
    return name === '' ? '' : new TextDecoder(name).encoding;
  } catch {
    return '';
  }
}

/**
 * Whether bytes that are valid UTF-8 are UTF-8 although they are called something else. Three valid bytes in a row are no
 * accident (RFC 3629 section 8); two can be one character of GBK or Big5. Whatever a single-byte charset says is valid in it.
 */
function isUtf8Despite(declared: string, text: string): boolean {
  const label = toLabel(declared);
  switch (label) {
    case 'gbk':
    case 'gb18030':
    case 'big5':
    case 'shift_jis':
    case 'euc-jp':
    case 'euc-kr':
      return /[\u0800-\uffff]/.test(text) || !/[\u0080-\u07ff]/.test(text);
    case 'utf-16le':
    case 'utf-16be':
      // Its ASCII characters have a zero byte each, and no text of UTF-8 has any.
      return !text.includes('\0');
    default:
      return true;
  }
}

/** What a byte order mark says. That of UTF-8 needs no looking for: the decoder drops it. */
function readMark([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) {
    return 'utf-16le';
  }
  return first === 0xfe && second === 0xff ? 'utf-16be' : '';
}

function tryDecode(bytes: Uint8Array, charset: string): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Control characters of terminals and printers: bell, backspace, tab, line ends, escape. */
const USUAL_CONTROLS = new Set([0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b]);

/** Pictures and archives have other control characters or private signs before long. */
function isText(text: string | null): text is string {
  if (text === null || /\p{Co}/u.test(text)) {
    return false;
  }
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && !USUAL_CONTROLS.has(code)) {
      return false;
    }
  }
  return true;
}

/**
 * What UTF-8 with some wrong bytes is: `cut` where they are halves of characters at the edges of lines, as cutting by bytes
 * leaves them; `damaged` where they are anywhere else: read as another charset, it would be a text that nobody wrote. null:
 * it is no UTF-8.
 */
function readDamage(bytes: Uint8Array): 'cut' | 'damaged' | null {
  const text = decodeAs(bytes, 'utf-8');
  const whole = (text.match(/[\u0800-\ufffc]/g) ?? []).length;
  const broken = text.split('\ufffd').length - 1;
  if (2 * whole <= broken) {
    return null;
  }
  return text.replace(/^\ufffd{1,3}|\ufffd{1,3}$/gm, '').includes('\ufffd') ? 'damaged' : 'cut';
}
