/** What a run happens to: the simulator, the servers under their keepers, an app with its topics, and people. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findFreePort } from '#bench/processes.js';
import { simulatorDefaults } from '#src/simulator/index.js';
import { openDisk } from './disk.js';
import { must } from './http.js';
import { openLine } from './line.js';
import { plantBug } from './plant.js';
import { build, type Kept, keepServer, startSimulator } from './processes.js';

/** How a world is made. */
export interface WorldOptions {
  /** A PostgreSQL server; null: SQLite. */
  database: string | null;
  /** The bug to plant; null: none. */
  bug: string | null;
}

/** A world under torture. */
export type World = Awaited<ReturnType<typeof openWorld>>;

const ADMIN_TOKEN = 'torture-admin-token';

/** Opens it: one process on SQLite; on PostgreSQL one that accepts and two that deliver. */
export async function openWorld(options: WorldOptions) {
  build();
  const program = options.bug ? await plantBug(options.bug) : 'dist/main.js';
  const disk = openDisk();
  const database = options.database === null ? null : await makeDatabase(options.database);
  const line = database ? await openLine(database.url) : null;
  const roles = line ? ['api', 'worker', 'worker'] : ['all'];
  const ports = await Promise.all(roles.map(() => findFreePort()));
  const url = `http://127.0.0.1:${ports[0]}`;
  const simulator = await startSimulator(['--push-to', `${url}/wechat`]);
  const clock = join(disk.folder, 'clock');
  const setClock = (offsetMs: number): void => writeFileSync(clock, String(offsetMs));
  setClock(0);
  const env = {
    HOST: '127.0.0.1',
    PUBLIC_URL: url,
    DATA_DIR: join(disk.folder, 'data'),
    SECRET_KEY: randomBytes(32).toString('base64'),
    ADMIN_TOKEN,
    LOG_LEVEL: 'info',
    ALLOW_PRIVATE_TARGETS: 'true',
    WECHAT_APP_ID: simulatorDefaults.appId,
    WECHAT_APP_SECRET: simulatorDefaults.secret,
    WECHAT_TOKEN: simulatorDefaults.token,
    WECHAT_TEMPLATE_ID: 'sim-category-template',
    WECHAT_TEMPLATE_FIELDS: 'thing1=title,thing2=summary,time3=time',
    WECHAT_API_BASE: `${simulator.url}/wechat`,
    WECHAT_MP_BASE: `${simulator.url}/wechat`,
    WECHAT_OPEN_BASE: `${simulator.url}/wechat`,
    TORTURE_CLOCK: clock,
    ...(line ? { DATABASE_URL: line.url } : {}),
  };
  const servers: Kept[] = [];

  /** Starts the servers that don't run and waits for all of them. */
  async function start(): Promise<void> {
    for (const [at, role] of roles.entries()) {
      servers[at] ??= keepServer(program, { ...env, PORT: String(ports[at]), ROLE: role });
    }
    await ready();
  }

  async function ready(): Promise<void> {
    await Promise.all(servers.map((server) => server.ready()));
  }

  return {
    url,
    servers,
    disk,
    line,
    setClock,
    start,
    ready,
    simulator: simulator.url,
    /** Where the database is, past the line that is cut. */
    databaseUrl: database?.url ?? `file:${join(disk.folder, 'data', 'qingniao.db')}`,
    admin: <T>(path: string, body?: object) =>
      must<T>(`${url}/api/v1${path}`, body, { authorization: `Bearer ${ADMIN_TOKEN}` }),
    sim: <T>(path: string, body?: object) => must<T>(`${simulator.url}/api${path}`, body),
    clearFaults: async () => {
      await fetch(`${simulator.url}/api/faults`, { method: 'DELETE' });
    },
    /** Ends all servers in good order; what went wrong with that, and which of them had ended by themselves before. */
    async stop(): Promise<string[]> {
      const stopped = servers.splice(0);
      const deaths = stopped.flatMap((server) => server.deaths);
      const codes = await Promise.all(stopped.map((server) => server.end()));
      const bad = codes.flatMap((code, at) =>
        code === 0 ? [] : [`server ${at} (${roles[at]}) did not drain: it ended with ${code ?? 'a signal'}`],
      );
      return [...deaths, ...bad];
    },
    async close(): Promise<void> {
      await simulator.end();
      await line?.close();
      await database?.drop();
      disk.remove();
    },
  };
}

async function makeDatabase(server: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `qingniao_torture_${randomBytes(4).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`CREATE DATABASE "${name}"`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`) };
}
