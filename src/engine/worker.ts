/** The worker: spreads what was accepted, claims what is due, sends it with bounded concurrency and records how it went. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createBatcher } from '#src/lib/batcher.js';
import type { Clock } from '#src/lib/clock.js';
import { type NewId, randomHex } from '#src/lib/ids.js';
import type { Logger } from '#src/lib/logger.js';
import { settleReceipts } from '#src/store/events.js';
import type { Db } from '#src/store/open.js';
import {
  type ClaimedDelivery,
  claimDue,
  type DeliveryResult,
  listQueueHeads,
  type QueueHead,
  recordResults,
  releaseClaims,
} from '#src/store/outbox.js';
import type { createContents, Job } from './contents.js';
import { type ExpandDeps, expandMessages, expandNewEvents } from './expand.js';
import { type Limits, WECHAT_BULK_QUEUE, WECHAT_QUEUE } from './limits.js';
import { toReturned } from './results.js';
import type { RunJob } from './run-job.js';

/** What a worker is made with. */
export interface WorkerDeps {
  db: Db;
  clock: Clock;
  newId: NewId;
  log: Logger;
  account: { platform: string; account: string };
  contents: ReturnType<typeof createContents>;
  runJob: RunJob;
  limits: Limits;
}

/** A claim lasts so long. WeChat drops repeats for ten minutes, so a redelivery after a crash stays far inside of that. */
export const LEASE_MS = 60_000;
/** The loop looks for due work at least this often, in real milliseconds. */
const POLL_MS = 1000;
/** With very many queues their heads are read again only after this time. */
const HEADS_TTL_MS = 200;
const MANY_QUEUES = 100;
const RECEIPTS_PER_STEP = 500;
const RESULTS_PER_COMMIT = 500;
const RECORD_TRIES = 5;

