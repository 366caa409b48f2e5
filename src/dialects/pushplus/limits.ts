/** Holds senders to their plan, as far as they have one. */
import type { Core } from '#src/core/index.js';
import { sha256Hex } from '#src/lib/hash.js';
import { CODES, invalid, Refusal } from './envelope.js';
import { type CountedChannel, PLANS, type Plan } from './plans.js';

/** The dialect's name: the source of the messages that count. */
export const SOURCE = 'pushplus';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Beside the account's own settings, so that nobody changes it by a call. */
const BLOCK = 'pushplus-block';

/** Until when somebody is shut out, in milliseconds since the epoch; null: for good. */
export interface Block {
  until: number | null;
}

/** The block that somebody is under now, or null. */
export async function findBlock(core: Core, personId: number): Promise<Block | null> {
  // Only createLimits writes under this name.
  const block = (await core.preferences.read(personId, BLOCK)) as Block | null;
  return block && (block.until === null || block.until > core.clock.now()) ? block : null;
}

/** The plan that somebody is held to; null: none. Throws Refusal for who may send nothing at all. */
export async function readPlan(core: Core, personId: number): Promise<Plan | null> {
  const name = await core.dialectPlans.findPlan('pushplus', personId);
  if (name === 'unverified') {
    throw new Refusal(CODES.notVerified, '账号未实名认证，请先完成实名认证');
  }
  return name === 'none' ? null : PLANS[name];
}

/** The verbs of the limits. */
export type Limits = ReturnType<typeof createLimits>;

/** Makes the counters: for all processes together, and a day's outlive a restart. */
export function createLimits(core: Core) {
  /** Counts a call, whatever becomes of it: who is shut out and goes on calling is shut out for longer. Throws Refusal. */
  async function countCall(personId: number, plan: Plan): Promise<void> {
    const { reached, counts } = await core.uses.count([
      { name: `pushplus calls ${personId}`, perDay: Number.MAX_SAFE_INTEGER },
      { name: `pushplus rate ${personId}`, count: plan.rate.calls, perMs: plan.rate.withinMs },
    ]);
    const [calls = 0] = counts;
    const block = await blockFor(personId, plan, calls);
    if (block) {
      throw blocked(block, core.clock.now());
    }
    if (reached !== null) {
      const text = `请求过于频繁，${plan.rate.withinMs / 1000}秒内最多${plan.rate.calls}次`;
      throw new Refusal(CODES.restricted, text);
    }
  }

  /** The block that somebody is under after so many calls of a day, begun with the call that reaches its number; or null. */
  async function blockFor(personId: number, plan: Plan, calls: number): Promise<Block | null> {
    const block = await findBlock(core, personId);
    const earned = plan.blocks.find((one) => calls >= one.calls);
    if (!earned || block?.until === null || (block && calls !== earned.calls)) {
      return block;
    }
    const until = earned.days === null ? null : core.clock.now() + earned.days * DAY_MS;
    await core.preferences.save(personId, BLOCK, { until });
    return { until };
  }

  /** Counts a message of a day. Throws Refusal. */
  async function countMessage(personId: number, channel: CountedChannel, plan: Plan): Promise<void> {
    const countBefore = async (start: number): Promise<number> =>
      (await core.messages.countByChannel({ personId, source: SOURCE }, start)).get(channel) ?? 0;
    const { reached } = await core.uses.count([
      { name: `pushplus ${channel} ${personId}`, perDay: plan.perDay[channel], countBefore },
    ]);
    if (reached !== null) {
      const text = `请求次数过多，${channel} 渠道每天最多${plan.perDay[channel]}条，明天恢复正常`;
      throw new Refusal(CODES.restricted, text);
    }
  }

  /** Notes a content that is about to be sent; throws Refusal for the same one too often. The result takes it back. */
  async function noteContent(
    personId: number,
    content: readonly unknown[],
    plan: Plan,
  ): Promise<() => Promise<void>> {
    const name = `pushplus said ${personId} ${sha256Hex(JSON.stringify(content))}`;
    const limit = { name, count: plan.repeatsPerHour, perMs: HOUR_MS };
    if ((await core.uses.count([limit])).reached !== null) {
      throw invalid('请勿频繁推送相同内容');
    }
    return () => core.uses.giveBack(limit);
  }

  return { countCall, countMessage, noteContent };
}

function blocked({ until }: Block, now: number): Refusal {
  const text =
    until === null
      ? '请求次数过多，账号已被永久限制'
      : `请求次数过多,减少请求后${Math.ceil((until - now) / DAY_MS)}天恢复正常`;
  return new Refusal(CODES.restricted, text);
}
