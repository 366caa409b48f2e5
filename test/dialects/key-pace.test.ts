/** The pace of keys: none until the operator sets one; then each dialect refuses in its own words, and that key alone. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Answer } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let uid: string;
beforeAll(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
  uid = await w.phone('Ming').uid();
});
afterAll(() => w.close());
afterEach(() => setPace(null));

const PATH = '/settings/key-pace';
const setPace = (callsPerTenSeconds: unknown): Promise<Answer> =>
  w.admin(PATH, { callsPerTenSeconds }, 'PUT');
const makeKey = async (kind: string): Promise<string> =>
  ((await w.admin(`/users/${uid}/keys`, { kind })).json as { key: string }).key;

const DIALECTS: [string, (key: string) => Promise<Answer>, object][] = [
  ['bark', (key) => w.call(`/${key}/x`), { code: 429, message: expect.stringContaining('push failed: ') }],
  [
    'pushdeer',
    (key) => w.call(`/message/push?pushkey=${key}&text=x`),
    { code: 80501, error: expect.stringContaining('2 / 10 s') },
  ],
  [
    'ntfy',
    (key) => w.call(`/${key}/publish`),
    { code: 42901, http: 429, error: 'limit reached: too many requests' },
  ],
  [
    'gotify',
    (key) => w.call(`/message?token=${key}`, { body: { message: 'x' } }),
    { error: 'Too Many Requests', errorCode: 429, errorDescription: expect.stringMatching(/./) },
  ],
];

it.each(DIALECTS)('%s', async (kind, send, refusal) => {
  const [key, other] = [await makeKey(kind), await makeKey(kind)];
  const statuses = async (count: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let at = 0; at < count; at += 1) {
      seen.push((await send(key)).status);
    }
    return seen;
  };
  expect(await statuses(4)).toEqual([200, 200, 200, 200]);
  await setPace(2);
  expect(await statuses(3)).toEqual([200, 200, 429]);
  const refused = await send(key);
  expect([refused.status, refused.json]).toEqual([429, expect.objectContaining(refusal)]);
  expect((await send(other)).status).toBe(200);
  w.clock.advance(9_999);
  expect(await statuses(1)).toEqual([429]);
  w.clock.advance(1);
  expect(await statuses(3)).toEqual([200, 200, 429]);
});

it('tells a PushDeer client by headers too', async () => {
  const key = await makeKey('pushdeer');
  await setPace(1);
  const ask = () => fetch(`${w.url}/message/push?pushkey=${key}&text=x`);
  expect((await ask()).status).toBe(200);
  const { headers } = await ask();
  const names = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'retry-after'];
  expect(names.map((name) => headers.get(name))).toEqual(['1', '0', '10']);
});

it('is the operator’s to set, to nothing too', async () => {
  expect((await w.admin(PATH)).json).toEqual({ callsPerTenSeconds: null });
  expect((await setPace(5)).json).toEqual({ callsPerTenSeconds: 5 });
  expect((await w.admin(PATH)).json).toEqual({ callsPerTenSeconds: 5 });
  for (const wrong of [0, -1, 1.5, 10_001, '5', [], undefined]) {
    expect((await setPace(wrong)).status).toBe(400);
  }
  expect((await w.call(`/api/v1${PATH}`)).status).toBe(401);
  expect((await setPace(null)).json).toEqual({ callsPerTenSeconds: null });
});
