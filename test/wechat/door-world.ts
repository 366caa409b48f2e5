/** The door alone: a real domain on a temporary database behind HTTP, and WeChat's hand for signed and sealed pushes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Koa from 'koa';
import { type Core, createCore } from '#src/core/index.js';
import { createNewId } from '#src/lib/ids.js';
import { createKeyRing } from '#src/lib/key-ring.js';
import { createLogger } from '#src/lib/logger.js';
import { decodeAesKey, decryptMessage, encryptMessage, signatureOf } from '#src/lib/message-crypto.js';
import { buildXml, parseFlatXml, type XmlFields } from '#src/lib/xml.js';
import { type Db, openStore } from '#src/store/open.js';
import { createWechatDoor, type DoorSettings } from '#src/wechat/index.js';
import { createTestClock } from '#test/support/clock.js';
import { ON_POSTGRES, openDatabase } from '#test/support/database.js';
import { type Answer, ask } from '#test/support/http.js';

/** The account of most tests; its key is the simulator's. */
export const ACCOUNT = { token: 'simtoken', appId: 'wx0000000000000001' };
/** The message key of the encrypted modes, and one before it. */
export const AES_KEY = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFE';
export const OLD_AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';

/** What a door may be told. */
export interface DoorOptions {
  settings?: Partial<DoorSettings>;
  budgetMs?: number;
  /** Milliseconds since the epoch. */
  now?: number;
  /** Changes the domain that the door sees, such as to hold a verb up. */
  bend?: (core: Core) => Core;
  /** Stands in for the platform's customer-service call; by default late replies are kept in `later`. */
  sendText?: (openid: string, text: string) => Promise<void>;
}

/** An open door. */
export type DoorWorld = Awaited<ReturnType<typeof openDoor>>;

