/** Quotas: how much an app may send, by its plan. An app without a plan has none. */
import { LRUCache } from 'lru-cache';
import { chinaDayStart } from '#src/lib/china-time.js';
import { providerOf } from '#src/store/db.js';
import { countUse, takeRoom } from '#src/store/shared-windows.js';
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';
import { rememberMs } from './remember.js';

/** The numbers of a plan; an absent one does not limit. */
export interface PlanLimits {
  /** Send calls within ten seconds. */
  callsPerTenSeconds?: number;
  /** Send calls within a day of China time. */
  callsPerDay?: number;
}

/** The verbs of quotas. */
export type Quotas = ReturnType<typeof createQuotas>;

const TEN_SECONDS_MS = 10_000;

const tooFast = (limit: number): AppError =>
  new AppError('rate_limited', { detail: `10 秒内最多 ${limit} 次 ${limit} calls in 10 s at most` });
const tooMany = (limit: number): AppError =>
  new AppError('quota_exceeded', { detail: `每天最多 ${limit} 次 ${limit} calls a day at most` });

/** Makes the verbs of quotas. Where there is one process, windows are counted in memory; the day's count is read once from the messages. */
export function createQuotas({ db, clock }: CoreDeps) {
  const isAlone = providerOf(db) === 'sqlite';
  const plans = new LRUCache<number, PlanLimits>({ max: 1000, ttl: rememberMs(db, 60_000) });
  const recent = new LRUCache<number, number[]>({ max: 10_000 });
  const days = new LRUCache<number, { start: number; count: number }>({ max: 10_000 });

  /** Counts one send call of an app; throws rate_limited or quota_exceeded where its plan says so. */
  async function countCall(app: { id: number; planId: number | null }): Promise<void> {
    if (app.planId === null) {
      return;
    }
    const limits = await readPlan(app.planId);
    const now = clock.now();
    const { callsPerTenSeconds: few, callsPerDay: many } = limits;
    if (few !== undefined) {
      await (isAlone ? countWindow(app.id, few, now) : countSharedWindow(app.id, few, now));
    }
    if (many !== undefined) {
      await (isAlone ? countDay(app.id, many, now) : countSharedDay(app.id, many, now));
    }
  }

  function countWindow(appId: number, limit: number, now: number): void {
    const calls = (recent.get(appId) ?? []).filter((at) => at > now - TEN_SECONDS_MS);
    if (calls.length >= limit) {
      throw tooFast(limit);
    }
    recent.set(appId, [...calls, now]);
  }

  async function countDay(appId: number, limit: number, now: number): Promise<void> {
    const start = chinaDayStart(now);
    let day = days.get(appId);
    if (!day || day.start !== start) {
      const count = await db.message.count({ where: { appId, createdAt: { gte: new Date(start) } } });
      day = { start, count };
      days.set(appId, day);
    }
    if (day.count >= limit) {
      throw tooMany(limit);
    }
    day.count += 1;
  }

  async function countSharedWindow(appId: number, limit: number, now: number): Promise<void> {
    const windows = [{ count: limit, perMs: TEN_SECONDS_MS }];
    const { granted } = await takeRoom(db, `calls:${appId}`, { wanted: 1, windows, now });
    if (granted === 0) {
      throw tooFast(limit);
    }
  }

  async function countSharedDay(appId: number, limit: number, now: number): Promise<void> {
    if (!(await countUse(db, { name: `calls:${appId}`, day: chinaDayStart(now), limit }))) {
      throw tooMany(limit);
    }
  }

  async function readPlan(planId: number): Promise<PlanLimits> {
    const cached = plans.get(planId);
    if (cached) {
      return cached;
    }
    const row = await db.plan.findUnique({ where: { id: planId } });
    const limits = row ? readLimits(row.limits) : {};
    plans.set(planId, limits);
    return limits;
  }

  /** Keeps an app's own limits as a plan and returns the plan's number; they count from the next call on. */
  async function saveLimits(appId: number, limits: PlanLimits): Promise<number> {
    const code = `app-${appId}`;
    const text = JSON.stringify(limits);
    const row = await db.plan.upsert({
      where: { code },
      create: { code, name: code, limits: text },
      update: { limits: text },
    });
    plans.set(row.id, limits);
    return row.id;
  }

  /** Reads a plan anew with the next call: its limits have changed. */
  function forgetPlan(planId: number): void {
    plans.delete(planId);
  }

  return { countCall, saveLimits, forgetPlan };
}

/** The limits of a stored plan. */
export function readLimits(stored: string): PlanLimits {
  return JSON.parse(stored) as PlanLimits;
}
