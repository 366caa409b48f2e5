/** Windows that several processes share: how many sends or calls of the last seconds, or of a day, count against a limit. */
import { createBatcher } from '#src/lib/batcher.js';
import type { Db } from './db.js';
import type { Prisma } from './generated/client.js';
import { commitOne } from './group-commit.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';
import {
  asOf,
  type Entry,
  giveBackTo,
  type Room,
  readEntries,
  takeFrom,
  type Wish,
  writeEntries,
} from './window-entries.js';

/** Wishes that belong together, in their order. */
export interface WishList {
  wishes: readonly Wish[];
  /** All have their turn, and one that gets nothing takes all others back; else it ends the list, and those before it stay. */
  isWhole?: boolean;
  /** Instead of taking, gives one place back under each name. */
  isReturn?: boolean;
}

/** Entries by name, of a process's own memory or held in the database. */
export interface HeldEntries {
  get(name: string): readonly Entry[] | undefined;
  set(name: string, entries: readonly Entry[]): unknown;
}

/** The most lists of one transaction. */
const LISTS_AT_ONCE = 200;

const takers = new WeakMap<Db, (list: WishList) => Promise<Room[]>>();

/**
 * Takes places for one caller; answers the room of each wish that had its turn. All callers of a moment share a transaction, in which
 * no other process looks at their names. A crash of the database may forget the last moments: nobody waits for its disk.
 */
export function takeRooms(db: Db, list: WishList): Promise<Room[]> {
  const take =
    takers.get(db) ??
    createBatcher({ run: (lists: WishList[]) => takeAll(db, lists), maxItems: LISTS_AT_ONCE });
  takers.set(db, take);
  return take(list);
}

/** Serves the wishes of one list from entries that its caller holds, and changes these. */
export function serveList({ wishes, isWhole, isReturn }: WishList, held: HeldEntries): Room[] {
  const before = wishes.map(({ name, at }) => asOf(held.get(name) ?? [], at));
  const rooms: Room[] = [];
  for (const wish of wishes) {
    const entries = held.get(wish.name) ?? [];
    const room = isReturn ? { granted: 1, entries: giveBackTo(entries) } : takeFrom(entries, wish);
    rooms.push(room);
    // Also where nothing is granted: entries that were noted ahead of their time begin to pass.
    held.set(wish.name, room.entries);
    if (room.granted === 0 && !isWhole) {
      break;
    }
  }
  if (isWhole && rooms.some(({ granted }) => granted === 0)) {
    // In the reverse order, since a name may stand twice.
    for (const [at, { name }] of [...wishes.entries()].reverse()) {
      held.set(name, before[at] ?? []);
    }
  }
  return rooms;
}

const NO_WAIT = `SELECT set_config('synchronous_commit', 'off', true)`;
const ADD_NAMES = both(
  (
    q,
  ) => `INSERT INTO "SharedWindow" ("name", "times") SELECT "value", '{}' FROM ${q.values('j', 'text')} WHERE true
     ON CONFLICT DO NOTHING`,
).postgresql;
const LOCK = both(
  (q) =>
    `SELECT "name", "times" FROM "SharedWindow" WHERE ${q.isIn('"name"', 'text')} ORDER BY "name" FOR UPDATE`,
).postgresql;
const SAVE = both(
  (q) => `UPDATE "SharedWindow" SET "times" = j."times" FROM ${q.rows('j', { name: 'text', times: 'text' })}
     WHERE "SharedWindow"."name" = j."name"`,
).postgresql;

async function takeAll(db: Db, lists: readonly WishList[]): Promise<Room[][]> {
  const wishes = lists.flatMap((list) => list.wishes);
  const untils = new Map<string, number>();
  for (const { name, until } of wishes) {
    untils.set(name, Math.max(until, untils.get(name) ?? 0));
  }
  // In one order, so that two processes never wait for each other.
  const names = [...untils.keys()].sort();
  return db.$transaction(async (held) => {
    await held.$queryRawUnsafe(NO_WAIT);
    const entries = await lockNames(held, names);
    const rooms = lists.map((list) => serveList(list, entries));
    const rows = names.map((name) => ({
      name,
      times: writeEntries(entries.get(name) ?? [], untils.get(name) ?? 0),
    }));
    await held.$executeRawUnsafe(SAVE, toSqlJson(rows));
    return rooms;
  });
}

/** Holds these names until the commit, and makes those that are new. */
async function lockNames(held: Prisma.TransactionClient, names: readonly string[]): Promise<HeldEntries> {
  for (;;) {
    const rows = await held.$queryRawUnsafe<{ name: string; times: string }[]>(LOCK, toSqlJson(names));
    const found = new Map(rows.map(({ name, times }) => [name, readEntries(times)]));
    const missing = names.filter((name) => !found.has(name));
    if (missing.length === 0) {
      return found;
    }
    await held.$executeRawUnsafe(ADD_NAMES, toSqlJson(missing));
  }
}

const READ = `SELECT "times" FROM "SharedWindow" WHERE "name" = ?`;
const KEEP = `INSERT INTO "SharedWindow" ("name", "times") VALUES (?, ?) ON CONFLICT ("name") DO UPDATE SET "times" = excluded."times"`;

/** Reads what the only process noted before its last start. */
export async function readKept(db: Db, name: string): Promise<Entry[]> {
  const [row] = await query<{ times: string }>(db, READ, name);
  return readEntries(row?.times);
}

/** Notes, for the only process, what shall outlive it. */
export async function keepEntries(db: Db, wish: Wish, entries: readonly Entry[]): Promise<void> {
  await commitOne(db, KEEP, wish.name, writeEntries(entries, wish.until));
}

const REMOVE_ENDED = both(
  (q) => `DELETE FROM "SharedWindow" WHERE coalesce(${q.pickInt('"times"', ['until'])}, 0) < ?`,
);

/** Removes what counts no more; returns how many names went. */
export function removeEndedWindows(db: Db, now: number): Promise<number> {
  return commitOne(db, REMOVE_ENDED, now);
}
