/** Restarting: how soon a server with a million pending deliveries is ready, and how much memory it takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchCase, bound } from '../case.js';
import { fillPending, fillSubscribers } from '../fill.js';
import { medianOf } from '../stats.js';
import { makeFollowers, openBenchWorld } from '../world.js';

const SIZES = {
  small: { pending: 1_000_000, watchMs: 15_000 },
  full: { pending: 1_000_000, watchMs: 120_000 },
};
const EMPTY_STARTS = 3;
const MAX_READY_MS = 2000;
const MAX_RESIDENT_MB = 250;
const LATENCY_MS = 50;

/** The case. */
export const restart: BenchCase = {
  name: 'restart',
  about: 'starting with 1,000,000 pending deliveries',
  run: async (input, report) => {
    const world = await openBenchWorld(input);
    try {
      const { pending, watchMs } = SIZES[input.size];
      await world.start();
      const app = await world.makeApp('压测');
      const topic = await world.admin<{ id: number; qrcodeUrl: string }>(`/apps/${app.id}/topics`, {
        name: '全员',
      });
      await world.stop();
      const empty: number[] = [];
      for (let at = 0; at < EMPTY_STARTS; at += 1) {
        empty.push(await world.start());
        await world.stop();
      }
      input.say(`filling in ${pending} deliveries`);
      const openids = await makeFollowers(world, pending, topic.qrcodeUrl);
      await world.fill(async (deps) => {
        await fillSubscribers(deps, openids, { appId: app.id, topicId: topic.id });
        await fillPending(deps, { appId: app.id, topicId: topic.id });
      });
      await world.sim('/faults', { path: '/wechat/cgi-bin/message/template/send', latencyMs: LATENCY_MS });
      for (const what of ['after a clean stop', 'after a kill'] as const) {
        const readyMs = await world.start();
        report({
          ...bound({ what: `ready ${what}`, value: readyMs, unit: 'ms' }, MAX_READY_MS),
          ceiling: medianOf(empty),
          ceilingName: 'empty database',
          ratio: medianOf(empty) / readyMs,
        });
        await sleep(watchMs);
        const { server } = world;
        report({
          ...bound({ what: `resident ${what}`, value: server.peakMb(), unit: 'MB' }, MAX_RESIDENT_MB),
          note: `${server.residentMb().toFixed(0)} MB after ${watchMs / 1000} s`,
        });
        await world.stop('SIGKILL');
      }
    } finally {
      await world.close();
    }
  },
};
