/** Sizes of caches that may hold many entries and mostly hold few. */

/**
 * The options by which an LRUCache keeps at most `entries`, growing as it fills. Told by `max` it takes the memory for all of
 * them at once: 60 bytes each, for tens of thousands in a dozen caches.
 */
export function atMost(entries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
