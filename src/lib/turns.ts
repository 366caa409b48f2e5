/** One after the other: work on something that can do one thing at a time. */

/** Runs work when all that was asked for before has ended, well or badly; answers with what it comes to. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a queue of its own. */
export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}
