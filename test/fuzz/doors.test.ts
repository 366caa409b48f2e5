/** Whatever anybody sends to a door, it answers in its own words: never a 5xx, never a stack, never a line about a bug in the log. */
import { request as send } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anyText, holds } from '#test/support/fuzz.js';
import { listRoutes } from '#test/support/routes.js';
import { openWorld, type World } from '#test/support/world.js';
import { DIALECTS_ROWS } from '../access/rows-dialects.js';
import { type Frame, framed, type MadeUp, madeUp, TEXT } from './requests.js';

const STACK = /\bat (?:async )?[\w.<>]+ \(|\.(?:ts|js):\d+:\d+|node_modules|SqliteError|PrismaClient/;
const BUG = /"msg":"(?:a request met a bug|an answer could not be written)|"level":"error"/;
const PATHS = Object.keys(DIALECTS_ROWS).map((route) => route.slice(route.indexOf(' ') + 1));
const KINDS = ['spt', 'sendkey', 'sendkey3', 'pushplus', 'bark', 'pushdeer', 'ntfy', 'gotify'];

let w: World;
let app: { id: number; appToken: string };
const keys: string[] = ['garbage', 'x'];
const frames: Frame[] = [];

beforeAll(async () => {
  w = await openWorld({ countTokens: false });
  app = await w.app('fuzz').made();
  await w.phone('Ming').scans((app as unknown as { qrcodeUrl: string }).qrcodeUrl);
  const uid = await w.phone('Ming').uid();
  const own: Record<string, string> = {};
  for (const kind of KINDS) {
    const { key } = (await w.admin(`/users/${uid}/keys`, { kind })).json as { key: string };
    own[kind] = key;
    keys.push(key, `${key}.send`);
  }
  frames.push(
    { path: '/api/send/message', fields: { appToken: app.appToken, content: TEXT, uids: [uid] } },
    { path: '/api/send/message/simple-push', fields: { spt: own.spt, content: TEXT } },
    { path: `/api/send/message/${own.spt}/${TEXT}`, fields: {} },
    { path: '/api/fun/create/qrcode', fields: { appToken: app.appToken, extra: TEXT } },
    { path: `/${own.sendkey}.send`, fields: { title: TEXT } },
    { path: `/send/${own.sendkey3}.send`, fields: { title: TEXT } },
    { path: '/send', fields: { token: own.pushplus, content: TEXT } },
    { path: '/batchSend', fields: { token: own.pushplus, content: TEXT } },
    { path: '/push', fields: { device_key: own.bark, body: TEXT } },
    { path: `/${own.bark}/${TEXT}`, fields: {} },
    { path: '/message/push', fields: { pushkey: own.pushdeer, text: TEXT } },
    { path: '/', fields: { topic: own.ntfy, message: TEXT } },
    { path: `/${own.ntfy}`, fields: { message: TEXT } },
    { path: `/message?token=${own.gotify}`, fields: { message: TEXT } },
  );
  keys.push(app.appToken, uid, String(app.id));
});
afterAll(async () => {
  expect(listRoutes().length).toBeGreaterThan(0);
  await w.close();
});

/** Sends it as it is: no client tidies it up. */
function knock({ method, path, headers, body }: MadeUp): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { port, hostname } = new URL(w.url);
    const asked = send({ host: hostname, port, method, path, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
      );
    });
    asked.on('error', reject);
    asked.end(body ?? undefined);
  });
}

/** Lines about bugs since the last look. An hour's lines are not kept. */
function newBugs(): string[] {
  return w.lines.splice(0).filter((line) => BUG.test(line));
}

/** Sends what was made up, and looks at the answer and the log. */
async function answersInItsWords(asked: MadeUp): Promise<void> {
  // A minute each, so that limits of the minute and the day let most of it in.
  w.clock.advance(60_000);
  const { status, text } = await knock(asked);
  // Some things are not served, in the original's own words and status.
  expect(status < 500 || status === 501, `${status} ${text}`).toBe(true);
  expect(text).not.toMatch(STACK);
  expect(newBugs()).toEqual([]);
}

// The keys are there once the world is.
const later = fc.constant(null);

holds(
  'a dialect, asked anything by anybody',
  fc.asyncProperty(
    later.chain(() => madeUp(PATHS, keys)),
    answersInItsWords,
  ),
  { runs: 1000 },
);

holds(
  'a dialect, asked by somebody with a key for anything',
  fc.asyncProperty(
    later.chain(() => framed(frames, keys)),
    answersInItsWords,
  ),
  { runs: 1000 },
);

it('much of that was taken', async () => {
  expect(await w.db.message.count()).toBeGreaterThan(200);
  await w.drain();
  expect(newBugs()).toEqual([]);
});

holds(
  'the chat, told anything',
  fc.asyncProperty(
    fc.oneof(
      anyText(300),
      fc
        .tuple(
          fc.constantFrom('#1', '＃1 ', '退订 #', '订阅 #', '订阅 ', '1', '取消', '帮助', '暂停', '恢复'),
          anyText(20),
        )
        .map((parts) => parts.join('')),
    ),
    async (text) => {
      // WeChat sends no text that is nothing, nor what XML forbids.
      const said = text.toWellFormed().replace(/[^\P{Cc}\n\t]|[\ufffe\uffff]/gu, '') || 'x';
      const { reply } = await w.phone('Ming').says(said);
      expect(reply === null || reply.type === 'text' || reply.type === 'news').toBe(true);
      expect(newBugs()).toEqual([]);
    },
  ),
  { runs: 150 },
);

holds(
  'a QR code with any parameter: refused in words, or it comes back as it was',
  fc.asyncProperty(anyText(80), async (extra) => {
    const made = await w.call('/api/fun/create/qrcode', {
      body: { appToken: app.appToken, extra, validTime: 1800 },
    });
    const { code, data } = made.json as { code: number; data: { code: string; extra: string } | null };
    expect(made.status).toBe(200);
    if (code === 1000) {
      const kept = await w.db.qrCode.findFirstOrThrow({ where: { code: data?.code ?? '' } });
      // Databases keep no zero character.
      expect(kept.extra).toBe(extra.toWellFormed().replaceAll('\0', '\ufffd'));
      expect([...kept.extra].length).toBeLessThanOrEqual(64);
    } else {
      expect([code, [...extra].length > 64 || extra.trim() === '']).toEqual([expect.any(Number), true]);
    }
    expect(newBugs()).toEqual([]);
  }),
  { runs: 60 },
);
