/** Who follows an app or a topic: searched, remarked, blocked, removed, exported. */
import { z } from 'zod';
import type { PageAction } from '#src/core/audit.js';
import { notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { FoundSubscribers, ListedSubscriber } from '#src/core/subscriber-lists.js';
import { stripControls } from '#src/lib/text.js';
import type { ConsoleDeps, ConsoleDesk, ConsoleVisit } from '#src/web/console/module.js';
import { backTo, cleanField, openPlace, PLACE_PATHS, type Place, showPlace } from './place.js';
import { PLACE_WORDS } from './place-words.js';
import { writeSubscribers } from './subscribers-export.js';
import { SUBSCRIBERS_WORDS } from './subscribers-words.js';

const WORDS = { ...PLACE_WORDS, ...SUBSCRIBERS_WORDS };
const SOURCES = ['scan', 'link', 'command'] as const;
const TAKE = 30;
const COUNTED = 1000;

type Key = keyof typeof WORDS;
type Visit = ConsoleVisit<Key>;

/** Something done to one subscriber; answers what to say and what to log. */
type Act = (
  core: Core,
  visit: Visit,
  target: { place: Place; id: number },
) => Promise<{ said: Key; action: PageAction }>;

const ACTS: Readonly<Record<string, Act>> = {
  remark: async (core, { form }, { place, id }) => {
    await core.subscribers.setRemark(place.appId, id, cleanField(10_000).parse(form.values.remark));
    return { said: 'remarkSaved', action: 'subscriber.remark' };
  },
  block: async (core, _visit, { place, id }) => {
    await core.subscriptions.setBlocked(place.appId, id, true);
    return { said: 'blockedNow', action: 'subscriber.block' };
  },
  unblock: async (core, _visit, { place, id }) => {
    await core.subscriptions.setBlocked(place.appId, id, false);
    return { said: 'unblockedNow', action: 'subscriber.unblock' };
  },
  remove: async (core, _visit, { place, id }) => {
    await core.subscriptions.removeSubscription(place.appId, id);
    return { said: 'removedNow', action: 'subscriber.remove' };
  },
};

/** Mounts the tab of subscribers, of apps and topics. */
export function mountSubscribers(desk: ConsoleDesk, { core }: ConsoleDeps): void {
  const { get, post } = desk.pages(WORDS);
  for (const base of PLACE_PATHS) {
    get(`${base}/subscribers`, async (visit) => showSubscribers(core, visit, await openPlace(core, visit)));
    get(`${base}/subscribers/export`, async (visit) => {
      const place = await openPlace(core, visit);
      await visit.audit('subscriber.export', place.mark);
      writeSubscribers(core, visit, place);
    });
    post(`${base}/subscribers/:subscriber/:act`, async (visit) => {
      const place = await openPlace(core, visit);
      await actOn(core, visit, place);
    });
  }
}

async function actOn(core: Core, visit: Visit, place: Place): Promise<void> {
  const name = visit.param('act');
  const act = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  const id = visit.idParam('subscriber');
  const found = await core.subscribers.getSubscriber(place.appId, id);
  if (!act || found.topicId !== place.topicId) {
    throw notFound('订阅关系 Subscription');
  }
  await visit.submit(
    z.object({}),
    async () => {
      const { said, action } = await act(core, visit, { place, id });
      await visit.audit(action, place.mark, `subscriber ${id}`);
      visit.flash('good', visit.t(said));
      visit.redirect(backTo(visit, place, 'Subscribers'));
    },
    (errors) => showSubscribers(core, visit, place, { id, error: errors.remark ?? errors[''] ?? '' }),
  );
}

async function showSubscribers(
  core: Core,
  visit: Visit,
  place: Place,
  wrong?: { id: number; error: string },
): Promise<void> {
  const search = readSearch(visit);
  const [found, count] = await Promise.all([
    // With a mistake in one, that one alone is shown again, with what was typed.
    core.subscriberLists.searchSubscribers(
      place,
      wrong ? { before: wrong.id + 1, take: 1 } : { ...search, take: TAKE },
    ),
    core.subscriberLists.countSubscribers(place, COUNTED + 1),
  ]);
  showPlace(visit, place, 'Subscribers', {
    template: 'app-subscribers',
    values: {
      people: found.items.map((person) => ({
        ...toShown(visit, person),
        error: wrong?.error,
        ...(wrong ? { remark: visit.form.values.remark } : {}),
      })),
      search: { q: search.text, state: visit.query('state'), source: search.source ?? '' },
      isFiltered: search.text !== '' || search.blocked !== undefined || search.source !== undefined,
      isFirst: search.before === undefined,
      sources: [
        ['', visit.t('allSources')],
        ...SOURCES.map((source) => [source, visit.t(`source_${source}`)]),
      ],
      states: [
        ['', visit.t('allStates')],
        ['blocked', visit.t('blockedOnly')],
      ],
      found: toFound(found),
      count: count > COUNTED ? visit.t('moreThan', { count: COUNTED }) : String(count),
      total: count,
      back: visit.ctx.method === 'GET' ? `${visit.ctx.path}${visit.ctx.search}` : '',
    },
  });
}

function readSearch({ query }: Visit) {
  const before = /^\d{1,16}$/.test(query('before')) ? Number(query('before')) : 0;
  const source = SOURCES.find((known) => known === query('source'));
  return {
    text: stripControls(query('q')).trim().slice(0, 100),
    ...(query('state') === 'blocked' ? { blocked: true } : {}),
    ...(source === undefined ? {} : { source }),
    ...(Number.isSafeInteger(before) && before > 0 ? { before } : {}),
  };
}

function toFound({ before, searchedTo }: FoundSubscribers) {
  return { before, searchedTo };
}

/** Nobody has a name since WeChat hides them: the remark leads, then a name from elsewhere, then the UID's beginning. */
function toShown({ t }: Visit, person: ListedSubscriber) {
  const shortUid = `${person.uid.slice(0, 10)}…`;
  const key = `source_${person.source}`;
  return {
    ...person,
    shortUid,
    who: person.remark || person.nickname || shortUid,
    hasName: person.remark !== '' || person.nickname !== '',
    sourceName: isKey(key) ? t(key) : person.source,
    marks: [
      ...(person.blocked ? [{ mood: 'bad', text: t('blocked') }] : []),
      ...(person.following ? [] : [{ mood: '', text: t('left') }]),
      ...(person.paused ? [{ mood: 'warn', text: t('paused') }] : []),
      ...(person.muted ? [{ mood: 'warn', text: t('muted') }] : []),
    ],
  };
}

function isKey(key: string): key is Key {
  return Object.hasOwn(WORDS, key);
}
