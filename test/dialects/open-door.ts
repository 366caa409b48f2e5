/** One dialect over a real database and real HTTP, without engine and platform: who sends, who follows, what is stored. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Koa from 'koa';
import { type Core, createCore } from '#src/core/index.js';
import type { Dialect } from '#src/dialects/registry.js';
import { createNewId } from '#src/lib/ids.js';
import { createKeyRing } from '#src/lib/key-ring.js';
import { createLogger } from '#src/lib/logger.js';
import { type Db, openStore } from '#src/store/open.js';
import { openDatabase } from '#test/support/database.js';

/** What a test sends. `body` goes out as it is, objects as JSON. */
export interface Sent {
  method?: string;
  body?: unknown;
  type?: string;
}

/** An open door with its surroundings. */
export interface Door {
  core: Core;
  db: Db;
  origin: string;
  /** The settable time, in milliseconds. */
  clock: { at: number; now(): number };
  /** The lines that were logged. */
  log: string[];
  /** What the platform will say to the next requests for a QR code; null: it makes one. */
  platform: { refusal: Error | null };
  /** Sends a request and gives the raw answer. */
  fetch(path: string, sent?: Sent): Promise<Response>;
  /** Makes a person who follows the account. */
  person(name: string): Promise<{ personId: number; uid: string }>;
  /** Makes that person a follower of an app or topic. */
  subscribe(person: { personId: number; uid: string }, appId: number, topicId?: number): Promise<void>;
  close(): Promise<void>;
}

/** The time when a door opens. */
export const START = Date.UTC(2026, 5, 1, 4, 0, 0);

/** Opens a dialect. The caller closes it. */
export async function openDoor(createDialect: (core: Core) => Dialect): Promise<Door> {
  const dir = mkdtempSync(join(tmpdir(), 'qingniao-door-'));
  const database = await openDatabase(dir);
  const store = await openStore(database.url);
  const clock = { at: START, now: () => clock.at };
  const log: string[] = [];
  const platform: Door['platform'] = { refusal: null };
  const core = createDomain(store.db, { clock, log, platform });
  const app = new Koa();
  app.use((ctx, next) => {
    ctx.state.log = createLogger('debug', (line) => log.push(line));
    return next();
  });
  app.use(createDialect(core).router.routes());
  const server = createServer(app.callback()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    core,
    db: store.db,
    origin,
    clock,
    log,
    platform,
    fetch: (path, sent = {}) => send(origin + path, sent),
    person: (name) => core.people.follow({ ...core.account, externalId: `openid-${name}` }),
    subscribe: async ({ personId, uid }, appId, topicId = 0) => {
      await core.subscriptions.subscribe({ personId, uid, appId, topicId, source: 'scan', extra: '' });
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await store.close();
      await database.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function createDomain(db: Db, { clock, log, platform }: Pick<Door, 'clock' | 'log' | 'platform'>): Core {
  const deps = {
    db,
    clock,
    newId: createNewId(clock),
    box: createKeyRing(randomBytes(32)),
    hashKey: randomBytes(32),
    log: createLogger('debug', (line) => log.push(line)),
    account: { platform: 'wechat' as const, account: 'wx-test' },
    publicUrl: 'http://push.test',
    wake: () => {},
  };
  const createQrcode = async ({ scene }: { scene: string }) => {
    if (platform.refusal) {
      throw platform.refusal;
    }
    return { ticket: `ticket-${scene}`, url: `http://weixin.qq.com/q/${scene}` };
  };
  return createCore(deps, { qrcodes: { createQrcode }, checkUrl: () => {}, adminToken: null });
}

function send(url: string, { method, body, type }: Sent): Promise<Response> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = body === undefined ? null : Buffer.from(isRaw ? body : JSON.stringify(body));
  return fetch(url, {
    method: method ?? (bytes ? 'POST' : 'GET'),
    ...(bytes ? { body: bytes } : {}),
    headers: type === undefined && !bytes ? {} : { 'content-type': type ?? 'application/json' },
  });
}
