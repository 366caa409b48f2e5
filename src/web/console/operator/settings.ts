/** The settings that an operator changes while the server works. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { RETENTION_LIMITS } from '#src/core/retention.js';
import type { ConsoleModule, ConsoleVisit } from '#src/web/console/module.js';
import type { FormErrors } from '#src/web/session/form.js';
import { operatorPages } from './desk.js';
import { DIALECT_PLAN_WORDS, serverPlans, toPlanFields } from './dialect-plan-fields.js';
import { SETTINGS_WORDS } from './settings-words.js';

const PATH = '/console/settings';
const WORDS = { ...DIALECT_PLAN_WORDS, ...SETTINGS_WORDS };

type Visit = ConsoleVisit<keyof typeof WORDS>;

const form = z.object({
  registration: z.enum(['open', 'closed']),
  retentionDays: z.coerce.number().int().min(RETENTION_LIMITS.least).max(RETENTION_LIMITS.most),
  ...serverPlans.shape,
});

/** The page at /console/settings. */
export const settingsModule: ConsoleModule = {
  menu: [{ path: PATH, label: SETTINGS_WORDS.settings, group: 'operator' }],
  mount(desk, { core }) {
    const { get, post } = operatorPages(desk, WORDS);
    get(PATH, (visit) => showForm(core, visit, {}));
    post(PATH, (visit) =>
      visit.submit(
        form,
        async ({ registration, retentionDays, ...plans }) => {
          await core.accounts.saveRegistration(registration);
          await core.retention.saveDays(retentionDays);
          await core.dialectPlans.saveDefaults(plans);
          await visit.audit('settings.save', '', JSON.stringify({ registration, retentionDays, ...plans }));
          visit.flash('good', visit.t('saved'));
          visit.redirect(PATH);
        },
        (errors) => showForm(core, visit, errors),
      ),
    );
  },
};

async function showForm(core: Core, visit: Visit, errors: FormErrors): Promise<void> {
  const [registration, retentionDays, plans] = await Promise.all([
    core.accounts.readRegistration(),
    core.retention.readDays(),
    core.dialectPlans.getDefaults(),
  ]);
  visit.show({
    template: 'op-settings',
    title: visit.t('settings'),
    values: {
      styles: ['operator.css'],
      planFields: toPlanFields(visit),
      limits: RETENTION_LIMITS,
      errors,
      values: { registration, retentionDays: String(retentionDays), ...plans, ...visit.form.values },
    },
  });
}
