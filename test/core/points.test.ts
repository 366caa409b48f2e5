/** Points in the domain: what is promised to messages under way, and that nobody counts on the same points twice. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

const PRICE = 10;

/** A person with so many points. */
async function payer(points: number): Promise<number> {
  const [personId = 0] = await w.store.addPeople(1);
  await w.core.points.grant(personId, points);
  return personId;
}

/** Accepts a paid message to these people and topics; nothing is spread yet. */
async function accept(
  personId: number,
  audience: { people: number[]; topics: number[] },
  appId: number | null,
) {
  await w.core.publish({
    appId,
    senderId: personId,
    title: '标题',
    body: '内容',
    format: 'text',
    audience,
    targets: [],
    channels: ['sms'],
    extras: { sms: { price: PRICE, payer: personId } },
    source: 'test',
  });
}

it('promises to an accepted message what its people and its topics’ subscribers may cost', async () => {
  const personId = await payer(100);
  const [friends, members] = [await w.store.addPeople(2), await w.store.addPeople(3)];
  const appId = await w.store.addApp();
  await w.store.subscribe(members, appId, 5);
  await w.store.subscribe(friends, appId, 0);
  await accept(personId, { people: friends, topics: [5] }, appId);
  expect(await w.core.points.canSpend(personId, 50)).toBe(true);
  expect(await w.core.points.canSpend(personId, 51)).toBe(false);
  expect(await w.core.points.balanceOf(personId)).toBe(100);
  expect(await w.core.points.canSpend(await payer(60), 60)).toBe(true);
});

it('takes turns for each person, and goes on after one whose work fails', async () => {
  const personId = await payer(25);
  const { spend } = w.core.points;
  const order: string[] = [];
  const send = (name: string) =>
    spend(personId, PRICE, async () => {
      order.push(name);
      if (name === 'broken') {
        throw new Error('the caller is broken');
      }
      await accept(personId, { people: [personId], topics: [] }, null);
      return name;
    });
  const asked = await Promise.allSettled([send('a'), send('broken'), send('b'), send('c')]);
  expect(asked).toMatchObject([
    { status: 'fulfilled', value: 'a' },
    { status: 'rejected', reason: { message: 'the caller is broken' } },
    { status: 'fulfilled', value: 'b' },
    { status: 'rejected', reason: { code: 'points_used_up', status: 402 } },
  ]);
  expect(order).toEqual(['a', 'broken', 'b']);
  await expect(spend(await payer(PRICE), PRICE, async () => 'other')).resolves.toBe('other');
});

it('knows nobody who does not exist', async () => {
  const { points } = w.core;
  for (const ask of [() => points.balanceOf(1), () => points.grant(1, 5), () => points.canSpend(1, 0)]) {
    await expect(ask()).rejects.toMatchObject({ code: 'not_found' });
  }
});
