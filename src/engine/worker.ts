/** The worker: spreads what was accepted, claims what is due, sends it with bounded concurrency and records how it went. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#src/lib/clock.js';
import { type NewId, randomHex } from '#src/lib/ids.js';
import type { Logger } from '#src/lib/logger.js';
import { claimDue, releaseClaims } from '#src/store/claims.js';
import { providerOf } from '#src/store/db.js';
import type { Db } from '#src/store/open.js';
import type { DeliveryResult } from '#src/store/outbox.js';
import { settleReceipts } from '#src/store/receipts.js';
import { type ClaimLease, createClaimLease } from './claim-lease.js';
import { type ClaimSweep, createClaimSweep } from './claim-sweep.js';
import { type ClockWatch, type ClockWatchDeps, createClockWatch } from './clock-watch.js';
import type { createContents, Job } from './contents.js';
import { createDueQueues, type DueQueues } from './due-queues.js';
import { createExpansion, type Expansion } from './expand.js';
import { createHeldJobs, type HeldJobs } from './held-jobs.js';
import { createLeader, type Leader } from './leader.js';
import { isBulk, type Limits } from './limits.js';
import { createLoop, type Loop } from './loop.js';
import { createPassOn, type PassOn } from './pass-on.js';
import { createRecorder, type Recorder } from './recorder.js';
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
  /** The channels for which the server has an account of its own. */
  served: ReadonlySet<string>;
  /** Told of a clock that jumped. */
  onClockJump?: ClockWatchDeps['onJump'];
  /** Tells the other processes on the database that there is work. */
  callOthers?: () => void;
  /** The loop looks for due work at least this often, in real milliseconds; default 1000. */
  pollMs?: number;
}

const POLL_MS = 1000;
const RECEIPTS_PER_STEP = 500;

/**
 * Runs deliveries, in two loops beside each other: one spreads what was accepted, the other claims and sends what is due.
 * One instance a process; its state is what this process has claimed.
 */
