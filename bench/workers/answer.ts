/** How a worker process is told what to do, and how it answers. */

/** What the worker was started with. */
export function readInput<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/** Gives the result as the last line of output. */
export function answer(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
