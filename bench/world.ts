/** What most cases need: a simulator, a server on a fresh database, an app, and people filled in directly. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#src/lib/clock.js';
import { createNewId } from '#src/lib/ids.js';
import { simulatorDefaults } from '#src/simulator/index.js';
import { openStore } from '#src/store/open.js';
import type { CaseInput } from './case.js';
import type { FillDeps } from './fill.js';
import { findFreePort, type Running, startServer, startSimulator } from './processes.js';

/** The app and topic of a run. */
export interface MadeApp {
  id: number;
  appToken: string;
  qrcodeUrl: string;
}

const ADMIN_TOKEN = 'the-admin-token-of-the-bench';
const READY_TIMEOUT_MS = 120_000;
/** How often a starting server is asked whether it is ready. */
const ASK_EVERY_MS = 10;
const ACCOUNT = { platform: 'wechat', account: simulatorDefaults.appId };

/** How a world may differ. */
export interface BenchWorldOptions {
  /** The simulator pushes events and receipts to the server. */
  pushes?: boolean;
  /** `safe`: pushes and replies are encrypted. */
  mode?: 'plain' | 'safe';
}

/** A running outside world with a server that can be stopped and started again. */
export type BenchWorld = Awaited<ReturnType<typeof openBenchWorld>>;

/** Opens it; the server is not started yet. */
export async function openBenchWorld(input: CaseInput, options: BenchWorldOptions = {}) {
  const folder = input.newFolder();
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const mode = options.mode ?? 'plain';
  const pushTo = options.pushes ? ['--push-to', `${url}/wechat`] : [];
  const simulator = await startSimulator(['--mode', mode, ...pushTo]);
  const env = {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: folder,
    ADMIN_TOKEN,
    ALLOW_PRIVATE_TARGETS: 'true',
    // A database that was filled before the first start has no key of its own yet.
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    WECHAT_APP_ID: simulatorDefaults.appId,
    WECHAT_APP_SECRET: simulatorDefaults.secret,
    WECHAT_TOKEN: simulatorDefaults.token,
    WECHAT_TEMPLATE_ID: 'sim-category-template',
    WECHAT_TEMPLATE_FIELDS: 'thing1=title,thing2=summary,time3=time',
    WECHAT_API_BASE: `${simulator.url}/wechat`,
    WECHAT_MP_BASE: `${simulator.url}/wechat`,
    WECHAT_OPEN_BASE: `${simulator.url}/wechat`,
    ...(mode === 'plain' ? {} : { WECHAT_ENCODING_AES_KEY: simulatorDefaults.aesKey }),
  };
  let server: Running | null = null;

  /** Starts the server and waits until it is ready; answers how long that took. */
  async function start(
    extra: Record<string, string> = {},
    nodeArgs: readonly string[] = [],
  ): Promise<number> {
    const startedAt = performance.now();
    server = startServer({ ...env, ...extra }, nodeArgs);
    for (;;) {
      const answer = await fetch(`${url}/readyz`).catch(() => null);
      if (answer?.status === 200) {
        return performance.now() - startedAt;
      }
      if (server.hasEnded() || performance.now() - startedAt > READY_TIMEOUT_MS) {
        throw new Error(`the server is not ready:\n${server.lines.join('\n')}`);
      }
      await sleep(ASK_EVERY_MS);
    }
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await server?.end(signal);
    server = null;
  }

  /** Writes to the database while no server runs. */
  async function fill<T>(run: (deps: FillDeps) => Promise<T>): Promise<T> {
    const store = await openStore(`file:${join(folder, 'qingniao.db')}`);
    try {
      return await run({ db: store.db, newId: createNewId(systemClock, 1), account: ACCOUNT });
    } finally {
      await store.close();
    }
  }

  const admin = <T>(path: string, body?: object): Promise<T> =>
    ask<T>(`${url}/api/v1${path}`, body, { authorization: `Bearer ${ADMIN_TOKEN}` });
  const sim = <T>(path: string, body?: object): Promise<T> => ask<T>(`${simulator.url}/api${path}`, body);

  return {
    url,
    folder,
    simulator,
    start,
    stop,
    fill,
    admin,
    sim,
    /** The running server; throws when none runs. */
    get server(): Running {
      if (!server) {
        throw new Error('no server runs');
      }
      return server;
    },
    makeApp: (name: string, more: object = {}) => admin<MadeApp>('/apps', { name, ...more }),
    /** How many cards people have seen in all. */
    countCards: async () => (await sim<{ shown: number }>('/cards')).shown,
    async close(): Promise<void> {
      await stop('SIGKILL');
      await simulator.end();
    },
  };
}

/** One call with a JSON body and a JSON answer; throws on any status outside 2xx. */
export async function ask<T>(url: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 300)}`);
  }
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** People of the simulator who follow the account, by openid, in the order in which they came. */
export async function makeFollowers(
  world: Pick<BenchWorld, 'sim'>,
  count: number,
  scan: string,
): Promise<string[]> {
  const { openids } = await world.sim<{ openids: [string, string] }>('/followers/bulk', { count, scan });
  const [first] = openids;
  const INDEX_LENGTH = 15;
  const prefix = first.slice(0, -INDEX_LENGTH);
  const from = Number.parseInt(first.slice(-INDEX_LENGTH), 36);
  return Array.from(
    { length: count },
    (_, at) => prefix + (from + at).toString(36).padStart(INDEX_LENGTH, '0'),
  );
}
