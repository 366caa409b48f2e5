/** Several real processes on one PostgreSQL database, with the simulator beside them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { simulatorDefaults } from '#src/simulator/index.js';
import type { MadeApp, MadeTopic } from '#test/support/builders.js';
import { openPostgresDatabase } from '#test/support/database.js';
import { type Answer, ask } from '#test/support/http.js';
import { runSql } from '#test/support/postgres.js';
import { type RunningProcess, startScript, startSimulator } from '#test/support/processes.js';

/** The processes of one test; `close` ends them all. */
export type Fleet = Awaited<ReturnType<typeof openFleet>>;

const PAUSE_MS = 200;

const ADMIN_TOKEN = 'the-admin-token-of-the-fleet';

/** Opens a database and a simulator; processes are started one by one. `clockSpeed`: how much faster than the real their time runs. */
export async function openFleet({ clockSpeed = 1 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-fleet-'));
  const database = await openPostgresDatabase();
  const port = await findFreePort();
  const simulator = await startSimulator(['--port', '0', '--push-to', `http://127.0.0.1:${port}/wechat`]);
  const running: RunningProcess[] = [];
  const clock = { CLOCK_FROM: String(performance.timeOrigin), CLOCK_SPEED: String(clockSpeed) };

  /** Starts one more process and waits until it listens. The first one is where the platform's events go. */
  async function start(env: Record<string, string> = {}): Promise<RunningProcess> {
    const started = await startScript('test/postgresql/process.ts', {
      HOST: '127.0.0.1',
      PORT: running.length === 0 ? String(port) : '0',
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
      ADMIN_TOKEN,
      ALLOW_PRIVATE_TARGETS: 'true',
      WECHAT_APP_ID: simulatorDefaults.appId,
      WECHAT_APP_SECRET: simulatorDefaults.secret,
      WECHAT_TOKEN: simulatorDefaults.token,
      WECHAT_API_BASE: `${simulator.url}/wechat`,
      WECHAT_MP_BASE: `${simulator.url}/wechat`,
      WECHAT_OPEN_BASE: `${simulator.url}/wechat`,
      WECOM_API_BASE: `${simulator.url}/wecom`,
      ...clock,
      ...env,
    });
    running.push(started);
    return started;
  }

  const sim = (path: string, body?: unknown): Promise<Answer> =>
    ask(`${simulator.url}/api${path}`, body === undefined ? {} : { body });
  const admin = (at: RunningProcess, path: string, body?: unknown): Promise<Answer> => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    return ask(`${at.url}/api/v1${path}`, body === undefined ? { headers } : { headers, body });
  };

  /** Makes an app with a topic that so many people follow, by a process whose time is the platform's and that ends then. */
  async function makeAudience(count: number): Promise<{ app: MadeApp; topic: MadeTopic }> {
    const at = await start({ CLOCK_SPEED: '1' });
    const app = (await admin(at, '/apps', { name: 'fleet' })).json as MadeApp;
    const topic = (await admin(at, `/apps/${app.id}/topics`, { name: 'all' })).json as MadeTopic;
    await sim('/followers/bulk', { count, scan: topic.qrcodeUrl });
    await at.end('SIGTERM');
    return { app, topic };
  }

  /** Sends to a topic; the message's id, 0 where it is not taken. */
  async function broadcast(at: RunningProcess, to: { app: MadeApp; topic: MadeTopic }): Promise<number> {
    const body = { appToken: to.app.appToken, topicIds: [to.topic.id], content: 'broadcast' };
    const answer = await ask(`${at.url}/api/send/message`, { body });
    const { data } = answer.json as { data: { messageContentId: number }[] | null };
    return data?.[0]?.messageContentId ?? 0;
  }

  const countCards = async (): Promise<{ shown: number; duplicates: number }> =>
    (await sim('/cards')).json as { shown: number; duplicates: number };

  return {
    url: database.url,
    /** What a statement finds in the database. */
    rows: async (sql: string): Promise<Record<string, unknown>[]> =>
      (await runSql(database.url, sql)) as Record<string, unknown>[],
    /** Where the processes keep their files. */
    folder,
    start,
    sim,
    admin,
    /** Ends all faults of the platform. */
    endFaults: (): Promise<Answer> => ask(`${simulator.url}/api/faults`, { method: 'DELETE' }),
    makeAudience,
    broadcast,
    countCards,
    /** Waits until a look gives true; the test's own time limit ends what never comes. */
    async until(isTrue: () => Promise<boolean>): Promise<void> {
      while (!(await isTrue())) {
        await sleep(PAUSE_MS);
      }
    },
    async close(): Promise<void> {
      for (const process of running) {
        process.freeze(false);
      }
      await Promise.all(running.map((process) => process.end('SIGKILL')));
      await simulator.end('SIGTERM');
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
