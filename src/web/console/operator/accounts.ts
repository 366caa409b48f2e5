/** The accounts of those who manage: their role, switched off and on, and whether people may open one themselves. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import type { ConsoleModule, ConsoleVisit } from '#src/web/console/module.js';
import { readPaging, toPager } from '#src/web/session/paging.js';
import { ACCOUNTS_WORDS } from './accounts-words.js';
import { operatorPages } from './desk.js';

const PATH = '/console/accounts';
const SEARCH_MAX = 100;

type Visit = ConsoleVisit<keyof typeof ACCOUNTS_WORDS>;

const change = z.object({
  role: z.enum(['operator', 'developer']).optional(),
  disabled: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});
const registrationForm = z.object({ registration: z.enum(['open', 'closed']) });

/** The page at /console/accounts. */
export const accountsModule: ConsoleModule = {
  menu: [{ path: PATH, label: ACCOUNTS_WORDS.accounts, group: 'operator' }],
  mount(desk, { core }) {
    const { get, post } = operatorPages(desk, ACCOUNTS_WORDS);
    get(PATH, (visit) => showList(core, visit));
    post(`${PATH}/registration`, (visit) =>
      visit.submit(
        registrationForm,
        async ({ registration }) => {
          await core.accounts.saveRegistration(registration);
          await visit.audit('settings.registration', registration);
          visit.flash('good', visit.t('changed'));
          visit.redirect(PATH);
        },
        () => showList(core, visit),
      ),
    );
    post(`${PATH}/:id`, (visit) =>
      visit.submit(
        change,
        async (wish) => {
          const id = visit.idParam('id');
          await core.accountLists.changeAccount(id, wish, visit.manager.accountId);
          await visit.audit('account.change', `account ${id}`, JSON.stringify(wish));
          visit.flash('good', visit.t('changed'));
          visit.redirect(PATH);
        },
        // A button has no field to stand beside: the list says it.
        (errors) => {
          visit.flash('bad', Object.values(errors).join(' '));
          visit.redirect(PATH);
        },
      ),
    );
  },
};

async function showList(core: Core, visit: Visit): Promise<void> {
  const paging = readPaging(visit.query('page'));
  const search = visit.query('q').slice(0, SEARCH_MAX);
  const { total, items } = await core.accountLists.listAccounts({ search, ...paging });
  visit.show({
    template: 'op-accounts',
    title: visit.t('accounts'),
    values: {
      styles: ['operator.css'],
      accounts: items,
      search,
      pager: toPager(paging, total),
      registration: await core.accounts.readRegistration(),
    },
  });
}
