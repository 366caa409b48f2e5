/** The limits of Server酱's two plans, as numbers; they hold only where the operator chooses a plan. */

import type { DialectPlan } from '#src/core/dialect-plans.js';

/** What a plan allows. null: no limit. */
export interface Plan {
  messagesPerDay: number | null;
  callsPerMinute: number;
  callsPerDayPerKey: number;
  callsPerDayPerUid: number;
  callsPerDayPerIp: number;
  /** How long the page shows what was sent. */
  keptDays: number;
  /** Whether cards show text beside the title. */
  hasCardText: boolean;
  /** Whether `openid` names further receivers. */
  hasCc: boolean;
}

/** The name of a plan that limits. */
export type PlanName = Exclude<DialectPlan<'serverchan'>, 'none'>;

const SHARED = {
  callsPerMinute: 50,
  callsPerDayPerKey: 1000,
  callsPerDayPerUid: 1000,
  callsPerDayPerIp: 5000,
};

/** The numbers that Server酱 publishes. */
export const PLANS: Readonly<Record<PlanName, Plan>> = {
  free: { ...SHARED, messagesPerDay: 5, keptDays: 1, hasCardText: false, hasCc: false },
  member: { ...SHARED, messagesPerDay: null, keptDays: 3, hasCardText: true, hasCc: true },
};
