/** Plans: made and changed, with the apps that are on them. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { PLAN_LIMITS } from '#src/core/plans.js';
import type { ConsoleModule, ConsoleVisit } from '#src/web/console/module.js';
import { type FormErrors, textField } from '#src/web/session/form.js';
import { readPaging, toPager } from '#src/web/session/paging.js';
import { operatorPages } from './desk.js';
import { PLANS_WORDS } from './plans-words.js';

const PATH = '/console/plans';
const OWN_SHOWN = 20;

type Visit = ConsoleVisit<keyof typeof PLANS_WORDS>;

/** A number, or nothing for no limit. */
const limit = z
  .string()
  .default('')
  .transform((text) => (text.trim() === '' ? undefined : Number(text)))
  .pipe(z.number().int().min(1).max(PLAN_LIMITS.calls).optional());
const fields = { name: textField(PLAN_LIMITS.name, 1), callsPerTenSeconds: limit, callsPerDay: limit };
const editForm = z.object(fields);
const newForm = z.object({ code: textField(40, 1), ...fields });
const appForm = z.object({ appId: z.coerce.number().int().min(1) });

/** The pages at /console/plans. */
export const plansModule: ConsoleModule = {
  menu: [{ path: PATH, label: PLANS_WORDS.plans, group: 'operator' }],
  mount(desk, { core }) {
    const { get, post } = operatorPages(desk, PLANS_WORDS);
    get(PATH, (visit) => showList(core, visit));
    get(`${PATH}/new`, (visit) => showForm(visit, {}));
    post(PATH, (visit) =>
      visit.submit(
        newForm,
        async ({ code, name, ...limits }) => {
          const plan = await core.plans.createPlan({ code, name, limits: tidy(limits) });
          await visit.audit('plan.create', `plan ${plan.code}`, JSON.stringify(plan.limits));
          visit.flash('good', visit.t('created'));
          visit.redirect(`${PATH}/${plan.id}`);
        },
        (errors) => showForm(visit, errors),
      ),
    );
    get(`${PATH}/:id`, (visit) => showPlan(core, visit, {}));
    post(`${PATH}/:id`, (visit) =>
      visit.submit(
        editForm,
        async ({ name, ...limits }) => {
          const plan = await core.plans.updatePlan(visit.idParam('id'), { name, limits: tidy(limits) });
          await visit.audit('plan.update', `plan ${plan.code}`, JSON.stringify(plan.limits));
          visit.flash('good', visit.t('saved'));
          visit.redirect(`${PATH}/${plan.id}`);
        },
        (errors) => showPlan(core, visit, errors),
      ),
    );
    mountApps(core, post);
  },
};

/** What is done with the apps of a plan, and its end. */
function mountApps(
  core: Core,
  post: (path: string, answer: (visit: Visit) => Promise<void> | void) => void,
): void {
  post(`${PATH}/:id/remove`, async (visit) => {
    const { id, code } = await core.plans.getPlan(visit.idParam('id'));
    await core.plans.deletePlan(id);
    await visit.audit('plan.delete', `plan ${code}`);
    visit.flash('good', visit.t('removed'));
    visit.redirect(PATH);
  });
  post(`${PATH}/:id/apps`, async (visit) => {
    const plan = await core.plans.getPlan(visit.idParam('id'));
    await visit.submit(
      appForm,
      async ({ appId }) => {
        const app = await core.apps.findApp(appId);
        if (!app) {
          return showPlan(core, visit, { appId: visit.t('noSuchThing') });
        }
        await core.apps.usePlan(app.id, plan.id);
        await visit.audit('app.plan', `app ${app.id}`, plan.code);
        visit.flash('good', visit.t('assigned', { name: app.name }));
        visit.redirect(`${PATH}/${plan.id}`);
      },
      (errors) => showPlan(core, visit, errors),
    );
  });
  post(`${PATH}/:id/apps/:appId/release`, async (visit) => {
    const app = await core.apps.getApp(visit.idParam('appId'));
    await core.apps.usePlan(app.id, null);
    await visit.audit('app.plan', `app ${app.id}`, 'none');
    visit.flash('good', visit.t('released', { name: app.name }));
    visit.redirect(`${PATH}/${visit.idParam('id')}`);
  });
}

/** Leaves out what does not limit. */
function tidy(limits: { callsPerTenSeconds?: number; callsPerDay?: number }) {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

async function showList(core: Core, visit: Visit): Promise<void> {
  const paging = readPaging(visit.query('page'));
  const [shared, own] = await Promise.all([
    core.plans.listPlans('shared', paging),
    core.plans.listPlans('own', { skip: 0, take: OWN_SHOWN }),
  ]);
  visit.show({
    template: 'op-plans',
    title: visit.t('plans'),
    values: {
      styles: ['operator.css'],
      plans: shared.items,
      own: own.items,
      pager: toPager(paging, shared.total),
    },
  });
}

function showForm(visit: Visit, errors: FormErrors): void {
  const title = visit.t('newPlan');
  visit.show({
    template: 'op-plan',
    title,
    values: {
      styles: ['operator.css'],
      heading: title,
      plan: null,
      action: PATH,
      errors,
      values: visit.form.values,
    },
  });
}

async function showPlan(core: Core, visit: Visit, errors: FormErrors): Promise<void> {
  const plan = await core.plans.getPlan(visit.idParam('id'));
  const paging = readPaging(visit.query('page'));
  const apps = await core.plans.listPlanApps(plan.id, paging);
  const { callsPerTenSeconds = '', callsPerDay = '' } = plan.limits;
  visit.show({
    template: 'op-plan',
    title: plan.name,
    status: Object.keys(errors).length > 0 ? 422 : 200,
    values: {
      styles: ['operator.css'],
      heading: plan.name,
      plan,
      apps: apps.items,
      pager: toPager(paging, apps.total),
      action: `${PATH}/${plan.id}`,
      errors,
      values: { name: plan.name, callsPerTenSeconds, callsPerDay, ...visit.form.values },
    },
  });
}
