/** Brings in those who followed the account before this server was there: page by page, resumable, within the platform's quota. */
import { setTimeout as sleep } from 'node:timers/promises';
import { chinaDayStart, nextChinaMidnight } from '#src/lib/china-time.js';
import { randomText } from '#src/lib/ids.js';
import { type FollowerPage, PlatformError } from '#src/platforms/wechat/index.js';
import { upsertPeople } from '#src/store/people.js';
import type { CoreDeps } from './deps.js';

/** How far the import is. */
export interface FollowerImport {
  /** Followers that the list has given so far. */
  done: number;
  /** All that the account has, as the platform counts them. */
  total: number;
  /** When the last page was in; null while it goes on. */
  finishedAt: Date | null;
  /** When it goes on, and why it waits; null while it does not. */
  waits: { until: Date; why: string } | null;
}

/** `more`: call again; `waits`: not before a while; `done`: never again. */
export type ImportStep = 'more' | 'waits' | 'done';

/** Asks the platform for a page of the account's followers; without a name for the first. */
export type ListFollowers = (next?: string) => Promise<FollowerPage>;

interface State {
  next: string | null;
  done: number;
  total: number;
  finishedAt: number | null;
  /** The calls of the day that began at `day`. */
  calls: number;
  day: number;
  waitsUntil: number;
  why: string;
}

const FRESH: State = {
  ...{ next: null, done: 0, total: 0, finishedAt: null },
  ...{ calls: 0, day: 0, waitsUntil: 0, why: '' },
};

/** Half of what the platform allows a day (user/get: 500): the rest is for whoever else uses the account. */
const MAX_CALLS_PER_DAY = 250;
const ROWS_PER_COMMIT = 500;
const RETRY_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
/** The account may not list followers, until its owner has it certified. */
const NOT_ALLOWED = 48001;
/** The follower at whom the list was to go on is unknown now. */
const UNKNOWN_OPENID = 40003;

/** The verbs of the import. */
export type FollowerImports = ReturnType<typeof createFollowerImport>;

/** Makes the verbs. `listFollowers` null: the account has no list. */
export function createFollowerImport(
  { db, clock, newId, account, log }: CoreDeps,
  listFollowers: ListFollowers | null,
) {
  const key = `follower-import:${account.account}`;

  async function load(): Promise<State> {
    // Never from a cache: another process may have gone on.
    const row = await db.setting.findUnique({ where: { key } });
    return row ? { ...FRESH, ...JSON.parse(row.value) } : FRESH;
  }

  async function save(state: State): Promise<void> {
    const data = { value: JSON.stringify(state), updatedAt: new Date(clock.now()) };
    await db.setting.upsert({ where: { key }, create: { key, ...data }, update: data });
  }

  /**
   * Brings in one page of at most 10,000. Of all processes one may be in it at a time; a page that broke off is asked for
   * anew and changes nothing that is there.
   */
  async function step(): Promise<ImportStep> {
    const state = await load();
    const now = clock.now();
    if (!listFollowers || state.finishedAt !== null) {
      return 'done';
    }
    if (now < state.waitsUntil) {
      return 'waits';
    }
    const day = chinaDayStart(now);
    const calls = state.day === day ? state.calls : 0;
    if (calls >= MAX_CALLS_PER_DAY) {
      return wait(
        state,
        nextChinaMidnight(now),
        '今天的份额已用完，明天继续 today’s share of calls is used up',
      );
    }
    const counted = { ...state, day, calls: calls + 1, waitsUntil: 0, why: '' };
    // Counted before it is made: a call that we die over counts on the platform's side too.
    await save(counted);
    try {
      return await takePage(counted, await listFollowers(state.next ?? undefined), now);
    } catch (error) {
      if (!(error instanceof PlatformError)) {
        throw error;
      }
      return stumble(counted, error);
    }
  }

  async function takePage(state: State, page: FollowerPage, seenAt: number): Promise<ImportStep> {
    for (let at = 0; at < page.openids.length; at += ROWS_PER_COMMIT) {
      const startedAt = performance.now();
      await addFollowers(page.openids.slice(at, at + ROWS_PER_COMMIT), seenAt);
      // Half of the time belongs to others, however many followers there are.
      await sleep(performance.now() - startedAt);
    }
    const done = state.done + page.openids.length;
    const finishedAt = page.next === null ? clock.now() : null;
    await save({ ...state, next: page.next, done, total: page.total, finishedAt });
    const progress = { account: account.account, done, total: page.total };
    log.info(finishedAt === null ? 'followers were brought in' : 'all followers are brought in', progress);
    return finishedAt === null ? 'more' : 'done';
  }

  /** Known names keep their person; who left after the page was asked for stays away. Nobody is subscribed to anything. */
  async function addFollowers(openids: readonly string[], seenAt: number): Promise<void> {
    await upsertPeople(
      db,
      openids.map((externalId) => ({
        ...{ ...account, externalId, personId: newId(), uid: `UID_${randomText(28)}` },
        ...{ following: true, at: clock.now(), seenAt },
      })),
    );
  }

  async function stumble(state: State, error: PlatformError): Promise<ImportStep> {
    const now = clock.now();
    if (error.code === UNKNOWN_OPENID && state.next !== null) {
      await save({ ...state, next: null, done: 0 });
      return 'more';
    }
    const restsForToday = error.pause === 'day';
    const until = restsForToday
      ? nextChinaMidnight(now)
      : now + (error.code === NOT_ALLOWED ? DAY_MS : RETRY_MS);
    return wait(state, until, error.advice || error.message);
  }

  async function wait(state: State, until: number, why: string): Promise<ImportStep> {
    await save({ ...state, waitsUntil: until, why });
    log.warn('the followers are not all brought in yet', { until: new Date(until), why });
    return 'waits';
  }

  /** How far it is; null where nothing has been asked yet. */
  async function read(): Promise<FollowerImport | null> {
    const state = await load();
    if (state.day === 0) {
      return null;
    }
    return {
      done: state.done,
      total: state.total,
      finishedAt: state.finishedAt === null ? null : new Date(state.finishedAt),
      waits: state.waitsUntil > clock.now() ? { until: new Date(state.waitsUntil), why: state.why } : null,
    };
  }

  return { step, read };
}
