/** Counts calls in a sliding window, so that a page without login cannot be used to wear the server out. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import type { Clock } from '#src/lib/clock.js';

/** Whether one more call under this name is within the limit; counts it when it is. */
export type TakeFromWindow = (name: string) => boolean;

/** Makes a limit of `max` calls per `windowMs` and name. The busiest ten thousand names are remembered. */
export function createWindowLimit(options: { clock: Clock; max: number; windowMs: number }): TakeFromWindow {
  const { clock, max, windowMs } = options;
  const taken = new LRUCache<string, number[]>(atMost(10_000));
  return (name) => {
    const now = clock.now();
    const recent = (taken.get(name) ?? []).filter((at) => at > now - windowMs);
    const isAllowed = recent.length < max;
    taken.set(name, isAllowed ? [...recent, now] : recent);
    return isAllowed;
  };
}
