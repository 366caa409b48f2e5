/** Plans of dialects: which of a hosted service's limits a person is held to there; none unless the operator says so. */
import type { Preferences } from './preferences.js';
import type { Settings } from './settings.js';

/** The plans of each dialect that has any; what a plan limits is known to the dialect alone. */
export const DIALECT_PLANS = {
  serverchan: ['none', 'free', 'member'],
  pushplus: ['none', 'unverified', 'real-name', 'member'],
} as const;

/** A dialect with plans. */
export type PlannedDialect = keyof typeof DIALECT_PLANS;

/** The name of a dialect's plan. */
export type DialectPlan<D extends PlannedDialect> = (typeof DIALECT_PLANS)[D][number];

/** Plans by dialect. */
export type DialectPlans = { [D in PlannedDialect]: DialectPlan<D> };

/** A person's own plans; null: the server's. */
export type OwnDialectPlans = { [D in PlannedDialect]: DialectPlan<D> | null };

/** The verbs of dialects' plans. */
export type DialectPlanVerbs = ReturnType<typeof createDialectPlans>;

/** Makes the verbs. The server's plans are settings, a person's own are preferences, both named after the dialect. */
export function createDialectPlans({
  settings,
  preferences,
}: {
  settings: Settings;
  preferences: Preferences;
}) {
  /** The plan that a person is held to: their own, else the server's. */
  async function findPlan<D extends PlannedDialect>(dialect: D, personId: number): Promise<DialectPlan<D>> {
    return (await readOwn(dialect, personId)) ?? readDefault(dialect);
  }

  /** The server's plans. */
  async function getDefaults(): Promise<DialectPlans> {
    return { serverchan: await readDefault('serverchan'), pushplus: await readDefault('pushplus') };
  }

  /** A person's own plans. */
  async function getOwn(personId: number): Promise<OwnDialectPlans> {
    return {
      serverchan: await readOwn('serverchan', personId),
      pushplus: await readOwn('pushplus', personId),
    };
  }

  /** Changes those of the server's plans that are given. */
  async function saveDefaults(plans: Partial<DialectPlans>): Promise<void> {
    for (const [dialect, plan] of Object.entries(plans)) {
      await settings.save(toName(dialect), plan);
    }
  }

  /** Changes those of a person's own plans that are given; null: back to the server's. */
  async function saveOwn(personId: number, plans: Partial<OwnDialectPlans>): Promise<void> {
    for (const [dialect, plan] of Object.entries(plans)) {
      await preferences.save(personId, toName(dialect), plan);
    }
  }

  async function readDefault<D extends PlannedDialect>(dialect: D): Promise<DialectPlan<D>> {
    return toPlan(dialect, await settings.read(toName(dialect))) ?? 'none';
  }

  async function readOwn<D extends PlannedDialect>(
    dialect: D,
    personId: number,
  ): Promise<DialectPlan<D> | null> {
    return toPlan(dialect, await preferences.read(personId, toName(dialect)));
  }

  return { findPlan, getDefaults, getOwn, saveDefaults, saveOwn };
}

function toName(dialect: string): string {
  return `${dialect}-plan`;
}

/** What is no plan of the dialect counts for nothing. */
function toPlan<D extends PlannedDialect>(dialect: D, value: unknown): DialectPlan<D> | null {
  const plans: readonly DialectPlan<D>[] = DIALECT_PLANS[dialect];
  return plans.find((plan) => plan === value) ?? null;
}
