/** Whoever guesses is slowed and refused with 429 in each door's own words; who has a right key is served all the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

const LIMIT = 6;
let w: World;
const keys: Record<string, string> = {};
let app: { appToken: string };
let uid: string;

beforeAll(async () => {
  w = await openWorld({ env: { MAX_WRONG_KEYS: String(LIMIT), TRUST_PROXY: '1' } });
  app = await w.app('alarm').made();
  await w.phone('Ming').follows();
  uid = await w.phone('Ming').uid();
  for (const kind of ['spt', 'sendkey', 'pushplus', 'ntfy', 'gotify', 'pushdeer', 'bark', 'personal']) {
    keys[kind] = ((await w.admin(`/users/${uid}/keys`, { kind })).json as { key: string }).key;
  }
  const wecom = {
    corpId: 'wwsim0000000001',
    agentId: 1000002,
    secret: 'simwecomsecret',
    receivers: 'zhangsan',
  };
  keys.notify = ((await w.admin('/notify', wecom)).json as { code: string }).code;
});
// What was counted before is over.
beforeEach(() => w.clock.advance(601_000));
afterAll(() => w.close());

const FROM = '203.0.113.9';
type Call = (key: string, from: string) => Promise<Answer>;
const ask = (path: string, from: string, body?: unknown, headers: Record<string, string> = {}) =>
  w.call(path, {
    ...(body === undefined ? {} : { body }),
    headers: { accept: '*/*', 'x-forwarded-for': from, ...headers },
  });

/** Door, its call, a wrong key of the right form, the right key, what a limited refusal holds. */
const DOORS: readonly [string, Call, string, () => string, object][] = [
  [
    'ADMIN_TOKEN',
    (key, from) => ask('/api/v1/apps', from, undefined, { authorization: `Bearer ${key}` }),
    'guess-guess-guess-guess-guess',
    () => w.adminToken,
    { error: { code: 'too_many_wrong_keys' } },
  ],
  [
    'the bearer of /metrics',
    (key, from) => ask('/metrics', from, undefined, { authorization: `Bearer ${key}` }),
    'guess-guess-guess-guess-guess',
    () => w.adminToken,
    { error: { code: 'too_many_wrong_keys' } },
  ],
  [
    'WxPusher’s appToken',
    (key, from) => ask('/api/send/message', from, { appToken: key, content: 'a', uids: [uid] }),
    'AT_guess',
    () => app.appToken,
    { code: 1001, success: false, data: null },
  ],
  [
    'WxPusher’s SPT',
    (key, from) => ask('/api/send/message/simple-push', from, { spt: key, content: 'a' }),
    'SPT_guess',
    () => keys.spt ?? '',
    { code: 1001, success: false, data: null },
  ],
  [
    'Server酱',
    (key, from) => ask(`/${key}.send`, from, { title: 'a' }),
    'SCT1Tguessguessguess',
    () => keys.sendkey ?? '',
    { code: 40_001, scode: 461 },
  ],
  [
    'PushPlus',
    (key, from) => ask('/send', from, { token: key, content: 'a' }),
    'f'.repeat(32),
    () => keys.pushplus ?? '',
    { code: 900 },
  ],
  [
    'the notify code',
    (key, from) => ask(`/api/notify/${key}`, from, { title: 'a', content: 'a' }),
    'guess',
    () => keys.notify ?? '',
    { error: expect.stringContaining('秒后再试') },
  ],
  [
    'Bark',
    (key, from) => ask('/push', from, { device_key: key, body: 'a' }),
    'guess',
    () => keys.bark ?? '',
    { code: 429, message: expect.stringContaining('push failed') },
  ],
  [
    'PushDeer',
    (key, from) => ask('/message/push', from, { pushkey: key, text: 'a' }),
    'PDUguess',
    () => keys.pushdeer ?? '',
    { code: 80_501 },
  ],
  [
    'ntfy',
    (key, from) => ask('/', from, { topic: key, message: 'a' }),
    'guess',
    () => keys.ntfy ?? '',
    { code: 42_901, http: 429 },
  ],
  [
    'gotify',
    (key, from) => ask(`/message?token=${key}`, from, { message: 'a' }),
    'Aguess',
    () => keys.gotify ?? '',
    { error: 'Too Many Requests', errorCode: 429 },
  ],
];

