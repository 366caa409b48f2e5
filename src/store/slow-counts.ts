/** Counts that grow with the database, taken a slice at a time, so that nobody waits for them. */
import { setImmediate } from 'node:timers/promises';
import type { Db } from './db.js';
import { both, query } from './sql.js';

/** So many index entries are counted in one go: two or three milliseconds. */
const SLICE = 20_000;

const BEHIND_DUE = `"state" = 'due' AND ("queue", "dueAt", "id") >`;
const COUNT_DUE = both(
  (q) =>
    `SELECT count(*) AS "count" FROM (SELECT 1 FROM "Delivery" WHERE ${BEHIND_DUE} (?, ${q.time()}, ?) LIMIT ?) d`,
);
// Ordered by the columns as they are: by a name that stands for an expression SQLite would sort all that follows.
const END_OF_DUE = both(
  (
    q,
  ) => `SELECT d."queue", ${q.ms('d."dueAt"')} AS "at", d."id" FROM "Delivery" d WHERE ${BEHIND_DUE} (?, ${q.time()}, ?)
     ORDER BY d."queue", d."dueAt", d."id" LIMIT 1 OFFSET ?`,
);
const COUNT_PEOPLE = both(
  () => `SELECT count(*) AS "count", max("externalId") AS "last", count(*) FILTER (WHERE "following") AS "following" FROM (
     SELECT "externalId", "following" FROM "Identity" WHERE "platform" = ? AND "account" = ? AND "externalId" > ? ORDER BY "externalId" LIMIT ?) i`,
);

/** How many deliveries wait, counted up to `most`, `slice` at a time. What is claimed or added meanwhile may count or not. */
export async function countDue(db: Db, most: number, slice = SLICE): Promise<number> {
  let after: readonly [string, number, number] = ['', 0, 0];
  for (let total = 0; ; ) {
    const [row] = await query<{ count: bigint | number }>(
      db,
      COUNT_DUE,
      ...after,
      Math.min(slice, most - total),
    );
    const count = Number(row?.count ?? 0);
    total += count;
    const [end] =
      count === slice && total < most
        ? await query<{ queue: string; at: bigint | number; id: bigint }>(db, END_OF_DUE, ...after, slice - 1)
        : [];
    if (!end) {
      return total;
    }
    after = [end.queue, Number(end.at), Number(end.id)];
    await setImmediate();
  }
}

const COUNT_CLAIMED = `SELECT count(*) AS "count" FROM "Delivery" WHERE "state" = 'claimed'`;

/** How many deliveries are claimed: under way, or of a process that died and whose lease has not ended. There are never many. */
export async function countClaimed(db: Db): Promise<number> {
  const [row] = await query<{ count: bigint | number }>(db, COUNT_CLAIMED);
  return Number(row?.count ?? 0);
}

/** How many people follow an account. */
export async function countFollowing(db: Db, of: { platform: string; account: string }): Promise<number> {
  let following = 0;
  for (let after: string | null = ''; after !== null; ) {
    const rows: { count: bigint; last: string | null; following: bigint }[] = await query(
      db,
      COUNT_PEOPLE,
      ...[of.platform, of.account, after, SLICE],
    );
    const [row] = rows;
    following += Number(row?.following ?? 0);
    after = Number(row?.count ?? 0) === SLICE ? (row?.last ?? null) : null;
    await setImmediate();
  }
  return following;
}

/** What became of the messages of an hour. */
export interface HourCounts {
  messages: number;
  sent: number;
  failed: number;
  unknown: number;
}

const COUNT_HOUR = both(
  (
    q,
  ) => `SELECT count(*) AS "messages", sum("sent") AS "sent", sum("failed") AS "failed", sum("unknown") AS "unknown" FROM "Message"
     WHERE "createdAt" >= ${q.time()} AND "createdAt" < ${q.time()}`,
);

/** What became of the messages of each hour since a time, in milliseconds, the oldest hour first: an hour at a time. */
export async function countHours(db: Db, since: number, hours: number): Promise<HourCounts[]> {
  const counted: HourCounts[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    const from = since + hour * HOUR_MS;
    const [row] = await query<Record<keyof HourCounts, bigint | number | null>>(
      db,
      COUNT_HOUR,
      ...[from, hour === hours - 1 ? END_OF_TIME : from + HOUR_MS],
    );
    const { messages = 0, sent = 0, failed = 0, unknown = 0 } = row ?? {};
    counted.push({
      messages: Number(messages),
      sent: Number(sent ?? 0),
      failed: Number(failed ?? 0),
      unknown: Number(unknown ?? 0),
    });
    await setImmediate();
  }
  return counted;
}

const HOUR_MS = 3_600_000;
/** The year 2100: the last hour takes what a process ahead of time made. */
const END_OF_TIME = 4_102_444_800_000;

/** More platform accounts than these no server has. */
const MOST_ACCOUNTS = 20;

/** The outside accounts that know people. From one to the next, a seek each: a comparison of pairs would read all rows of a platform. */
export async function listAccounts(db: Db): Promise<{ platform: string; account: string }[]> {
  const select = { platform: true, account: true };
  const accounts: { platform: string; account: string }[] = [];
  while (accounts.length < MOST_ACCOUNTS) {
    const last = accounts.at(-1);
    const sibling = last
      ? await db.identity.findFirst({
          where: { platform: last.platform, account: { gt: last.account } },
          orderBy: { account: 'asc' },
          select,
        })
      : null;
    const next =
      sibling ??
      (await db.identity.findFirst({
        where: last ? { platform: { gt: last.platform } } : {},
        orderBy: [{ platform: 'asc' }, { account: 'asc' }],
        select,
      }));
    if (!next) {
      break;
    }
    accounts.push(next);
  }
  return accounts;
}
