/** Uses: counts calls and messages against limits, for all processes on the database together. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import { chinaDayStart } from '#src/lib/china-time.js';
import { providerOf } from '#src/store/db.js';
import { keepEntries, readKept, serveList, takeRooms, type WishList } from '#src/store/shared-windows.js';
import {
  countFrom,
  type Entry,
  type Room,
  type Wish,
  wishInWindows,
  wishOfDay,
} from '#src/store/window-entries.js';
import type { CoreDeps } from './deps.js';

/** So many of one name, within a time that moves along or within a day of China. */
export type Limit =
  | { name: string; count: number; perMs: number }
  | {
      name: string;
      perDay: number;
      /** Asked for what counts already where nothing of this day is known yet, as after a start. */
      countBefore?: (dayStart: number) => Promise<number>;
    };

/** How a count went: the first limit that was reached, or null; and how many count now under each name that had its turn. */
export interface UseCount {
  reached: number | null;
  counts: number[];
}

/** The verbs of uses. */
export type Uses = ReturnType<typeof createUses>;

/** So many names are remembered in memory. */
const KEPT_NAMES = 100_000;

/**
 * Makes the verbs. Where there is one process it counts in its memory, and notes days in the database so that a restart does not
 * forget them; several processes count in the database.
 */
export function createUses({ db, clock }: Pick<CoreDeps, 'db' | 'clock'>) {
  const isAlone = providerOf(db) === 'sqlite';
  const memory = new LRUCache<string, readonly Entry[]>(atMost(KEPT_NAMES));
  /** The days whose beginnings were looked up. */
  const days = new LRUCache<string, { day: number; before: number }>(atMost(KEPT_NAMES));

  /**
   * Counts one use under each limit, in this order. The first that is reached ends the count: what stands before it stays counted,
   * or with `isWhole` nothing does.
   */
  async function count(limits: readonly Limit[], { isWhole = false } = {}): Promise<UseCount> {
    const wishes = await Promise.all(limits.map(toWish));
    const rooms = await serve({ wishes, isWhole });
    if (isAlone) {
      await keepDays(limits, wishes, rooms);
    }
    const reached = rooms.findIndex(({ granted }) => granted === 0);
    return {
      reached: reached === -1 ? null : reached,
      counts: rooms.map(({ entries }, at) => countFrom(entries, wishes[at]?.keepFrom ?? 0)),
    };
  }

  /** How many count now under each limit; counts nothing. */
  async function read(limits: readonly Limit[]): Promise<number[]> {
    if (limits.length === 0) {
      return [];
    }
    const wishes = (await Promise.all(limits.map(toWish))).map((wish) => ({ ...wish, wanted: 0 }));
    const rooms = await serve({ wishes, isWhole: true });
    return rooms.map(({ entries }, at) => countFrom(entries, wishes[at]?.keepFrom ?? 0));
  }

  /** Takes back one use under a limit that moves along. */
  async function giveBack(limit: Limit): Promise<void> {
    await serve({ wishes: [await toWish(limit)], isReturn: true });
  }

  async function serve(list: WishList): Promise<Room[]> {
    return isAlone ? serveList(list, memory) : takeRooms(db, list);
  }

  /** Notes the days that nothing else tells of after a restart. */
  async function keepDays(
    limits: readonly Limit[],
    wishes: readonly Wish[],
    rooms: readonly Room[],
  ): Promise<void> {
    const kept = rooms.flatMap(({ granted, entries }, at) => {
      const [limit, wish] = [limits[at], wishes[at]];
      const isKept = limit && 'perDay' in limit && !limit.countBefore;
      return isKept && wish && granted > 0 ? [keepEntries(db, wish, entries)] : [];
    });
    await Promise.all(kept);
  }

  async function toWish(limit: Limit): Promise<Wish> {
    const now = clock.now();
    if ('perMs' in limit) {
      return wishInWindows(limit.name, { windows: [limit], now });
    }
    const day = chinaDayStart(now);
    const known = days.get(limit.name);
    const before = known?.day === day ? known.before : await lookUp(limit, day);
    return wishOfDay(limit.name, { day, limit: limit.perDay, before });
  }

  /** What counts under a name whose day begins for this process. */
  async function lookUp(
    { name, countBefore }: Extract<Limit, { perDay: number }>,
    day: number,
  ): Promise<number> {
    const noted = isAlone ? async () => countFrom(await readKept(db, name), day) : async () => 0;
    const before = await (countBefore ?? noted)(day);
    days.set(name, { day, before });
    return before;
  }

  return { count, read, giveBack };
}
