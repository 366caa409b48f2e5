/** The limits of Server酱's two plans, as numbers; they hold only where the operator chooses a plan. */

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

/** The name of a plan. */
export type PlanName = 'free' | 'member';

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

/** The server's setting that chooses: `free`, `member`, anything else for no limits. */
export const PLAN_SETTING = 'serverchan-plan';
