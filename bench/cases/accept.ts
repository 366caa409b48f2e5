/** Accepting: a message to one UID, beside a bare Koa app that answers the same bytes, and beside SQLite's own commits. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchCase, compare } from '../case.js';
import { fillSubscribers } from '../fill.js';
import { type Running, runWorker, startWorker } from '../processes.js';
import { medianOf } from '../stats.js';
import type { BlastResult } from '../workers/blast.js';
import type { CommitResult } from '../workers/commit-rate.js';
import { ask, type BenchWorld, makeFollowers, openBenchWorld } from '../world.js';

const PATH = '/api/send/message';
const EXPECT = '"code":1000';
const SIZES = { small: { rounds: 3, seconds: 3 }, full: { rounds: 5, seconds: 10 } };
const MIN_RATIO = 0.7;
const MAX_TAIL = 3;
const DRAIN_LIMIT_MS = 120_000;

/** Both ways to run: the process that also delivers, and one that only accepts. */
const ROLES = [
  { role: 'api', note: 'ROLE=api' },
  { role: 'all', note: 'ROLE=all: delivers meanwhile, to a simulator on the same cores' },
] as const;

/** What one side did in one round. */
interface Round extends BlastResult {
  cpuMicros: number;
}

/** The case. */
export const accept: BenchCase = {
  name: 'accept',
  about: 'POST /api/send/message to one UID',
  run: async (input, report) => {
    const world = await openBenchWorld(input);
    try {
      const { requestsFile, sample } = await prepare(world);
      const size = SIZES[input.size];
      await reportCommits(world, size.seconds, report);
      const bare = await startWorker('bare-koa', {
        path: PATH,
        form: 'json',
        body: sample,
        type: 'application/json; charset=utf-8',
      });
      for (const { role, note } of ROLES) {
        await world.start({ ROLE: role });
        for (const connections of [1, 64]) {
          input.say(`${note}, ${connections} connections`);
          const blast = (target: Running) =>
            blastOnce(target, { url: target.url, connections, requestsFile, ...size });
          // Not measured: V8 compiles what is hot, on both sides.
          await blast(bare);
          await blast(world.server);
          await waitForQueue(world);
          const rounds: { ours: Round; theirs: Round }[] = [];
          for (let round = 0; round < size.rounds; round += 1) {
            const theirs = await blast(bare);
            const ours = await blast(world.server);
            rounds.push({ ours, theirs });
            await waitForQueue(world);
          }
          const isPromised = connections === 64 && role === 'api';
          for (const row of toRows(rounds, `${connections} connections, ${note}`, isPromised)) {
            report(row);
          }
        }
        await world.stop();
      }
      await bare.end();
    } finally {
      await world.close();
    }
  },
};

async function prepare(world: BenchWorld): Promise<{ requestsFile: string; sample: string }> {
  await world.start();
  const app = await world.makeApp('压测');
  await world.stop();
  const openids = await makeFollowers(world, 100, app.qrcodeUrl);
  const people = await world.fill((deps) => fillSubscribers(deps, openids, { appId: app.id, topicId: 0 }));
  const requests = people.map(({ uid }) => ({
    path: PATH,
    type: 'application/json',
    body: JSON.stringify({
      appToken: app.appToken,
      content: '服务器 web-03 的磁盘空间不足 10%，请尽快处理。',
      contentType: 1,
      uids: [uid],
    }),
  }));
  const requestsFile = join(world.folder, 'requests.json');
  writeFileSync(requestsFile, JSON.stringify(requests));
  await world.start({ ROLE: 'api' });
  const sample = JSON.stringify(await ask(`${world.url}${PATH}`, JSON.parse(requests[0]?.body ?? '')));
  await world.stop();
  return { requestsFile, sample };
}

async function blastOnce(
  target: Running,
  order: { url: string; connections: number; requestsFile: string; seconds: number },
): Promise<Round> {
  const before = target.cpuSeconds();
  const { url, connections, requestsFile, seconds } = order;
  const result = await runWorker<BlastResult>('blast', {
    url,
    connections,
    requestsFile,
    seconds,
    warmUpSeconds: 1,
    expect: EXPECT,
  });
  if (result.errors > 0) {
    throw new Error(`${result.errors} bad answers, such as ${result.problem}`);
  }
  // The warm-up is a part of the CPU time, so it is spread over its requests too.
  const perRequest = (target.cpuSeconds() - before) / (result.perSecond * (seconds + 1));
  return { ...result, cpuMicros: perRequest * 1e6 };
}

function toRows(rounds: readonly { ours: Round; theirs: Round }[], what: string, isPromised: boolean) {
  const median = (side: 'ours' | 'theirs', read: (round: Round) => number): number =>
    medianOf(rounds.map((round) => read(round[side])));
  const cpu = `CPU ${median('ours', (one) => one.cpuMicros).toFixed(0)} µs a message, bare ${median('theirs', (one) => one.cpuMicros).toFixed(0)} µs`;
  const tail = {
    ours: median('ours', (one) => one.times.p99),
    theirs: median('theirs', (one) => one.times.p99),
  };
  return [
    compare(
      {
        what,
        value: median('ours', (one) => one.perSecond),
        unit: 'messages/s',
        ceiling: median('theirs', (one) => one.perSecond),
        ceilingName: 'bare Koa',
        note: cpu,
      },
      isPromised ? MIN_RATIO : undefined,
    ),
    {
      what: `p99 of ${what}`,
      value: tail.ours,
      unit: 'ms',
      ceiling: tail.theirs,
      ceilingName: 'bare Koa',
      ratio: tail.theirs / tail.ours,
      ...(isPromised ? { target: `≤ ${MAX_TAIL} × bare`, isMet: tail.ours <= MAX_TAIL * tail.theirs } : {}),
    },
  ];
}

async function reportCommits(
  world: BenchWorld,
  seconds: number,
  report: Parameters<BenchCase['run']>[1],
): Promise<void> {
  for (const rows of [1, 64]) {
    const { commitsPerSecond, rowsPerSecond } = await runWorker<CommitResult>('commit-rate', {
      folder: world.folder,
      seconds,
      rows,
      rowBytes: 300,
    });
    report({
      what: `SQLite alone, ${rows} rows a commit`,
      value: rowsPerSecond,
      unit: 'rows/s',
      note: `${commitsPerSecond.toFixed(0)} commits/s`,
    });
  }
}

/** The next round must not pay for the deliveries of the last one. */
async function waitForQueue(world: BenchWorld): Promise<void> {
  const until = performance.now() + DRAIN_LIMIT_MS;
  if (!world.server) {
    return;
  }
  for (let before = -1; performance.now() < until; ) {
    const shown = await world.countCards();
    if (shown === before) {
      return;
    }
    before = shown;
    await sleep(500);
  }
}
