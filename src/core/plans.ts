/** Plans: named limits that operators make and put apps on. */
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import { type PlanLimits, readLimits } from './quotas.js';

/** A plan as the operator sees it. */
export interface PlanRow {
  id: number;
  code: string;
  name: string;
  limits: PlanLimits;
  /** How many apps are on it. */
  apps: number;
  /** The limits of one app alone, kept as a plan of its own. */
  ownAppId: number | null;
}

/** What an operator says of a plan. */
export interface PlanInput {
  name: string;
  limits: PlanLimits;
}

/** The most that a limit may be, and the longest name. */
export const PLAN_LIMITS = { name: 64, calls: 1_000_000_000 };

/** The verbs of plans. */
export type Plans = ReturnType<typeof createPlans>;

const OWN = /^app-(\d+)$/;

/** Makes the verbs; `forget` tells whoever remembers a plan's limits that they have changed. */
export function createPlans({ db }: CoreDeps, forget: (planId: number) => void) {
  /** A page of plans for many apps (`shared`), or of apps' own limits, newest first. */
  async function listPlans(kind: 'shared' | 'own', { skip, take }: { skip: number; take: number }) {
    const own = { code: { startsWith: 'app-' } };
    const where = kind === 'own' ? own : { NOT: own };
    const [total, rows] = await Promise.all([
      db.plan.count({ where }),
      db.plan.findMany({ where, orderBy: { id: 'desc' }, skip, take, include: { _count: COUNT } }),
    ]);
    return { total, items: rows.map(toPlanRow) };
  }

  /** One plan. Throws not_found. */
  async function getPlan(id: number): Promise<PlanRow> {
    const isId = Number.isInteger(id) && id > 0 && id < 2 ** 31;
    const row = isId ? await db.plan.findUnique({ where: { id }, include: { _count: COUNT } }) : null;
    if (!row) {
      throw notFound('方案 Plan');
    }
    return toPlanRow(row);
  }

  /** Makes a plan. Throws bad_field, conflict for a code that is taken. */
  async function createPlan(input: PlanInput & { code: string }): Promise<PlanRow> {
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(input.code) || input.code.startsWith('app-')) {
      const detail =
        '小写字母开头，含小写字母、数字、-，不能以 app- 开头 a-z, 0-9 and -, from a letter, not app-…';
      throw new AppError('bad_field', { field: 'code', detail });
    }
    const data = { code: input.code, ...toData(input) };
    if (await db.plan.findUnique({ where: { code: input.code } })) {
      throw new AppError('conflict', {
        detail: `编码「${input.code}」已被使用 the code “${input.code}” is taken`,
      });
    }
    return getPlan((await db.plan.create({ data })).id);
  }

  /** Changes a plan for all apps on it, from their next call on. Throws not_found, bad_field. */
  async function updatePlan(id: number, input: PlanInput): Promise<PlanRow> {
    await getPlan(id);
    await db.plan.update({ where: { id }, data: toData(input) });
    forget(id);
    return getPlan(id);
  }

  /** Removes a plan that no app is on. Throws not_found, conflict. */
  async function deletePlan(id: number): Promise<void> {
    const { apps } = await getPlan(id);
    if (apps > 0) {
      throw new AppError('conflict', { detail: `还有 ${apps} 个应用在用 ${apps} apps are still on it` });
    }
    await db.plan.delete({ where: { id } });
  }

  /** A page of the apps on a plan, newest first. */
  async function listPlanApps(planId: number, { skip, take }: { skip: number; take: number }) {
    const where = { planId, deletedAt: null };
    const [total, items] = await Promise.all([
      db.app.count({ where }),
      db.app.findMany({ where, orderBy: { id: 'desc' }, skip, take, select: { id: true, name: true } }),
    ]);
    return { total, items };
  }

  return { listPlans, getPlan, createPlan, updatePlan, deletePlan, listPlanApps };
}

const COUNT = { select: { apps: { where: { deletedAt: null } } } };

function toData({ name, limits }: PlanInput): { name: string; limits: string } {
  const title = name.trim();
  if (title === '' || title.length > PLAN_LIMITS.name) {
    throw new AppError('bad_field', { field: 'name', detail: `1..${PLAN_LIMITS.name}` });
  }
  for (const [field, value] of Object.entries(limits)) {
    if (!Number.isInteger(value) || value < 1 || value > PLAN_LIMITS.calls) {
      throw new AppError('bad_field', { field, detail: `1..${PLAN_LIMITS.calls}` });
    }
  }
  return { name: title, limits: JSON.stringify(limits) };
}

function toPlanRow(row: {
  id: number;
  code: string;
  name: string;
  limits: string;
  _count: { apps: number };
}): PlanRow {
  const own = OWN.exec(row.code)?.[1];
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    limits: readLimits(row.limits),
    apps: row._count.apps,
    ownAppId: own === undefined ? null : Number(own),
  };
}
