/** No answer contradicts what is stored: who is refused never finds the message delivered, who is accepted finds it or its end. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Breaking, breakCalls } from '#test/support/broken-calls.js';
import { ON_POSTGRES } from '#test/support/database.js';
import type { Answer } from '#test/support/http.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

/** A way in, with what it takes for success. */
interface DoorCase {
  name: string;
  push: (text: string) => Promise<Answer>;
  isAccepted: (answer: Answer) => boolean;
  platform: 'wechat' | 'wecom';
  /** Whose phone shows it, where it goes by WeChat. */
  receiver?: string;
}

const SEND = { wechat: '/wechat/cgi-bin/message/template/send', wecom: '/wecom/cgi-bin/message/send' };
const WECOM = { corpId: 'wwsim0000000001', agentId: '1000002', secret: 'simwecomsecret' };
/** Enough for each place of a call's way to the commit and back. */
const CALLS = 16;
/** Each retry of the schedule that matters, and the end of a minute's rest; then, with all mended, of an hour's and a day's. */
const BROKEN_MS = [1000, 4000, 11_000, 61_000];
const MENDED_MS = [600_000, 3_600_000, 86_400_000];

let w: World;
let uid: string;
let appToken: string;
let boss: Browser;
/** A visit to the demo page. */
let visit: string;
const keys: Record<string, string> = {};

beforeAll(async () => {
  w = await openWorld({ mode: 'plain', countTokens: false });
  const app = await w.app('alarm').made();
  ({ appToken } = app);
  const phone = w.phone('Ming');
  await phone.scans(app.qrcodeUrl);
  uid = await phone.uid();
  for (const kind of ['spt', 'sendkey', 'pushplus', 'ntfy', 'gotify', 'pushdeer', 'bark']) {
    keys[kind] = ((await w.admin(`/users/${uid}/keys`, { kind })).json as { key: string }).key;
  }
  const code = await w.admin('/notify', { ...WECOM, receivers: 'zhangsan' });
  keys.notify = (code.json as { code: string }).code;
  const config = { url: w.webhook('tested'), body: '{"text":"{title} {content}"}' };
  const channel = await w.admin(`/users/${uid}/channels`, { kind: 'webhook', code: 'hook', config });
  keys.channel = String((channel.json as { id: number }).id);
  const begun = await w.call('/demo/api/visits', { body: {}, headers: { 'sec-fetch-site': 'same-origin' } });
  const { qrcodeText, ...made } = begun.json as { visit: string; qrcodeText: string };
  visit = made.visit;
  await w.phone('Visitor').scans(qrcodeText);
  boss = await w.signIn('Boss', { role: 'developer' });
  await boss.get('/console/send');
  await w.drain();
});
afterAll(() => w.close());

const jsonOf = (answer: Answer) => (answer.json ?? {}) as Record<string, unknown>;
const DOORS: readonly DoorCase[] = [
  {
    name: 'wxpusher',
    platform: 'wechat',
    push: (text) => w.call('/api/send/message', { body: { appToken, content: text, uids: [uid] } }),
    isAccepted: (answer) => {
      const [row] = (jsonOf(answer).data ?? []) as { code: number }[];
      return jsonOf(answer).code === 1000 && row?.code === 1000;
    },
  },
  {
    name: 'the simple push',
    platform: 'wechat',
    push: (text) => w.call('/api/send/message/simple-push', { body: { content: text, spt: keys.spt } }),
    isAccepted: (answer) => jsonOf(answer).code === 1000,
  },
  {
    name: 'serverchan',
    platform: 'wechat',
    push: (text) => w.call(`/${keys.sendkey}.send`, { body: { title: text } }),
    isAccepted: (answer) => jsonOf(answer).code === 0,
  },
  {
    name: 'pushplus',
    platform: 'wechat',
    push: (text) => w.call('/send', { body: { token: keys.pushplus, content: text } }),
    isAccepted: (answer) => jsonOf(answer).code === 200,
  },
  {
    name: 'ntfy',
    platform: 'wechat',
    push: (text) => w.call(`/${keys.ntfy}`, { method: 'POST', body: text }),
    isAccepted: ({ status }) => status === 200,
  },
  {
    name: 'gotify',
    platform: 'wechat',
    push: (text) => w.call(`/message?token=${keys.gotify}`, { body: { message: text } }),
    isAccepted: ({ status }) => status === 200,
  },
  {
    name: 'pushdeer',
    platform: 'wechat',
    push: (text) => w.call('/message/push', { body: { pushkey: keys.pushdeer, text } }),
    isAccepted: (answer) => jsonOf(answer).code === 0,
  },
  {
    name: 'bark',
    platform: 'wechat',
    push: (text) => w.call(`/${keys.bark}`, { body: { body: text } }),
    isAccepted: (answer) => jsonOf(answer).code === 200,
  },
  {
    name: 'the console',
    platform: 'wechat',
    push: (text) =>
      boss.post('/console/send', { app: String(0), format: 'text', to: 'me', content: text, urgent: 'on' }),
    isAccepted: ({ status }) => status === 303,
    receiver: 'Boss',
  },
  {
    name: 'the demo page',
    platform: 'wechat',
    push: (text) =>
      w.call(`/demo/api/visits/${visit}/messages`, {
        body: { content: text, format: 'text' },
        headers: { 'sec-fetch-site': 'same-origin' },
      }),
    isAccepted: ({ status }) => status === 201,
    receiver: 'Visitor',
  },
  {
    name: 'wecom notify',
    platform: 'wecom',
    push: (text) => w.call(`/api/notify/${keys.notify}`, { body: { title: 'hi', content: text } }),
    isAccepted: ({ status }) => status === 200,
  },
];

