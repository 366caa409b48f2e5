/** The management API over real HTTP on a database of its own, with a WeChat that can be told to refuse. */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Koa from 'koa';
import { AppError } from '#src/core/errors.js';
import { type Core, createCore } from '#src/core/index.js';
import { createNewId } from '#src/lib/ids.js';
import { createKeyRing } from '#src/lib/key-ring.js';
import { createLogger, silentLogger } from '#src/lib/logger.js';
import { openStore } from '#src/store/open.js';
import { createApi } from '#src/web/api/index.js';
import { openDatabase } from '#test/support/database.js';

/** The operator's token in this world. */
export const ADMIN_TOKEN = 'admin-token-of-the-tests';

/** What a call answered. */
export interface Answer {
  status: number;
  headers: Headers;
  /** The parsed JSON; empty without content. */
  body: Json;
  text: string;
}

/** A JSON object of any shape. */
export interface Json {
  [name: string]: unknown;
  error?: { code: string; message: string };
}

/** A new app as the API answers it. */
export interface MadeApp {
  id: number;
  name: string;
  appToken: string;
  callbackSecret: string;
  qrcodeUrl: string;
  subscribeUrl: string;
}

/** How to make a call. */
export interface Ask {
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string | Buffer;
  /** null sends none. */
  token?: string | null;
  headers?: Record<string, string>;
}

/** The world. */
export type ApiWorld = Awaited<ReturnType<typeof openApiWorld>>;

/** What a WeChat says that does not know this server's address. */
export const WECHAT_REFUSAL = new AppError('wechat_failed', { detail: '把服务器 IP 加入白名单' });

/** 2026-01-02T03:04:05Z */
export const START = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Opens the world; close it after the tests. */
export async function openApiWorld() {
  const dir = await mkdtemp(join(tmpdir(), 'qn-api-'));
  const database = await openDatabase(dir);
  const store = await openStore(database.url);
  const wechat: { refuses: Error | null; menus: number; codes: number } = {
    refuses: null,
    menus: 0,
    codes: 0,
  };
  const time = { now: START };
  const lines: string[] = [];
  const core = makeCore();
  const app = new Koa();
  app.silent = true;
  app.use((ctx, next) => {
    ctx.state.log = createLogger('debug', (line) => lines.push(line));
    return next();
  });
  app.use(createApi(core, { createMenu }));
  const server = createServer(app.callback()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function createMenu(): Promise<void> {
    wechat.menus += askWechat();
  }

  function askWechat(): number {
    if (wechat.refuses) {
      throw wechat.refuses;
    }
    return 1;
  }

  function makeCore(): Core {
    const clock = { now: () => time.now };
    return createCore(
      {
        db: store.db,
        clock,
        newId: createNewId(clock),
        box: createKeyRing(Buffer.alloc(32, 7)),
        hashKey: Buffer.alloc(32, 9),
        log: silentLogger,
        account: { platform: 'wechat', account: 'wxtest' },
        publicUrl: 'https://push.example',
        wake: () => {},
      },
      {
        qrcodes: {
          createQrcode: async ({ scene }) => {
            wechat.codes += askWechat();
            return { ticket: `T${scene}`, url: `http://weixin.qq.com/q/${scene}` };
          },
        },
        checkUrl: (url) => {
          if (url.includes('//10.')) {
            throw new Error('a private address');
          }
        },
        adminToken: ADMIN_TOKEN,
      },
    );
  }

  async function call(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    const token = ask.token === undefined ? ADMIN_TOKEN : ask.token;
    const content = ask.raw ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body));
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...ask.headers },
      ...(content === undefined
        ? {}
        : { body: typeof content === 'string' ? content : new Uint8Array(content) }),
    });
    const text = await response.text();
    const body = text === '' ? {} : (JSON.parse(text) as Json);
    return { status: response.status, headers: response.headers, body, text };
  }

  /** An app made over the API. */
  async function makeApp(body: Json, token?: string): Promise<MadeApp> {
    const { status, body: made } = await call('POST', '/api/v1/apps', { body, token });
    if (status !== 201) {
      throw new Error(`no app was made: ${JSON.stringify(made)}`);
    }
    return made as unknown as MadeApp;
  }

  /** Somebody who follows the account. */
  async function follower(name: string) {
    return core.people.follow({ platform: 'wechat', account: 'wxtest', externalId: name });
  }

  /** A follower with a personal token. */
  async function developer(name: string) {
    const person = await follower(name);
    const { key } = await core.keys.createKey(person.personId, 'personal');
    return { ...person, token: key };
  }

  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await store.close();
    await database.drop();
    await rm(dir, { recursive: true });
  }

  return { base, core, db: store.db, wechat, time, lines, call, makeApp, follower, developer, close };
}
