/** The callback log of an app: what went to its endpoints and what came back; sent again one by one or all that failed. */
import type { CallbackLine } from '#src/core/callback-log.js';
import type { CallbackEndpoint } from '#src/core/callbacks.js';
import { notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { Attempt, DeliveryState, SentRequest } from '#src/core/types.js';
import type { ConsoleDeps, ConsoleDesk, ConsoleVisit } from '#src/web/console/module.js';
import { readPaging } from '#src/web/session/paging.js';
import { CALLBACK_LOG_WORDS } from './callback-log-words.js';
import { backTo, openPlace, type Place, showPlace, toSteps } from './place.js';
import { PLACE_WORDS } from './place-words.js';

const WORDS = { ...PLACE_WORDS, ...CALLBACK_LOG_WORDS };
const PATH = '/console/apps/:id/callbacks';
const STATES = [
  'due',
  'claimed',
  'sent',
  'failed',
  'cancelled',
  'unknown',
] as const satisfies readonly DeliveryState[];
const MOODS: Readonly<Record<string, string>> = {
  sent: 'good',
  failed: 'bad',
  unknown: 'bad',
  due: 'warn',
  claimed: 'warn',
};
/** Addresses that single messages named: so many of the newest can be chosen. */
const ENDPOINTS_SHOWN = 20;

type Key = keyof typeof WORDS;
type Visit = ConsoleVisit<Key>;

/** Mounts the tab of the log. */
export function mountCallbackLog(desk: ConsoleDesk, { core }: ConsoleDeps): void {
  const { get, post } = desk.pages(WORDS);
  get(PATH, async (visit) => showLog(core, visit, await openPlace(core, visit)));
  post(`${PATH}/replay-failed`, async (visit) => {
    const place = await openPlace(core, visit);
    const wanted = Number(visit.form.values.endpoint ?? '0');
    const endpoint = await core.callbackLog.getEndpoint(place.appId, wanted);
    const { count, isMore } = await core.callbackLog.replayFailed(endpoint);
    await visit.audit('callback.replay-failed', place.mark, String(count));
    const words = count === 0 ? 'nothingFailed' : isMore ? 'replayedMore' : 'replayedCount';
    visit.flash(count === 0 ? 'info' : 'good', visit.t(words, { count }));
    visit.redirect(backTo(visit, place, 'CallbackLog'));
  });
  post(`${PATH}/:delivery/replay`, async (visit) => {
    const place = await openPlace(core, visit);
    const id = visit.idParam('delivery');
    await core.callbacks.replay(id, [place.appId]);
    await visit.audit('callback.replay', place.mark, `callback ${id}`);
    visit.flash('good', visit.t('replayed'));
    visit.redirect(backTo(visit, place, 'CallbackLog'));
  });
}

async function showLog(core: Core, visit: Visit, place: Place): Promise<void> {
  const { own, named } = await core.callbackLog.listEndpoints(place.appId, ENDPOINTS_SHOWN);
  const endpoint = await chooseEndpoint(core, visit, place, own);
  const state = STATES.find((known) => known === visit.query('state'));
  const paging = readPaging(visit.query('page'));
  const { skip, take } = paging;
  const rows = endpoint
    ? await core.callbackLog.listLines(endpoint, {
        skip,
        take: take + 1,
        ...(state === undefined ? {} : { state }),
      })
    : [];
  showPlace(visit, place, 'CallbackLog', {
    template: 'app-callbacks',
    values: {
      endpoint,
      endpoints: named.length > 0 ? toChoices(visit, own, named) : [],
      state: state ?? '',
      states: ['', ...STATES].map((value) => ({ value, label: visit.t(toStateKey(value || 'all')) })),
      lines: rows.slice(0, take).map((row) => toShown(visit, row)),
      steps: toSteps(paging.page, rows.length > take),
    },
  });
}

/** The endpoint that the query names, else the app's own; null while there is none. */
async function chooseEndpoint(
  core: Core,
  visit: Visit,
  place: Place,
  own: CallbackEndpoint | null,
): Promise<CallbackEndpoint | null> {
  const wanted = visit.query('endpoint');
  if (wanted === '') {
    return own;
  }
  if (!/^\d{1,10}$/.test(wanted)) {
    throw notFound('回调地址 Callback endpoint');
  }
  return core.callbackLog.getEndpoint(place.appId, Number(wanted));
}

function toChoices({ t }: Visit, own: CallbackEndpoint | null, named: readonly CallbackEndpoint[]) {
  const ownChoice = ['', `${t('endpointOfApp')}: ${own?.url || t('noAddress')}`];
  return [ownChoice, ...named.map(({ id, url }) => [id, url])];
}

function toShown({ t }: Visit, line: CallbackLine) {
  const key = `event_${line.event}`;
  const [latest, ...older] = line.attempts.map(toTry).reverse();
  return {
    ...line,
    name: isKey(key) ? t(key) : line.event,
    stateName: t(toStateKey(line.state)),
    mood: MOODS[line.state] ?? '',
    canReplay: line.state !== 'claimed',
    event: `${line.event} ${JSON.stringify(line.request.data, null, 2)}`,
    latest: latest ?? null,
    older,
  };
}

/** A try with its number, its request as it went out, and its answer. */
function toTry(attempt: Attempt, at: number) {
  return {
    ...attempt,
    number: at + 1,
    at: new Date(attempt.at),
    isGood: attempt.outcome === 'sent' || attempt.outcome === 'confirmed',
    sent: attempt.request ? writeRequest(attempt.request) : null,
  };
}

/** The address and headers as text; the body stays apart, byte for byte. */
function writeRequest({ url, headers, body }: SentRequest): { head: string; body: string } {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return { head: [`POST ${url}`, ...lines].join('\n'), body };
}

function toStateKey(state: string): Key {
  const key = `state_${state}`;
  return isKey(key) ? key : 'state';
}

function isKey(key: string): key is Key {
  return Object.hasOwn(WORDS, key);
}
