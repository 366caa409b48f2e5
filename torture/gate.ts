/** Lets many go through side by side, or one alone while the others wait. */

/** A gate. */
export interface Gate {
  /** Goes through, unless somebody is alone inside or waits to be. */
  through<T>(run: () => Promise<T>): Promise<T>;
  /** Waits until all are through, and lets nobody in meanwhile. */
  alone<T>(run: () => Promise<T>): Promise<T>;
}

/** Makes one. */
export function createGate(): Gate {
  const inside = new Set<Promise<unknown>>();
  let closed: Promise<unknown> = Promise.resolve();

  async function through<T>(run: () => Promise<T>): Promise<T> {
    for (let seen: Promise<unknown> | null = null; seen !== closed; ) {
      seen = closed;
      await seen;
    }
    const work = run();
    const quiet = work.catch(() => {});
    inside.add(quiet);
    void quiet.then(() => inside.delete(quiet));
    return work;
  }

  function alone<T>(run: () => Promise<T>): Promise<T> {
    const work = closed.then(async () => {
      await Promise.all(inside);
      return run();
    });
    closed = work.catch(() => {});
    return work;
  }

  return { through, alone };
}
