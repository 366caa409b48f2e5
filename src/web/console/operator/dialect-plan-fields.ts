/** The fields of forms that choose the plans of dialects, for the server or for one person. */
import { z } from 'zod';
import { DIALECT_PLANS } from '#src/core/dialect-plans.js';
import type { ConsoleVisit } from '#src/web/console/module.js';

/** Chinese first, then English. */
export const DIALECT_PLAN_WORDS = {
  serverchan: ['Server酱 接口', 'The calls of Server酱'],
  pushplus: ['PushPlus 接口', 'The calls of PushPlus'],
  plannone: ['不限', 'No limits'],
  planfree: ['免费版', 'Free'],
  planmember: ['会员版', 'Member'],
  planunverified: ['未实名', 'Unverified'],
  'planreal-name': ['已实名', 'Real-name'],
} as const satisfies Record<string, readonly [string, string]>;

type Words = keyof typeof DIALECT_PLAN_WORDS;

/** The server's plans. */
export const serverPlans = z.object({
  serverchan: z.enum(DIALECT_PLANS.serverchan),
  pushplus: z.enum(DIALECT_PLANS.pushplus),
});

/** A person's own plans; an empty choice is the server's. */
export const ownPlans = z.object({
  serverchan: z.enum(['', ...DIALECT_PLANS.serverchan]).transform((plan) => (plan === '' ? null : plan)),
  pushplus: z.enum(['', ...DIALECT_PLANS.pushplus]).transform((plan) => (plan === '' ? null : plan)),
});

/** The fields to draw. */
export function toPlanFields({ t }: Pick<ConsoleVisit<Words>, 't'>) {
  return (['serverchan', 'pushplus'] as const).map((name) => ({
    name,
    label: t(name),
    options: DIALECT_PLANS[name].map((plan) => [plan, t(`plan${plan}`)] as const),
  }));
}
