/** Quotas: how much an app may send, by its plan. An app without a plan has none. */
import { LRUCache } from 'lru-cache';
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';
import { rememberMs } from './remember.js';
import type { Limit, Uses } from './uses.js';

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

/** Makes the verbs of quotas. Calls count for all processes together; after a restart a day's count is read from the messages. */
export function createQuotas({ db }: CoreDeps, uses: Uses) {
  const plans = new LRUCache<number, PlanLimits>({ max: 1000, ttl: rememberMs(db, 60_000) });

  /** Counts one send call of an app; throws rate_limited or quota_exceeded where its plan says so. */
  async function countCall(app: { id: number; planId: number | null }): Promise<void> {
    if (app.planId === null) {
      return;
    }
    const { callsPerTenSeconds: few, callsPerDay: many } = await readPlan(app.planId);
    const limits: { limit: Limit; toError: () => AppError }[] = [];
    if (few !== undefined) {
      const limit = { name: `calls ${app.id}`, count: few, perMs: TEN_SECONDS_MS };
      limits.push({ limit, toError: () => tooFast(few) });
    }
    if (many !== undefined) {
      const countBefore = (start: number): Promise<number> =>
        db.message.count({ where: { appId: app.id, createdAt: { gte: new Date(start) } } });
      const limit = { name: `calls of a day ${app.id}`, perDay: many, countBefore };
      limits.push({ limit, toError: () => tooMany(many) });
    }
    if (limits.length === 0) {
      return;
    }
    const { reached } = await uses.count(limits.map(({ limit }) => limit));
    const refused = reached === null ? undefined : limits[reached];
    if (refused) {
      throw refused.toError();
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
