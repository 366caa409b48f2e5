/** An operator says whose limits of a hosted service hold here, for all and for one person, and the door holds people to them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

const DAY_MS = 24 * 3_600_000;

let w: World;
beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

const put = (path: string, body: object) => w.admin(path, body, 'PUT');

/** A follower with a SendKey, and how often of six times they get a message through today. */
async function sender(name: string) {
  await w.phone(name).follows();
  const uid = await w.phone(name).uid();
  const { key } = (await w.admin(`/users/${uid}/keys`, { kind: 'sendkey' })).json as { key: string };
  const passed = async () => {
    let count = 0;
    for (let at = 0; at < 6; at += 1) {
      const answer = await w.call(`/${key}.send?title=t${at}`);
      count += answer.status === 200 ? 1 : 0;
    }
    return count;
  };
  return { uid, passed };
}

it('has none at first', async () => {
  expect((await w.admin('/settings/plans')).json).toEqual({ serverchan: 'none', pushplus: 'none' });
  const { uid, passed } = await sender('Ming');
  expect((await w.admin(`/users/${uid}/plans`)).json).toEqual({ serverchan: null, pushplus: null });
  expect(await passed()).toBe(6);
});

it('holds everybody to the server’s plan from the next call on, until it is lifted', async () => {
  const { passed } = await sender('Hua');
  const set = await put('/settings/plans', { serverchan: 'free' });
  expect([set.status, set.json]).toEqual([200, { serverchan: 'free', pushplus: 'none' }]);
  expect(await passed()).toBe(5);
  expect((await put('/settings/plans', { pushplus: 'member' })).json).toEqual({
    serverchan: 'free',
    pushplus: 'member',
  });
  w.clock.advance(DAY_MS);
  expect(await passed()).toBe(5);
  await put('/settings/plans', { serverchan: 'none', pushplus: 'none' });
  expect(await passed()).toBe(6);
});

it('lets a person’s own plan weigh more than the server’s, either way', async () => {
  const [own, other] = [await sender('Own'), await sender('Other')];
  const set = await put(`/users/${own.uid}/plans`, { serverchan: 'free' });
  expect([set.status, set.json]).toEqual([200, { serverchan: 'free', pushplus: null }]);
  expect([await own.passed(), await other.passed()]).toEqual([5, 6]);
  w.clock.advance(DAY_MS);
  await put('/settings/plans', { serverchan: 'free' });
  await put(`/users/${own.uid}/plans`, { serverchan: 'none' });
  expect([await own.passed(), await other.passed()]).toEqual([6, 5]);
  w.clock.advance(DAY_MS);
  expect((await put(`/users/${own.uid}/plans`, { serverchan: null })).json).toMatchObject({
    serverchan: null,
  });
  expect(await own.passed()).toBe(5);
  await put('/settings/plans', { serverchan: 'none' });
});

it('lasts over a restart', async () => {
  const { uid } = await sender('Lan');
  await put('/settings/plans', { pushplus: 'real-name' });
  await put(`/users/${uid}/plans`, { pushplus: 'member' });
  await w.restart();
  expect((await w.admin('/settings/plans')).json).toMatchObject({ pushplus: 'real-name' });
  expect((await w.admin(`/users/${uid}/plans`)).json).toMatchObject({ pushplus: 'member' });
});

it.each([
  ['/settings/plans', { serverchan: 'gold' }],
  ['/settings/plans', { serverchan: null }],
  ['/settings/plans', { pushplus: 'free' }],
  ['/settings/plans', { pushplus: 1 }],
  ['/settings/plans', { __proto__: null, constructor: 'x', bark: 'free' }],
] as const)('refuses or ignores %s %j, and changes nothing', async (path, body) => {
  const before = (await w.admin(path)).json;
  expect((await put(path, body)).status).toBeLessThan(500);
  expect((await w.admin(path)).json).toEqual(before);
});

it('is for the operator alone, and for people who are there', async () => {
  const { uid } = await sender('Dev');
  const { key } = (await w.admin(`/users/${uid}/keys`, { kind: 'personal' })).json as { key: string };
  const headers = { authorization: `Bearer ${key}` };
  for (const path of ['/settings/plans', `/users/${uid}/plans`]) {
    expect((await w.call(`/api/v1${path}`, { headers })).status).toBe(403);
    const body = { serverchan: 'member' };
    expect((await w.call(`/api/v1${path}`, { headers, method: 'PUT', body })).status).toBe(403);
  }
  expect((await put('/users/UID_nobody/plans', { serverchan: 'free' })).status).toBe(404);
});
