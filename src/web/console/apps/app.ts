/** An app's own page: what it is, the form that changes it, and its end. */
import { z } from 'zod';
import { APP_LIMITS, type App, type AppInput } from '#src/core/apps.js';
import type { Core } from '#src/core/index.js';
import { RETENTION_LIMITS } from '#src/core/retention.js';
import {
  type ConsoleDeps,
  type ConsoleDesk,
  type ConsoleVisit,
  requireOperator,
} from '#src/web/console/module.js';
import { daysOrNone } from '#src/web/console/retention-field.js';
import { checkbox, type FormErrors } from '#src/web/session/form.js';
import { APP_WORDS } from './app-words.js';
import {
  APPS_PATH,
  COUNTED,
  cleanField,
  openPlace,
  type Place,
  showPlace,
  toSubscribeUrl,
  writeCount,
} from './place.js';
import { PLACE_WORDS } from './place-words.js';

const WORDS = { ...PLACE_WORDS, ...APP_WORDS };
const PATH = `${APPS_PATH}/:id`;

type Visit = ConsoleVisit<keyof typeof WORDS>;

/** The words that a page of a place with settings uses. */
export type AppKey = keyof typeof WORDS;

const appForm = z.object({
  name: cleanField(APP_LIMITS.name, 1),
  description: cleanField(APP_LIMITS.description),
  contact: cleanField(APP_LIMITS.contact),
  followTip: cleanField(APP_LIMITS.followTip),
  settingUrl: cleanField(APP_LIMITS.settingUrl),
  settingSecret: cleanField(APP_LIMITS.settingSecret),
  dropSecret: checkbox,
  ratherTwice: checkbox,
});

const retentionForm = z.object({ retentionDays: daysOrNone });

/** Mounts /console/apps/{id}. */
export function mountApp(desk: ConsoleDesk, { core }: ConsoleDeps): void {
  const { get, post } = desk.pages(WORDS);
  get(PATH, async (visit) => showApp(core, visit, await openPlace(core, visit), {}));
  post(PATH, async (visit) => {
    const place = await openPlace(core, visit);
    await visit.submit(
      appForm,
      async (input) => {
        await core.apps.updateApp(place.appId, toInput(input));
        await visit.audit('app.update', place.mark);
        visit.flash('good', visit.t('saved'));
        visit.redirect(place.path);
      },
      (errors) => showApp(core, visit, place, errors),
    );
  });
  post(`${PATH}/retention`, async (visit) => {
    requireOperator(visit);
    const place = await openPlace(core, visit);
    await visit.submit(
      retentionForm,
      async ({ retentionDays }) => {
        await core.retention.saveAppDays(place.appId, retentionDays);
        await visit.audit('app.retention', place.mark, String(retentionDays ?? ''));
        visit.flash('good', visit.t('saved'));
        visit.redirect(place.path);
      },
      (errors) => showApp(core, visit, place, errors),
    );
  });
  post(`${PATH}/delete`, async (visit) => {
    const place = await openPlace(core, visit);
    await visit.submit(
      typedName(place.name, visit.t('deleteWrong')),
      async () => {
        await core.apps.deleteApp(place.appId);
        core.qrcodes.forgetApp(place.appId);
        await visit.audit('app.delete', place.mark, place.name);
        visit.flash('good', visit.t('deleted', { name: place.name }));
        visit.redirect(APPS_PATH);
      },
      (errors) => showApp(core, visit, place, errors),
    );
  });
}

/** A form that holds the very name of what it ends. */
export function typedName(name: string, wrong: string) {
  const typed = name.trim();
  return z.object({ typed: cleanField(200).refine((text) => text === typed, wrong) });
}

/** What the first page of a place says besides its settings. */
export async function describePlace(core: Core, visit: ConsoleVisit<AppKey>, place: Place) {
  const count = await core.subscriberLists.countSubscribers(place, COUNTED);
  return {
    subscribeUrl: toSubscribeUrl(core, place),
    subscribers: writeCount(visit, count),
  };
}

async function showApp(core: Core, visit: Visit, place: Place, errors: FormErrors): Promise<void> {
  const [facts, token, callback, retention] = await Promise.all([
    describePlace(core, visit, place),
    core.appTokens.findToken(place.appId),
    core.callbacks.findCallback(place.appId),
    core.retention.readAppDays(place.appId),
  ]);
  const isDelete = visit.ctx.path.endsWith('/delete');
  const isRetention = visit.ctx.path.endsWith('/retention');
  const isAgain = visit.ctx.method === 'POST' && !isDelete && !isRetention;
  showPlace(visit, place, 'Overview', {
    template: 'app',
    values: {
      ...facts,
      token,
      callback: callback && { url: callback.url, isOff: callback.disabledAt !== null },
      limits: APP_LIMITS,
      values: isAgain ? visit.form.values : toValues(place.app),
      errors: isDelete || isRetention ? {} : errors,
      retention: {
        isOpen: visit.manager.role === 'operator',
        limits: RETENTION_LIMITS,
        value: isRetention ? visit.form.values.retentionDays : (retention ?? ''),
        error: isRetention ? errors.retentionDays : '',
      },
      typed: isDelete ? { value: visit.form.values.typed, error: errors.typed } : null,
    },
  });
}

function toValues({ name, description, contact, followTip, settingUrl, ratherTwice }: App) {
  return { name, description, contact, followTip, settingUrl, ratherTwice: ratherTwice ? 'on' : '' };
}

/** An empty secret is kept, since it is never shown. */
function toInput({ settingSecret, dropSecret, ...rest }: z.output<typeof appForm>): Partial<AppInput> {
  if (dropSecret) {
    return { ...rest, settingSecret: '' };
  }
  return settingSecret === '' ? rest : { ...rest, settingSecret };
}
