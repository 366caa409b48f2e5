/** How large the parts of long work may be, so that short work waits only a moment for one of them. */

/** Finds the size by what the last parts took. */
export type Pace = ReturnType<typeof createPace>;

/** A part should take so long, in milliseconds: a single message waits for one or two. */
const TARGET_MS = 20;
const LEAST_ROWS = 100;
const MOST_ROWS = 2000;
const FIRST_ROWS = 500;

/** Makes it. `now` is in milliseconds. */
export function createPace(now: () => number) {
  let rows = FIRST_ROWS;
  return {
    /** How many rows the next part may have. */
    rows: (): number => rows,
    /** Runs a part that answers with how many rows it had, and learns from the time it took. */
    async run(part: () => Promise<number>): Promise<number> {
      const startedAt = now();
      const done = await part();
      const tookMs = Math.max(1, now() - startedAt);
      // A small part says little: what it takes is mostly the wait for the disk.
      if (done >= rows / 2) {
        const fitting = (done * TARGET_MS) / tookMs;
        rows = Math.round(Math.min(MOST_ROWS, Math.max(LEAST_ROWS, (rows + fitting) / 2)));
      }
      return done;
    },
  };
}
