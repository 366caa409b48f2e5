/** Places under several names at once, all or none: in memory where one process counts, in the database where several do. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import type { Clock } from '#src/lib/clock.js';
import type { Db } from './db.js';
import { serveList, takeRooms, type WishList } from './shared-windows.js';
import { type CountedWindow, type Entry, waitFor, wishInWindows } from './window-entries.js';

/** So many names are remembered in memory. */
const KEPT_NAMES = 20_000;

/**
 * Makes the verb: it takes `count` places under each name and resolves to 0, or takes none and resolves to the milliseconds until
 * all of them are free. `count` must fit each window.
 * @param deps `db` where several processes count together; null: one process counts alone, and forgets when it ends
 */
export function createPlaces({ db, clock }: { db: Db | null; clock: Clock }) {
  const memory = new LRUCache<string, readonly Entry[]>(atMost(KEPT_NAMES));
  const serve = async (list: WishList) => (db === null ? serveList(list, memory) : takeRooms(db, list));

  return async (
    names: readonly string[],
    { count, windows }: { count: number; windows: readonly CountedWindow[] },
  ): Promise<number> => {
    const now = clock.now();
    const wishes = names.map((name) => ({
      ...wishInWindows(name, { wanted: count, windows, now }),
      least: count,
    }));
    const rooms = await serve({ wishes, isWhole: true });
    const refused = rooms.filter(({ granted }) => granted === 0);
    return Math.max(0, ...refused.map(({ entries }) => waitFor(entries, { count, windows, now })));
  };
}
