/** Work that comes round again and again, by a time that only grows: no calendar and no clock that jumps moves it. */

/** Ends it; a round under way goes on to its end. */
export type EndRounds = () => void;

/**
 * Runs `work` every so often, the first time after `firstMs`. The next round begins so long after the last one began, or at once where that
 * took longer; two never overlap. `work` must not throw.
 */
export function comeRound(
  work: () => Promise<void>,
  { everyMs, firstMs = everyMs }: { everyMs: number; firstMs?: number },
): EndRounds {
  let isEnded = false;
  let timer = setTimeout(run, firstMs).unref();

  function run(): void {
    const startedAt = performance.now();
    void work().then(() => {
      if (!isEnded) {
        timer = setTimeout(run, Math.max(0, everyMs - (performance.now() - startedAt))).unref();
      }
    });
  }

  return () => {
    isEnded = true;
    clearTimeout(timer);
  };
}
