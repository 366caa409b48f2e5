/** The one place where objects are made and handed to each other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Middleware } from 'koa';
import { createApp } from './app.js';
import { createAskQuotas } from './ask-quotas.js';
import { askWechat, withBases } from './ask-wechat.js';
import { createPayloads } from './callbacks/payloads.js';
import { createSendCallback } from './callbacks/send.js';
import { createChannelRegistry } from './channels/registry.js';
import type { Config } from './config.js';
import { type Core, createCore } from './core/index.js';
import { createKeyRotation } from './core/key-rotation.js';
import { createPageLinks } from './core/page-links.js';
import { createPlatformTokens } from './core/platform-tokens.js';
import { placeData } from './data-places.js';
import { answerStrangers, serveDialects } from './dialects/doors.js';
import { createDialects } from './dialects/registry.js';
import { createContents } from './engine/contents.js';
import { createCounters } from './engine/counters.js';
import { createLimits } from './engine/limits.js';
import { writeMetrics } from './engine/metrics.js';
import { createReadiness } from './engine/readiness.js';
import { createRunJob } from './engine/run-job.js';
import { createTroubles } from './engine/troubles.js';
import { createUpkeep } from './engine/upkeep.js';
import { Worker } from './engine/worker.js';
import type { Clock } from './lib/clock.js';
import type { FollowedClock } from './lib/followed-clock.js';
import { createNewId } from './lib/ids.js';
import type { Logger } from './lib/logger.js';
import { PROJECT_DIR } from './lib/project.js';
import { createSafeFetch } from './lib/safe-fetch.js';
import { openData } from './open-data.js';
import { openWecomDoor } from './open-wecom-door.js';
import { createNoteInside, createOutgoing } from './outgoing.js';
import { createWechatPlatform } from './platforms/wechat/index.js';
import { createSelfCheckOutside } from './self-check.js';
import { explainLoss } from './store/damage.js';
import { connectionOf, providerOf } from './store/db.js';
import { watchCommits } from './store/group-commit.js';
import { readLastId } from './store/last-id.js';
import { createPlaces } from './store/places.js';
import { createApi } from './web/api/index.js';
import { createPageCompression } from './web/compress-pages.js';
import { createHostGuard } from './web/host-guard.js';
import { createOps } from './web/ops/index.js';
import { createPublicFiles } from './web/ops/public-files.js';
import { hideFromPages, openViews } from './web/pages/index.js';
import { createPages } from './web/site.js';
import { buildMenu, createWechatDoor } from './wechat/index.js';

/** What wiring needs besides the settings: addresses that are known once the server listens, and the means of tests. */
export interface WiringInput {
  config: Config;
  /** One that can follow goes by the database's, where that is shared. */
  clock: Clock | FollowedClock;
  log: Logger;
  /** Where this server is reached by itself, without a trailing slash. */
  selfUrl: string;
  /** Spreads retries; 0 up to 1. */
  chance?: () => number;
  /** How often the engine looks for work that nobody told it of, in milliseconds. */
  pollMs?: number;
  /** Mounted before all doors: the simulator in the sandbox. */
  extraDoors?: readonly Middleware[];
}

/** Everything that runs. */
export type Parts = Awaited<ReturnType<typeof wire>>;

const VERSION: string = JSON.parse(readFileSync(join(PROJECT_DIR, 'package.json'), 'utf8')).version;

