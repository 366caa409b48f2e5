/** Lets a bounded number of jobs run at once; urgent ones overtake those that nobody waits for. */

/** `urgent` before `later`; within a lane first come, first served. */
export type Lane = 'urgent' | 'later';

/** The gate. */
export interface Lanes {
  /** Runs the job when there is room and returns its result. */
  run<T>(lane: Lane, job: () => Promise<T>): Promise<T>;
  /** Jobs that wait and jobs that run. */
  load(): { waiting: number; running: number };
}

/** Makes a gate for `limit` jobs at once. */
export function createLanes(limit: number): Lanes {
  const queues: Record<Lane, Queue> = { urgent: new Queue(), later: new Queue() };
  let running = 0;
  const startNext = (): void => {
    if (running < limit) {
      const start = queues.urgent.take() ?? queues.later.take();
      if (start) {
        running += 1;
        start();
      }
    }
  };
  return {
    run: async (lane, job) => {
      if (running < limit) {
        running += 1;
      } else {
        await new Promise<void>((start) => queues[lane].put(start));
      }
      try {
        return await job();
      } finally {
        running -= 1;
        startNext();
      }
    },
    load: () => ({ waiting: queues.urgent.length + queues.later.length, running }),
  };
}

/** A queue whose head moves instead of its hundred thousand entries. */
class Queue {
  private entries: (() => void)[] = [];
  private head = 0;

  get length(): number {
    return this.entries.length - this.head;
  }

  put(entry: () => void): void {
    this.entries.push(entry);
  }

  take(): (() => void) | undefined {
    const entry = this.entries[this.head];
    if (entry) {
      this.head += 1;
    }
    if (this.head > 1_000 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
    return entry;
  }
}
