/** The server's numbers over time: counted in memory while it works, written down each minute, read in steps. */
import { chinaDayStart } from '#src/lib/china-time.js';
import { addFigures, countUnreached, type FigureRow, readFigures } from '#src/store/figures.js';
import { countDue } from '#src/store/slow-counts.js';
import type { CoreDeps } from './deps.js';
import { explainFailure, type Remedy } from './failure-words.js';

/** How a delivery came to its end. */
export interface DeliveryEnd {
  state: 'sent' | 'failed' | 'unknown';
  /** `callback` for what is no message to a person. */
  channel: string;
  /** Why it failed: a platform's code or our own word. */
  code: string;
  /** From the moment it was made to its end. */
  tookMs: number;
}

/** The numbers of one step of time. */
export interface FigureStep {
  /** When the step began. */
  at: Date;
  accepted: number;
  delivered: number;
  failed: number;
  /** Of how many nobody knows whether they arrived. */
  unknown: number;
  /** Half, and 99 of 100, of what was delivered took at most so long, in milliseconds; null when nothing was. */
  p50Ms: number | null;
  p99Ms: number | null;
  /** The most deliveries that waited at once. */
  queue: number;
  callbacks: number;
  callbacksFailed: number;
}

/** Why deliveries failed. */
export interface FailureReason {
  channel: string;
  code: string;
  count: number;
  /** What it means and what to do; null where only the other side knows. */
  remedy: Remedy | null;
}

/** The numbers of a time. */
export interface FigureRange {
  steps: FigureStep[];
  /** The same over the whole time. */
  whole: FigureStep;
  /** Why deliveries failed, the most frequent first. */
  reasons: FailureReason[];
  /** What the account may still send today, as last asked; null: never asked. */
  quotaLeft: number | null;
}

/** The times that can be looked at. */
export const FIGURE_RANGES = { day: 24, week: 7 * 24, month: 30 * 24 } as const;

/** One of them. */
export type FigureRangeName = keyof typeof FIGURE_RANGES;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEP_HOURS: Readonly<Record<FigureRangeName, number>> = { day: 1, week: 6, month: 24 };
/** Upper bounds of the times that deliveries take, each half as long again as the one before: 10 ms to a day. */
const BOUNDS_MS = Array.from({ length: 41 }, (_, at) => Math.round(10 * 1.5 ** at));
/** Platforms have a few hundred codes: more different ones in a minute are nobody's. */
const MOST_CODES = 200;
/** Further than this the queue is not counted. */
const MOST_DUE = 1_000_000;
/** Nor are those who were not reached, of one minute. */
const MOST_UNREACHED = 100_000;
/** Rows carry the time of their making and are there a little later: they are counted after this. */
const SETTLED_MS = 5000;

/** The verbs of figures. */
export type Figures = ReturnType<typeof createFigures>;

