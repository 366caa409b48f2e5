/** Callbacks: a thousand endpoints of which some hang and some fail must not slow the healthy ones down. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { insertEvents } from '#src/store/events.js';
import { type BenchCase, compare } from '../case.js';
import { type Running, runWorker, startWorker } from '../processes.js';
import type { Percentiles } from '../stats.js';
import type { LoopResult } from '../workers/client-loop.js';
import { ask, type BenchWorld, openBenchWorld } from '../world.js';

const SIZES = {
  small: { endpoints: 1000, each: 10, pacedSeconds: 15 },
  full: { endpoints: 1000, each: 40, pacedSeconds: 16 },
};
/** Of ten endpoints so many hang and so many fail. */
const HANGING = 1;
const FAILING = 1;
const APPS_AT_ONCE = 8;
/** Events that come one by one, beside the backlogs of the endpoints that hang. */
const PACED_PER_SECOND = 50;
const CONCURRENCY = 64;
const LIMIT_MS = 180_000;

interface Seen {
  counts: { healthy: number; failing: number; hanging: number };
  ages: Percentiles;
}

/** The case. */
export const callbacks: BenchCase = {
  name: 'callbacks',
  about: '1,000 endpoints, a tenth hangs and a tenth fails',
  run: async (input, report) => {
    const world = await openBenchWorld(input, { pushes: true });
    const endpoints = await startWorker('endpoints');
    try {
      const size = SIZES[input.size];
      const appIds = await makeApps(world, endpoints, size.endpoints);
      await world.stop();
      const count = appIds.length * size.each;
      const healthy = appIds.filter((_, at) => kindOf(at) === 'healthy').length * size.each;
      input.say('the client loop');
      const bodiesFile = join(world.folder, 'bodies.json');
      const body = JSON.stringify({ action: 'send_up_cmd', data: { content: 'x'.repeat(200) } });
      writeFileSync(bodiesFile, JSON.stringify([body]));
      const loop = await runWorker<LoopResult>('client-loop', {
        url: endpoints.url,
        path: '/healthy/0',
        concurrency: CONCURRENCY,
        count: healthy,
        bodiesFile,
        expect: 'ok',
      });
      await ask(`${endpoints.url}/reset`);
      await fillEvents(world, appIds, { each: size.each });
      input.say(`a backlog of ${count} events`);
      await world.start();
      const startedAt = performance.now();
      const cpu = world.server.cpuSeconds();
      const seconds = (await waitForHealthy(endpoints, healthy)) - startedAt;
      report(
        compare({
          what: `${healthy} events to healthy endpoints`,
          value: healthy / (seconds / 1000),
          unit: 'callbacks/s',
          ceiling: loop.perSecond,
          ceilingName: 'client loop, no signatures',
          note: `CPU ${(((world.server.cpuSeconds() - cpu) / healthy) * 1e6).toFixed(0)} µs each`,
        }),
      );
      input.say('events one by one');
      await ask(`${endpoints.url}/reset`);
      const { ages } = await pace(world, endpoints, { appIds, seconds: size.pacedSeconds });
      report({
        what: 'p99 of a healthy endpoint, one event at a time',
        value: ages.p99,
        unit: 'ms',
        note: `${ages.count} events, p50 ${ages.p50.toFixed(0)} ms, beside backlogs of the hanging`,
      });
      report({ what: 'resident', value: world.server.peakMb(), unit: 'MB' });
    } finally {
      await endpoints.end('SIGKILL');
      await world.close();
    }
  },
};

function kindOf(at: number): 'hanging' | 'failing' | 'healthy' {
  const place = at % 10;
  return place < HANGING ? 'hanging' : place < HANGING + FAILING ? 'failing' : 'healthy';
}

async function makeApps(world: BenchWorld, endpoints: Running, count: number): Promise<number[]> {
  await world.start();
  const ids: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const at = next;
      next += 1;
      const callbackUrl = `${endpoints.url}/${kindOf(at)}/${at}`;
      ids[at] = (await world.makeApp(`应用 ${at}`, { callbackUrl })).id;
    }
  };
  await Promise.all(Array.from({ length: APPS_AT_ONCE }, lane));
  return ids;
}

async function fillEvents(
  world: BenchWorld,
  appIds: readonly number[],
  order: { each: number },
): Promise<void> {
  await world.fill(async ({ db, newId }) => {
    for (let round = 0; round < order.each; round += 1) {
      const rows = appIds.map((appId) => {
        const id = newId();
        const data = JSON.stringify({ uid: 'UID_bench', content: `事件 ${round}` });
        return {
          id,
          dedupeKey: `bench:${id}`,
          type: 'upstream.received',
          appId,
          personId: null,
          data,
          createdAt: Date.now(),
        };
      });
      await insertEvents(db, rows);
    }
  });
}

async function waitForHealthy(endpoints: Running, goal: number): Promise<number> {
  const until = performance.now() + LIMIT_MS;
  for (;;) {
    const { counts } = await ask<Seen>(endpoints.url);
    if (counts.healthy >= goal) {
      return performance.now();
    }
    if (performance.now() > until) {
      throw new Error(`only ${counts.healthy} of ${goal} callbacks came`);
    }
    await sleep(20);
  }
}

/** People write to healthy apps; the text holds the time, and the endpoint reads it. */
async function pace(
  world: BenchWorld,
  endpoints: Running,
  order: { appIds: readonly number[]; seconds: number },
): Promise<Seen> {
  const people = await Promise.all(
    Array.from({ length: 20 }, () => world.sim<{ openid: string }>('/followers', {})),
  );
  for (const { openid } of people) {
    await world.sim(`/followers/${openid}/follow`, {});
  }
  const healthy = order.appIds.filter((_, at) => kindOf(at) === 'healthy');
  const count = Math.min(PACED_PER_SECOND * order.seconds, healthy.length);
  const say = (at: number, words: string): Promise<unknown> =>
    world.sim(`/followers/${people[at % people.length]?.openid}/messages`, {
      content: `#${healthy[at]}${words}`,
    });
  // Only who follows an app can write to it.
  for (let at = 0; at < count; at += 1) {
    await say(at, '');
  }
  await waitForHealthy(endpoints, count);
  await ask(`${endpoints.url}/reset`);
  const startedAt = performance.now();
  const sent: Promise<unknown>[] = [];
  for (let at = 0; at < count; at += 1) {
    const dueAt = startedAt + (at * 1000) / PACED_PER_SECOND;
    await sleep(Math.max(0, dueAt - performance.now()));
    sent.push(say(at, ` @${Date.now()}@`));
  }
  await Promise.all(sent);
  await sleep(3000);
  return ask<Seen>(endpoints.url);
}
