/** Back-pressure: when too much waits, every door says so in its own words, by 503 and Retry-After. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MadeApp } from '#test/support/builders.js';
import type { Answer } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

const LIMIT = 3;

let w: World;
let app: MadeApp;
let uid: string;

beforeEach(async () => {
  w = await openWorld({ env: { MAX_BACKLOG: String(LIMIT) } });
  app = await w.app('alarm').made();
  const phone = w.phone('Ming');
  await phone.scans(app.qrcodeUrl);
  uid = await phone.uid();
  await w.drain();
});
afterEach(() => w.close());

const send = (): Promise<Answer> =>
  w.call('/api/send/message', { body: { appToken: app.appToken, content: 'hi', uids: [uid] } });

async function makeKey(kind: string): Promise<string> {
  return ((await w.admin(`/users/${uid}/keys`, { kind })).json as { key: string }).key;
}

async function fill(): Promise<void> {
  for (let count = 0; count < LIMIT; count += 1) {
    expect((await send()).json).toMatchObject({ code: 1000 });
  }
}

const DOORS: readonly [string, string | null, (key: string) => Promise<Answer>, object][] = [
  ['wxpusher', null, send, { code: 1005, success: false, data: null }],
  ['serverchan', 'sendkey', (key) => w.call(`/${key}.send?title=hi`), { code: 50_000, scode: 500 }],
  ['pushplus', 'pushplus', (key) => w.call('/send', { body: { token: key, content: 'hi' } }), { code: 500 }],
  ['ntfy', 'ntfy', (key) => w.call(`/${key}`, { method: 'POST', body: 'hi' }), { code: 50_301, http: 503 }],
  [
    'gotify',
    'gotify',
    (key) => w.call(`/message?token=${key}`, { body: { message: 'hi' } }),
    { error: 'Service Unavailable', errorCode: 503 },
  ],
  [
    'pushdeer',
    'pushdeer',
    (key) => w.call('/message/push', { body: { pushkey: key, text: 'hi' } }),
    { code: 80_999 },
  ],
  ['bark', 'bark', (key) => w.call(`/${key}/hi`), { code: 503 }],
];

describe('with a full backlog', () => {
  it.each(DOORS)('%s refuses in its own words', async (_, kind, push, envelope) => {
    const key = kind === null ? '' : await makeKey(kind);
    await fill();
    const answer = await push(key);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('30');
    expect(answer.json).toMatchObject(envelope);
    expect(answer.text).not.toMatch(/内部错误|internal error/);
    expect(await w.db.message.count()).toBe(LIMIT);
  });

  it('takes messages in again when there is room', async () => {
    await fill();
    expect((await send()).status).toBe(503);
    await w.drain();
    await w.core.backlog.refresh();
    expect((await send()).json).toMatchObject({ code: 1000 });
  });

  it('says that it was full in its numbers', async () => {
    await fill();
    await send();
    expect(w.core.backlog.read()).toEqual({ waiting: LIMIT, most: LIMIT, refusals: 1 });
  });

  it('still takes in what people write', async () => {
    await fill();
    await w.phone('Ming').says(`#${app.id} restart`);
    expect(await w.db.inbound.count()).toBeGreaterThan(0);
  });
});
