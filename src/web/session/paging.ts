/** Pages of long lists: which part to read, and what the pager shows. */

/** A part of a list, and the pager's numbers. */
export interface Paging {
  page: number;
  skip: number;
  take: number;
}

/** What the template `parts/pager` draws. */
export interface Pager {
  page: number;
  pages: number;
  total: number;
}

const DEEPEST = 100_000;

/** Reads `?page=`; anything that is no page is the first. */
export function readPaging(page: string, take = 20): Paging {
  const asked = /^\d{1,6}$/.test(page) ? Number(page) : 1;
  const at = Math.min(Math.max(asked, 1), DEEPEST);
  return { page: at, skip: (at - 1) * take, take };
}

/** The pager under a list of `total` things. */
export function toPager({ page, take }: Paging, total: number): Pager {
  return { page, pages: Math.max(1, Math.ceil(total / take)), total };
}