/** Opens a door; `close` ends it and removes its database. */
export async function openDoor(options: DoorOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-door-'));
  const clock = createTestClock(options.now);
  const lines: string[] = [];
  const log = createLogger('debug', (line) => lines.push(line));
  const settings = { ...ACCOUNT, aesKey: null, previousAesKey: null, ...options.settings };
  const database = await openDatabase(folder);
  const store = await openStore(database.url);
  const makeCore = (): Core =>
    createCore(
      {
        db: store.db,
        clock,
        newId: createNewId(clock),
        box: createKeyRing(Buffer.alloc(32, 1)),
        hashKey: Buffer.alloc(32, 2),
        log,
        account: { platform: 'wechat', account: settings.appId },
        publicUrl: 'https://push.example',
        wake: () => {},
      },
      {
        qrcodes: {
          createQrcode: async ({ scene }) => ({ ticket: scene, url: `http://weixin.qq.com/q/${scene}` }),
        },
        checkUrl: () => {},
        adminToken: null,
      },
    );
  const core = makeCore();
  const later: { openid: string; text: string }[] = [];
  /** A door as a process has it; another one later stands for the process after a crash. */
  const mount = (doorCore: Core) => {
    const door = createWechatDoor({
      core: doorCore,
      settings,
      clock,
      log,
      budgetMs: options.budgetMs,
      sendText: async (openid, text) => {
        await options.sendText?.(openid, text);
        later.push({ openid, text });
      },
    });
    return door;
  };
  let door = mount(options.bend?.(core) ?? core);
  const app = new Koa();
  app.silent = true;
  app.use((ctx, next) => door(ctx, next));
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/wechat`;

  return {
    core,
    db: store.db,
    clock,
    url,
    lines,
    /** Late replies. */
    later,
    idle: () => door.idle(),
    /** The process dies and another one starts: a second later, or in time for the platform's last try. */
    restart: () => {
      clock.advance(ON_POSTGRES ? 9_000 : 1_000);
      door = mount(makeCore());
    },
    /** Posts a body as it is. */
    post: (query: string, body: string | Uint8Array): Promise<Answer> =>
      ask(`${url}?${query}`, { method: 'POST', body }),
    get: (query: string): Promise<Answer> => ask(`${url}?${query}`),
    /** Makes an app that takes commands, or does not. */
    makeApp: async (name: string, input: { followTip?: string; takesCommands?: boolean } = {}) => {
      const { app } = await core.apps.createApp({ name, followTip: input.followTip }, null);
      await core.callbacks.setCallback(
        app.id,
        input.takesCommands === false ? '' : 'https://dev.example/hook',
      );
      return app;
    },
    /** What apps were told, in order. */
    upstream: async () => {
      const events = await store.db.event.findMany({
        where: { type: 'upstream.received' },
        orderBy: { id: 'asc' },
      });
      return events.map((event) => ({
        appId: event.appId,
        content: JSON.parse(event.data).content as string,
      }));
    },
    /** A plain push of the account, rightly signed. */
    push: (fields: XmlFields): Promise<Answer> =>
      ask(`${url}?${signQuery(settings.token, clock.now())}`, { method: 'POST', body: buildXml(fields) }),
    async close(): Promise<void> {
      await door.idle();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await store.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let lastNonce = 0;

/** A nonce that no push had before. */
function newNonce(): string {
  lastNonce += 1;
  return `nonce${lastNonce}`;
}

/** How many pushes were claimed; signatures that were used up stand beside them. */
export function countClaims(db: Db): Promise<number> {
  return db.inbound.count({ where: { NOT: { key: { startsWith: 'once|' } } } });
}

/** The signed part of a push's query. */
export function signQuery(token: string, nowMs: number, nonce = newNonce()): string {
  const timestamp = String(Math.floor(nowMs / 1000));
  return `signature=${signatureOf(token, timestamp, nonce)}&timestamp=${timestamp}&nonce=${nonce}&openid=o1`;
}

/** An encrypted push: its query and its body. */
export function sealPush(input: {
  message: string;
  nowMs: number;
  aesKey?: string;
  appId?: string;
  token?: string;
  visible?: XmlFields;
}): { query: string; body: string } {
  const { message, nowMs, aesKey = AES_KEY, appId = ACCOUNT.appId, token = ACCOUNT.token } = input;
  const encrypted = encryptMessage({ message, receiverId: appId, aesKey: decodeAesKey(aesKey) });
  const timestamp = String(Math.floor(nowMs / 1000));
  const nonce = newNonce();
  const signature = signatureOf(token, timestamp, nonce, encrypted);
  return {
    query: `${signQuery(token, nowMs, nonce)}&encrypt_type=aes&msg_signature=${signature}`,
    body: buildXml({ ToUserName: 'gh_sim', ...input.visible, Encrypt: encrypted }),
  };
}

/** The fields of an encrypted reply, opened with a key; throws when signature or key do not fit. */
export async function openReply(body: string, aesKey = AES_KEY): Promise<ReadonlyMap<string, string>> {
  const outer = await parseFlatXml(body);
  const [encrypted = '', timestamp = '', nonce = ''] = ['Encrypt', 'TimeStamp', 'Nonce'].map((name) =>
    outer.get(name),
  );
  if (outer.get('MsgSignature') !== signatureOf(ACCOUNT.token, timestamp, nonce, encrypted)) {
    throw new Error('the signature of the reply is wrong');
  }
  return parseFlatXml(decryptMessage({ encrypted, receiverId: ACCOUNT.appId, aesKey: decodeAesKey(aesKey) }));
}

let lastMsgId = 23_876_543_210_987_000n;

/** A text message with an id of its own. */
export function textOf(content: string, own: XmlFields = {}): XmlFields {
  lastMsgId += 1n;
  return {
    ToUserName: 'gh_sim',
    FromUserName: 'oSIM1',
    CreateTime: 1_700_000_000,
    MsgType: 'text',
    Content: content,
    MsgId: String(lastMsgId),
    ...own,
  };
}

/** An event. */
export function eventOf(event: string, own: XmlFields = {}): XmlFields {
  return {
    ToUserName: 'gh_sim',
    FromUserName: 'oSIM1',
    CreateTime: 1_700_000_000,
    MsgType: 'event',
    Event: event,
    ...own,
  };
}

/** The text that a plain answer shows; empty for `success`. */
export async function shown(answer: Answer): Promise<string> {
  return answer.text === 'success' ? '' : ((await parseFlatXml(answer.text)).get('Content') ?? '');
}
