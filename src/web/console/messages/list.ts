/** The list of messages: reads the filters, and says what every line shows. */
import type { Core } from '#src/core/index.js';
import type { MessageScope } from '#src/core/message-list.js';
import { readFilter, SOURCES, STATES } from './filters.js';
import type { MessagesVisit } from './index.js';

const PER_PAGE = 30;
/** More apps than these are found from their own pages. */
const APPS_OFFERED = 100;

/** Shows the list to somebody who may see the messages of `scope`. */
export async function showList(core: Core, visit: MessagesVisit, scope: MessageScope): Promise<void> {
  const { t, manager } = visit;
  const { filter, wrong, isFiltered } = readFilter(visit.query);
  const own = manager.role === 'developer' ? { accountId: manager.accountId } : {};
  const [page, apps] = await Promise.all([
    wrong.length > 0
      ? { items: [], next: null, searchedTo: null }
      : core.messages.listMessages({ ...filter, scope, take: PER_PAGE }),
    core.apps.listApps({ ...own, skip: 0, take: APPS_OFFERED }),
  ]);
  const nameOf = await nameApps(
    core,
    page.items.flatMap(({ appId }) => appId ?? []),
  );
  const offered = await addChosen(core, apps.items, { appId: filter.appId, scope });
  visit.show({
    template: 'messages',
    title: t('messages'),
    values: {
      ...page,
      isFiltered,
      isFirst: filter.before === undefined,
      wrong,
      items: page.items.map((item) => ({
        ...item,
        appName: item.appId === null ? t('personal') : (nameOf.get(item.appId) ?? `#${item.appId}`),
        isScheduled: item.state === 'accepted' && item.sendAt !== null,
      })),
      query: Object.fromEntries(FIELDS.map((name) => [name, visit.query(name)])),
      options: {
        apps: [['', t('allApps')], ...offered.map(({ id, name }) => [id, name]), ['0', t('ownKeys')]],
        states: [['', t('anyState')], ...STATES.map((state) => [state, t(state)])],
        sources: [['', t('anySource')], ...SOURCES.map((source) => [source, source])],
      },
    },
  });
}

const FIELDS = ['q', 'app', 'state', 'source', 'from', 'until'] as const;

async function nameApps(core: Core, ids: readonly number[]): Promise<Map<number, string>> {
  const apps = await Promise.all([...new Set(ids)].map((id) => core.apps.findApp(id)));
  return new Map(apps.flatMap((app) => (app ? [[app.id, app.name] as const] : [])));
}

/** An app that was chosen by an address stands among the choices, if it is one's own. */
async function addChosen(
  core: Core,
  apps: readonly { id: number; name: string }[],
  { appId, scope }: { appId: number | undefined; scope: MessageScope },
) {
  const isKnown = !appId || apps.some(({ id }) => id === appId) || scope?.appIds.includes(appId) === false;
  const chosen = isKnown ? null : await core.apps.findApp(appId);
  return chosen ? [chosen, ...apps] : apps;
}
