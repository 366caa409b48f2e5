/** The limits of PushPlus's classes of user, as numbers; they hold only where the operator chooses a plan. */
import type { DialectPlan } from '#src/core/dialect-plans.js';

/** The channels that PushPlus counts by themselves. */
export type CountedChannel = 'wechat' | 'cp' | 'webhook' | 'mail';

/** What a plan allows. */
export interface Plan {
  /** Messages a day (China time). */
  perDay: Readonly<Record<CountedChannel, number>>;
  characters: { title: number; content: number };
  /** Calls within a span of time. */
  rate: { calls: number; withinMs: number };
  /** The same content within an hour. */
  repeatsPerHour: number;
  /** Who calls so often in a day, whatever the answers, is shut out for so long (null: for good). Highest first. */
  blocks: readonly { calls: number; days: number | null }[];
  /** Friends that one message goes to; more are dropped. */
  friendsPerMessage: number;
  /** How many of each an account may have; how many people follow it is limited where they subscribe (core). */
  groups: number;
  webhooks: number;
}

/** The name of a plan that limits; who is not verified sends nothing at all. */
export type PlanName = Exclude<DialectPlan<'pushplus'>, 'none' | 'unverified'>;

/** The numbers that PushPlus publishes. Where two of its pages differ the later block counts. */
export const PLANS: Readonly<Record<PlanName, Plan>> = {
  'real-name': {
    perDay: { wechat: 200, cp: 1000, webhook: 1000, mail: 200 },
    characters: { title: 100, content: 20_000 },
    rate: { calls: 5, withinMs: 60_000 },
    repeatsPerHour: 3,
    blocks: [
      { calls: 10_000, days: null },
      { calls: 2000, days: 7 },
    ],
    friendsPerMessage: 10,
    groups: 5,
    webhooks: 10,
  },
  member: {
    perDay: { wechat: 2000, cp: 10_000, webhook: 10_000, mail: 1000 },
    characters: { title: 200, content: 100_000 },
    rate: { calls: 5, withinMs: 10_000 },
    repeatsPerHour: 3,
    blocks: [{ calls: 10_000, days: 2 }],
    friendsPerMessage: 100,
    groups: 50,
    webhooks: 50,
  },
};
