/** The outside world in a box: simulated platforms, their control API and the phone page, as one Koa app. */
import Koa from 'koa';
import { createBarkPlatform } from './bark/index.js';
import { createControlApi } from './control/control-api.js';
import { sharedCalls } from './control/shared-calls.js';
import { createDingtalkPlatform } from './dingtalk/index.js';
import { createFeishuPlatform } from './feishu/index.js';
import { createGotifyPlatform } from './gotify/index.js';
import { createMailPlatform } from './mail/index.js';
import { createNtfyPlatform } from './ntfy/index.js';
import type { SimulatorOptions } from './options.js';
import { guardOwnSide } from './own-side.js';
import { arrivalsCall } from './phone/arrivals-call.js';
import { createPhonePages } from './phone/index.js';
import type { Platform } from './platform.js';
import { createPushdeerPlatform } from './pushdeer/index.js';
import { createSmsPlatform } from './sms/index.js';
import { createSurface } from './surface.js';
import { createWebhookPlatform } from './webhook/index.js';
import { createWechatPlatform } from './wechat/index.js';
import { createWecomPlatform } from './wecom/index.js';
import { createWorld, type World } from './world.js';

export type { MemoryStore } from './memory.js';
export { PUSH_MODES, type PushMode, type SimulatorOptions, simulatorDefaults } from './options.js';
export { simulatedWecom } from './wecom/directory.js';

/** Each simulated platform: one folder, one line. */
const PLATFORMS: readonly ((world: World) => Platform)[] = [
  createWechatPlatform,
  createWebhookPlatform,
  createWecomPlatform,
  createDingtalkPlatform,
  createFeishuPlatform,
  createBarkPlatform,
  createPushdeerPlatform,
  createNtfyPlatform,
  createGotifyPlatform,
  createSmsPlatform,
];

/** A running simulated world; its app has to be served by somebody. */
export interface Simulator {
  /** Serves everything; paths start at `/`. */
  readonly app: Koa;
  /** Sets addresses that were not known when the simulator was made, such as one's own port. */
  setAddresses(addresses: { pushTo?: string; wecomPushTo?: string; publicUrl?: string }): void;
  /** The port of the mail server once it listens; null when none was asked for or the port is taken. */
  smtpPort(): Promise<number | null>;
  /** Resolves when no push to the server is waiting or under way. */
  idle(): Promise<void>;
  /** Ends live streams and cuts connections to the server. */
  close(): Promise<void>;
}

/** Makes a fresh simulated world. Throws RangeError when the AES key is none. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const world = createWorld(options);
  const mail = createMailPlatform(world);
  const platforms = [...PLATFORMS.map((create) => create(world)), mail];
  const own = platforms.flatMap((platform) => platform.controls);
  const routes = [...own, arrivalsCall(world), ...sharedCalls(world, platforms)];
  const app = new Koa();
  app.silent = true;
  app.on('error', (error: unknown) => logUnlessGone(world, error));
  app.use(createSurface(world, platforms));
  app.use(
    guardOwnSide({
      publicUrl: () => world.settings.publicUrl,
      allowedHosts: options.allowedHosts ?? [],
    }),
  );
  app.use(createControlApi(routes));
  app.use(createPhonePages({ publicUrl: () => world.settings.publicUrl }));
  app.use((ctx) => {
    ctx.status = 404;
    ctx.body = {
      error: { code: 'not_found', message: '模拟器里没有这个地址 No such path in the simulator' },
    };
  });
  return {
    app,
    setAddresses: (addresses) => {
      Object.assign(world.settings, addresses);
    },
    smtpPort: mail.smtpPort,
    idle: async () => {
      await Promise.all(platforms.map((platform) => platform.idle?.()));
    },
    close: async () => {
      world.live.close();
      world.memory.flush();
      await Promise.all(platforms.map((platform) => platform.close?.()));
    },
  };
}

/** A caller that goes away in the middle is everyday life; anything else is a bug of the simulator. */
function logUnlessGone(world: World, error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isGone = /^(?:ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ERR_STREAM_DESTROYED)$/.test(code);
  const isAborted = error instanceof Error && 'reason' in error && error.reason === 'aborted';
  if (!isGone && !isAborted) {
    world.log.error('the simulator failed on a call', { error });
  }
}
