/** What the page that sends offers to choose from: apps and topics, however many there are. */
import type { App } from '#src/core/apps.js';
import type { Core } from '#src/core/index.js';
import type { Topic } from '#src/core/topics.js';
import { stripControls } from '#src/lib/text.js';
import type { SendVisit } from './index.js';
import { readTopicIds } from './schema.js';

/** So many are listed at once; the others are found by name or number. */
export const OFFERED = 100;

/** A list to choose from, and what of it is shown. */
export interface Offer<Item> {
  items: Item[];
  /** What was looked for. */
  find: string;
  /** How many there are of what was looked for. */
  total: number;
  /** How many of them are listed. */
  shown: number;
  /** There are too many to list, or something was looked for. */
  canFind: boolean;
}

/** The apps that the visitor may send as: those whose name or number fits `find`, and the chosen one first. */
export async function offerApps(
  core: Core,
  { manager, query }: SendVisit,
  app: App | null,
): Promise<Offer<App>> {
  const find = readFind(query('find'));
  const own = manager.role === 'developer' ? { accountId: manager.accountId } : {};
  const { total, items } = await core.apps.listApps({ ...own, search: find, skip: 0, take: OFFERED });
  const others = items.filter(({ id }) => id !== app?.id);
  return { ...toOffer(find, total, items), items: app ? [app, ...others] : items };
}

/** The topics of an app: those whose name, alias or number fits what was looked for, and all that are chosen. */
export async function offerTopics(core: Core, { form }: SendVisit, app: App): Promise<Offer<Topic>> {
  const find = readFind(form.values.findTopic ?? '');
  const { total, items } = await core.topics.listTopics(app.id, { search: find, skip: 0, take: OFFERED });
  const found = await core.topics.findTopics(readTopicIds(form.lists.topics ?? []));
  const chosen = found.filter(
    ({ id, appId }) => appId === app.id && !items.some((listed) => listed.id === id),
  );
  return { ...toOffer(find, total, items), items: [...chosen, ...items] };
}

function toOffer<Item>(find: string, total: number, items: readonly Item[]): Omit<Offer<Item>, 'items'> {
  return { find, total, shown: items.length, canFind: find !== '' || total > OFFERED };
}

function readFind(text: string): string {
  return stripControls(text).trim().slice(0, 100);
}
