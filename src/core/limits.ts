/** Limits: counts what the operator's scarce things are used for, the same at every door, and says when a limit is reached. */
import { nextChinaMidnight } from '#src/lib/china-time.js';
import { keyedHash } from '#src/lib/hash.js';
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';
import {
  type Act,
  describeLimit,
  explainReached,
  LIMITS,
  type LimitRow,
  type LimitWho,
  MOST_LIMIT,
} from './limit-table.js';
import type { Settings } from './settings.js';
import type { Limit, Uses } from './uses.js';

/** For whom something is counted; what is absent is not. */
export interface Counted {
  personId?: number | null;
  /** The mail addresses or phone numbers that it goes to; kept as hashes. For others it counts once for each. */
  targets?: readonly string[];
  /** The caller's network. */
  address?: string;
}

/** Which part of what all may use is open to this caller; the rest is a reserve for others. */
export interface Taking {
  share?: number;
}

/** A limit that is reached. */
export interface Reached {
  row: LimitRow;
  count: number;
  /** When it frees, in milliseconds from now. */
  waitMs: number;
  /** What it is, when it frees and who can change it, in both languages. */
  why: string;
}

/** A limit as its operator sees it. */
export interface LimitView extends LimitRow {
  /** null: lifted. */
  count: number | null;
  zh: string;
  en: string;
}

/** How much is left under a limit. */
export interface Left {
  row: LimitRow;
  count: number;
  left: number;
}

/** The verbs of limits. */
export type Limits = ReturnType<typeof createLimits>;

const SETTING = 'limits';
/** What the platform itself allows, by the limit's name. */
const CEILING = 'platform-limit:';
const MINUTE_MS = 60_000;