describe.each(DOORS)('%s', (_, call, guess, right, envelope) => {
  it('is guessed so often and then refused with 429 in its own words, and the right one still works', async () => {
    const guesses = await Promise.all(Array.from({ length: LIMIT }, () => call(guess, FROM)));
    expect(guesses.map(({ status }) => status)).not.toContain(429);
    const refused = await call(guess, FROM);
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds > 0 && seconds <= 600).toBe(true);
    expect(refused.json).toMatchObject(envelope);
    const served = await call(right(), FROM);
    expect(served.status).toBe(200);
    expect(served.text).not.toMatch(/too_many|秒后再试/);
    expect((await call(guess, '198.51.100.7')).status).not.toBe(429);
    w.clock.advance(601_000);
    expect((await call(guess, FROM)).status).not.toBe(429);
  });
});

it('counts the doors together, and nothing that shows no key', async () => {
  for (let at = 0; at < 3 * LIMIT; at += 1) {
    await ask('/api/v1/apps', FROM);
    await ask('/send', FROM, { content: 'a' });
    await ask('/message', FROM, { message: 'a' });
  }
  await Promise.all(DOORS.slice(0, LIMIT).map(([, call, guess]) => call(guess, FROM)));
  const [, call, guess] = DOORS[7] ?? [];
  expect((await call?.(guess ?? '', FROM))?.status).toBe(429);
});

it('refuses strangers at the root by status, and pages’ codes by a page', async () => {
  await Promise.all(Array.from({ length: LIMIT }, () => ask('/SCT1Tnobody', FROM, { title: 'a' })));
  const stranger = await ask('/SCT1Tnobody', FROM, { title: 'a' });
  expect([stranger.status, stranger.json]).toMatchObject([429, { code: 40_001 }]);
  for (const path of ['/m/guess', '/k/guess', '/s/guess', '/s/guess/subscribe']) {
    const page = await ask(path, FROM, undefined, { accept: 'text/html' });
    expect([path, page.status, page.headers.get('retry-after') !== null]).toEqual([path, 429, true]);
    expect(page.text).toContain('错的太多');
  }
});

it('believes no address that a caller invents', async () => {
  const guess = (at: number) => ask('/push', `10.9.8.${at}, ${FROM}`, { device_key: 'guess', body: 'a' });
  await Promise.all(Array.from({ length: LIMIT }, (_, at) => guess(at)));
  expect((await guess(99)).status).toBe(429);
});

it('takes an IPv6 network for one address', async () => {
  const guess = (at: number) => ask('/push', `2001:db8::${at}`, { device_key: 'guess', body: 'a' });
  await Promise.all(Array.from({ length: LIMIT }, (_, at) => guess(at)));
  expect((await guess(77)).status).toBe(429);
});

it('keeps nobody from becoming the first administrator by the right code, whatever others tried', async () => {
  const browser = await w.signIn('Boss');
  const code = readFileSync(join(w.folder, 'first-admin-code'), 'utf8').trim();
  const join_ = (given: string) => browser.post('/sign-in/join', { code: given });
  await browser.get('/sign-in/join');
  const tries: number[] = [];
  for (let at = 0; at <= LIMIT; at += 1) {
    tries.push((await join_('wrong-wrong-wrong')).status);
  }
  expect([tries.slice(0, LIMIT), tries.at(-1)]).toEqual([Array.from({ length: LIMIT }, () => 422), 429]);
  expect((await join_(code)).status).toBe(303);
});

it('tells the operator: a line a minute, a number, and a line of the overview', async () => {
  const boss = await w.signIn('Boss', { role: 'operator' });
  expect((await boss.get('/console')).text).not.toContain('错的令牌和密钥');
  const guess = () => ask('/push', FROM, { device_key: 'guess', body: 'a' });
  await Promise.all(Array.from({ length: LIMIT + 2 }, guess));
  expect((await boss.get('/console')).text).toMatch(/错的令牌和密钥[\s\S]*203\.0\.113\.9/);
  w.core.wrongKeys.logRecent();
  expect(w.lines.filter((line) => line.includes('wrong tokens, keys or codes were shown'))).toHaveLength(1);
  const metrics = await w.call('/metrics');
  expect(metrics.text).toMatch(/^qingniao_wrong_keys [1-9]\d*$/m);
  expect(metrics.text).toMatch(/^qingniao_wrong_keys_refused [1-9]\d*$/m);
  w.clock.advance(601_000);
  expect((await boss.get('/console')).text).not.toContain('错的令牌和密钥');
});
