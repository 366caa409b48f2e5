/** The console: everything that developers and operators do on pages. */
import type { Context, Middleware } from 'koa';
import type { Manager } from '#src/core/accounts.js';
import type { Language } from '#src/lib/i18n.js';
import type { View } from '#src/lib/view.js';
import { createDesk } from '#src/web/session/desk.js';
import { signInPath } from '#src/web/session/next-path.js';
import { readPlace, type Visitor, type Visits } from '#src/web/session/visits.js';
import { appsModule } from './apps/index.js';
import { channelsModule } from './channels/index.js';
import { keysModule } from './keys/index.js';
import { messagesModule } from './messages/index.js';
import type { ConsoleDeps, ConsoleModule, ConsolePass, MenuEntry } from './module.js';
import { operatorModules } from './operator/index.js';
import { overviewModule } from './overview.js';
import { selfCheckModule } from './self-check/index.js';
import { sendModule } from './send/index.js';
import { sessionsModule } from './sessions.js';

export type { ConsoleDeps } from './module.js';

/**
 * The parts of the console, in the order of the navigation. To add a page:
 * 1. `<name>-words.ts`: its words, Chinese first, then English. Words of the frame and of forms exist (session/shell-words.ts).
 * 2. `<name>.ts`: a `ConsoleModule`. In `mount(desk, deps)` take `const { get, post } = desk.pages(WORDS)` and declare
 *    `get('/console/things', async (visit) => visit.show({ template: 'things', title: visit.t('things'), values }))`.
 * 3. `views/console/<name>.eta`: begins with `<% layout('./shell', { page: '<name>' }) %>`. Parts: `include('../parts/field', …)`,
 *    `pager`, `empty`, `code`, `csrf`, `bars`; each says in its first line what it takes. `it.time`, `it.number` and
 *    `it.address({ page: 2 })` write moments, counts and this page's address with another query. Styles: assets/desk.css.
 * 4. A list: `const paging = readPaging(visit.query('page'))`, read `skip`/`take`, show `pager: toPager(paging, total)`.
 * 5. A form: `post(path, (visit) => visit.submit(schema, run, again))`. `schema` is a zod object (`textField`, `checkbox` of
 *    session/form.ts; fields named `x[]` are lists). `run` changes, calls `await visit.audit('thing.create', 'thing 7')`, then
 *    `visit.flash('good', …)` and `visit.redirect(…)`. `again(errors)` shows the form once more with `values: visit.form.values`
 *    and the errors beside their fields; AppErrors of the domain arrive there too. Every form includes `../parts/csrf`.
 * 6. Others' things are 404: get them by `getOwnApp(core, visit.manager, id)` of web/api/access.ts. Operators' pages begin with
 *    `requireOperator(visit)`. Scripts post with the header X-CSRF-Token (`it.csrf`, in `<body data-csrf>`) and get `visit.json(…)`.
 * 7. Add the module to `MODULES` below, and a test: `const ming = await w.signIn('Ming', { role: 'developer' })`.
 */
const MODULES: readonly ConsoleModule[] = [
  overviewModule,
  appsModule,
  sendModule,
  messagesModule,
  channelsModule,
  keysModule,
  ...operatorModules,
  selfCheckModule,
  sessionsModule,
];

const GROUPS = ['work', 'operator', 'self'] as const;
const HOME = '/console';

/** Makes the console. */
export function createConsole(needs: ConsoleDeps & { view: View; visits: Visits }): Middleware {
  const { view, visits, ...deps } = needs;
  const entries = MODULES.flatMap(({ menu = [] }) => menu);
  const desk = createDesk<ConsolePass>({
    view,
    visits,
    frame: 'console',
    admit: (ctx, visitor) => admitManager(ctx, visitor, deps),
    frameValues: ({ manager, ctx, language }) => ({
      manager,
      menu: drawMenu(entries, { manager, path: ctx.path, language }),
    }),
  });
  for (const module of MODULES) {
    module.mount(desk, deps);
  }
  return desk.routes();
}

/** Lets people with an account in; others are led to sign in, or to become somebody who may. */
async function admitManager(
  ctx: Context,
  visitor: Visitor | null,
  { core }: ConsoleDeps,
): Promise<ConsolePass | null> {
  if (!visitor?.account) {
    const next = ctx.method === 'GET' ? `${ctx.path}${ctx.search}` : HOME;
    ctx.redirect(signInPath(next, visitor ? '/sign-in/join' : '/sign-in'));
    ctx.status = 303;
    return null;
  }
  const { account, personId } = visitor;
  const manager = { role: account.role, accountId: account.id, personId };
  return {
    manager,
    audit: (action, target = '', detail = '') =>
      core.audit.writeEntry(manager, { action, target, detail, address: readPlace(ctx).address }),
  };
}

/** The groups of the navigation, with the entry of this page marked: the one with the longest path that begins this one. */
function drawMenu(
  entries: readonly MenuEntry[],
  { manager, path, language }: { manager: Manager; path: string; language: Language },
) {
  const shown = entries.filter(({ group }) => group !== 'operator' || manager.role === 'operator');
  const current = shown
    .filter((entry) => path === entry.path || (entry.path !== HOME && path.startsWith(`${entry.path}/`)))
    .sort((a, b) => b.path.length - a.path.length)[0];
  return GROUPS.map((group) => ({
    group,
    items: shown
      .filter((entry) => entry.group === group)
      .map((entry) => ({
        path: entry.path,
        label: entry.label[language === 'zh' ? 0 : 1],
        isCurrent: entry === current,
      })),
  })).filter(({ items }) => items.length > 0);
}
