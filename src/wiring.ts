/** The one place where objects are made and handed to each other. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Middleware } from 'koa';
import { createApp } from './app.js';
import { createPayloads } from './callbacks/payloads.js';
import { createSendCallback } from './callbacks/send.js';
import { createChannelRegistry } from './channels/registry.js';
import type { Config, WechatSettings } from './config.js';
import { AppError } from './core/errors.js';
import { type Core, createCore } from './core/index.js';
import { RETENTION_DAYS } from './core/messages.js';
import { createPageLinks } from './core/page-links.js';
import { createPlatformTokens } from './core/platform-tokens.js';
import { servePrefixed } from './dialects/prefix.js';
import { createDialects } from './dialects/registry.js';
import { createContents } from './engine/contents.js';
import { createCounters } from './engine/counters.js';
import { createLimits } from './engine/limits.js';
import { createRunJob } from './engine/run-job.js';
import { createUpkeep } from './engine/upkeep.js';
import { Worker } from './engine/worker.js';
import type { Clock } from './lib/clock.js';
import { createNewId } from './lib/ids.js';
import type { Logger } from './lib/logger.js';
import { createSafeFetch } from './lib/safe-fetch.js';
import { createSecretBox } from './lib/secret-box.js';
import { deriveKey, loadSecretKey } from './lib/secret-key.js';
import { createOutgoing } from './outgoing.js';
import { createWechatPlatform, PlatformError } from './platforms/wechat/index.js';
import { openStore, type Store } from './store/open.js';
import { createApi } from './web/api/index.js';
import { createNotifyPage } from './web/notify/index.js';
import { createOps } from './web/ops/index.js';
import { openViews } from './web/pages/index.js';
import { createPages } from './web/site.js';
import { buildMenu, createWechatDoor, createWecomDoor, type WechatDoor } from './wechat/index.js';

/** What wiring needs besides the settings: addresses that are known once the server listens, and the means of tests. */
export interface WiringInput {
  config: Config;
  clock: Clock;
  log: Logger;
  /** Where this server is reached by itself, without a trailing slash. */
  selfUrl: string;
  /** Spreads retries; 0 up to 1. */
  chance?: () => number;
  /** Mounted before all doors: the simulator in the sandbox. */
  extraDoors?: readonly Middleware[];
}

/** Everything that runs. */
export type Parts = Awaited<ReturnType<typeof wire>>;

const viewsDir = fileURLToPath(new URL('../views/', import.meta.url));
const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
/** The engine counts as stuck when its loop has not come round for so long. */
const STUCK_MS = 30_000;

/** Opens the database and makes all parts. Throws StoreError when the database cannot be had. */
export async function wire(input: WiringInput) {
  const { config, clock, log } = input;
  const publicUrl = config.publicUrl ?? input.selfUrl.replace('127.0.0.1', 'localhost');
  const key = config.secretKey ?? loadSecretKey(config.dataDir);
  const box = createSecretBox(deriveKey(key, 'box'));
  const hashKey = deriveKey(key, 'hash');
  const store = await openStore(config.databaseUrl);
  const { db } = store;
  const newId = createNewId(clock, 0, await readLastId(store));
  const account = { platform: 'wechat', account: config.wechat.appId } as const;
  const tokens = createPlatformTokens(db, box);
  const wechat = createWechatPlatform({
    config: withBases(config.wechat, { selfUrl: input.selfUrl, publicUrl }),
    tokens,
    clock,
    log: log.child('wechat-api'),
  });
  const http = createSafeFetch({ allowPrivate: config.allowPrivateTargets });
  const outgoing = createOutgoing({
    config,
    selfUrl: input.selfUrl,
    clock,
    log,
    newId,
    http,
    wechat,
    tokens,
    publicUrl,
  });
  const wakers: (() => void)[] = [];
  const wake = (): void => {
    for (const waker of wakers) {
      waker();
    }
  };
  const core = createCore(
    { db, clock, newId, box, hashKey, log: log.child('core'), account, publicUrl, wake },
    {
      qrcodes: { createQrcode: (asked) => askWechat(() => wechat.createQrcode(asked)) },
      checkUrl: http.checkUrl,
      adminToken: config.adminToken,
      channels: { kinds: outgoing.personal, trySend: outgoing.trySend },
      notify: outgoing.notify,
    },
  );
  const dialects = createDialects(core);
  const counters = createCounters();
  const others = Object.fromEntries(outgoing.personal.map(({ id, limits }) => [id, limits]));
  const limits = createLimits(db, outgoing.server.limits.inFlight, others, clock);
  const styles = Object.fromEntries(
    dialects.flatMap((dialect) => (dialect.callbackBody ? [[dialect.name, dialect.callbackBody]] : [])),
  );
  const engineLog = log.child('engine');
  const worker = new Worker({
    db,
    clock,
    newId,
    log: engineLog,
    account,
    limits,
    contents: createContents({
      db,
      box,
      account,
      pageUrlOf: createPageLinks(hashKey, publicUrl).urlOf,
      serverSettings: outgoing.serverSettings,
      now: clock.now,
    }),
    runJob: createRunJob({
      db,
      clock,
      log: engineLog,
      account,
      channels: createChannelRegistry(outgoing.all),
      sendCallback: createSendCallback({ http, clock, payloadOf: createPayloads(styles) }),
      limits,
      http,
      chance: input.chance ?? Math.random,
      onTry: counters.countTry,
    }),
  });
  wakers.push(() => worker.wake());
  const upkeep = createUpkeep({ db, clock, log: engineLog, retentionDays: RETENTION_DAYS, wake });
  const { view, assets } = openViews({ dir: viewsDir });
  const site = createPages({
    core,
    wechat,
    appId: config.wechat.appId,
    sandbox: config.sandbox,
    clock,
    view,
    publicUrl,
    callbackBase: config.sandbox ? input.selfUrl : publicUrl,
    version: VERSION,
    signKey: deriveKey(key, 'sign'),
  });
  const ops = createOps({
    isReady: () => checkReady(store, worker, config, clock),
    metrics: () => writeMetrics(core, counters),
    adminToken: config.adminToken,
  });
  const wechatDoor = createWechatDoor({
    core,
    settings: config.wechat,
    sendText: wechat.sendText,
    clock,
    log: log.child('wechat'),
  });
  const wecomDoor = openWecomDoor({ core, outgoing, config, clock, log });
  const app = createApp({
    log,
    writeErrorPage: site.writeErrorPage,
    doors: [
      ...(input.extraDoors ?? []),
      ops,
      wechatDoor,
      ...(wecomDoor ? [wecomDoor] : []),
      ...dialects.map(servePrefixed),
      ...dialects.map((dialect) => dialect.router.routes() as Middleware),
      createApi(core, { createMenu: () => askWechat(() => wechat.createMenu(buildMenu(publicUrl))) }),
      assets.middleware,
      ...site.pages,
      createNotifyPage({ notifyCodes: core.notifyCodes, view, publicUrl, clock, sandbox: config.sandbox }),
    ],
  });
  return { app, core, db, worker, upkeep, wechat, site, publicUrl, close };

  async function close(): Promise<void> {
    await Promise.all([wechatDoor.idle(), wecomDoor?.idle()]);
    await worker.stop();
    await Promise.all([wechat.close(), http.close(), outgoing.close()]);
    await store.close();
  }
}

