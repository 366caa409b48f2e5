/** Delivering: a backlog of single messages through WeChat, beside a loop of the same HTTP client without a database. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { simulatorDefaults } from '#src/simulator/index.js';
import { type BenchCase, bound, compare } from '../case.js';
import { type FilledPerson, fillSingles, fillSubscribers } from '../fill.js';
import { runWorker } from '../processes.js';
import type { LoopResult } from '../workers/client-loop.js';
import { ask, type BenchWorld, makeFollowers, openBenchWorld } from '../world.js';

const SEND = '/wechat/cgi-bin/message/template/send';
/** What the WeChat channel keeps under way at once. */
const CONCURRENCY = 64;
const PEOPLE = 1000;
const MIN_RATIO = 0.8;
const MAX_RESIDENT_MB = 250;
/** Calls of each size; a slower platform gets fewer, so that each run takes about ten seconds. */
const SIZES = {
  small: { 0: 10_000, 50: 8000, 200: 2500 },
  full: { 0: 60_000, 50: 40_000, 200: 12_000 },
} as const;
/** The first cards come while the process still warms up. */
const WARM_SHARE = 0.2;
const LOOK_EVERY_MS = 20;

/** The case. */
export const deliver: BenchCase = {
  name: 'deliver',
  about: 'single messages through WeChat, from the database to the platform',
  run: async (input, report) => {
    for (const { latencyMs, receipts } of [
      { latencyMs: 0, receipts: false },
      { latencyMs: 50, receipts: false },
      { latencyMs: 200, receipts: false },
      { latencyMs: 50, receipts: true },
    ] as const) {
      const what = `${latencyMs} ms platform latency${receipts ? ', with receipts' : ''}`;
      const count = SIZES[input.size][latencyMs];
      const world = await openBenchWorld(input, { pushes: receipts });
      try {
        const { appId, people } = await prepare(world);
        await world.sim('/faults', { path: SEND, latencyMs });
        input.say(`${what}, the client loop`);
        const loop = await runLoop(world, people, count);
        input.say(`${what}, the server`);
        await world.fill((deps) => fillSingles(deps, people, { appId, count }));
        const ours = await deliverAll(world, count);
        report(
          compare(
            {
              what,
              value: ours.perSecond,
              unit: 'messages/s',
              ceiling: loop.perSecond,
              ceilingName: 'client loop',
              note: `CPU ${ours.cpuMicros.toFixed(0)} µs a message, loop ${((loop.cpuSeconds / count) * 1e6).toFixed(0)} µs`,
            },
            receipts ? undefined : MIN_RATIO,
          ),
        );
        report(bound({ what: `resident, ${what}`, value: ours.peakMb, unit: 'MB' }, MAX_RESIDENT_MB));
      } finally {
        await world.close();
      }
    }
  },
};

async function prepare(world: BenchWorld): Promise<{ appId: number; people: FilledPerson[] }> {
  await world.start();
  const app = await world.makeApp('压测');
  const openids = await makeFollowers(world, PEOPLE, app.qrcodeUrl);
  await world.stop();
  const people = await world.fill((deps) => fillSubscribers(deps, openids, { appId: app.id, topicId: 0 }));
  return { appId: app.id, people };
}

/** The ceiling: bodies of the same size, to the same people. */
async function runLoop(
  world: BenchWorld,
  people: readonly FilledPerson[],
  count: number,
): Promise<LoopResult> {
  const { access_token: token } = await ask<{ access_token: string }>(
    `${world.simulator.url}/wechat/cgi-bin/stable_token`,
    { grant_type: 'client_credential', appid: simulatorDefaults.appId, secret: simulatorDefaults.secret },
  );
  const data = {
    thing1: { value: '压测' },
    thing2: { value: '消息 {n}：服务器磁盘空间不' },
    time3: { value: '2026-11-23 15:04:05' },
  };
  const bodies = people.map(({ openid }) =>
    JSON.stringify({
      touser: openid,
      template_id: 'sim-category-template',
      url: `${world.url}/m/Nd2Fh7sXc0aPq4LmVt8K`,
      client_msg_id: '{n}',
      data,
    }),
  );
  const bodiesFile = join(world.folder, 'bodies.json');
  writeFileSync(bodiesFile, JSON.stringify(bodies));
  const result = await runWorker<LoopResult>('client-loop', {
    url: world.simulator.url,
    path: `${SEND}?access_token=${encodeURIComponent(token)}`,
    concurrency: CONCURRENCY,
    count,
    bodiesFile,
    expect: '"errcode":0',
  });
  if (result.errors > 0) {
    throw new Error(`${result.errors} bad answers, such as ${result.problem}`);
  }
  return result;
}

/** Starts the server on a backlog and times it from a fifth of the cards to the last. */
async function deliverAll(
  world: BenchWorld,
  count: number,
): Promise<{ perSecond: number; cpuMicros: number; peakMb: number }> {
  const before = await world.countCards();
  await world.start();
  const warm = await waitForCards(world, before + Math.ceil(count * WARM_SHARE));
  const cpu = world.server.cpuSeconds();
  const end = await waitForCards(world, before + count);
  const cards = end.shown - warm.shown;
  return {
    perSecond: cards / ((end.at - warm.at) / 1000),
    cpuMicros: ((world.server.cpuSeconds() - cpu) / cards) * 1e6,
    peakMb: world.server.peakMb(),
  };
}

async function waitForCards(world: BenchWorld, goal: number): Promise<{ shown: number; at: number }> {
  for (;;) {
    const shown = await world.countCards();
    if (shown >= goal) {
      return { shown, at: performance.now() };
    }
    if (world.server.hasEnded()) {
      throw new Error(`the server ended:\n${world.server.lines.join('\n')}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}
