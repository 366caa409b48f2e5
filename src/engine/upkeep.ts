/** Upkeep by the clock: expired codes and old messages go, figures are written down. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RetentionRules } from '#src/core/retention.js';
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import type { Db } from '#src/store/open.js';
import { removeExpired } from '#src/store/upkeep.js';
import { createJobs } from './jobs.js';
import { comeRound } from './rounds.js';
import { createSweep } from './sweep.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 86_400_000;
const LONGEST_PAUSE_MS = 2000;
/** So soon each process notices which key seals. */
const KEYS_MS = 2000;

const NOTHING = async (): Promise<void> => {};

/** What upkeep is made with. */
export interface UpkeepDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  /** For how long messages, traces and callback logs are kept. */
  readRetention: () => Promise<RetentionRules>;
  /** Writes this process's figures of the minute down. */
  writeFigures?: () => Promise<void>;
  /** Looks which troubles have begun to last and which have ended. */
  lookAtTroubles?: () => Promise<void>;
  /** Makes a backup where one is due. */
  makeBackup?: () => Promise<void>;
  /** Goes on with the exchange of the secret key; absent: there is one key. */
  exchangeKeys?: () => Promise<void>;
  /** Erases people who left long enough ago, and what the erased leave behind. */
  erasePeople?: () => Promise<void>;
  /** Notes what the platform still allows. */
  noteQuota?: () => Promise<void>;
  /** Brings in a page of those who followed the account before this server was there. */
  importFollowers?: () => Promise<'more' | 'waits' | 'done'>;
}

/** The jobs of upkeep, runnable by hand, and the timetable that runs them. */
export function createUpkeep(deps: UpkeepDeps) {
  const { db, clock, log, readRetention, writeFigures = NOTHING, noteQuota = NOTHING } = deps;
  const { lookAtTroubles = NOTHING, importFollowers = async () => 'done', makeBackup = NOTHING } = deps;
  const { exchangeKeys, erasePeople = NOTHING } = deps;
  let isStopped = false;

  const sweepOld = createSweep(db);

  /** Removes everything past its time, chunk by chunk. */
  async function removeOld(): Promise<void> {
    const now = clock.now();
    const rules = await readRetention();
    let removed = 0;
    let startedAt = performance.now();
    for await (const count of removeSteps(rules, now)) {
      removed += count;
      // Half of the time belongs to sending, however much is to go.
      await sleep(Math.min(performance.now() - startedAt, LONGEST_PAUSE_MS));
      startedAt = performance.now();
    }
    if (removed > 0) {
      log.info('removed what was past its time', { removed });
    }
  }

  /** Gives how many rows went after each step. */
  async function* removeSteps(rules: RetentionRules, now: number): AsyncGenerator<number, void> {
    yield* sweepOld(rules, now);
    const limits = { now, keepFrom: now - rules.days * DAY_MS, keepInboundFrom: now - DAY_MS };
    for (let count = 1; count > 0; ) {
      count = await removeExpired(db, limits);
      yield count;
    }
  }

  /** Page after page until there is none, the platform wants a rest, or this process stops. */
  async function importAll(): Promise<void> {
    while (!isStopped && (await importFollowers()) === 'more') {
      // The next page.
    }
  }

  const shared = createJobs({ db, clock });
  const jobs = {
    retention: shared.once('retention', 10 * MINUTE_MS, removeOld),
    quota: shared.once('quota', HOUR_MS, noteQuota),
    erasures: shared.once('erasures', MINUTE_MS, erasePeople),
    followers: shared.once('followers', 10 * MINUTE_MS, importAll),
  };

  /** Starts the timetable; the answer stops it. With `figuresOnly` the process leaves to others what one does for all. */
  function start({ figuresOnly = false } = {}): () => void {
    const guard = (name: string, run: () => Promise<void>) => async (): Promise<void> => {
      await run().catch((error: unknown) => {
        // What breaks off because this process ends is taken up by the next one.
        if (!isStopped) {
          log.error('upkeep failed', { job: name, error });
        }
      });
    };
    isStopped = false;
    const figures = comeRound(guard('figures', writeFigures), { everyMs: MINUTE_MS });
    const everywhere = exchangeKeys
      ? [figures, comeRound(guard('keys', exchangeKeys), { everyMs: KEYS_MS })]
      : [figures];
    const others = figuresOnly
      ? []
      : [
          comeRound(guard('troubles', lookAtTroubles), { everyMs: MINUTE_MS / 6 }),
          comeRound(guard('quota', jobs.quota), { everyMs: MINUTE_MS }),
          comeRound(guard('erasures', jobs.erasures), { everyMs: MINUTE_MS }),
          comeRound(guard('retention', jobs.retention), { everyMs: 10 * MINUTE_MS }),
          comeRound(guard('followers', jobs.followers), { everyMs: 10 * MINUTE_MS }),
          // Half-way between the rounds of retention: both are heavy.
          comeRound(guard('backup', makeBackup), { everyMs: 10 * MINUTE_MS, firstMs: 5 * MINUTE_MS }),
        ];
    if (!figuresOnly) {
      // At once as well, and nobody waits for it.
      void guard('followers', jobs.followers)();
    }
    return () => {
      isStopped = true;
      shared.stop();
      for (const end of [...everywhere, ...others]) {
        end();
      }
    };
  }

  return { removeOld, lookAtTroubles, jobs, start };
}
