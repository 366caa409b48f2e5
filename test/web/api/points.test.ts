/** Points over the management API: operators give and take, people see their own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiWorld, openApiWorld, START } from './api-world.js';

let w: ApiWorld;

beforeAll(async () => {
  w = await openApiWorld();
});
afterAll(() => w.close());

const grant = (uid: string, body: unknown, token?: string) =>
  w.call('POST', `/api/v1/users/${uid}/points`, { body, token });
const read = async (uid: string, query = '', token?: string) =>
  (await w.call('GET', `/api/v1/users/${uid}/points${query}`, { token })).body;

it('gives and takes points, and says why the balance is what it is', async () => {
  const { uid } = await w.follower('saver');
  expect(await read(uid)).toEqual({ points: 0, total: 0, items: [] });
  const given = await grant(uid, { amount: 100, note: '充值 top-up' });
  expect([given.status, given.body]).toEqual([201, { points: 100 }]);
  expect((await grant(uid, { amount: -30 })).body).toEqual({ points: 70 });
  expect(await read(uid)).toEqual({
    points: 70,
    total: 2,
    items: [
      { id: expect.any(Number), amount: -30, note: '', createdAt: START },
      { id: expect.any(Number), amount: 100, note: '充值 top-up', createdAt: START },
    ],
  });
  expect(await read(uid, '?page=2&pageSize=1')).toMatchObject({ total: 2, items: [{ amount: 100 }] });
});

it('takes no more than there is, even when asked several times at once', async () => {
  const { uid } = await w.follower('poor');
  await grant(uid, { amount: 50 });
  const taken = await Promise.all([1, 2, 3, 4].map(() => grant(uid, { amount: -20 })));
  expect(taken.map(({ status }) => status).sort()).toEqual([201, 201, 400, 400]);
  expect(await read(uid)).toMatchObject({ points: 10, total: 3 });
});

describe('refuses', () => {
  it.each([
    [{}],
    [{ amount: 0 }],
    [{ amount: 1.5 }],
    [{ amount: '10' }],
    [{ amount: 1_000_001 }],
    [{ amount: -1_000_001 }],
    [{ amount: 1e300 }],
    [{ amount: null }],
    [{ amount: 1, note: 'x'.repeat(201) }],
    [{ amount: 1, note: 7 }],
  ])('%j', async (body) => {
    const { uid } = await w.follower('strange');
    expect((await grant(uid, body)).status).toBe(400);
    expect(await read(uid)).toEqual({ points: 0, total: 0, items: [] });
  });

  it('everybody but operators, who may not even know the person', async () => {
    const [dev, other] = await Promise.all([w.developer('points dev'), w.follower('points other')]);
    const own = await grant(dev.uid, { amount: 10 }, dev.token);
    expect([own.status, own.body.error?.code]).toEqual([403, 'forbidden']);
    expect(await read(dev.uid, '', dev.token)).toEqual({ points: 0, total: 0, items: [] });
    const strange = await w.call('GET', `/api/v1/users/${other.uid}/points`, { token: dev.token });
    expect(strange.status).toBe(404);
    expect((await grant('UID_ThereIsNobodyOfThisName00001', { amount: 1 })).status).toBe(404);
  });
});
