/** The settings that an operator changes while the server works. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { PACE_LIMITS } from '#src/core/key-pace.js';
import { RETAINED_DIALECTS, RETENTION_LIMITS, type RetainedDialect } from '#src/core/retention.js';
import { inLanguage } from '#src/lib/in-language.js';
import type { ConsoleModule, ConsoleVisit } from '#src/web/console/module.js';
import { daysOrNone } from '#src/web/console/retention-field.js';
import type { FormErrors } from '#src/web/session/form.js';
import { operatorPages } from './desk.js';
import { DIALECT_PLAN_WORDS, serverPlans, toPlanFields } from './dialect-plan-fields.js';
import { SETTINGS_WORDS } from './settings-words.js';

const PATH = '/console/settings';
const WORDS = { ...DIALECT_PLAN_WORDS, ...SETTINGS_WORDS };

type Visit = ConsoleVisit<keyof typeof WORDS>;

/** The name of the field of a dialect's days. */
const toField = (dialect: RetainedDialect) => `keep-${dialect}` as const;

const dialectDays = z.object(
  Object.fromEntries(RETAINED_DIALECTS.map((dialect) => [toField(dialect), daysOrNone])) as Record<
    ReturnType<typeof toField>,
    typeof daysOrNone
  >,
);

/** Empty: as many as they like. */
const callsOrNone = z
  .string()
  .trim()
  .default('')
  .transform((text) => (text === '' ? null : Number(text)))
  .pipe(z.number().int().min(PACE_LIMITS.least).max(PACE_LIMITS.most).nullable());

const form = z.object({
  registration: z.enum(['open', 'closed']),
  retentionDays: z.coerce.number().int().min(RETENTION_LIMITS.least).max(RETENTION_LIMITS.most),
  callsPerTenSeconds: callsOrNone,
  ...dialectDays.shape,
  ...serverPlans.shape,
});

/** As their own services write them. */
const DIALECT_NAMES: Readonly<Record<RetainedDialect, string>> = {
  wxpusher: 'WxPusher',
  serverchan: 'Server酱',
  pushplus: 'PushPlus',
  'wecom-notify': '企业微信通知 WeCom notify',
  ntfy: 'ntfy',
  gotify: 'Gotify',
  pushdeer: 'PushDeer',
  bark: 'Bark',
};

/** The page at /console/settings. */
export const settingsModule: ConsoleModule = {
  menu: [{ path: PATH, label: SETTINGS_WORDS.settings, group: 'operator' }],
  mount(desk, { core }) {
    const { get, post } = operatorPages(desk, WORDS);
    get(PATH, (visit) => showForm(core, visit, {}));
    post(PATH, (visit) =>
      visit.submit(
        form,
        async (chosen) => {
          const { registration, retentionDays, callsPerTenSeconds, serverchan, pushplus } = chosen;
          await core.accounts.saveRegistration(registration);
          await core.retention.saveDays(retentionDays);
          await core.retention.saveDialects(
            Object.fromEntries(RETAINED_DIALECTS.map((dialect) => [dialect, chosen[toField(dialect)]])),
          );
          await core.keyPace.saveLimit(callsPerTenSeconds);
          await core.dialectPlans.saveDefaults({ serverchan, pushplus });
          await visit.audit('settings.save', '', JSON.stringify(chosen));
          visit.flash('good', visit.t('saved'));
          visit.redirect(PATH);
        },
        (errors) => showForm(core, visit, errors),
      ),
    );
  },
};

async function showForm(core: Core, visit: Visit, errors: FormErrors): Promise<void> {
  const [registration, retentionDays, pace, dialects, plans] = await Promise.all([
    core.accounts.readRegistration(),
    core.retention.readDays(),
    core.keyPace.readLimit(),
    core.retention.readDialects(),
    core.dialectPlans.getDefaults(),
  ]);
  visit.show({
    template: 'op-settings',
    title: visit.t('settings'),
    values: {
      styles: ['operator.css'],
      planFields: toPlanFields(visit),
      dayFields: RETAINED_DIALECTS.map((dialect) => ({
        name: toField(dialect),
        label: inLanguage(DIALECT_NAMES[dialect], visit.language),
      })),
      limits: RETENTION_LIMITS,
      paceLimits: PACE_LIMITS,
      errors,
      values: {
        registration,
        retentionDays: String(retentionDays),
        callsPerTenSeconds: pace ?? '',
        ...Object.fromEntries(RETAINED_DIALECTS.map((name) => [toField(name), dialects[name] ?? ''])),
        ...plans,
        ...visit.form.values,
      },
    },
  });
}