/** Makes the verbs; what is counted counts for all processes together. */
export function createLimits(
  { clock, hashKey }: Pick<CoreDeps, 'clock' | 'hashKey'>,
  { uses, settings }: { uses: Uses; settings: Settings },
) {
  async function readChanged(): Promise<Record<string, number>> {
    return JSON.parse((await settings.read(SETTING)) || '{}') as Record<string, number>;
  }

  /** The number of a limit; Infinity where the operator lifted it. */
  async function readLimit(row: LimitRow): Promise<number> {
    const count = (await readChanged())[row.name] ?? row.usual;
    const ceiling = Number(await settings.read(CEILING + row.name)) || Number.POSITIVE_INFINITY;
    return Math.min(count === 0 ? Number.POSITIVE_INFINITY : count, ceiling);
  }

  /** All limits, in the order of the table. */
  async function listLimits(): Promise<LimitView[]> {
    const changed = await readChanged();
    return LIMITS.map((row) => {
      const count = changed[row.name] ?? row.usual;
      return { ...row, count: count === 0 ? null : count, ...describeLimit(row) };
    });
  }

  /** Changes the limits that are given; 0 lifts one, null brings its usual number back. Throws bad_field and then changes none. */
  async function saveLimits(given: Readonly<Record<string, number | null>>): Promise<void> {
    const changed = await readChanged();
    for (const [name, count] of Object.entries(given)) {
      const row = LIMITS.find((one) => one.name === name);
      if (!row || (count !== null && !(Number.isInteger(count) && count >= 0 && count <= MOST_LIMIT))) {
        throw new AppError('bad_field', {
          field: name,
          detail: row ? `0..${MOST_LIMIT}` : '没有这个限额 no such limit',
        });
      }
      if (count === null || count === row.usual) {
        delete changed[name];
      } else {
        changed[name] = count;
      }
    }
    await settings.save(SETTING, JSON.stringify(changed));
  }

  /** Notes what the platform itself allows a day, of which a tenth stays free for what this server does not count. */
  async function notePlatform(act: Act, perDay: number): Promise<void> {
    const name = `${CEILING}${act}-all-day`;
    const ceiling = String(Math.floor(perDay * 0.9));
    if ((await settings.read(name)) !== ceiling) {
      await settings.save(name, ceiling);
    }
  }

  /** The names under which something counts against a limit, a name once for each time. */
  function namesOf(row: LimitRow, { personId, targets = [], address }: Counted): string[] {
    const times = Math.max(1, targets.length);
    const subjects: Readonly<Record<LimitWho, string[]>> = {
      person: personId ? repeat(`p${personId}`, times) : [],
      target: targets.map((target) => keyedHash(hashKey, `limit:${toMailbox(target)}`).slice(0, 32)),
      address: address ? [address] : [],
      all: repeat('*', times),
    };
    return subjects[row.who].map((subject) => `limit ${row.name} ${subject}`);
  }

  async function listCounted(act: Act, who: Counted, share: number) {
    const counted: { row: LimitRow; count: number; limit: Limit }[] = [];
    for (const row of LIMITS.filter((one) => one.act === act && one.span !== 'standing')) {
      const names = namesOf(row, who);
      const most = names.length === 0 ? Number.POSITIVE_INFINITY : await readLimit(row);
      const count = row.who === 'all' ? Math.max(1, Math.floor(most * share)) : most;
      for (const name of Number.isFinite(most) ? names : []) {
        const limit = row.span === 'minute' ? { name, count, perMs: MINUTE_MS } : { name, perDay: count };
        counted.push({ row, count, limit });
      }
    }
    return counted;
  }

  /** Counts something under all its limits; where one is reached nothing is counted, and that one is the answer. */
  async function tryTake(act: Act, who: Counted, { share = 1 }: Taking = {}): Promise<Reached | null> {
    const counted = await listCounted(act, who, share);
    if (counted.length === 0) {
      return null;
    }
    const limits = counted.map(({ limit }) => limit);
    const { reached } = await uses.count(limits, { isWhole: true });
    const found = reached === null ? undefined : counted[reached];
    return found ? toReached(found.row, found.count) : null;
  }

  /** Counts something under all its limits. Throws limit_reached, and counts nothing, where one is reached. */
  async function take(act: Act, who: Counted, taking: Taking = {}): Promise<void> {
    const reached = await tryTake(act, who, taking);
    if (reached) {
      throw new AppError('limit_reached', { detail: reached.why, seconds: Math.ceil(reached.waitMs / 1000) });
    }
  }

  /** How much is left under each limit of something. */
  async function readLeft(act: Act, who: Counted, share = 1): Promise<Left[]> {
    const counted = await listCounted(act, who, share);
    const counts = await uses.read(counted.map(({ limit }) => limit));
    return counted.map(({ row, count }, at) => ({
      row,
      count,
      left: Math.max(0, count - (counts[at] ?? 0)),
    }));
  }

  /** How much is left of the day under the narrowest of its limits; Infinity where the operator lifted them. */
  async function readDayLeft(act: Act, who: Counted): Promise<number> {
    const left = await readLeft(act, who);
    const days = left.flatMap(({ row, left: count }) => (row.span === 'day' ? [count] : []));
    return Math.min(Number.POSITIVE_INFINITY, ...days);
  }

  /** What all together have used of the day, by the limit's name. */
  async function readUsed(): Promise<Map<string, number>> {
    const rows = LIMITS.filter(({ who, span }) => who === 'all' && span === 'day');
    const counts = await uses.read(
      rows.map((row) => ({ name: `limit ${row.name} *`, perDay: Number.MAX_SAFE_INTEGER })),
    );
    return new Map(rows.map(({ name }, at) => [name, counts[at] ?? 0]));
  }

  function toReached(row: LimitRow, count: number): Reached {
    const now = clock.now();
    const waitMs = row.span === 'minute' ? MINUTE_MS : nextChinaMidnight(now) - now;
    return { row, count, waitMs, why: explainReached(row, count) };
  }

  /** Throws limit_full where `count`, asked for each limit of what there may be at a time, is above it. */
  async function checkStanding(
    act: Act,
    count: (who: LimitWho) => Promise<number | null>,
    { more = 0 }: { more?: number } = {},
  ): Promise<void> {
    for (const row of LIMITS.filter((one) => one.act === act && one.span === 'standing')) {
      const most = await readLimit(row);
      const there = Number.isFinite(most) ? await count(row.who) : null;
      if (there !== null && there + more > most) {
        throw new AppError('limit_full', { detail: explainReached(row, most) });
      }
    }
  }

  /**
   * Makes one more of something of which there may be so many. It is made, then counted, then taken back where there are too
   * many: of several that are made at once by several processes none stays above the limit. Throws limit_full.
   */
  async function makeOne<T>(
    act: Act,
    {
      count,
      make,
      undo,
    }: {
      /** How many there are now; null: not counted for this caller. */
      count: (who: LimitWho) => Promise<number | null>;
      make: () => Promise<T>;
      undo: (made: T) => Promise<unknown>;
    },
  ): Promise<T> {
    await checkStanding(act, count, { more: 1 });
    const made = await make();
    try {
      await checkStanding(act, count);
      return made;
    } catch (error) {
      await undo(made);
      throw error;
    }
  }

  return {
    listLimits,
    saveLimits,
    readLimit,
    notePlatform,
    tryTake,
    take,
    readLeft,
    readDayLeft,
    readUsed,
    checkStanding,
    makeOne,
  };
}

/** One mailbox has many addresses: `ming+news@…` is the one of `ming@…` with most providers. */
function toMailbox(target: string): string {
  return target.toLowerCase().replace(/(?<=.)\+.*(?=@)/, '');
}

function repeat(text: string, times: number): string[] {
  return Array.from({ length: times }, () => text);
}
