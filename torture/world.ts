/** What a run happens to: the outside world behind its wire, the servers under their keepers, their database, disk and clocks. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SANDBOX_SMS } from '#src/config-table.js';
import { simulatorDefaults } from '#src/simulator/index.js';
import { type Database, makeDatabase } from './database.js';
import { openDisk } from './disk.js';
import { createGate } from './gate.js';
import { must } from './http.js';
import { type Line, openLine } from './line.js';
import type { Cast } from './people.js';
import { plantBug } from './plant.js';
import { takePort } from './ports.js';
import { build, type Kept, keepServer, startSimulator } from './processes.js';
import { wecomApp } from './receivers.js';
import { createRunTime } from './time.js';
import { openWire, type WireState } from './wire.js';

/** How a world is made. */
export interface WorldOptions {
  /** A PostgreSQL server; null: SQLite. */
  database: string | null;
  /** The bug to plant; null: none. */
  bug: string | null;
}

/** A world under torture. */
export type World = Awaited<ReturnType<typeof openWorld>>;

const ADMIN_TOKEN = 'the-admin-token-of-the-torture';

/** Opens it: one process on SQLite; on PostgreSQL one that accepts and two that deliver, each by a line of its own. */
export async function openWorld(options: WorldOptions) {
  build();
  const program = options.bug ? await plantBug(options.bug) : 'dist/main.js';
  const disk = openDisk();
  const database = options.database === null ? null : await makeDatabase(options.database);
  const roles = database ? ['api', 'worker', 'worker'] : ['all'];
  const ports = await Promise.all(roles.map(() => takePort()));
  const lines: readonly Line[] = database
    ? await Promise.all(roles.map(() => openLine(database.server)))
    : [];
  const url = `http://127.0.0.1:${ports[0]}`;
  const simulator = await startSimulator(['--push-to', `${url}/wechat`]);
  const sim = <T>(path: string, body?: object) => must<T>(`${simulator.url}/api${path}`, body);
  const wire = await openWire(simulator.url);
  const time = createRunTime(roles.length, async (advanceMs) => {
    await Promise.all([sim('/clock', { advanceMs }), database?.pass(advanceMs)]);
  });
  const { port: smtpPort } = await sim<{ port: number }>('/mail');
  const mail = await openLine({ host: '127.0.0.1', port: smtpPort });
  const dataDir = join(disk.folder, 'data');
  const shared = { ...settingsFor(wire.url, url), DATA_DIR: dataDir, ...sharedKey(database) };
  const envOf = (at: number): Record<string, string> => {
    const line = lines[at];
    const own = { PORT: String(ports[at]), ROLE: roles[at] ?? 'all', TORTURE_CLOCK: time.fileOf(at) };
    return {
      ...shared,
      ...own,
      ...(options.bug ? { TORTURE_BUG: options.bug } : {}),
      ...(database && line ? { DATABASE_URL: database.urlBy(line.port) } : {}),
    };
  };
  const servers: Kept[] = [];

  /** Starts the servers that don't run and waits for all of them. */
  async function start(): Promise<void> {
    for (const at of roles.keys()) {
      servers[at] ??= keepServer(program, envOf(at));
    }
    await ready();
  }

  async function ready(): Promise<void> {
    await Promise.all(servers.map((server) => server.ready()));
  }

  async function setOutside(state: WireState): Promise<void> {
    await wire.set(state);
    if (state === 'open') {
      mail.mend();
    } else {
      mail.cut();
    }
  }

  return {
    url,
    servers,
    disk,
    dataDir,
    /** Settings of a server, for commands that work on its data. */
    env: shared,
    /** The lines to PostgreSQL, one a server; none on SQLite. */
    lines,
    /** The PostgreSQL database; null: SQLite. */
    database,
    wire,
    time,
    /** Callers go through it, and wait while somebody is alone with the servers. */
    traffic: createGate(),
    /** Blows fall through it, and wait while one must fall alone. */
    blows: createGate(),
    start,
    ready,
    simulator: simulator.url,
    smtpPort: String(mail.port),
    /** Who receives; empty until they are made. */
    cast: null as Cast | null,
    /** The SQLite file. */
    databasePath: join(dataDir, 'qingniao.db'),
    /** Where the database is, past the lines that are cut. */
    databaseUrl: database?.url ?? `file:${join(dataDir, 'qingniao.db')}`,
    admin: <T>(path: string, body?: object) =>
      must<T>(`${url}/api/v1${path}`, body, { authorization: `Bearer ${ADMIN_TOKEN}` }),
    adminToken: ADMIN_TOKEN,
    sim,
    /** Lets the outside world be reached, or not. */
    setOutside,
    /** The outside world is as it should be again. */
    async clearFaults(): Promise<void> {
      wire.spare();
      await setOutside('open');
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
      await wire.close();
      await mail.close();
      await Promise.all(lines.map((line) => line.close()));
      await database?.drop();
      time.close();
      disk.remove();
    },
  };
}

/** On SQLite the server makes its key and keeps it beside its database; processes on PostgreSQL are given one. */
function sharedKey(database: Database | null): Record<string, string> {
  return database ? { SECRET_KEY: randomBytes(32).toString('base64') } : {};
}

function settingsFor(outside: string, publicUrl: string): Record<string, string> {
  const { corpId, agentId, secret } = wecomApp();
  return {
    HOST: '127.0.0.1',
    PUBLIC_URL: publicUrl,
    ADMIN_TOKEN,
    LOG_LEVEL: 'info',
    // The disk that fills up is a small one.
    MIN_FREE_MB: '0',
    ALLOW_PRIVATE_TARGETS: 'true',
    WECHAT_APP_ID: simulatorDefaults.appId,
    WECHAT_APP_SECRET: simulatorDefaults.secret,
    WECHAT_TOKEN: simulatorDefaults.token,
    WECHAT_TEMPLATE_ID: 'sim-category-template',
    WECHAT_TEMPLATE_FIELDS: 'thing1=title,thing2=summary,time3=time',
    WECHAT_API_BASE: `${outside}/wechat`,
    WECHAT_MP_BASE: `${outside}/wechat`,
    WECHAT_OPEN_BASE: `${outside}/wechat`,
    WECOM_CORP_ID: corpId,
    WECOM_AGENT_ID: agentId,
    WECOM_SECRET: secret,
    WECOM_API_BASE: `${outside}/wecom`,
    DINGTALK_BASE: `${outside}/dingtalk`,
    FEISHU_BASE: `${outside}/feishu`,
    SMS_BASE: `${outside}/sms`,
    SMS_ACCESS_KEY_ID: SANDBOX_SMS.accessKeyId,
    SMS_ACCESS_KEY_SECRET: SANDBOX_SMS.accessKeySecret,
    SMS_SIGN_NAME: SANDBOX_SMS.signName,
    SMS_TEMPLATE_CODE: SANDBOX_SMS.templateCode,
    SMS_CODE_TEMPLATE: SANDBOX_SMS.codeTemplate,
  };
}

/** The key file's text, to tell later whether it is still that key; null where there is none. */
export function readKey(dataDir: string): string | null {
  const path = join(dataDir, 'secret.key');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