const PLATFORM_FAULTS: readonly Record<string, unknown>[] = [
  { errcode: -1, count: 1 },
  { errcode: 45009, count: 1 },
  { errcode: 40001, count: 1 },
  { errcode: 60020, count: 1 },
  { errcode: 60020, count: 2 },
  { errcode: 81013, count: 1 },
  { errcode: 48002 },
  { status: 500, count: 1 },
  { drop: true, count: 1 },
  { drop: true, after: true, count: 1 },
  { errcode: -1, after: true, count: 1 },
];

/** Numbers that look like chance and are the same in each run. */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

let texts = 0;

/** Calls the door while the engine works, and then lets everything come to its end. */
async function pushThrough(door: DoorCase, text: string, mend: () => void): Promise<Answer> {
  let isAnswered = false;
  const answering = door.push(text).finally(() => {
    isAnswered = true;
  });
  while (door.platform === 'wecom' && !isAnswered) {
    await w.drain().catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const answer = await answering;
  mend();
  const goOn = async (waitsMs: readonly number[]): Promise<void> => {
    for (const ms of waitsMs) {
      if ((await storedOf(text)).open > 0) {
        w.clock.advance(ms);
        await w.drain();
      }
    }
  };
  await goOn(BROKEN_MS);
  await w.sim('/faults', undefined, 'DELETE');
  await goOn(MENDED_MS);
  return answer;
}

async function copiesOf({ platform, receiver = 'Ming' }: DoorCase, text: string): Promise<number> {
  const seen =
    platform === 'wecom'
      ? ((await w.sim('/inboxes/wecom')).json as { items: { rendered: string }[] }).items
      : await w.phone(receiver).cards();
  return seen.filter(({ rendered }) => rendered.includes(text)).length;
}

/** What the rows say became of the message. */
async function storedOf(text: string): Promise<{ messages: number; open: number }> {
  const where = { OR: [{ body: { contains: text } }, { title: { contains: text } }] };
  const rows = await w.db.message.findMany({ where });
  const open = rows.filter(({ state }) => state !== 'done' && state !== 'cancelled').length;
  return { messages: rows.length, open };
}

async function checkPush(door: DoorCase, mend: () => void): Promise<void> {
  texts += 1;
  const text = `word${texts}x`;
  const answer = await pushThrough(door, text, mend);
  const [copies, { messages, open }] = [await copiesOf(door, text), await storedOf(text)];
  const isAccepted = door.isAccepted(answer);
  const told = { status: answer.status, text: answer.text.slice(0, 200), isAccepted };
  expect({ told, open }).toEqual({ told, open: 0 });
  if (isAccepted) {
    expect({ told, messages }).toEqual({ told, messages: 1 });
    expect({ told, copies: Math.min(copies, 1) }).toEqual({
      told,
      copies: copies === 0 ? await endsOf(text) : 1,
    });
  } else {
    expect({ told, copies }).toEqual({ told, copies: 0 });
  }
}

/** 0 where the row itself says that nobody got it. */
async function endsOf(text: string): Promise<0 | 1> {
  const where = { OR: [{ body: { contains: text } }, { title: { contains: text } }] };
  const row = await w.db.message.findFirst({ where });
  return row && row.failed + row.cancelled + row.unknown > 0 ? 0 : 1;
}

it.skipIf(ON_POSTGRES).each(DOORS)(
  'by $name, whichever call of the database fails',
  { timeout: 180_000 },
  async (door) => {
    const chance = createChance(20_261_130);
    const failed = new Set<number>();
    for (let at = 0; at < CALLS; at += 1) {
      const breaking: Breaking = { at, isLasting: chance() < 0.5 };
      const mend = breakCalls(w.db, breaking);
      await checkPush(door, () => {
        if (mend()) {
          failed.add(at);
        }
      });
    }
    // Some were broken on the way to the commit; the last ones are beyond it.
    expect(failed.size).toBeGreaterThan(1);
  },
);

it.each(DOORS)('by $name, whatever the platform answers', { timeout: 180_000 }, async (door) => {
  for (const fault of PLATFORM_FAULTS) {
    await w.sim('/faults', { path: SEND[door.platform], ...fault });
    await checkPush(door, () => {});
    await w.sim('/faults', undefined, 'DELETE');
  }
});

it.skipIf(ON_POSTGRES)('by a test of a channel, whichever call of the database fails', async () => {
  for (let at = 0; at < CALLS; at += 1) {
    const before = await countTested();
    const mend = breakCalls(w.db, { at, isLasting: at % 2 === 0 });
    const answer = await w.admin(`/users/${uid}/channels/${keys.channel}/test`, undefined, 'POST');
    mend();
    const told = { at, ok: jsonOf(answer).ok ?? false };
    expect({ told, arrived: (await countTested()) > before }).toEqual({ told, arrived: told.ok });
  }
});

async function countTested(): Promise<number> {
  const { items } = (await w.sim('/inboxes/webhook/tested')).json as { items: unknown[] };
  return items.length;
}
