/** Notices what keeps deliveries from going out, and tells of it when it begins and when it ends: log, database, pages. */
import { LRUCache } from 'lru-cache';
import type { Outcome } from '#src/core/types.js';
import { atMost } from '#src/lib/cache-size.js';
import type { Clock } from '#src/lib/clock.js';
import { randomHex } from '#src/lib/ids.js';
import { type Logger, redactText } from '#src/lib/logger.js';
import type { Db } from '#src/store/db.js';
import { listQueueHeads } from '#src/store/outbox.js';
import { countDueOf, replaceTroubles, type Trouble } from '#src/store/troubles.js';
import { accountOf, type Limits, type QueueRest } from './limits.js';

/** What noticing is made with. */
export interface TroublesDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  limits: Pick<Limits, 'isFull' | 'restOf'>;
}

/** Accounts and endpoints that are watched at once; of more, those that fail longest ago are forgotten. */
const MOST_WATCHED = 1000;
/** So many failures without an answer between them are trouble; a single one is everyday life. */
const FAILURES = 3;
/** So is a shorter row of them that lasts this long, in milliseconds. */
const LASTING_MS = 10_000;
/** Trouble has ended when answers came for so long and no failure between them: a flapping line is one trouble. */
const CALM_MS = 30_000;
/** After the last retry (some 26 hours) nobody asks any more; what is not asked has no end to be seen. */
const FORGOTTEN_MS = 27 * 3_600_000;
const MAX_WHY = 300;

/** Failures of one account. */
interface Failing {
  since: number;
  count: number;
  failedAt: number;
  /** The last answer, whatever it said; 0 for none since the failures began. */
  answeredAt: number;
  code: string;
  why: string;
  isTold: boolean;
}

/** Watches the tries of one process. */
export type Troubles = ReturnType<typeof createTroubles>;

/** Makes the watch. `look` is to be called every few seconds. */
export function createTroubles({ db, clock, log, limits }: TroublesDeps) {
  const owner = randomHex(6);
  const failing = new LRUCache<string, Failing>(atMost(MOST_WATCHED));
  const resting = new Map<string, QueueRest & { since: number }>();
  const full = new Map<string, { since: number; isTold: boolean }>();
  /** How many rows this process has in the database, as far as it knows; the first look clears those of a process before. */
  let written = Number.POSITIVE_INFINITY;

  /** Notes how a try of a queue ended: any answer of the other side, a refusal too, means that it can be reached. */
  function noteTry(queue: string, outcome: Outcome): void {
    if (outcome.kind === 'retry' && outcome.isHeld) {
      return;
    }
    const account = accountOf(queue);
    if (outcome.kind === 'unknown' || (outcome.kind === 'retry' && outcome.scope !== 'queue')) {
      noteFailure(account, outcome);
    } else if (outcome.kind !== 'retry') {
      noteAnswer(account);
    }
  }

  function noteAnswer(account: string): void {
    const known = failing.get(account);
    if (known?.isTold) {
      known.answeredAt = clock.now();
    } else if (known) {
      failing.delete(account);
    }
  }

  function noteFailure(account: string, { code = '', why }: { code?: string; why: string }): void {
    const now = clock.now();
    const known = failing.get(account) ?? { since: now, count: 0, answeredAt: 0, isTold: false };
    const next = {
      ...known,
      count: known.count + 1,
      failedAt: now,
      code,
      why: redactText(why).slice(0, MAX_WHY),
    };
    failing.set(account, next);
    if (!next.isTold && next.count >= FAILURES) {
      tellFailing(account, next);
    }
  }

  function tellFailing(account: string, trouble: Failing): void {
    trouble.isTold = true;
    const { since, count, code, why } = trouble;
    log.warn('a queue does not get through', { queue: account, since: new Date(since), count, code, why });
  }

  /** Notes that a queue's whole account was told to rest. */
  function noteRest(queue: string, rest: Omit<QueueRest, 'queue'>): void {
    const account = accountOf(queue);
    const known = resting.get(account);
    resting.set(account, { queue: account, ...rest, since: known?.since ?? clock.now() });
    if (!known) {
      log.warn('a queue rests', { queue: account, ...rest });
    }
  }

  /** Looks what has begun to last and what has ended, and writes down what there is. */
  async function look(): Promise<void> {
    lookAtFailing(clock.now());
    await Promise.all([lookAtRests(clock.now()), lookAtFull(clock.now())]);
    await writeDown(clock.now());
  }

  function lookAtFailing(now: number): void {
    for (const [account, trouble] of [...failing.entries()]) {
      if (!trouble.isTold && now - trouble.since >= LASTING_MS) {
        tellFailing(account, trouble);
      }
      const isOver = trouble.answeredAt > trouble.failedAt && now - trouble.failedAt >= CALM_MS;
      const isForgotten = now - trouble.failedAt >= FORGOTTEN_MS;
      if (isOver || isForgotten) {
        failing.delete(account);
        const { count, since, code } = trouble;
        const fields = { queue: account, since: new Date(since), count, code };
        log.info(isOver ? 'a queue gets through again' : 'a queue is asked no more', fields);
      }
    }
  }

  async function lookAtRests(now: number): Promise<void> {
    for (const [account, { since, code }] of [...resting]) {
      if (limits.restOf(account, now) === null) {
        resting.delete(account);
        const waiting = await countDueOf(db, account);
        log.info('a queue goes on', { queue: account, since: new Date(since), code, waiting });
      }
    }
  }

  /** A full window is how a platform's pace is kept; told of is only one that is met twice in a row. */
  async function lookAtFull(now: number): Promise<void> {
    const due = (await listQueueHeads(db)).filter(({ nextDueAt }) => nextDueAt <= now);
    const met = new Set(due.map(({ queue }) => queue).filter((queue) => limits.isFull(queue)));
    for (const queue of met) {
      const known = full.get(queue);
      if (!known && full.size < MOST_WATCHED) {
        full.set(queue, { since: now, isTold: false });
      } else if (known && !known.isTold) {
        known.isTold = true;
        const fields = { queue, since: new Date(known.since), waiting: await countDueOf(db, queue) };
        log.info('a queue waits: its window is full', fields);
      }
    }
    for (const [queue, { since, isTold }] of [...full]) {
      if (!met.has(queue)) {
        full.delete(queue);
        if (isTold) {
          log.info('a queue waits no more', { queue, since: new Date(since) });
        }
      }
    }
  }

  /** Pages and metrics read them there: whoever serves those may be another process. */
  async function writeDown(now: number): Promise<void> {
    const rows: Trouble[] = [...failing.entries()].flatMap(([queue, { since, count, code, why, isTold }]) =>
      isTold ? [{ queue, kind: 'failing' as const, since, count, code, why }] : [],
    );
    for (const [queue, { since, isTold }] of full) {
      if (isTold) {
        const why = '已到对方允许的速度，按顺序等 At the pace that the other side allows: waiting in turn';
        rows.push({ queue, kind: 'full', since, count: await countDueOf(db, queue), code: '', why });
      }
    }
    if (rows.length > 0 || written > 0) {
      await replaceTroubles(db, { owner, rows, now });
    }
    written = rows.length;
  }

  return { noteTry, noteRest, look };
}
