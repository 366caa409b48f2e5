/** One helper that makes end-to-end tests short: the real server over HTTP, the simulator beside it, and a settable clock. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '#src/config.js';
import { SANDBOX_SMS } from '#src/config-table.js';
import { createHttpServer } from '#src/lib/http-server.js';
import { createLogger } from '#src/lib/logger.js';
import {
  createSimulator,
  PUSH_MODES,
  type PushMode,
  simulatedWecom,
  simulatorDefaults,
} from '#src/simulator/index.js';
import { wire } from '#src/wiring.js';
import { type AppBuilder, buildApp } from './builders.js';
import { createTestClock } from './clock.js';
import { ON_POSTGRES, openDatabase } from './database.js';
import { type Answer, type Ask, ask } from './http.js';
import { createMember, type Member } from './member.js';
import { createPhone, type Phone } from './phone.js';
import { type Browser, openBrowser, type Role, signIn } from './sign-in.js';

/** What a world may be told. */
export interface WorldOptions {
  mode?: PushMode;
  /** False for worlds that break the token endpoint on purpose: else each token death may cost one request. */
  countTokens?: boolean;
  /** The simulator's mail server listens and is the server's default mailer. */
  mail?: boolean;
  /** More settings of the server. */
  env?: Record<string, string>;
}

/** A running world. `drain` delivers everything that is due at the clock's present time. */
export type World = Awaited<ReturnType<typeof openWorld>>;

/** Processes on one database need the same key. */
const SHARED_KEY = Buffer.alloc(32, 7).toString('base64');
const ADMIN_TOKEN = 'test-admin-token-of-the-worlds';

/** A token is renewed five minutes before its two hours end. */
const TOKEN_LIFE_MS = 6_900_000;

/** How the platform behaves in this run; the test configuration repeats all worlds in each way. */
const MODE = PUSH_MODES.find((mode) => mode === process.env.WORLD_MODE) ?? 'plain';
const TOKEN_CALLS = Number(process.env.WORLD_TOKEN_CALLS ?? 0);

