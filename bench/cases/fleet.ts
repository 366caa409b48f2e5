/** Several workers on one PostgreSQL database: one broadcast by one, two and three of them, at the platform's latency. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#src/lib/clock.js';
import { createNewId } from '#src/lib/ids.js';
import { simulatorDefaults } from '#src/simulator/index.js';
import { insertMessages } from '#src/store/messages.js';
import { openStore } from '#src/store/open.js';
import { type PostgresServer, runSql, startPostgres } from '#test/support/postgres.js';
import type { BenchCase, CaseInput } from '../case.js';
import { fillSubscribers, toMessage } from '../fill.js';
import { findFreePort, type Running, startServer, startSimulator } from '../processes.js';
import { ask, makeFollowers } from '../world.js';

const SEND = '/wechat/cgi-bin/message/template/send';
const WORKERS = [1, 2, 3];
/** What a broadcast may have under way in one process: all slots but those kept for single messages. */
const SLOTS = 56;
/** Subscribers at each latency; a run takes some seconds. */
const SIZES = {
  small: { 50: 6000, 200: 3000 },
  full: { 50: 60_000, 200: 20_000 },
} as const;
/** The first cards come while the processes still warm up. */
const WARM_SHARE = 0.3;
const LOOK_EVERY_MS = 20;
const STALLED_MS = 60_000;
const SECRET_KEY = Buffer.alloc(32, 7).toString('base64');
const TOPIC = 1;

interface Stage {
  input: CaseInput;
  server: PostgresServer;
  simulator: Running;
  openids: readonly string[];
}

/** The case. */
export const fleet: BenchCase = {
  name: 'fleet',
  about: 'one broadcast by one, two and three workers on PostgreSQL',
  run: async (input, report) => {
    const server = await startPostgres({ isDurable: true });
    if (!server) {
      input.say('left out: no PostgreSQL found (install it or set QINGNIAO_TEST_POSTGRES)');
      return;
    }
    const simulator = await startSimulator([]);
    try {
      const scan = await makeCode(simulator);
      for (const latencyMs of [50, 200] as const) {
        const count = SIZES[input.size][latencyMs];
        await sim(simulator, '/faults', { path: SEND, latencyMs });
        const world = { sim: <T>(path: string, body?: object) => sim<T>(simulator, path, body) };
        const openids = await makeFollowers(world, count, scan);
        let alone = 0;
        for (const workers of WORKERS) {
          const perSecond = await broadcastBy(workers, { input, server, simulator, openids });
          alone = workers === 1 ? perSecond : alone;
          const ceiling = (workers * SLOTS * 1000) / latencyMs;
          report({
            what: `${workers} worker${workers > 1 ? 's' : ''}, ${latencyMs} ms platform latency`,
            value: perSecond,
            unit: 'cards/s',
            ceiling,
            ceilingName: 'slots ÷ latency',
            ratio: perSecond / ceiling,
            note: `${(perSecond / alone).toFixed(2)} × one worker`,
          });
        }
        await fetch(`${simulator.url}/api/faults`, { method: 'DELETE' });
      }
    } finally {
      await simulator.end();
      await server.stop();
    }
  },
};

/** A code of the account, by whose scan people follow it. */
async function makeCode(simulator: Running): Promise<string> {
  const base = `${simulator.url}/wechat/cgi-bin`;
  const { appId: appid, secret } = simulatorDefaults;
  const asked = { grant_type: 'client_credential', appid, secret };
  const { access_token: token } = await ask<{ access_token: string }>(`${base}/stable_token`, asked);
  const { url } = await ask<{ url: string }>(`${base}/qrcode/create?access_token=${token}`, {
    action_name: 'QR_LIMIT_STR_SCENE',
    action_info: { scene: { scene_str: 'bench' } },
  });
  return url;
}

const sim = <T>(simulator: Running, path: string, body?: object): Promise<T> =>
  ask<T>(`${simulator.url}/api${path}`, body);

/** Sends a broadcast by so many workers on a fresh database; cards a second. */
async function broadcastBy(workers: number, stage: Stage): Promise<number> {
  const { input, server, simulator, openids } = stage;
  const name = `qingniao_bench_${process.pid}_${workers}`;
  const url = server.urlOf(name);
  await runSql(server.urlOf('postgres'), `CREATE DATABASE "${name}"`);
  const store = await openStore(url);
  const newId = createNewId(systemClock, store.session.node);
  const account = { platform: 'wechat', account: simulatorDefaults.appId };
  const started: Running[] = [];
  try {
    const app = await store.db.app.create({
      data: { name: 'bench', subscribeCode: 'bench', createdAt: new Date() },
    });
    const to = { appId: app.id, topicId: TOPIC };
    await fillSubscribers({ db: store.db, newId, account }, openids, to);
    await runSql(url, 'ANALYZE');
    for (let at = 0; at < workers; at += 1) {
      started.push(await startWorkerProcess({ input, url, simulator }));
    }
    input.say(`${workers} workers, ${openids.length} subscribers`);
    const { shown: before } = await sim<{ shown: number }>(simulator, '/cards');
    const message = toMessage(newId(2), { appId: app.id, body: '给所有人的通知。', topics: [TOPIC] });
    await insertMessages(store.db, [message]);
    store.session.tell('work');
    const warm = await waitForCards(simulator, before + Math.ceil(openids.length * WARM_SHARE));
    const end = await waitForCards(simulator, before + openids.length);
    return (end.shown - warm.shown) / ((end.at - warm.at) / 1000);
  } finally {
    await Promise.all(started.map((one) => one.end()));
    await store.close();
    await runSql(server.urlOf('postgres'), `DROP DATABASE "${name}" WITH (FORCE)`);
  }
}

async function startWorkerProcess(on: {
  input: CaseInput;
  url: string;
  simulator: Running;
}): Promise<Running> {
  const worker = startServer({
    HOST: '127.0.0.1',
    PORT: String(await findFreePort()),
    ROLE: 'worker',
    DATA_DIR: on.input.newFolder(),
    DATABASE_URL: on.url,
    SECRET_KEY,
    ALLOW_PRIVATE_TARGETS: 'true',
    WECHAT_APP_ID: simulatorDefaults.appId,
    WECHAT_APP_SECRET: simulatorDefaults.secret,
    WECHAT_TOKEN: simulatorDefaults.token,
    WECHAT_TEMPLATE_ID: 'sim-category-template',
    WECHAT_TEMPLATE_FIELDS: 'thing1=title,thing2=summary,time3=time',
    WECHAT_API_BASE: `${on.simulator.url}/wechat`,
  });
  for (;;) {
    const answer = await fetch(`${worker.url}/readyz`).catch(() => null);
    if (answer?.status === 200) {
      return worker;
    }
    if (worker.hasEnded()) {
      throw new Error(`the worker ended:\n${worker.lines.join('\n')}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** Waits for so many cards; throws when somebody got one twice, or nobody gets one for long. */
async function waitForCards(simulator: Running, goal: number): Promise<{ shown: number; at: number }> {
  let last = { shown: -1, at: 0 };
  for (;;) {
    const { shown, duplicates } = await sim<{ shown: number; duplicates: number }>(simulator, '/cards');
    if (duplicates > 0) {
      throw new Error(`${duplicates} cards came twice`);
    }
    const at = performance.now();
    if (shown >= goal) {
      return { shown, at };
    }
    last = shown > last.shown ? { shown, at } : last;
    if (at - last.at > STALLED_MS) {
      throw new Error(`no card came for ${STALLED_MS / 1000} s: ${shown} of ${goal}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}
