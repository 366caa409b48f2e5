/** An app's endpoint: its address and form, its signing secret, and a test of it. */
import { z } from 'zod';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { randomText } from '#src/lib/ids.js';
import type { ConsoleDeps, ConsoleDesk, ConsoleVisit } from '#src/web/console/module.js';
import { formatChinaTime } from '#src/web/pages/china-time.js';
import { checkbox, type FormErrors } from '#src/web/session/form.js';
import { CALLBACK_WORDS } from './callback-words.js';
import { cleanField, openPlace, type Place, showPlace } from './place.js';
import { PLACE_WORDS } from './place-words.js';

const WORDS = { ...PLACE_WORDS, ...CALLBACK_WORDS };
const PATH = '/console/apps/:id/callback';
const STYLES = ['native', 'wxpusher', 'pushplus'] as const;

type Visit = ConsoleVisit<keyof typeof WORDS>;

const endpointForm = z.object({
  callbackUrl: cleanField(1000),
  callbackStyle: z.enum(STYLES),
  callbackCompletions: checkbox,
});

/** Mounts the tab of the endpoint. */
export function mountCallback(desk: ConsoleDesk, { core }: ConsoleDeps): void {
  const { get, post } = desk.pages(WORDS);
  get(PATH, async (visit) => showEndpoint(core, visit, await openPlace(core, visit), {}));
  post(PATH, async (visit) => {
    const place = await openPlace(core, visit);
    await visit.submit(
      endpointForm,
      (input) => saveEndpoint(core, visit, place, input),
      (errors) => showEndpoint(core, visit, place, { errors }),
    );
  });
  post(`${PATH}/test`, async (visit) => {
    const place = await openPlace(core, visit);
    await sendTest(core, visit, place);
    await visit.audit('callback.test', place.mark);
    visit.flash('good', visit.t('testSent'));
    visit.redirect(`${place.path}/callbacks`);
  });
  post(`${PATH}/secret`, async (visit) => {
    const place = await openPlace(core, visit);
    const { secret } = await openEndpoint(core, place);
    await visit.audit('callback.secret.show', place.mark);
    await showEndpoint(core, visit, place, { secret });
  });
  post(`${PATH}/secret/replace`, async (visit) => {
    const place = await openPlace(core, visit);
    await openEndpoint(core, place);
    const { secret } = await core.callbackSecrets.replaceSecret(place.appId);
    await visit.audit('callback.secret.replace', place.mark);
    await showEndpoint(core, visit, place, { secret, isNew: true });
  });
}

async function saveEndpoint(
  core: Core,
  visit: Visit,
  place: Place,
  input: z.output<typeof endpointForm>,
): Promise<void> {
  await core.callbacks.setCallback(place.appId, input.callbackUrl, {
    style: input.callbackStyle,
    completions: input.callbackCompletions,
  });
  await visit.audit('callback.update', place.mark, new URL(input.callbackUrl || 'about:blank').host);
  visit.flash('good', visit.t('saved'));
  visit.redirect(`${place.path}/callback`);
}

async function sendTest(core: Core, { t }: Visit, { appId }: Place): Promise<void> {
  const found = await core.callbacks.findCallback(appId);
  if (!found?.url) {
    throw new AppError('conflict', { detail: t('noUrl') });
  }
  await core.events.emit({
    type: 'callback.test',
    appId,
    personId: null,
    data: { note: '来自青鸟的测试回调 A test callback from Qingniao' },
    dedupeKey: `callback-test:${randomText(20)}`,
  });
}

/** The endpoint with its secret; an app made elsewhere may have none yet. */
async function openEndpoint(core: Core, { appId }: Place) {
  const found = await core.callbacks.findCallback(appId);
  if (!found) {
    await core.callbacks.setCallback(appId, '');
  }
  return found ?? { secret: (await core.callbacks.findCallback(appId))?.secret ?? '' };
}

async function showEndpoint(
  core: Core,
  visit: Visit,
  place: Place,
  shown: { errors?: FormErrors; secret?: string; isNew?: boolean },
): Promise<void> {
  const found = await core.callbacks.findCallback(place.appId);
  const isOldAlive = found?.oldUntil && found.oldUntil.getTime() > core.clock.now();
  const state = found?.url ? (found.disabledAt ? 'Off' : 'On') : 'None';
  showPlace(visit, place, 'Callback', {
    template: 'app-callback',
    values: {
      errors: shown.errors ?? {},
      values: shown.errors ? visit.form.values : toValues(found),
      secret: shown.secret ?? '',
      isNew: shown.isNew ?? false,
      styleChoices: STYLES.map((style) => [style, visit.t(`style_${style}`)]),
      state,
      offSince: found?.disabledAt
        ? visit.t('offSince', { at: formatChinaTime(found.disabledAt).slice(0, 16), why: found.why })
        : '',
      oldUntil: isOldAlive ? found.oldUntil : null,
      ...(shown.secret === undefined ? {} : { scripts: ['shown-once.js'], next: `${place.path}/callback` }),
    },
  });
}

function toValues(found: { url: string; style: string; completions: boolean } | null) {
  return {
    callbackUrl: found?.url ?? '',
    callbackStyle: found?.style ?? 'native',
    callbackCompletions: found?.completions ? 'on' : '',
  };
}
