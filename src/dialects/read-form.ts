/** Reads what clients of a dialect send as a form or as JSON, into fields without inherited keys. */
import { BodyError, decodeUtf8 } from '#src/lib/body.js';

/** Fields of a form or query by name. */
export type FormFields = Record<string, string>;

/** What a request body is called, without the parameters of its type and in lower case. */
export function typeOf(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The fields of a query or urlencoded text; the last of repeated names wins. */
export function parseFields(text: string): FormFields {
  return collect(new URLSearchParams(text));
}

/**
 * The text fields of a urlencoded or multipart form; files are left out, and any other body has no fields. Throws BodyError
 * `encoding` for what is no UTF-8 and for a multipart body that is broken.
 */
export function readFormFields(bytes: Buffer, contentType: string): FormFields {
  switch (typeOf(contentType)) {
    case 'application/x-www-form-urlencoded':
      return parseFields(decodeUtf8(bytes).trim());
    case 'multipart/form-data':
      return collect(readParts(bytes, contentType));
    default:
      return Object.create(null);
  }
}

/** The object that a JSON text stands for; null for any other text. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether it is an object with names, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Splits at the boundary itself: the platform's own parser refuses the short boundaries that some clients make. */
function readParts(bytes: Buffer, contentType: string): [string, string][] {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2] ?? '';
  // Latin 1 keeps every byte as one sign; a boundary stands at the start of a line.
  const [preamble, ...parts] = `\r\n${bytes.toString('latin1')}`.split(`\r\n--${boundary}`);
  const isClosed = parts.at(-1)?.startsWith('--') === true;
  if (boundary === '' || preamble === undefined || !isClosed) {
    throw new BodyError('encoding', 'the multipart form is broken');
  }
  return parts.slice(0, -1).flatMap(readPart);
}

function readPart(part: string): [string, string][] {
  const end = part.indexOf('\r\n\r\n');
  const headers = part.slice(0, Math.max(0, end));
  const disposition = /^content-disposition:[^\r\n]*$/im.exec(headers)?.[0] ?? '';
  const [, quoted, bare] = /;\s*name=(?:"([^"]*)"|([^\s;"]+))/i.exec(disposition) ?? [];
  const name = quoted ?? bare;
  if (end < 0 || name === undefined || /;\s*filename\*?=/i.test(disposition)) {
    return [];
  }
  const decode = (latin1: string): string => decodeUtf8(Buffer.from(latin1, 'latin1'));
  return [[decode(name), decode(part.slice(end + 4))]];
}

function collect(pairs: Iterable<[string, string]>): FormFields {
  const fields: FormFields = Object.create(null);
  for (const [name, value] of pairs) {
    fields[name] = value;
  }
  return fields;
}
