/** The audit log: who changed what, searched by actor and action. */
import type { ConsoleModule } from '#src/web/console/module.js';
import { nameAction } from './audit-actions.js';
import { AUDIT_WORDS } from './audit-words.js';
import { operatorPages, readBefore } from './desk.js';

const PATH = '/console/audit';
const TAKE = 30;
const SEARCH_MAX = 100;

/** The page at /console/audit. */
export const auditModule: ConsoleModule = {
  menu: [{ path: PATH, label: AUDIT_WORDS.audit, group: 'operator' }],
  mount(desk, { core }) {
    const { get } = operatorPages(desk, AUDIT_WORDS);
    get(PATH, async ({ query, language, t, show }) => {
      const actor = query('actor').slice(0, SEARCH_MAX);
      const action = query('action').slice(0, SEARCH_MAX);
      const before = readBefore(query('before'));
      const part = await core.audit.searchEntries({ actor, action, take: TAKE, ...before });
      show({
        template: 'op-audit',
        title: t('audit'),
        values: {
          styles: ['operator.css'],
          part,
          nameAction: (code: string) => nameAction(code, language),
          values: { actor, action },
          isFiltered: actor !== '' || action !== '',
          isFirst: before.before === undefined,
        },
      });
    });
  },
};