/** Makes the verbs. Counting touches memory only; a crash loses the counts of its last minute. */
export function createFigures({ db, clock }: Pick<CoreDeps, 'db' | 'clock'>) {
  let counts = new Map<string, number>();
  let quotaHour = 0;
  let countedTo = clock.now() - SETTLED_MS;

  function add(name: string, by: number): void {
    counts.set(name, (counts.get(name) ?? 0) + by);
  }

  /** Counts messages that were accepted. */
  function countAccepted(messages: number): void {
    add('accepted', messages);
  }

  /** Counts a delivery that came to its end. */
  function countEnd(end: DeliveryEnd): void {
    if (end.channel === 'callback') {
      add(end.state === 'sent' ? 'callbacks' : 'callbacks-failed', 1);
    } else if (end.state === 'sent') {
      add('delivered', 1);
      add(`latency:${toBucket(end.tookMs)}`, 1);
    } else if (end.state === 'unknown') {
      add('unknown', 1);
    } else {
      const name = `failed:${end.channel}:${end.code.slice(0, 40) || 'refused'}`;
      add(counts.has(name) || counts.size < MOST_CODES ? name : `failed:${end.channel}:other`, 1);
    }
  }

  /** Writes down what was counted since the last time, and how long the queue is. To be called each minute. */
  async function writeDown(): Promise<void> {
    const due = await countDue(db, MOST_DUE);
    await noteUnreached();
    const hour = toHour(clock.now());
    const taken = counts;
    counts = new Map();
    const rows: FigureRow[] = [...taken].map(([name, value]) => ({ hour, name, value }));
    try {
      await addFigures(db, [...rows, { hour, name: 'most:queue', value: due }]);
    } catch (error) {
      for (const [name, value] of taken) {
        add(name, value);
      }
      throw error;
    }
  }

  /** Who does not follow is left out when a message spreads: no delivery of theirs is ever run. */
  async function noteUnreached(): Promise<void> {
    const span = { from: countedTo, to: clock.now() - SETTLED_MS };
    if (span.to <= span.from) {
      return;
    }
    countedTo = span.to;
    const count = await countUnreached(db, span, MOST_UNREACHED);
    if (count > 0) {
      add('failed:wechat:unfollowed', count);
    }
  }

  /** Asks the platform once an hour what the account may still send. What it does not tell is left out. */
  async function noteQuota(ask: () => Promise<{ dailyLimit: number; remaining: number }>): Promise<void> {
    const hour = toHour(clock.now());
    if (hour === quotaHour) {
      return;
    }
    quotaHour = hour;
    const quota = await ask().catch(() => null);
    if (quota && quota.dailyLimit > 0) {
      await addFigures(db, [{ hour, name: 'last:quota', value: quota.remaining }]);
    }
  }

  /** The numbers of the last day by hour, of the last week by six hours, or of the last month by day. */
  async function readRange(range: FigureRangeName): Promise<FigureRange> {
    const now = clock.now();
    const stepMs = STEP_HOURS[range] * HOUR_MS;
    // Steps of more than an hour begin with China's day.
    const offset = range === 'day' ? 0 : chinaDayStart(now) % stepMs;
    const last = Math.floor((now - offset) / stepMs) * stepMs + offset;
    const first = last - (FIGURE_RANGES[range] / STEP_HOURS[range] - 1) * stepMs;
    const hours: number[] = [];
    for (let hour = first; hour <= now; hour += HOUR_MS) {
      hours.push(hour);
    }
    const rows = await readFigures(db, hours);
    const steps: FigureStep[] = [];
    for (let at = first; at <= last; at += stepMs) {
      const inside = rows.filter(({ hour }) => hour >= at && hour < at + stepMs);
      steps.push(toStep(new Date(at), inside));
    }
    return {
      steps,
      whole: toStep(new Date(first), rows),
      reasons: listReasons(rows),
      quotaLeft: findQuota(rows, now),
    };
  }

  return { countAccepted, countEnd, writeDown, noteQuota, readRange };
}

function toHour(now: number): number {
  return Math.floor(now / HOUR_MS) * HOUR_MS;
}

function toBucket(tookMs: number): number {
  const at = BOUNDS_MS.findIndex((bound) => tookMs <= bound);
  return at === -1 ? BOUNDS_MS.length - 1 : at;
}

function toStep(at: Date, rows: readonly FigureRow[]): FigureStep {
  const sum = (name: string): number =>
    rows.filter((row) => row.name === name).reduce((total, row) => total + row.value, 0);
  const buckets = BOUNDS_MS.map(() => 0);
  let failed = 0;
  let queue = 0;
  for (const { name, value } of rows) {
    if (name.startsWith('latency:')) {
      const bucket = Number(name.slice('latency:'.length));
      buckets[bucket] = (buckets[bucket] ?? 0) + value;
    } else if (name.startsWith('failed:')) {
      failed += value;
    } else if (name === 'most:queue') {
      queue = Math.max(queue, value);
    }
  }
  return {
    at,
    accepted: sum('accepted'),
    delivered: sum('delivered'),
    failed,
    unknown: sum('unknown'),
    p50Ms: findPercentile(buckets, 0.5),
    p99Ms: findPercentile(buckets, 0.99),
    queue,
    callbacks: sum('callbacks'),
    callbacksFailed: sum('callbacks-failed'),
  };
}

/** Spreads a bucket's deliveries evenly over its width. */
function findPercentile(buckets: readonly number[], share: number): number | null {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) {
    return null;
  }
  let before = 0;
  for (const [at, count] of buckets.entries()) {
    if (before + count >= total * share) {
      const low = BOUNDS_MS[at - 1] ?? 0;
      const high = BOUNDS_MS[at] ?? DAY_MS;
      return Math.round(low + ((high - low) * (total * share - before)) / count);
    }
    before += count;
  }
  return BOUNDS_MS.at(-1) ?? null;
}

function listReasons(rows: readonly FigureRow[]): FailureReason[] {
  const counts = new Map<string, number>();
  for (const { name, value } of rows) {
    if (name.startsWith('failed:')) {
      const code = name.slice('failed:'.length);
      counts.set(code, (counts.get(code) ?? 0) + value);
    }
  }
  return [...counts]
    .map(([name, count]) => {
      const [channel = '', ...rest] = name.split(':');
      const code = rest.join(':');
      return { channel, code, count, remedy: explainFailure(channel, code) };
    })
    .sort((a, b) => b.count - a.count);
}

/** Yesterday's answer says nothing of today. */
function findQuota(rows: readonly FigureRow[], now: number): number | null {
  const today = rows.filter(({ name, hour }) => name === 'last:quota' && hour >= chinaDayStart(now));
  return today.sort((a, b) => b.hour - a.hour)[0]?.value ?? null;
}