export class Worker {
  readonly #deps: WorkerDeps;
  readonly #expansion: Expansion;
  readonly #due: DueQueues;
  readonly #owner = randomHex(6);
  readonly #lease: ClaimLease;
  readonly #sweep: ClaimSweep;
  readonly #watch: ClockWatch;
  readonly #leader: Leader;
  readonly #held: HeldJobs = createHeldJobs();
  readonly #pending = new Set<Promise<void>>();
  readonly #record: Recorder;
  readonly #passOn: PassOn;
  readonly #spreading: Loop;
  readonly #sending: Loop;

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
    const { db, newId, account, served } = deps;
    this.#expansion = createExpansion({ db, newId, now: () => deps.clock.now(), account, served });
    this.#due = createDueQueues(db, deps.limits, deps.clock);
    this.#lease = createClaimLease({ db, clock: deps.clock, owner: this.#owner });
    this.#sweep = createClaimSweep({ ...deps, owner: this.#owner, lease: this.#lease });
    this.#watch = createClockWatch({ ...deps, onJump: deps.onClockJump });
    this.#leader = createLeader({ db, clock: deps.clock, owner: this.#owner });
    this.#record = createRecorder({ ...deps, owner: this.#owner });
    this.#passOn = createPassOn({
      db,
      due: this.#due,
      limits: deps.limits,
      lease: this.#lease,
      owner: this.#owner,
      conclude: (results) => this.#conclude(results),
    });
    const { clock, log, pollMs = POLL_MS } = deps;
    this.#spreading = createLoop({ clock, log, pollMs, step: () => this.#spread() });
    this.#sending = createLoop({
      ...{ clock, log, pollMs },
      step: () => this.#send(),
      nextAt: (now) => this.#due.nextDueAt(now),
    });
  }

  /** Takes over what a dead process had claimed and begins to work. */
  async start(): Promise<void> {
    await this.prepare();
    this.#spreading.start();
    this.#sending.start();
  }

  /** What `start` does before the loop; enough for tests that step by themselves. */
  async prepare(): Promise<void> {
    const { db } = this.#deps;
    // SQLite has one process: whoever claimed before is dead. Elsewhere the sweep finds out.
    const released = providerOf(db) === 'sqlite' ? await releaseClaims(db) : 0;
    await this.#watch.start();
    await this.#deps.limits.load();
    if (released > 0) {
      this.#deps.log.info('took over deliveries of an earlier run', { released });
    }
  }

  /** Tells that there is new work. */
  wake(): void {
    this.#spreading.wake();
    this.#sending.wake();
  }

  /** When both loops had come round, by the steady time; -Infinity before their first. */
  get lastStepAt(): number {
    return Math.min(this.#spreading.lastStepAt, this.#sending.lastStepAt);
  }

  /** Stops claiming, gives back what has not begun, and waits up to `graceMs` until what has is over and all is recorded. */
  async stop(graceMs = 20_000): Promise<void> {
    await Promise.all([this.#spreading.stop(), this.#sending.stop()]);
    const returning = this.#giveBack(() => true);
    await Promise.race([
      returning.then(() => this.#settle()).then(() => this.#record.idle()),
      sleep(graceMs, undefined, { ref: false }),
    ]);
    this.#record.stop();
    // Where the database is away the lease ends by itself.
    await this.#leader.letGo().catch(() => {});
  }

  /** Works until nothing is due at the clock's present time. For tests and one-off runs. */
  async drain(): Promise<void> {
    for (;;) {
      const spread = await this.#spread();
      const sent = await this.#send();
      await this.#settle();
      if (!spread && !sent) {
        return;
      }
    }
  }

  async #settle(): Promise<void> {
    while (this.#pending.size > 0) {
      await Promise.all([...this.#pending]);
    }
  }

  /** A round of spreading; returns whether it did anything. Small messages come before a broadcast's share. */
  async #spread(): Promise<boolean> {
    const { db, callOthers = () => {} } = this.#deps;
    const isLeading = await this.#leader.isLeading().catch((error: unknown) => {
      this.#sweep.forget();
      throw error;
    });
    if (!isLeading) {
      this.#sweep.forget();
      return false;
    }
    if (await this.#sweep.look()) {
      this.#sending.wake();
      callOthers();
    }
    const [events, messages] = await Promise.all([
      this.#expansion.spreadEvents(),
      this.#expansion.spreadSmall(),
    ]);
    if (events || messages) {
      this.#sending.wake();
      callOthers();
    }
    const [chunks, receipts] = await Promise.all([
      this.#expansion.spreadBroadcasts(),
      settleReceipts(db, RECEIPTS_PER_STEP),
    ]);
    if (chunks) {
      this.#sending.wake();
      callOthers();
    }
    return events || messages || chunks || receipts > 0;
  }

  /** A round of claiming and sending; returns whether it did anything. What is not a broadcast is claimed first. */
  async #send(): Promise<boolean> {
    const { clock, limits } = this.#deps;
    await this.#watch.look();
    const isPast = this.#lease.isPast();
    await this.#giveBack((job) => isPast || limits.isResting(job.delivery.queue, clock.now()));
    await this.#lease.extend();
    if (this.#record.isBehind()) {
      // What is known of sends is in memory alone: there must not be more of it.
      return false;
    }
    await limits.refresh();
    limits.beginRound();
    const now = clock.now();
    await this.#due.look();
    const passed = await this.#passOn(now);
    const singles = await this.#claim((queue) => !isBulk(queue));
    const bulk = await this.#claim(isBulk);
    return passed || singles || bulk;
  }

  /** Claims of these queues what may be under way or wait for it, and starts it. */
  async #claim(which: (queue: string) => boolean): Promise<boolean> {
    const now = this.#deps.clock.now();
    const queues = this.#due.listClaims({ now, which, heldOf: this.#held.countOf });
    const order = { queues, owner: this.#owner, now, leaseUntil: this.#lease.begin() };
    const claimed = queues.length > 0 ? await claimDue(this.#deps.db, order) : [];
    if (claimed.length > 0) {
      this.#lease.hold(claimed);
      const { granted, refused } = await this.#deps.limits.reserve(claimed);
      await this.#conclude(refused.map(toReturned));
      this.#held.add(await this.#deps.contents.loadJobs(granted));
    }
    this.#startHeld();
    return this.#due.noteClaimed(queues, claimed) || claimed.length > 0;
  }

  /** Starts held jobs while there are slots; single messages before broadcasts. */
  #startHeld(): void {
    if (this.#lease.isPast() || this.#record.isBehind()) {
      // The next round gives them back, or goes on with them.
      return;
    }
    this.#held.start(
      (queue) => this.#deps.limits.freeSlots(queue) > 0,
      (job) => this.#launch(job),
    );
  }

  #launch(job: Job): void {
    const { queue } = job.delivery;
    this.#deps.limits.take(queue);
    const work = this.#deps.runJob(job).then(async (result) => {
      this.#deps.limits.give(queue);
      this.#startHeld();
      if (this.#held.countOf(queue) <= this.#deps.limits.readAhead(queue) / 2) {
        this.#sending.wake();
      }
      await this.#keep(result);
    });
    this.#track(work);
  }

  /** Records a result, however long that takes; until then its claim is held. */
  async #keep(result: DeliveryResult): Promise<void> {
    await this.#record(result);
    this.#lease.letGo(result.id);
  }

  #track(work: Promise<void>): void {
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }

  /** Records what became of claims that were not tried, and does not wait where it cannot be written. */
  async #conclude(results: readonly DeliveryResult[]): Promise<void> {
    this.#lease.hold(results);
    const kept = results.map((result) => this.#keep(result));
    for (const one of kept) {
      this.#track(one);
    }
    await this.#record.settled(kept);
  }

  async #giveBack(which: (job: Job) => boolean): Promise<void> {
    const returned = this.#held.remove(which).map(({ delivery }) => delivery);
    await this.#conclude(returned.map(toReturned));
  }
}
