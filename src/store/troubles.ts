/** What keeps deliveries from going out, as the processes that deliver last wrote it down. */
import type { Db } from './db.js';
import { commit, write } from './group-commit.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** Something that keeps the deliveries of an account from going out. */
export interface Trouble {
  /** The account's queue, such as `wechat` or `ntfy:9f…`. */
  queue: string;
  /** `failing`: nothing gets through; `full`: the pace that the other side allows is reached. */
  kind: 'failing' | 'full';
  /** Milliseconds since the epoch. */
  since: number;
  /** Failed tries, or deliveries that wait. */
  count: number;
  code: string;
  /** For people. */
  why: string;
}

/** Rows that no process has renewed for so long are of one that is gone, in milliseconds. */
const STALE_MS = 60_000;
/** More are not counted: what waits is shown as a size, not as a bill. */
const MOST_COUNTED = 10_000;

const ADD = both(
  (q) => `INSERT INTO "Trouble" ("queue", "kind", "owner", "since", "count", "code", "why", "seenAt")
     SELECT j."queue", j."kind", ${q.param('text')}, j."since", j."count", j."code", j."why", ${q.time()}
     FROM ${q.rows('j', { queue: 'text', kind: 'text', since: 'time', count: 'int', code: 'text', why: 'text' })}`,
);
/** Rows from the future are of a clock that was set back since. */
const REMOVE = both(
  (q) => `DELETE FROM "Trouble" WHERE "owner" = ? OR "seenAt" < ${q.time()} OR "seenAt" > ${q.time()}`,
);
const LIST = both(
  (
    q,
  ) => `SELECT "queue", "kind", ${q.ms('min("since")')} AS "since", sum("count") AS "count", max("code") AS "code", max("why") AS "why"
     FROM "Trouble" WHERE "seenAt" >= ${q.time()} GROUP BY "queue", "kind" ORDER BY min("since"), "queue" LIMIT ?`,
);
const COUNT_OF = both(
  () =>
    `SELECT count(*) AS "count" FROM (SELECT 1 FROM "Delivery" WHERE "state" = 'due' AND "queue" IN (?, ?) LIMIT ${MOST_COUNTED}) d`,
);

/** Puts what a process notices now in the place of what it noticed before, and removes what dead ones left. */
export async function replaceTroubles(
  db: Db,
  { owner, rows, now }: { owner: string; rows: readonly Trouble[]; now: number },
): Promise<void> {
  const remove = write(REMOVE, owner, now - STALE_MS, now + STALE_MS);
  await commit(db, rows.length > 0 ? [remove, write(ADD, owner, now, toSqlJson(rows))] : [remove]);
}

/** What there is now, the oldest first, `most` at most; what several processes notice is one. */
export async function listTroubles(db: Db, now: number, most: number): Promise<Trouble[]> {
  const rows = await query<Record<keyof Trouble, string | number | bigint>>(db, LIST, now - STALE_MS, most);
  return rows.map((row) => ({
    queue: String(row.queue),
    kind: row.kind === 'full' ? 'full' : 'failing',
    since: Number(row.since),
    count: Number(row.count),
    code: String(row.code),
    why: String(row.why),
  }));
}

/** How many deliveries of an account wait, broadcasts included, up to ten thousand. */
export async function countDueOf(db: Db, account: string): Promise<number> {
  const [row] = await query<{ count: bigint | number }>(db, COUNT_OF, account, `${account}#bulk`);
  return Number(row?.count ?? 0);
}
