/** Reads a JSON body as WeCom does: numbers and texts stand in for each other, which the answer then warns of. */
import { isRecord } from '../call.js';
import { WecomRefusal } from './errors.js';

/** What the answer's errmsg gains when a field was of a wrong type. */
export const TYPE_WARNING = 'Warning: wrong json format.';

/** The fields of one object of the body. */
export interface LooseFields {
  /** A text; absent or unusable is ''. */
  text(name: string): string;
  /** A whole number; absent or unusable is undefined. */
  int(name: string): number | undefined;
  /** An object; absent or unusable is one without fields. */
  part(name: string): LooseFields;
  /** The objects of a list; absent or unusable is empty. */
  list(name: string): LooseFields[];
  /** The texts of a list; absent or unusable is empty. */
  texts(name: string): string[];
  has(name: string): boolean;
  /** Whether any field of the whole body was read that had a wrong type. */
  isOdd(): boolean;
}

/** Makes the reader of a body. Wrong types in its parts are remembered in the whole. */
export function readLoosely(body: Readonly<Record<string, unknown>>, odd = { seen: false }): LooseFields {
  const mark = <T>(value: T): T => {
    odd.seen = true;
    return value;
  };
  const own = (name: string): unknown => (Object.hasOwn(body, name) ? (body[name] ?? undefined) : undefined);
  const items = (name: string): unknown[] => {
    const value = own(name);
    return Array.isArray(value) ? value : value === undefined ? [] : mark([]);
  };
  return {
    text: (name) => {
      const value = own(name);
      if (value === undefined || typeof value === 'string') {
        return value ?? '';
      }
      return mark(typeof value === 'number' ? String(value) : '');
    },
    int: (name) => {
      const value = own(name);
      if (value === undefined || Number.isInteger(value)) {
        return value as number | undefined;
      }
      return mark(typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined);
    },
    part: (name) => {
      const value = own(name);
      return readLoosely(isRecord(value) ? value : value === undefined ? {} : mark({}), odd);
    },
    list: (name) => items(name).map((item) => readLoosely(isRecord(item) ? item : mark({}), odd)),
    texts: (name) =>
      items(name).map((item) =>
        typeof item === 'string' ? item : mark(typeof item === 'number' ? `${item}` : ''),
      ),
    has: (name) => own(name) !== undefined,
    isOdd: () => odd.seen,
  };
}

/** The catch-all refusal, with the field in its text. */
export function badField(detail: string): WecomRefusal {
  return new WecomRefusal(40058, detail);
}

/** A text that must not be empty; otherwise the refusal. */
export function needText(fields: LooseFields, name: string, refusal: WecomRefusal): string {
  const text = fields.text(name);
  if (text.trim() === '') {
    throw refusal;
  }
  return text;
}

/** The start of a text that fits into so many bytes; a character that the limit splits is left out. */
export function cutBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= maxBytes
    ? text
    : new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true });
}

/** Whether it is an http or https address of at most 2048 bytes. */
export function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s/]/.test(text) && Buffer.byteLength(text) <= 2_048;
}
