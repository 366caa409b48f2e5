/** The WeCom door alone: a real domain on a temporary database behind HTTP, and WeCom's hand for sealed pushes. */
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
import { openStore } from '#src/store/open.js';
import { createWecomDoor, type WecomDoorSettings } from '#src/wechat/index.js';
import { createTestClock } from '#test/support/clock.js';
import { openDatabase } from '#test/support/database.js';
import { type Answer, ask } from '#test/support/http.js';

/** The app of most tests; it is the simulator's. */
export const APP: WecomDoorSettings = {
  corpId: 'wwsim0000000001',
  token: 'simwecomtoken',
  aesKey: 'ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvuE',
};

/** What a door may be told. */
export interface MemberDoorOptions {
  settings?: WecomDoorSettings;
  budgetMs?: number;
  /** Changes the domain that the door sees, such as to hold a verb up. */
  bend?: (core: Core) => Core;
}

/** An open door. */
export type MemberDoor = Awaited<ReturnType<typeof openMemberDoor>>;

/** Opens a door; `close` ends it and removes its database. */
export async function openMemberDoor({ settings = APP, budgetMs, bend }: MemberDoorOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-wecom-'));
  const clock = createTestClock();
  const lines: string[] = [];
  const log = createLogger('debug', (line) => lines.push(line));
  const database = await openDatabase(folder);
  const store = await openStore(database.url);
  const core = createCore(
    {
      db: store.db,
      clock,
      newId: createNewId(clock),
      box: createKeyRing(Buffer.alloc(32, 1)),
      hashKey: Buffer.alloc(32, 2),
      log,
      account: { platform: 'wechat', account: 'wx0000000000000001' },
      publicUrl: 'https://push.example',
      wake: () => {},
    },
    {
      qrcodes: { createQrcode: async () => ({ ticket: 't', url: 'u' }) },
      checkUrl: () => {},
      adminToken: null,
    },
  );
  const later: { to: string; text: string }[] = [];
  const sendText = async (to: string, text: string): Promise<void> => {
    later.push({ to, text });
  };
  const door = createWecomDoor({ core: bend?.(core) ?? core, settings, clock, log, budgetMs, sendText });
  const app = new Koa();
  app.silent = true;
  app.use(door);
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/wecom`;
  const post = (query: string, body: string | Uint8Array): Promise<Answer> =>
    ask(`${url}?${query}`, { method: 'POST', body });

  return {
    core,
    db: store.db,
    clock,
    lines,
    /** Late replies. */
    later,
    idle: door.idle,
    post,
    get: (query: string): Promise<Answer> => ask(`${url}?${query}`),
    /** A push as WeCom makes it. */
    push: (fields: XmlFields): Promise<Answer> => {
      const { query, body } = sealMemberPush({ message: buildXml(fields), nowMs: clock.now() });
      return post(query, body);
    },
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

/** The signed query for an encrypted text. */
export function signMemberQuery(encrypted: string, nowMs: number, token = APP.token): string {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = signatureOf(token, timestamp, 'nonce123', encrypted);
  return `msg_signature=${signature}&timestamp=${timestamp}&nonce=nonce123`;
}

/** What a push is sealed with. */
export interface MemberSeal extends Partial<WecomDoorSettings> {
  message: string;
  nowMs: number;
}

/** An encrypted push: its query, its body, and what is encrypted. */
export function sealMemberPush({ message, nowMs, corpId, token, aesKey }: MemberSeal) {
  const encrypted = encryptMessage({
    message,
    receiverId: corpId ?? APP.corpId,
    aesKey: decodeAesKey(aesKey ?? APP.aesKey),
  });
  const body = buildXml({ ToUserName: APP.corpId, AgentID: '1000002', Encrypt: encrypted });
  return { query: signMemberQuery(encrypted, nowMs, token), body, encrypted };
}

/** The fields of a reply; throws when signature, key or corp do not fit. */
export async function openMemberReply({ text }: Answer): Promise<ReadonlyMap<string, string>> {
  const outer = await parseFlatXml(text);
  const [encrypted = '', timestamp = '', nonce = ''] = ['Encrypt', 'TimeStamp', 'Nonce'].map((name) =>
    outer.get(name),
  );
  if (outer.get('MsgSignature') !== signatureOf(APP.token, timestamp, nonce, encrypted)) {
    throw new Error('the signature of the reply is wrong');
  }
  const aesKey = decodeAesKey(APP.aesKey);
  return parseFlatXml(decryptMessage({ encrypted, receiverId: APP.corpId, aesKey }));
}

/** The text that an answer shows; empty for the plain acknowledgement. */
export async function shownTo(answer: Answer): Promise<string> {
  return answer.text === '' ? '' : ((await openMemberReply(answer)).get('Content') ?? '');
}

let lastMsgId = 7_000_000_000_000_000_000n;

/** A member's text with an id of its own. */
export function memberText(content: string, own: XmlFields = {}): XmlFields {
  lastMsgId += 1n;
  return { ...fromMember('text'), Content: content, MsgId: String(lastMsgId), AgentID: '1000002', ...own };
}

/** A member's event. */
export function memberEvent(event: string, own: XmlFields = {}): XmlFields {
  return { ...fromMember('event'), Event: event, EventKey: '', AgentID: '1000002', ...own };
}

function fromMember(type: string): XmlFields {
  return {
    ToUserName: APP.corpId,
    FromUserName: 'zhangsan',
    CreateTime: 1_700_000_000,
    MsgType: type,
  };
}
