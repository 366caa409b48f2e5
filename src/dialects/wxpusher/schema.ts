/** The fields of every call with their types, as leniently as WxPusher's clients write them. */
import { z } from 'zod';
import { parseJson } from '#src/lib/json.js';
import { TypeMismatch } from './errors.js';
import type { Fields } from './read-input.js';

/** An optional field in whatever form `read` understands; what it answers undefined to is reported as not `expected`. */
function field<T>(expected: string, read: (value: unknown) => T | undefined) {
  return z
    .unknown()
    .transform((value, ctx): T => {
      const result = read(value);
      if (result === undefined) {
        ctx.addIssue({ code: 'custom', message: expected });
        return z.NEVER;
      }
      return result;
    })
    .optional();
}

const text = field('应为字符串', readText);
const integer = field('应为整数', readInteger);
const flag = field('应为 true 或 false', readFlag);
const textList = field('应为字符串数组', (value) => readList(value, readText));
const integerList = field('应为整数数组', (value) => readList(value, readInteger));

const content = { content: text, summary: text, contentType: integer, url: text };

/** A message to UIDs and topics. `uid` and `topicId` are the names of the query. Payment fields are ignored. */
export const sendSchema = z.object({
  appToken: text,
  ...content,
  uids: textList,
  uid: textList,
  topicIds: integerList,
  topicId: integerList,
});

/** A message by the receivers' own tokens. The long names are those of the interface's first day. */
export const simplePushSchema = z.object({
  ...content,
  spt: textList,
  sptList: textList,
  simplePushToken: textList,
  simplePushTokenList: textList,
});

/** Taking a message's page down. */
export const deleteSchema = z.object({ appToken: text, messageContentId: integer });

/** Asking what became of a message. */
export const statusSchema = z.object({ sendRecordId: integer });

/** The same by the old name, which is a part of the path. */
export const oldStatusSchema = z.object({ messageId: integer });

/** A QR code with a parameter. */
export const qrcodeSchema = z.object({ appToken: text, extra: text, validTime: integer });

/** Asking who scanned. */
export const scanSchema = z.object({ appToken: text, code: text });

/** A page of followers. */
export const usersSchema = z.object({
  appToken: text,
  page: integer,
  pageSize: integer,
  uid: text,
  isBlock: flag,
  type: integer,
});

/** One relation of a follower. */
export const relationSchema = z.object({ appToken: text, id: integer, reject: flag });

/** Reads the fields of a call; throws TypeMismatch that names the first field of a wrong type. */
export function parseFields<T>(schema: z.ZodType<T>, fields: Fields): T {
  const result = schema.safeParse(fields);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new TypeMismatch(`${issue?.path.join('.')} 类型不正确，${issue?.message}`);
  }
  return result.data;
}

function readText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  return typeof value === 'string' ? replaceUnstorable(value) : undefined;
}

/** Half surrogate pairs and NULs are in no database's text; JSON can carry both. */
function replaceUnstorable(text: string): string {
  const whole = text.toWellFormed();
  return whole.includes('\u0000') ? whole.replaceAll('\u0000', '\ufffd') : whole;
}

function readInteger(value: unknown): number | undefined {
  const isDigits = typeof value === 'string' && /^\s*[+-]?\d{1,30}\s*$/.test(value);
  const number = isDigits ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}

function readFlag(value: unknown): boolean | undefined {
  switch (String(value).trim().toLowerCase()) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      return undefined;
  }
}

/** A list, one value in its place, or a list written as JSON text. Stops at the first item that does not fit. */
function readList<T>(value: unknown, readItem: (item: unknown) => T | undefined): T[] | undefined {
  const items: T[] = [];
  for (const item of toList(value)) {
    if (item === null || item === '') {
      continue;
    }
    const read = readItem(item);
    if (read === undefined) {
      return undefined;
    }
    items.push(read);
  }
  return items;
}

function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    return value;
  }
  if (typeof value === 'string' && /^\s*\[/.test(value)) {
    try {
      return [parseJson(value)].flat();
    } catch {
      return [value];
    }
  }
  return [value];
}