/** Opens the database and makes all parts. Throws StoreError when the database cannot be had. */
export async function wire(input: WiringInput) {
  const { config, clock, log } = input;
  const publicUrl = config.publicUrl ?? input.selfUrl.replace('127.0.0.1', 'localhost');
  const { ring: box, hashKey, store } = await openData(config, { clock, log });
  const { db } = store;
  connectionOf(db)?.onDamage((words) => log.error(explainLoss(words)));
  if (store.restored !== null) {
    log.info('a backup took the place of the database', { former: store.restored });
  }
  const newId = createNewId(clock, store.session.node, await readLastId(db));
  const account = { platform: 'wechat', account: config.wechat.appId } as const;
  const tokens = createPlatformTokens(db, box);
  const wechat = createWechatPlatform({
    config: { ...withBases(config.wechat, { selfUrl: input.selfUrl, publicUrl }), proxy: config.proxy },
    tokens,
    clock,
    log: log.child('wechat-api'),
  });
  const onInside = createNoteInside({ clock, log });
  const http = createSafeFetch({ allowPrivate: config.allowPrivateTargets, proxy: config.proxy, onInside });
  const outgoing = createOutgoing({
    config,
    selfUrl: input.selfUrl,
    clock,
    log,
    newId,
    http,
    onInside,
    wechat,
    tokens,
    publicUrl,
    takePlaces: createPlaces({ db: providerOf(db) === 'sqlite' ? null : db, clock }),
    readTemplateChoice: () => core.templateChoices.read(),
    admitPost: (post) => core.serverPost.admit(post),
  });
  const counters = createCounters();
  watchCommits(db, counters.countCommit);
  const wakers: (() => void)[] = [];
  const wakeHere = (): void => {
    for (const waker of wakers) {
      waker();
    }
  };
  const callOthers = (): void => store.session.tell('work');
  const wake = (): void => {
    wakeHere();
    callOthers();
  };
  const resumeQueue = (queue: string): Promise<void> => limits.resume(queue).then(wake);
  store.session.onWord(wakeHere);
  const keyRotation = createKeyRotation({ db, ring: box, session: store.session, clock, log });
  const core: Core = createCore(
    { db, clock, newId, box, hashKey, log: log.child('core'), account, publicUrl, wake },
    {
      qrcodes: { createQrcode: (asked) => askWechat(() => wechat.createQrcode(asked)) },
      listFollowers: wechat.listFollowers,
      checkUrl: http.checkUrl,
      adminToken: config.adminToken,
      maxBacklog: config.maxBacklog,
      ...placeData(config, box.marks),
      maxWrongKeys: config.maxWrongKeys,
      eraseAfterDays: config.eraseAfterDays,
      onCommitted: counters.countAccept,
      firstAdminPath: join(config.dataDir, 'first-admin-code'),
      registration: config.sandbox ? 'open' : 'closed',
      channels: { kinds: outgoing.personal, trySend: outgoing.trySend },
      notify: { ...outgoing.notify, resumeQueue },
      contacts: outgoing.contacts,
    },
  );
  const firstAdminFile = await core.accounts.prepareFirstAdmin();
  if (firstAdminFile !== null) {
    log.info(
      `nobody administers this server yet: sign in at ${publicUrl}/console with the code in ${firstAdminFile}`,
    );
  }
  const dialects = createDialects(core);
  const others = Object.fromEntries(outgoing.personal.map(({ id, limits }) => [id, limits]));
  const limits = createLimits(db, outgoing.server.limits.inFlight, others, clock);
  const styles = Object.fromEntries(
    dialects.flatMap((dialect) => (dialect.callbackBody ? [[dialect.name, dialect.callbackBody]] : [])),
  );
  const engineLog = log.child('engine');
  const channels = createChannelRegistry(outgoing.all);
  const troubles = createTroubles({ db, clock, log: engineLog, limits });
  const worker = new Worker({
    db,
    clock,
    newId,
    log: engineLog,
    account,
    limits,
    served: new Set(Object.keys(outgoing.serverSettings)),
    callOthers,
    onClockJump: core.overview.noteJump,
    ...(input.pollMs === undefined ? {} : { pollMs: input.pollMs }),
    contents: createContents({
      db,
      box,
      account,
      pageUrlOf: createPageLinks(box, publicUrl).urlOf,
      isShared: (id) => channels.find(id)?.isShared ?? false,
      serverSettings: outgoing.serverSettings,
      now: clock.now,
      disabled: core.disabled,
    }),
    runJob: createRunJob({
      db,
      clock,
      log: engineLog,
      account,
      channels,
      sendCallback: createSendCallback({ http, clock, payloadOf: createPayloads(styles) }),
      limits,
      troubles,
      http,
      chance: input.chance ?? Math.random,
      onTry: counters.countTry,
      onEnd: (end) => {
        core.figures.countEnd(end);
        counters.countEnd(end);
      },
    }),
  });
  wakers.push(() => worker.wake());
  const upkeep = createUpkeep({
    db,
    clock,
    log: engineLog,
    readRetention: core.retention.readRules,
    writeFigures: () => {
      core.wrongKeys.logRecent();
      return core.writeCounts();
    },
    lookAtTroubles: troubles.look,
    importFollowers: core.followerImport.step,
    makeBackup: core.backups.backupWhenDue,
    erasePeople: core.erasure.sweep,
    ...(box.marks.length > 1 ? { exchangeKeys: async () => void (await keyRotation.step()) } : {}),
    noteQuota: createAskQuotas(core, wechat),
  });
  const { view, assets } = openViews({ dir: join(PROJECT_DIR, 'views') });
  const site = createPages({
    core,
    wechat,
    appId: config.wechat.appId,
    sandbox: config.sandbox,
    openPages: config.openPages,
    clock,
    view,
    publicUrl,
    database: providerOf(db),
    callbackBase: config.sandbox ? input.selfUrl : publicUrl,
    version: VERSION,
    box,
    dialects,
    previewCard: outgoing.server.preview,
    selfCheck: createSelfCheckOutside({
      ...{ config, clock, publicUrl, wechat, wecom: outgoing.wecom },
      ...{ menu: buildMenu(publicUrl), version: VERSION },
    }),
    resumeQueue,
  });
  const ops = createOps({
    isReady: createReadiness({
      db,
      clock,
      lastStepAt: () => (config.role === 'api' ? null : worker.lastStepAt),
      isDiskFull: async () => (await core.disk.read()).state === 'refusing',
    }),
    metrics: () => writeMetrics({ core, db, counters, runningCount: limits.runningCount }),
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
  const hosts = createHostGuard({
    urls: [publicUrl, input.selfUrl],
    names: config.allowedHosts,
    clock,
    log,
  });
  // Everybody knows the token of the sandbox: there the simulator alone pushes, and no page for it.
  const platformDoors = [wechatDoor, ...(wecomDoor ? [wecomDoor] : [])].map((door) =>
    config.sandbox ? hosts.hide(hideFromPages(door, publicUrl)) : door,
  );
  const strangers = answerStrangers(dialects);
  const app = createApp({
    log,
    writeErrorPage: site.writeErrorPage,
    proxies: config.trustProxy,
    wrongKeys: core.wrongKeys,
    doors: [
      ...(input.extraDoors ?? []).map((door) => hosts.hide(door)),
      ops,
      createPublicFiles({ securityContact: config.securityContact, publicUrl, clock }),
      ...platformDoors,
      // Up to here callers come by the original services' host names too; from here on cookies and loopback count.
      serveDialects(dialects),
      hosts.guard((_, next) => next(), strangers),
      createApi(core, { createMenu: () => askWechat(() => wechat.createMenu(buildMenu(publicUrl))) }),
      assets.middleware,
      // Behind the doors for programs: what accepts messages never passes it.
      createPageCompression(),
      ...site.pages,
      strangers,
    ],
  });
  const running = { app, core, db, worker, upkeep, keyRotation, wechat, site };
  return { ...running, publicUrl, dialects, channels: outgoing.all, close };

  async function close(): Promise<void> {
    await core.backups.stop();
    await Promise.all([wechatDoor.idle(), wecomDoor?.idle()]);
    await worker.stop();
    await core.writeCounts();
    await Promise.all([wechat.close(), http.close(), outgoing.close()]);
    await store.close();
  }
}
