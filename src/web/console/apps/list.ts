/** The list of apps, and the form that makes one. */
import { z } from 'zod';
import { APP_LIMITS, type App } from '#src/core/apps.js';
import type { Core } from '#src/core/index.js';
import { stripControls } from '#src/lib/text.js';
import type { ConsoleDeps, ConsoleDesk, ConsoleVisit } from '#src/web/console/module.js';
import type { FormErrors } from '#src/web/session/form.js';
import { readPaging, toPager } from '#src/web/session/paging.js';
import { LIST_WORDS } from './list-words.js';
import { APPS_PATH, COUNTED, cleanField, writeCount } from './place.js';
import { PLACE_WORDS } from './place-words.js';
import { toTokenValues } from './token.js';
import { TOKEN_WORDS } from './token-words.js';

const WORDS = { ...PLACE_WORDS, ...TOKEN_WORDS, ...LIST_WORDS };

type Visit = ConsoleVisit<keyof typeof WORDS>;

const newApp = z.object({
  name: cleanField(APP_LIMITS.name, 1),
  description: cleanField(APP_LIMITS.description),
  contact: cleanField(APP_LIMITS.contact),
  callbackUrl: cleanField(1000),
});

/** Mounts /console/apps and /console/apps/new. */
export function mountList(desk: ConsoleDesk, { core }: ConsoleDeps): void {
  const { get, post } = desk.pages(WORDS);
  get(APPS_PATH, (visit) => showList(core, visit));
  get(`${APPS_PATH}/new`, (visit) => showForm(visit, {}));
  post(APPS_PATH, (visit) =>
    visit.submit(
      newApp,
      async (input) => {
        const { app, appToken } = await makeApp(core, visit, input);
        await visit.audit('app.create', `app ${app.id}`, app.name);
        // Not redirected: the token is shown in this answer and nowhere else.
        const heading = visit.t('madeHeading', { name: app.name });
        visit.show({
          template: 'app-made',
          title: heading,
          values: {
            ...toTokenValues(core, appToken, visit.visitor.uid),
            app,
            heading,
            next: `${APPS_PATH}/${app.id}`,
          },
        });
      },
      (errors) => showForm(visit, errors),
    ),
  );
}

async function showList(core: Core, visit: Visit): Promise<void> {
  const { manager, query, t } = visit;
  const paging = readPaging(query('page'));
  const search = stripControls(query('q')).trim().slice(0, 100);
  const own = manager.role === 'developer' ? { accountId: manager.accountId } : {};
  const { total, items } = await core.apps.listApps({ ...own, search, ...paging });
  const counts = await core.subscriberLists.countEach(
    items.map(({ id }) => ({ appId: id, topicId: 0 })),
    COUNTED,
  );
  const apps = items.map((app, at) => ({ ...app, subscribers: writeCount(visit, counts[at] ?? 0) }));
  visit.show({
    template: 'apps',
    title: t('apps'),
    values: { styles: ['apps.css'], apps, search, pager: toPager(paging, total) },
  });
}

function showForm(visit: Visit, errors: FormErrors): void {
  visit.show({
    template: 'app-new',
    title: visit.t('newApp'),
    values: { errors, values: visit.form.values, limits: APP_LIMITS },
  });
}

/** Makes an app with its endpoint and its code, or nothing at all. */
async function makeApp(
  core: Core,
  { manager }: Visit,
  { callbackUrl, ...input }: z.output<typeof newApp>,
): Promise<{ app: App; appToken: string }> {
  core.callbacks.checkCallbackUrl(callbackUrl);
  const made = await core.apps.createApp(input, manager.accountId);
  try {
    await core.callbacks.setCallback(made.app.id, callbackUrl);
    await core.qrcodes.getDefault(made.app.id);
    return made;
  } catch (error) {
    await core.apps.discardApp(made.app.id);
    throw error;
  }
}