/** The WeCom app's server URL, where its token and key are set. */
function openWecomDoor(parts: {
  core: Core;
  outgoing: ReturnType<typeof createOutgoing>;
  config: Config;
  clock: Clock;
  log: Logger;
}): WechatDoor | null {
  const { core, outgoing, clock, log } = parts;
  const { wecom } = parts.config;
  if (!wecom?.token || !wecom.aesKey) {
    return null;
  }
  return createWecomDoor({
    core,
    settings: { corpId: wecom.corpId, token: wecom.token, aesKey: wecom.aesKey },
    sendText: async (member, content) => {
      await outgoing.wecom.sendMessage(wecom, { touser: member, msgtype: 'text', text: { content } });
    },
    clock,
    log: log.child('wecom'),
  });
}

/** The real hosts, or the simulator of this very server; people's browsers reach it by the public address. */
function withBases(settings: WechatSettings, urls: { selfUrl: string; publicUrl: string }) {
  const simulator = `${urls.selfUrl}/simulator/wechat`;
  const { appId, appSecret, apiBase, mpBase, openBase } = settings;
  return {
    appId,
    appSecret,
    apiBase: apiBase ?? simulator,
    mpBase: mpBase ?? simulator,
    openBase: openBase ?? `${urls.publicUrl}/simulator/wechat`,
  };
}

/** A refusal of WeChat's becomes an error that tells the caller what to do. */
async function askWechat<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof PlatformError) {
      throw new AppError('wechat_failed', { detail: `${error.message} ${error.advice}`.trim() });
    }
    throw error;
  }
}

async function readLastId({ db }: Store): Promise<number> {
  const [row] = await db.$queryRawUnsafe<{ id: bigint | null }[]>(
    `SELECT max(id) AS "id" FROM (SELECT max("id") AS id FROM "Message" UNION ALL SELECT max("id") FROM "Delivery"
     UNION ALL SELECT max("id") FROM "Event" UNION ALL SELECT max("id") FROM "Person" UNION ALL SELECT max("id") FROM "Subscription")`,
  );
  return Number(row?.id ?? 0);
}

async function checkReady(store: Store, worker: Worker, config: Config, clock: Clock) {
  try {
    await store.db.$queryRawUnsafe('SELECT 1');
  } catch {
    return { ready: false, why: 'the database does not answer' };
  }
  const isStuck = config.role !== 'api' && clock.now() - worker.lastStepAt > STUCK_MS;
  return isStuck ? { ready: false, why: 'the engine does not come round' } : { ready: true };
}

async function writeMetrics(
  core: ReturnType<typeof createCore>,
  counters: ReturnType<typeof createCounters>,
) {
  const { queue, counts, rests } = await core.overview.read();
  const gauge = (name: string, help: string, value: number) => ({ name, help, values: [{ value }] });
  return counters.write([
    gauge('qingniao_queue_due', 'Deliveries that wait.', queue.due),
    gauge('qingniao_queue_oldest_seconds', 'Age of the oldest delivery that is due.', queue.oldestDueSeconds),
    gauge('qingniao_people_following', 'People who follow the account.', counts.people),
    gauge('qingniao_messages_day', 'Messages accepted in the last 24 hours.', counts.messages24h),
    gauge('qingniao_resident_bytes', 'Resident memory.', process.memoryUsage.rss()),
    {
      name: 'qingniao_queue_resting',
      help: 'Queues that must rest.',
      values: rests.map((rest) => ({ labels: { queue: rest.queue, code: rest.code }, value: 1 })),
    },
  ]);
}
