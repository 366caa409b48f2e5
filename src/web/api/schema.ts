/** The shapes that several calls share: numbers in paths, pages of lists, moments. */
import { z } from 'zod';

/** Rows that count up one by one have numbers of 32 bits in the database. */
const MAX_SMALL_ID = 2 ** 31 - 1;

const toNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;

/** Query values are texts, and an empty one (`?topicId=`) is as good as none. */
const toQueryNumber = (value: unknown): unknown => (value === '' ? undefined : toNumber(value));

/** The number of an app, topic or key in a path. */
export const smallId = z.preprocess(toNumber, z.int().min(1).max(MAX_SMALL_ID));

/** The number of a message, subscription or callback in a path: below 2^53. */
export const bigId = z.preprocess(toNumber, z.int().min(1));

/** Query values that pick a page; `pageSize` counts up to `maxSize`. */
export function pageQuery(maxSize: number) {
  return {
    page: z.preprocess(toQueryNumber, z.int().min(1).max(1_000_000).default(1)),
    pageSize: z.preprocess(toQueryNumber, z.int().min(1).max(maxSize).default(20)),
  };
}

/** An optional number of an app or topic in the query. */
export const optionalId = z.preprocess(toQueryNumber, z.int().min(0).max(MAX_SMALL_ID).optional());

/** An optional choice of words in the query; an empty one is as good as none. */
export function optionalChoice<const T extends readonly [string, ...string[]]>(words: T) {
  return z.preprocess((value) => (value === '' ? undefined : value), z.enum(words).optional());
}

/** A number that identifies a row. */
export const idField = z.int().min(1);

/** Milliseconds since the Unix epoch. */
export const moment = z
  .date()
  .transform((date) => date.getTime())
  .pipe(z.int());

/** A list with the number of all its items, of which one page is shown. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ total: z.int().min(0), items: z.array(item) });
}

/** The rows to leave out and to read for a page. */
export function toSlice(query: { page: number; pageSize: number }): { skip: number; take: number } {
  return { skip: (query.page - 1) * query.pageSize, take: query.pageSize };
}

/** Whether a message that may have arrived is sent again by itself. */
export const ratherTwice = z
  .boolean()
  .describe(
    '没有看到应答时宁可重发（可能收到两次），默认 false：标为 unknown Where no answer was seen, rather send again (it may show twice) than mark it `unknown`',
  );
