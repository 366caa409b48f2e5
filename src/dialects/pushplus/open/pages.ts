/** Pages of lists: what asks for one, and the form in which it is given. */
import { z } from 'zod';
import { type Fields, integer, parseFields } from './read-fields.js';

const DEFAULT_SIZE = 20;
const MAX_SIZE = 50;
const MAX_PAGE = 1_000_000;

const pageSchema = z.object({ current: integer.optional(), pageSize: integer.optional() });

/** A page that was asked for. */
export interface Page {
  number: number;
  size: number;
}

/** Reads which page is asked for. The documents' own samples say 0, so what makes no sense means the default. */
export function readPage(fields: Fields): Page {
  const { current = 1, pageSize = DEFAULT_SIZE } = parseFields(pageSchema, fields);
  return {
    number: Math.min(Math.max(1, current), MAX_PAGE),
    size: pageSize < 1 ? DEFAULT_SIZE : Math.min(pageSize, MAX_SIZE),
  };
}

/** The rows to leave out and to read for a page. */
export function toSlice({ number, size }: Page): { skip: number; take: number } {
  return { skip: (number - 1) * size, take: size };
}

/** A page as it is answered. */
export function toPage(page: Page, total: number, list: readonly object[]) {
  return { pageNum: page.number, pageSize: page.size, total, pages: Math.ceil(total / page.size), list };
}

/** The page of a list that is short enough to be read whole. */
export function cutPage<T extends object>(page: Page, items: readonly T[]) {
  const { skip, take } = toSlice(page);
  return toPage(page, items.length, items.slice(skip, skip + take));
}