/** Runs deliveries. One instance a process; its state is what this process has claimed. */
export class Worker {
  readonly #deps: WorkerDeps;
  readonly #expand: ExpandDeps;
  readonly #owner = randomHex(6);
  readonly #held = new Map<string, Job[]>();
  readonly #pending = new Set<Promise<void>>();
  readonly #record: ReturnType<typeof createBatcher<DeliveryResult, undefined>>;
  #heads: { rows: QueueHead[]; readAt: number } = { rows: [], readAt: 0 };
  #batch = 0;
  #stopping = false;
  #running: Promise<void> | null = null;
  #wakeUp: () => void = () => {};
  #woken = false;
  #lastStepAt = 0;

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
    this.#expand = { db: deps.db, newId: deps.newId, now: () => deps.clock.now(), account: deps.account };
    this.#record = createBatcher({ run: (results) => this.#commit(results), maxItems: RESULTS_PER_COMMIT });
  }

  /** Takes over what a dead process had claimed (SQLite has one process) and begins to work. */
  async start(): Promise<void> {
    await this.prepare();
    this.#running = this.#loop();
  }

  /** What `start` does before the loop; enough for tests that step by themselves. */
  async prepare(): Promise<void> {
    const released = await releaseClaims(this.#deps.db, null);
    await this.#deps.limits.load();
    if (released > 0) {
      this.#deps.log.info('took over deliveries of an earlier run', { released });
    }
  }

  /** Tells that there is new work. */
  wake(): void {
    this.#woken = true;
    this.#wakeUp();
  }

  /** Milliseconds since the epoch when the loop last came round; 0 before its first. */
  get lastStepAt(): number {
    return this.#lastStepAt;
  }

  /** Stops claiming, gives back what has not begun, waits for what has (up to `graceMs`), and records all of it. */
  async stop(graceMs = 20_000): Promise<void> {
    this.#stopping = true;
    this.wake();
    await this.#running;
    await this.#giveBack(() => true);
    await Promise.race([this.#settle(), sleep(graceMs, undefined, { ref: false })]);
    await this.#record.idle();
  }

  /** Works until nothing is due at the clock's present time. For tests and one-off runs. */
  async drain(): Promise<void> {
    for (;;) {
      const progress = await this.#step();
      await this.#settle();
      if (!progress) {
        return;
      }
    }
  }

  async #settle(): Promise<void> {
    while (this.#pending.size > 0) {
      await Promise.all([...this.#pending]);
    }
  }

  async #loop(): Promise<void> {
    while (!this.#stopping) {
      this.#woken = false;
      const progress = await this.#step().catch(async (error: unknown) => {
        this.#deps.log.error('a step of the engine failed', { error });
        await sleep(POLL_MS);
        return false;
      });
      this.#lastStepAt = this.#deps.clock.now();
      if (progress || this.#woken) {
        await new Promise((resolve) => setImmediate(resolve));
      } else {
        await this.#rest();
      }
    }
  }

  async #rest(): Promise<void> {
    const now = this.#deps.clock.now();
    const nextDue = Math.min(
      ...this.#heads.rows.map((head) => head.nextDueAt).filter((at) => at > now),
      now + POLL_MS,
    );
    const waitMs = Math.min(Math.max(nextDue - now, 5), POLL_MS);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#woken || this.#stopping) {
        this.#wakeUp();
      }
    });
    this.#wakeUp = () => {};
  }

  /** One round; returns whether it did anything. */
  async #step(): Promise<boolean> {
    const { db, clock, limits } = this.#deps;
    const events = await expandNewEvents(this.#expand);
    const messages = await expandMessages(this.#expand);
    const receipts = await settleReceipts(db, RECEIPTS_PER_STEP);
    const now = clock.now();
    await this.#giveBack((job) => limits.isResting(job.delivery.queue, now));
    const queues = await this.#wantedQueues(now);
    const claimed =
      queues.length > 0
        ? await claimDue(db, { queues, owner: this.#owner, now, leaseUntil: now + LEASE_MS })
        : [];
    if (claimed.length > 0) {
      this.#hold(await this.#deps.contents.loadJobs(claimed));
    }
    this.#startHeld();
    return events || messages || receipts > 0 || claimed.length > 0;
  }

  async #wantedQueues(now: number): Promise<{ queue: string; limit: number }[]> {
    const { limits } = this.#deps;
    if (this.#heads.rows.length < MANY_QUEUES || now - this.#heads.readAt >= HEADS_TTL_MS) {
      this.#heads = { rows: await listQueueHeads(this.#deps.db), readAt: now };
    }
    const due = this.#heads.rows.filter((head) => head.nextDueAt <= now).map((head) => head.queue);
    // WeChat's queues are always asked, so that a remembered list of heads never delays them.
    const names = [...new Set([WECHAT_QUEUE, WECHAT_BULK_QUEUE, ...due])];
    return names.flatMap((queue) => {
      const limit = limits.freeSlots(queue) + limits.readAhead(queue) - (this.#held.get(queue)?.length ?? 0);
      return limit > 0 && due.length > 0 && !limits.isResting(queue, now) ? [{ queue, limit }] : [];
    });
  }

  #hold(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const held = this.#held.get(job.delivery.queue) ?? [];
      held.push(job);
      this.#held.set(job.delivery.queue, held);
    }
  }

  /** Starts held jobs while there are slots; single messages before broadcasts. */
  #startHeld(): void {
    const queues = [...this.#held.keys()].sort(
      (a, b) => Number(a.endsWith('#bulk')) - Number(b.endsWith('#bulk')),
    );
    for (const queue of queues) {
      const held = this.#held.get(queue) ?? [];
      while (held.length > 0 && this.#deps.limits.freeSlots(queue) > 0) {
        const job = held.shift();
        if (job) {
          this.#launch(job);
        }
      }
      if (held.length === 0) {
        this.#held.delete(queue);
      }
    }
  }

  #launch(job: Job): void {
    const { queue } = job.delivery;
    this.#deps.limits.take(queue);
    const work = this.#deps.runJob(job).then(async (result) => {
      this.#deps.limits.give(queue);
      this.#startHeld();
      if ((this.#held.get(queue)?.length ?? 0) <= this.#deps.limits.readAhead(queue) / 2) {
        this.wake();
      }
      await this.#record(result).catch((error: unknown) => {
        this.#deps.log.error('a result could not be recorded; the delivery comes back when its lease ends', {
          error,
        });
      });
    });
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }

  async #giveBack(which: (job: Job) => boolean): Promise<void> {
    const returned: ClaimedDelivery[] = [];
    for (const [queue, jobs] of this.#held) {
      returned.push(...jobs.filter(which).map((job) => job.delivery));
      this.#held.set(
        queue,
        jobs.filter((job) => !which(job)),
      );
    }
    await Promise.all(returned.map((delivery) => this.#record(toReturned(delivery))));
  }

  async #commit(results: DeliveryResult[]): Promise<undefined[]> {
    for (let tried = 1; ; tried += 1) {
      // A mark for each try: a first try whose commit succeeded although it threw is not counted again.
      this.#batch += 1;
      const mark = {
        owner: this.#owner,
        batch: `${this.#owner}:${this.#batch}`,
        now: this.#deps.clock.now(),
      };
      try {
        await recordResults(this.#deps.db, results, mark);
        return results.map(() => undefined);
      } catch (error) {
        if (tried === RECORD_TRIES) {
          throw error;
        }
        this.#deps.log.warn('recording results failed, trying again', { tried, error });
        await sleep(100 * tried);
      }
    }
  }
}
