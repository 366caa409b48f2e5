/** The limits that protect the operator's scarce things: all of them, what is used of them, and the form that changes them. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { ACTS, LIMITS, MOST_LIMIT } from '#src/core/limit-table.js';
import type { ConsoleModule, ConsoleVisit } from '#src/web/console/module.js';
import type { FormErrors } from '#src/web/session/form.js';
import { operatorPages } from './desk.js';
import { LIMITS_WORDS } from './limits-words.js';

const PATH = '/console/limits';

type Visit = ConsoleVisit<keyof typeof LIMITS_WORDS>;

/** Empty: the usual number. */
const countOrUsual = z
  .string()
  .trim()
  .default('')
  .transform((text) => (text === '' ? null : Number(text)))
  .pipe(z.number().int().min(0).max(MOST_LIMIT).nullable());
const form = z.object(Object.fromEntries(LIMITS.map(({ name }) => [name, countOrUsual])));

/** The page at /console/limits. */
export const limitsModule: ConsoleModule = {
  menu: [{ path: PATH, label: LIMITS_WORDS.limits, group: 'operator' }],
  mount(desk, { core }) {
    const { get, post } = operatorPages(desk, LIMITS_WORDS);
    get(PATH, (visit) => showForm(core, visit, {}));
    post(PATH, (visit) =>
      visit.submit(
        form,
        async (given) => {
          const before = await core.limits.listLimits();
          await core.limits.saveLimits(given);
          const after = await core.limits.listLimits();
          const changed = after.filter(({ count }, at) => count !== before[at]?.count);
          const told = changed.map(({ name, count }) => `${name}=${count ?? 0}`).join(' ');
          await visit.audit('settings.save', '', told);
          visit.flash('good', visit.t('saved'));
          visit.redirect(PATH);
        },
        (errors) => showForm(core, visit, errors),
      ),
    );
  },
};

async function showForm(core: Core, visit: Visit, errors: FormErrors): Promise<void> {
  const [limits, used] = await Promise.all([core.limits.listLimits(), core.limits.readUsed()]);
  const rows = limits.map(({ name, act, zh, en, count, usual }) => {
    const group = ACTS[act][visit.language];
    const label = visit.language === 'zh' ? zh : en;
    return {
      name,
      group,
      label,
      // Behind what is counted: for whom, in what time.
      rest: label.slice(group.length).replace(/^[，\s]+/, ''),
      usual,
      used: used.get(name) ?? null,
      value: visit.form.values[name] ?? (count === usual ? '' : String(count ?? 0)),
      error: errors[name] ?? '',
    };
  });
  visit.show({
    template: 'op-limits',
    title: visit.t('limits'),
    values: { styles: ['operator.css'], rows, errors, most: MOST_LIMIT },
  });
}
