/** Holds callers to their plan, as far as they have one. */
import type { Core } from '#src/core/index.js';
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

/** Makes the counters: for all processes together, and a day's outlive a restart. */
export function createLimits(core: Core) {
  /** The plan that this person is held to; null: none. */
  async function readPlan(personId: number): Promise<Plan | null> {
    const name = await core.dialectPlans.findPlan('serverchan', personId);
    return name === 'none' ? null : PLANS[name];
  }

  /** Counts a call, whatever becomes of it. Throws AddressBlocked, Refusal. */
  async function countCall({ personId, keyId, ip }: Caller, plan: Plan): Promise<void> {
    const tooManyOfDay = (limit: number) => new Refusal('AUTH', `超过当天的请求次数限制[${limit}]`);
    const refusals = [
      new AddressBlocked(),
      new Refusal('AUTH', `超过每分钟的发送次数限制[${plan.callsPerMinute}]`),
      tooManyOfDay(plan.callsPerDayPerKey),
      tooManyOfDay(plan.callsPerDayPerUid),
    ];
    const { reached } = await core.uses.count([
      { name: `serverchan ip ${ip}`, perDay: plan.callsPerDayPerIp },
      { name: `serverchan minute ${personId}`, count: plan.callsPerMinute, perMs: MINUTE_MS },
      { name: `serverchan key ${keyId}`, perDay: plan.callsPerDayPerKey },
      { name: `serverchan uid ${personId}`, perDay: plan.callsPerDayPerUid },
    ]);
    const refusal = reached === null ? undefined : refusals[reached];
    if (refusal) {
      throw refusal;
    }
  }

  /** Counts a message that is about to be taken in. Throws Refusal. */
  async function countMessage({ personId }: Caller, plan: Plan): Promise<void> {
    if (plan.messagesPerDay === null) {
      return;
    }
    const countBefore = (start: number) => core.messages.countSent(personId, SOURCE, start);
    const { reached } = await core.uses.count([
      { name: `serverchan sent ${personId}`, perDay: plan.messagesPerDay, countBefore },
    ]);
    if (reached !== null) {
      throw new Refusal('AUTH', `超过当天的发送次数限制[${plan.messagesPerDay}]`);
    }
  }

  return { readPlan, countCall, countMessage };
}
