/** Quotas: how much an app may send, by its plan. An app without a plan has none. */
import { LRUCache } from 'lru-cache';
import { chinaDayStart } from '#src/lib/china-time.js';
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';

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

/** Makes the verbs of quotas. Windows are counted in memory; the day's count is read once from the messages. */
export function createQuotas({ db, clock }: CoreDeps) {
  const plans = new LRUCache<number, PlanLimits>({ max: 1000, ttl: 60_000 });
  const recent = new LRUCache<number, number[]>({ max: 10_000 });
  const days = new LRUCache<number, { start: number; count: number }>({ max: 10_000 });

  /** Counts one send call of an app; throws rate_limited or quota_exceeded where its plan says so. */
  async function countCall(app: { id: number; planId: number | null }): Promise<void> {
    if (app.planId === null) {
      return;
    }
    const limits = await readPlan(app.planId);
    const now = clock.now();
    if (limits.callsPerTenSeconds !== undefined) {
      countWindow(app.id, limits.callsPerTenSeconds, now);
    }
    if (limits.callsPerDay !== undefined) {
      await countDay(app.id, limits.callsPerDay, now);
    }
  }

  function countWindow(appId: number, limit: number, now: number): void {
    const calls = (recent.get(appId) ?? []).filter((at) => at > now - TEN_SECONDS_MS);
    if (calls.length >= limit) {
      throw new AppError('rate_limited', {
        detail: `10 秒内最多 ${limit} 次 ${limit} calls in 10 s at most`,
      });
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
      throw new AppError('quota_exceeded', { detail: `每天最多 ${limit} 次 ${limit} calls a day at most` });
    }
    day.count += 1;
  }

  async function readPlan(planId: number): Promise<PlanLimits> {
    const cached = plans.get(planId);
    if (cached) {
      return cached;
    }
    const row = await db.plan.findUnique({ where: { id: planId } });
    const limits = row ? (JSON.parse(row.limits) as PlanLimits) : {};
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

  return { countCall, saveLimits };
}
