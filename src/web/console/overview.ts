/** The console's first page: one's apps and the numbers of the last day. */
import type { DiskState } from '#src/core/disk.js';
import type { Core } from '#src/core/index.js';
import type { Overview } from '#src/core/overview.js';
import { inLanguage } from '#src/lib/in-language.js';
import { layOutBars } from '#src/web/session/bars.js';
import { formatTime } from '#src/web/session/frame.js';
import { nameChannels } from './channel-titles.js';
import type { ConsoleModule, ConsoleVisit } from './module.js';
import { OVERVIEW_WORDS } from './overview-words.js';

const APPS_SHOWN = 10;
const DAY_MS = 86_400_000;

/** The page at /console. */
export const overviewModule: ConsoleModule = {
  menu: [{ path: '/console', label: OVERVIEW_WORDS.overview, group: 'work' }],
  mount(desk, { core }) {
    const { get } = desk.pages(OVERVIEW_WORDS);
    get('/console', async (visit) => {
      const own = visit.manager.role === 'developer' ? { accountId: visit.manager.accountId } : {};
      const apps = await core.apps.listApps({ ...own, skip: 0, take: APPS_SHOWN });
      visit.show({
        template: 'overview',
        title: visit.t('overview'),
        values: {
          apps,
          counts: await listCounts(core, visit, apps.total),
          troubles: visit.manager.role === 'operator' ? await listTroubles(core, visit) : [],
          followers: visit.manager.role === 'operator' ? await tellImport(core, visit) : '',
          figure: visit.manager.role === 'operator' ? await drawHours(core, visit) : null,
          needsFirstAdmin: visit.manager.role === 'developer' && (await core.accounts.needsFirstAdmin()),
        },
      });
    });
  },
};

type Words = keyof typeof OVERVIEW_WORDS;

/** The numbers that concern this person: an operator's are the server's. */
async function listCounts(core: Core, { manager, t }: ConsoleVisit<Words>, apps: number) {
  if (manager.role === 'developer') {
    return [{ label: t('appCount'), value: apps, isBad: false }];
  }
  const { counts, queue } = await core.overview.read();
  return [
    { label: t('appCount'), value: counts.apps, isBad: false },
    { label: t('people'), value: counts.people, isBad: false },
    { label: t('messages'), value: counts.messages24h, isBad: false },
    { label: t('sent'), value: counts.sent24h, isBad: false },
    { label: t('failed'), value: counts.failed24h, isBad: counts.failed24h > 0 },
    // Rare, and a tile of its own when it happens.
    ...(counts.unknown24h > 0 ? [{ label: t('unknown'), value: counts.unknown24h, isBad: true }] : []),
    { label: t('queue'), value: queue.due, isBad: false },
  ];
}

/** How far the account's earlier followers are brought in; empty where there is nothing to tell (any more). */
async function tellImport(core: Core, { t, language }: ConsoleVisit<Words>): Promise<string> {
  const progress = await core.followerImport.read();
  if (!progress || (progress.done === 0 && !progress.waits)) {
    return '';
  }
  const [done = '', total = ''] = [progress.done, progress.total].map((count) =>
    count.toLocaleString('en-US'),
  );
  if (progress.finishedAt) {
    const isFresh = core.clock.now() - progress.finishedAt.getTime() < DAY_MS;
    return isFresh ? t('broughtIn', { done }) : '';
  }
  const { waits } = progress;
  return waits
    ? t('bringingInWaits', { done, until: formatTime(waits.until), why: inLanguage(waits.why, language) })
    : t('bringingIn', { done, total });
}

/** A line for each kind of channel that rests, does not get through, or waits for its turn. */
async function listTroubles(core: Core, { t, language }: ConsoleVisit<Words>) {
  const { rests, troubles, clockJump } = await core.overview.read();
  const titleOf = nameChannels(core, language);
  const nameOf = (channel: string): string => (channel === 'callback' ? t('callback') : titleOf(channel));
  const resting = rests.map(({ queue, until, code, why }) => ({
    title: nameOf(queue.split(':')[0] ?? queue),
    what: t('isResting', { until: formatTime(until) }),
    since: null,
    code,
    why,
  }));
  const others = troubles.map(({ channel, kind, accounts, count, since, code, why }) => ({
    title: nameOf(channel) + (accounts > 1 ? ` · ${t('ofAccounts', { accounts })}` : ''),
    what: t(kind === 'full' ? 'isFull' : 'isFailing', { count }),
    since,
    code,
    why,
  }));
  return [
    ...drawDisk(await core.disk.read(), t),
    ...drawWrongKeys(core, t),
    ...drawJump(clockJump, t),
    ...resting,
    ...others,
  ];
}

/** Operators hear of a disk that fills up before anything is refused. */
function drawDisk({ state, freeBytes, leastBytes, since }: DiskState, t: ConsoleVisit<Words>['t']) {
  if (state === 'fine') {
    return [];
  }
  const [free, least] = [freeBytes ?? 0, leastBytes].map((bytes) => Math.floor(bytes / 1024 / 1024));
  const what = t(state === 'refusing' ? 'diskFull' : 'diskLow', { free: free ?? 0, least: least ?? 0 });
  return [{ title: t('disk'), what, since, code: '', why: t('diskWhy') }];
}

/** A clock that jumped makes times wrong that people read; what waits goes on by itself. */
function drawJump(jump: Overview['clockJump'], t: ConsoleVisit<Words>['t']) {
  if (!jump) {
    return [];
  }
  const seconds = Math.round(Math.abs(jump.byMs) / 1000).toLocaleString('en-US');
  const what = t(jump.byMs < 0 ? 'clockBack' : 'clockAhead', { seconds });
  return [{ title: t('clock'), what, since: jump.at, code: '', why: t('clockWhy') }];
}

/** Somebody guesses, or a program goes on with a key that was replaced. */
function drawWrongKeys(core: Core, t: ConsoleVisit<Words>['t']) {
  const { recent, limit } = core.wrongKeys.read();
  if (!recent) {
    return [];
  }
  const { since, count, refused, busiest } = recent;
  const why = t('wrongKeysWhy', { busiest, limit });
  return [{ title: t('wrongKeys'), what: t('wrongKeysCount', { count, refused }), since, code: '429', why }];
}

async function drawHours(core: Core, { t }: ConsoleVisit<Words>) {
  const { perHour } = await core.overview.read();
  const points = perHour.map((value, at) => ({
    label: at === perHour.length - 1 ? t('now') : t('hoursAgo', { hours: perHour.length - 1 - at }),
    value,
  }));
  return { title: t('perHour'), ...layOutBars(points) };
}
