/** Counts acts per key over the last moments, for limits such as "twenty in any minute". */
import type { Clock } from '#src/lib/clock.js';

/** Beyond so many keys the oldest is forgotten. */
const MAX_KEYS = 20_000;

/** So many acts within so many ms are allowed. */
export interface RollingLimit {
  readonly most: number;
  readonly withinMs: number;
}

/** The counts of one kind of act. */
export interface RollingCounts<Limit extends RollingLimit> {
  /** The first limit that one more act would break, or null: then the act is counted. */
  take(key: string): Limit | null;
  clear(): void;
}

/** Makes the counts, all zero. Time comes from the clock, so a clock set ahead frees everybody. */
export function createRollingCounts<Limit extends RollingLimit>(
  clock: Clock,
  limits: readonly Limit[],
): RollingCounts<Limit> {
  const longestMs = Math.max(...limits.map(({ withinMs }) => withinMs));
  const acts = new Map<string, number[]>();
  return {
    take: (key) => {
      const now = clock.now();
      const times = (acts.get(key) ?? []).filter((at) => at > now - longestMs);
      const broken = limits.find(
        ({ most, withinMs }) => times.filter((at) => at > now - withinMs).length >= most,
      );
      if (!broken) {
        times.push(now);
      }
      const [oldest] = acts.keys();
      if (acts.size >= MAX_KEYS && !acts.has(key) && oldest !== undefined) {
        acts.delete(oldest);
      }
      acts.set(key, times);
      return broken ?? null;
    },
    clear: () => acts.clear(),
  };
}
