/** Reads what is written as names and values: queries, urlencoded forms, multipart forms; and parts of paths, escaped likewise. */
import { BodyError } from './body-error.js';
import { charsetOf, decodeAs, decodeText, findCharset } from './charset.js';

/** Fields by name, without inherited keys. */
export type FormFields = Record<string, string>;

/** A name and its value, in the order in which they were sent. */
export type FieldPair = readonly [name: string, value: string];

/** A file of a multipart form. */
export interface FormFile {
  /** The field that it stands in. */
  field: string;
  /** What its sender calls it; may be empty. */
  name: string;
  /** The media type as sent; may be empty. */
  type: string;
  bytes: Buffer;
}

/**
 * The pairs of a query or urlencoded text, repeated names as often as they come. What is escaped is UTF-8, or GB18030 where
 * it is none. Throws BodyError `encoding` for bytes that are no text.
 * @param declared the charset that the sender names; empty for none
 */
export function parsePairs(text: string, declared = ''): readonly FieldPair[] {
  const pairs = [...new URLSearchParams(text)];
  const isPlain = declared === '' && !pairs.some((pair) => pair.some((part) => part.includes('\ufffd')));
  if (isPlain || !HIGH_ESCAPE.test(text)) {
    return pairs;
  }
  const parts = text
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    });
  const decoded = unescapeAll(parts, declared);
  return pairs.map((_, at) => [decoded[2 * at] ?? '', decoded[2 * at + 1] ?? '']);
}

/** The fields of a query or urlencoded text; the last of repeated names wins. Throws BodyError `encoding`. */
export function parseFields(text: string, declared = ''): FormFields {
  return collectFields(parsePairs(text, declared));
}

/** Pairs by name, the last of repeated names. */
export function collectFields(pairs: Iterable<FieldPair>): FormFields {
  // Without a prototype even a field called __proto__ or constructor is an ordinary own key.
  const fields: FormFields = Object.create(null);
  for (const [name, value] of pairs) {
    fields[name] = value;
  }
  return fields;
}

/** Pairs by name, the first of repeated names, as servers written in Go read them. */
export function collectFirst(pairs: readonly FieldPair[]): FormFields {
  return collectFields([...pairs].reverse());
}

/** An escape of a byte beyond ASCII. */
const HIGH_ESCAPE = /%[89a-f][\da-f]/i;
const ESCAPE = /%[\da-f]{2}/gi;

/**
 * Unescapes parts of one address or form, a plus as a space, all in one charset: short parts alone would not tell which. A
 * percent sign that begins no escape stands for itself. Throws BodyError `encoding` for bytes that are no text.
 */
export function unescapeAll(parts: readonly string[], declared = ''): string[] {
  const pieces = parts.map((part) => part.replaceAll('+', ' ').split(BEYOND_ASCII).map(toBytes));
  const all = pieces.flat().flatMap((piece) => (typeof piece === 'string' ? [] : [piece, LINE_END]));
  const charset = findCharset(Buffer.concat(all), declared);
  return pieces.map((piece) => piece.map((one) => toText(one, charset)).join(''));
}

/** What is no ASCII was no escape: it is a text already. Every second piece is such a text. */
const BEYOND_ASCII = /([\u0080-\uffff]+)/;
/** Stands between pieces while their charset is looked for: half a character at an end must not join the next piece. */
const LINE_END = Buffer.from('\n');

function toBytes(piece: string, at: number): Buffer | string {
  const unescaped = (given: string): string => String.fromCharCode(Number.parseInt(given.slice(1), 16));
  return at % 2 === 1 ? piece : Buffer.from(piece.replace(ESCAPE, unescaped), 'latin1');
}

function toText(piece: Buffer | string, charset: string): string {
  return typeof piece === 'string' ? piece : decodeAs(piece, charset);
}

/** A part of a multipart form before its text is read. */
interface Part {
  field: Buffer;
  file: { name: Buffer; type: string } | null;
  bytes: Buffer;
}

/**
 * The text fields of a multipart form in their order, and its files. All texts are in one charset, found as for a body.
 * Throws BodyError `encoding` for a broken form, and for texts that are none.
 */
export function readMultipart(
  bytes: Buffer,
  contentType: string,
): { pairs: readonly FieldPair[]; files: readonly FormFile[] } {
  const parts = splitParts(bytes, contentType).flatMap(readPart);
  const declared = charsetOf(contentType);
  const texts = parts.flatMap(({ field, file, bytes: content }) => [
    field,
    ...(file ? [] : [content]),
    LINE_END,
  ]);
  const charset = findCharset(Buffer.concat(texts), declared);
  const decode = (text: Buffer): string => decodeAs(text, charset);
  return {
    pairs: parts.flatMap(({ field, file, bytes: content }) =>
      file ? [] : [[decode(field), decode(content)] as const],
    ),
    files: parts.flatMap(({ field, file, bytes: content }) =>
      file
        ? [{ field: decode(field), name: decodeText(file.name, declared), type: file.type, bytes: content }]
        : [],
    ),
  };
}

/** Splits at the boundary itself: the platform's own parser refuses the short boundaries that some clients make. */
function splitParts(bytes: Buffer, contentType: string): string[] {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2] ?? '';
  // Latin 1 keeps every byte as one sign; a boundary stands at the start of a line.
  const [preamble, ...parts] = `\r\n${bytes.toString('latin1')}`.split(`\r\n--${boundary}`);
  const isClosed = parts.at(-1)?.startsWith('--') === true;
  if (boundary === '' || preamble === undefined || !isClosed) {
    throw new BodyError('encoding', 'the multipart form is broken');
  }
  return parts.slice(0, -1);
}

function readPart(part: string): Part[] {
  const end = part.indexOf('\r\n\r\n');
  const headers = part.slice(0, Math.max(0, end));
  const disposition = readHeader(headers, 'content-disposition');
  const field = readParameter(disposition, 'name');
  if (end < 0 || field === null) {
    return [];
  }
  const bytes = Buffer.from(part.slice(end + 4), 'latin1');
  const name = readFileName(disposition);
  return [
    {
      field: Buffer.from(field, 'latin1'),
      file: name === null ? null : { name, type: readHeader(headers, 'content-type') },
      bytes,
    },
  ];
}

function readHeader(headers: string, name: string): string {
  return new RegExp(`^${name}:[ \\t]*([^\\r\\n]*)$`, 'im').exec(headers)?.[1] ?? '';
}

function readParameter(disposition: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;"]+))`, 'i').exec(disposition);
  return match ? (match[1] ?? match[2] ?? '') : null;
}

/** `filename*` is RFC 5987's form: a charset, a language, and escaped bytes, as UTF-8 wherever anybody writes it. */
function readFileName(disposition: string): Buffer | null {
  const extended = readParameter(disposition, 'filename\\*');
  const name =
    extended === null ? readParameter(disposition, 'filename') : extended.replace(/^[^']*'[^']*'/, '');
  if (name === null) {
    return null;
  }
  return extended === null
    ? Buffer.from(name, 'latin1')
    : Buffer.from(unescapeAll([name.replaceAll('+', '%2B')])[0] ?? '');
}