/** Opens a world in a temporary folder; `close` ends it and removes the folder. */
export async function openWorld(options: WorldOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-test-'));
  const clock = createTestClock();
  const startedAt = clock.now();
  const lines: string[] = [];
  const log = createLogger('debug', (line) => lines.push(line));
  const mode = options.mode ?? MODE;
  const simulator = createSimulator({
    ...simulatorDefaults,
    mode,
    publicUrl: '',
    clock,
    log,
    delay: async () => {},
    ...(options.mail ? { smtpPort: 0 } : {}),
  });
  const outside = await listen(simulator.app.callback());
  const server = createHttpServer((req, res) => void parts.answer(req, res));
  const serverUrl = await listenOn(server);
  simulator.setAddresses({
    pushTo: `${serverUrl}/wechat`,
    wecomPushTo: `${serverUrl}/wecom`,
    publicUrl: outside.url,
  });
  const database = await openDatabase(folder);
  const env: Record<string, string> = {
    DATA_DIR: folder,
    DATABASE_URL: database.url,
    ...(ON_POSTGRES ? { SECRET_KEY: SHARED_KEY } : {}),
    ADMIN_TOKEN,
    // Tests knock with wrong keys a lot, all from one address; those of the limit set it.
    MAX_WRONG_KEYS: '0',
    PUBLIC_URL: serverUrl,
    ALLOW_PRIVATE_TARGETS: 'true',
    DEMO_PAGE: 'true',
    NOTIFY_PAGE: 'true',
    WECHAT_APP_ID: simulatorDefaults.appId,
    WECHAT_APP_SECRET: simulatorDefaults.secret,
    WECHAT_TOKEN: simulatorDefaults.token,
    WECHAT_TEMPLATE_ID: 'sim-category-template',
    WECHAT_TEMPLATE_FIELDS: 'thing1=title,thing2=summary,time3=time',
    WECHAT_API_BASE: `${outside.url}/wechat`,
    WECHAT_MP_BASE: `${outside.url}/wechat`,
    WECHAT_OPEN_BASE: `${outside.url}/wechat`,
    WECOM_CORP_ID: simulatedWecom.corpId,
    WECOM_AGENT_ID: String(simulatedWecom.agentId),
    WECOM_SECRET: simulatedWecom.secret,
    WECOM_TOKEN: simulatorDefaults.wecomToken,
    WECOM_ENCODING_AES_KEY: simulatorDefaults.wecomAesKey,
    WECOM_API_BASE: `${outside.url}/wecom`,
    SMS_ACCESS_KEY_ID: SANDBOX_SMS.accessKeyId,
    SMS_ACCESS_KEY_SECRET: SANDBOX_SMS.accessKeySecret,
    SMS_SIGN_NAME: SANDBOX_SMS.signName,
    SMS_TEMPLATE_CODE: SANDBOX_SMS.templateCode,
    SMS_CODE_TEMPLATE: SANDBOX_SMS.codeTemplate,
    SMS_BASE: `${outside.url}/sms`,
    ...(options.mail ? await readMailer(outside.url) : {}),
    ...(mode === 'plain' ? {} : { WECHAT_ENCODING_AES_KEY: simulatorDefaults.aesKey }),
    ...options.env,
  };
  const boot = async () => {
    const made = await wire({ config: parseConfig(env), clock, log, selfUrl: serverUrl, chance: () => 0.5 });
    await made.worker.prepare();
    return { ...made, answer: made.app.callback() };
  };
  let parts = await boot();
  let isUp = true;
  /** Nothing where a start has failed. */
  const stop = async (): Promise<void> => {
    if (isUp) {
      isUp = false;
      await parts.close();
    }
  };

  /** Asks the server. */
  const call = (path: string, input: Ask = {}): Promise<Answer> => ask(`${serverUrl}${path}`, input);
  /** Asks the management API as the operator; a body makes it a POST. */
  const admin = (path: string, body?: unknown, method?: string): Promise<Answer> =>
    call(`/api/v1${path}`, {
      ...(method === undefined ? {} : { method }),
      ...(body === undefined ? {} : { body }),
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
  /** Asks the simulator's control API. */
  const sim = (path: string, body?: unknown, method?: string): Promise<Answer> =>
    ask(`${outside.url}/api${path}`, {
      ...(method === undefined ? {} : { method }),
      ...(body === undefined ? {} : { body }),
    });
  /** Delivers everything that is due now, the platform's receipts included. */
  const drain = async (): Promise<void> => {
    await parts.worker.drain();
    await simulator.idle();
    await parts.worker.drain();
  };
  const phones = new Map<string, Phone>();
  const openPhone = (name: string): Phone => {
    const known = phones.get(name) ?? createPhone({ sim }, name);
    phones.set(name, known);
    return known;
  };
  /** Makes somebody's account what a test needs, as an operator would. */
  const setRole = async (uid: string, role: 'operator' | 'developer'): Promise<void> => {
    const { personId } = await parts.core.people.getByUid(uid);
    const made = { personId: BigInt(personId), role, createdAt: new Date(clock.now()) };
    await parts.db.account.upsert({ where: { personId: made.personId }, create: made, update: { role } });
  };
  if (TOKEN_CALLS > 0) {
    await sim('/tokens', { dieAfterCalls: TOKEN_CALLS });
  }
  /** Each death of a token must have cost one request for another, however many calls met it. */
  const checkTokens = async (): Promise<void> => {
    const { calls, tokenDeaths } = (await sim('/stats')).json as {
      calls: Record<string, { count: number } | undefined>;
      tokenDeaths: number;
    };
    const requests = calls['/wechat/cgi-bin/stable_token']?.count ?? 0;
    const expiries = Math.floor((clock.now() - startedAt) / TOKEN_LIFE_MS);
    if (requests > tokenDeaths + expiries + 1 || calls['/wechat/cgi-bin/token']) {
      throw new Error(`${requests} token requests for ${tokenDeaths} deaths`);
    }
  };

  return {
    url: serverUrl,
    simulatorUrl: outside.url,
    adminToken: ADMIN_TOKEN,
    databaseUrl: database.url,
    folder,
    clock,
    get core() {
      return parts.core;
    },
    get db() {
      return parts.db;
    },
    get worker() {
      return parts.worker;
    },
    /** All doors in by name, and all doors out, as the server has them. */
    get doors() {
      return { dialects: parts.dialects, channels: parts.channels };
    },
    get upkeep() {
      return parts.upkeep;
    },
    /** All log lines so far. */
    lines,
    call,
    admin,
    sim,
    drain,
    /** Makes an app by the management API. */
    app: (name: string, input: Record<string, unknown> = {}): AppBuilder => buildApp({ admin }, name, input),
    /** A person with WeChat, by name: the same name is the same person. */
    phone: openPhone,
    /** A browser with this person signed in by the scan of the sign-in page's code. */
    signIn: (name: string, as: { role?: Role } = {}): Promise<Browser> =>
      signIn({ url: serverUrl, core: parts.core, phone: openPhone, setRole }, name, as.role ?? 'follower'),
    /** A browser that nobody is signed in with. */
    browser: (): Browser => openBrowser(serverUrl),
    /** A member of the WeCom corp, by user id. */
    wecomMember: (userId: string): Member => createMember({ sim }, userId),
    /** The exchange of secret keys. */
    get keyRotation() {
      return parts.keyRotation;
    },
    /** Stops the server and starts it again on the same data, with more settings where some are given; the outside world goes on meanwhile. */
    async restart(changes: Record<string, string> = {}): Promise<void> {
      await stop();
      Object.assign(env, changes);
      parts = await boot();
      isUp = true;
    },
    /** The address of a recording webhook of the simulator. */
    webhook: (name: string): string => `${outside.url}/webhook/${name}`,
    async close(): Promise<void> {
      if (options.countTokens !== false) {
        await checkTokens();
      }
      await closeServer(server);
      await stop();
      await simulator.close();
      await closeServer(outside.server);
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The settings of a mailer that is the simulator's. */
async function readMailer(simulatorUrl: string): Promise<Record<string, string>> {
  const { url } = (await ask(`${simulatorUrl}/api/mail`)).json as { url: string };
  return { SMTP_URL: url, MAIL_FROM: '青鸟 <push@qingniao.example>' };
}

async function listen(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  return { server, url: await listenOn(server) };
}

async function listenOn(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
