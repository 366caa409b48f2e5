/** Jobs that are claimed and loaded and wait in memory for a slot, by queue. */
import type { Job } from './contents.js';
import { isBulk } from './limits.js';

/** The held jobs of one worker. */
export type HeldJobs = ReturnType<typeof createHeldJobs>;

/** Makes it, empty. */
export function createHeldJobs() {
  const held = new Map<string, Job[]>();

  return {
    /** How many of a queue wait. */
    countOf: (queue: string): number => held.get(queue)?.length ?? 0,
    /** Puts jobs behind those that wait. */
    add(jobs: readonly Job[]): void {
      for (const job of jobs) {
        const jobs = held.get(job.delivery.queue) ?? [];
        jobs.push(job);
        held.set(job.delivery.queue, jobs);
      }
    },
    /** Hands jobs out while `hasSlot` says so; single messages before broadcasts. */
    start(hasSlot: (queue: string) => boolean, launch: (job: Job) => void): void {
      const queues = [...held.keys()].sort((a, b) => Number(isBulk(a)) - Number(isBulk(b)));
      for (const queue of queues) {
        const jobs = held.get(queue) ?? [];
        while (jobs.length > 0 && hasSlot(queue)) {
          const job = jobs.shift();
          if (job) {
            launch(job);
          }
        }
        if (jobs.length === 0) {
          held.delete(queue);
        }
      }
    },
    /** Takes out those that `which` names. */
    remove(which: (job: Job) => boolean): Job[] {
      const removed: Job[] = [];
      for (const [queue, jobs] of held) {
        removed.push(...jobs.filter(which));
        held.set(
          queue,
          jobs.filter((job) => !which(job)),
        );
      }
      return removed;
    },
  };
}
