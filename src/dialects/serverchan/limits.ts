/** Holds callers to their plan, as far as they have one. */
import { LRUCache } from 'lru-cache';
import type { Core } from '#src/core/index.js';
import { chinaDayStart } from '#src/lib/china-time.js';
import { AddressBlocked, Refusal } from './envelope.js';
import { PLANS, type Plan } from './plans.js';

/** Who calls. */
export interface Caller {
  personId: number;
  keyId: number;
  ip: string;
}

const MINUTE_MS = 60_000;
/** The name of the messages that count. */
const SOURCE = 'serverchan';

/** The verbs of the limits. */
export type Limits = ReturnType<typeof createLimits>;

/** Makes the counters; calls are counted in memory, a day's messages go on from those that are stored. */
export function createLimits(core: Core) {
  const days = new LRUCache<string, { start: number; count: number }>({ max: 50_000 });
  const minutes = new LRUCache<number, number[]>({ max: 10_000 });

  /** The plan that this person is held to; null: none. */
  async function readPlan(personId: number): Promise<Plan | null> {
    const name = await core.dialectPlans.findPlan('serverchan', personId);
    return name === 'none' ? null : PLANS[name];
  }

  /** Counts a call, whatever becomes of it. Throws AddressBlocked, Refusal. */
  function countCall({ personId, keyId, ip }: Caller, plan: Plan): void {
    const now = core.clock.now();
    if (!count(`ip ${ip}`, plan.callsPerDayPerIp)) {
      throw new AddressBlocked();
    }
    const calls = (minutes.get(personId) ?? []).filter((at) => at > now - MINUTE_MS);
    if (calls.length >= plan.callsPerMinute) {
      throw new Refusal('AUTH', `超过每分钟的发送次数限制[${plan.callsPerMinute}]`);
    }
    minutes.set(personId, [...calls, now]);
    for (const [name, limit] of [
      [`key ${keyId}`, plan.callsPerDayPerKey],
      [`uid ${personId}`, plan.callsPerDayPerUid],
    ] as const) {
      if (!count(name, limit)) {
        throw new Refusal('AUTH', `超过当天的请求次数限制[${limit}]`);
      }
    }
  }

  /** Counts a message that is about to be taken in. Throws Refusal. */
  async function countMessage({ personId }: Caller, plan: Plan): Promise<void> {
    if (plan.messagesPerDay === null) {
      return;
    }
    const name = `sent ${personId}`;
    const start = chinaDayStart(core.clock.now());
    if (days.get(name)?.start !== start) {
      const sent = await core.messages.countSent(personId, SOURCE, start);
      // Another call may have been quicker meanwhile, and has counted itself.
      if (days.get(name)?.start !== start) {
        days.set(name, { start, count: sent });
      }
    }
    if (!count(name, plan.messagesPerDay)) {
      throw new Refusal('AUTH', `超过当天的发送次数限制[${plan.messagesPerDay}]`);
    }
  }

  /** Counts one of a day; false where the limit is reached. */
  function count(name: string, limit: number): boolean {
    const start = chinaDayStart(core.clock.now());
    const before = days.get(name);
    const day = before?.start === start ? before : { start, count: 0 };
    if (day.count >= limit) {
      return false;
    }
    days.set(name, { start, count: day.count + 1 });
    return true;
  }

  return { readPlan, countCall, countMessage };
}
