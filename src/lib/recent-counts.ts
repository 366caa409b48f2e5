/** Counts by name within a stretch of time, in bounded memory: the names seen last are remembered. */
import { LRUCache } from 'lru-cache';
import { atMost } from './cache-size.js';
import { type Clock, steadyNow } from './clock.js';

/** What was counted under a name since its stretch began. */
export interface RecentCount {
  count: number;
  /** How long the stretch still lasts, in milliseconds; then the name begins at 0. */
  leftMs: number;
}

/** Adds to a name's count. */
export type AddRecent = (name: string, by?: number) => RecentCount;

/** Makes counts whose stretches last `windowMs` from a name's first; `names` of them are remembered at most. */
export function createRecentCounts(options: { clock: Clock; windowMs: number; names: number }): AddRecent {
  const { clock, windowMs } = options;
  const counts = new LRUCache<string, { count: number; endsAt: number }>(atMost(options.names));
  return (name, by = 1) => {
    const now = steadyNow(clock);
    const known = counts.get(name);
    const entry = known && known.endsAt > now ? known : { count: 0, endsAt: now + windowMs };
    entry.count += by;
    counts.set(name, entry);
    return { count: entry.count, leftMs: entry.endsAt - now };
  };
}
