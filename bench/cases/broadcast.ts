/** Broadcasting: one push to very many, and single messages that must not wait behind it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchCase, bound } from '../case.js';
import { type FilledPerson, fillSubscribers } from '../fill.js';
import { medianOf, percentilesOf } from '../stats.js';
import { ask, type BenchWorld, type MadeApp, makeFollowers, openBenchWorld } from '../world.js';

/** `drainMs`: how long the draining is watched at most. */
const SIZES = {
  small: [
    { subscribers: 1000, drainMs: 60_000 },
    { subscribers: 100_000, drainMs: 60_000 },
    { subscribers: 1_000_000, drainMs: 45_000 },
  ],
  full: [
    { subscribers: 1000, drainMs: 600_000 },
    { subscribers: 100_000, drainMs: 600_000 },
    { subscribers: 1_000_000, drainMs: 3_600_000 },
  ],
} as const;
const SEND = '/api/send/message';
/** People who get the single messages; each of their chats keeps 200. */
const SINGLE_PEOPLE = 100;
const SINGLES_EVERY_MS = 100;
const SINGLES_BEFORE = 20;
const MAX_SINGLE_MS = 250;
const MAX_RESIDENT_MB = 250;
/** Memory is compared between this share of the draining and its end. */
const SETTLED_SHARE = 0.25;
const LOOK_EVERY_MS = 50;

interface Sent {
  openid: string;
  mark: string;
  at: number;
  acceptMs: number;
}

/** The case. */
export const broadcast: BenchCase = {
  name: 'broadcast',
  about: 'one push to a topic, and single messages meanwhile',
  run: async (input, report) => {
    for (const size of SIZES[input.size]) {
      const { subscribers } = size;
      const world = await openBenchWorld(input);
      try {
        input.say(`filling in ${subscribers} subscribers`);
        const { app, topicId, singles } = await prepare(world, subscribers);
        await world.start();
        const seen = await push(world, { app, topicId, singles, ...size });
        const what = `${subscribers.toLocaleString('en-US')} subscribers`;
        report({
          what: `${what}: accepted in`,
          value: seen.acceptMs,
          unit: 'ms',
          ceiling: seen.singleAcceptMs,
          ceilingName: 'one UID',
          ratio: seen.singleAcceptMs / seen.acceptMs,
        });
        report({ what: `${what}: first card after`, value: seen.firstMs, unit: 'ms' });
        const isWhole = seen.shown >= subscribers;
        report({
          what: `${what}: ${isWhole ? 'last card after' : `${seen.shown} cards in`}`,
          value: seen.lastMs / 1000,
          unit: 's',
          note: `${Math.round(seen.shown / (seen.lastMs / 1000))} cards/s`,
        });
        const { p50, p99, count } = percentilesOf(seen.singleMs);
        report({
          ...bound({ what: `${what}: p99 of singles meanwhile`, value: p99, unit: 'ms' }, MAX_SINGLE_MS),
          note: `${count} singles, p50 ${p50.toFixed(0)} ms, ${seen.lost} not seen`,
        });
        report({
          ...bound({ what: `${what}: resident`, value: seen.peakMb, unit: 'MB' }, MAX_RESIDENT_MB),
          note: `${seen.growthMb >= 0 ? '+' : ''}${seen.growthMb.toFixed(0)} MB since a quarter of it`,
        });
      } finally {
        await world.close();
      }
    }
  },
};

async function prepare(world: BenchWorld, subscribers: number) {
  await world.start();
  const app = await world.makeApp('压测');
  const topic = await world.admin<{ id: number; qrcodeUrl: string }>(`/apps/${app.id}/topics`, {
    name: '全员',
  });
  await world.stop();
  const openids = await makeFollowers(world, subscribers, topic.qrcodeUrl);
  const others = await makeFollowers(world, SINGLE_PEOPLE, app.qrcodeUrl);
  const singles = await world.fill(async (deps) => {
    await fillSubscribers(deps, openids, { appId: app.id, topicId: topic.id });
    return fillSubscribers(deps, others, { appId: app.id, topicId: 0 });
  });
  return { app, topicId: topic.id, singles };
}

interface Order {
  app: MadeApp;
  topicId: number;
  singles: readonly FilledPerson[];
  subscribers: number;
  drainMs: number;
}

async function push(world: BenchWorld, order: Order) {
  const { app, topicId, singles, subscribers, drainMs } = order;
  const before: Sent[] = [];
  for (let at = 0; at < SINGLES_BEFORE; at += 1) {
    before.push(await sendSingle(world, app, singles[at % singles.length], `b${at}`));
  }
  await sleep(500);
  const base = await world.countCards();
  const startedAt = Date.now();
  await ask(`${world.url}${SEND}`, { appToken: app.appToken, content: '全员通知', topicIds: [topicId] });
  const acceptMs = Date.now() - startedAt;
  const sent: Promise<Sent>[] = [];
  const resident: number[] = [];
  let firstMs = Number.NaN;
  let shown = 0;
  let nextSingleAt = 0;
  while (shown < subscribers && Date.now() - startedAt < drainMs) {
    const now = Date.now() - startedAt;
    // By the clock and without waiting for the answer: a slow server is not asked less often.
    for (; nextSingleAt <= now; nextSingleAt += SINGLES_EVERY_MS) {
      const at = sent.length;
      sent.push(sendSingle(world, app, singles[at % singles.length], `s${at}`));
    }
    await sleep(LOOK_EVERY_MS);
    shown = (await world.countCards()) - base - sent.length;
    if (Number.isNaN(firstMs) && shown > 0) {
      firstMs = Date.now() - startedAt;
    }
    resident.push(world.server.residentMb());
  }
  const lastMs = Date.now() - startedAt;
  const peakMb = world.server.peakMb();
  await sleep(1000);
  const { times, lost } = await readArrivals(world, await Promise.all(sent));
  const settled = resident[Math.floor(resident.length * SETTLED_SHARE)] ?? Number.NaN;
  return {
    acceptMs,
    singleAcceptMs: medianOf(before.map((one) => one.acceptMs)),
    firstMs,
    lastMs,
    shown: Math.min(shown, subscribers),
    singleMs: times,
    lost,
    peakMb,
    growthMb: (resident.at(-1) ?? Number.NaN) - settled,
  };
}

async function sendSingle(
  world: BenchWorld,
  app: MadeApp,
  to: FilledPerson | undefined,
  mark: string,
): Promise<Sent> {
  const at = Date.now();
  const startedAt = performance.now();
  await ask(`${world.url}${SEND}`, { appToken: app.appToken, content: `单条 ${mark}。`, uids: [to?.uid] });
  return { openid: to?.openid ?? '', mark, at, acceptMs: performance.now() - startedAt };
}

/** From the asking to the moment at which the platform showed the card; both by the clock of this machine. */
async function readArrivals(
  world: BenchWorld,
  sent: readonly Sent[],
): Promise<{ times: number[]; lost: number }> {
  const arrivals = new Map<string, number>();
  for (const openid of new Set(sent.map((one) => one.openid))) {
    const path = `/followers/${openid}/inbox`;
    const { items } = await world.sim<{ items: { at: number; rendered: string }[] }>(path);
    for (const { at, rendered } of items) {
      arrivals.set(/单条 (\w+)。/.exec(rendered)?.[1] ?? '', at);
    }
  }
  const times = sent.flatMap(({ mark, at }) => (arrivals.get(mark) ?? Number.NaN) - at);
  const seen = times.filter((time) => !Number.isNaN(time));
  return { times: seen, lost: times.length - seen.length };
}
