/** The sandbox: the simulator served by this very server under /simulator, so that nothing but Node is needed. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Middleware } from 'koa';
import type { Config } from './config.js';
import type { Clock } from './lib/clock.js';
import type { Logger } from './lib/logger.js';
import { createSimulator, type MemoryStore, simulatorDefaults } from './simulator/index.js';
import { buildMenu } from './wechat/index.js';
import type { Parts } from './wiring.js';

const PREFIX = '/simulator';
const MAIL_FROM = '青鸟 Qingniao <push@qingniao.example>';

/** A simulator on this server. */
export interface Sandbox {
  door: Middleware;
  /** The settings with what is known once the simulator listens: its mail server is the mailer where none is set. */
  complete(config: Config): Promise<Config>;
  /** What an operator would do on a new account: create its menu. */
  prepare(parts: Parts): Promise<void>;
  /** Ends the phone page's live streams, so that the server can close. */
  endStreams(): void;
  close(): Promise<void>;
}

/** Makes the simulator and the door that serves it. Its pushes come back to this server over HTTP, as WeChat's would. */
export function mountSimulator(input: {
  selfUrl: string;
  config: Config;
  clock: Clock;
  log: Logger;
}): Sandbox {
  const { selfUrl, config } = input;
  const simulator = createSimulator({
    ...simulatorDefaults,
    ...(config.wechat.aesKey ? { aesKey: config.wechat.aesKey, mode: 'safe' as const } : {}),
    ...(config.wecom?.token ? { wecomToken: config.wecom.token } : {}),
    ...(config.wecom?.aesKey ? { wecomAesKey: config.wecom.aesKey } : {}),
    pushTo: `${selfUrl}/wechat`,
    wecomPushTo: `${selfUrl}/wecom`,
    publicUrl: `${config.publicUrl ?? selfUrl.replace('127.0.0.1', 'localhost')}${PREFIX}`,
    allowedHosts: config.allowedHosts,
    smtpPort: config.simulatorSmtpPort,
    memory: openMemory(config.dataDir, input.log),
    clock: input.clock,
    log: input.log.child('simulator'),
  });
  const answer = simulator.app.callback();
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= simulator.close();
    return closing;
  };
  return {
    door: async (ctx, next) => {
      if (ctx.path !== PREFIX && !ctx.path.startsWith(`${PREFIX}/`)) {
        return next();
      }
      ctx.req.url = (ctx.req.url ?? '').slice(PREFIX.length).replace(/^(?!\/)/, '/');
      ctx.respond = false;
      await answer(ctx.req, ctx.res);
    },
    complete: async (settings) => {
      const port = settings.mailer ? null : await simulator.smtpPort();
      return port === null
        ? settings
        : { ...settings, mailer: { url: `smtp://127.0.0.1:${port}`, from: MAIL_FROM } };
    },
    prepare: (parts) => parts.wechat.createMenu(buildMenu(parts.publicUrl)),
    endStreams: () => {
      void close();
    },
    close,
  };
}

/** The simulator's people live beside the database that knows them. */
function openMemory(dataDir: string, log: Logger): MemoryStore {
  const path = join(dataDir, 'sandbox.json');
  return {
    read: () => {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return null;
      }
    },
    // Whole or not at all: a process may be killed at any moment.
    write: (text) => {
      try {
        mkdirSync(dataDir, { recursive: true });
        writeFileSync(`${path}.partial`, text, { mode: 0o600 });
        renameSync(`${path}.partial`, path);
      } catch (error) {
        log.warn('the sandbox cannot remember its people for the next start', { error });
      }
    },
  };
}
