/** Subscriptions: new once with one event, blocked for good, and nobody else's to touch. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

const name = (externalId: string) => ({ ...w.core.account, externalId });

describe('a subscription', () => {
  const wish = async (openid: string, appId: number, topicId = 0) => {
    const { personId, uid } = await w.core.people.follow(name(openid));
    return { personId, uid, appId, topicId, source: 'scan' as const, extra: 'a=1' };
  };

  it('is new once, with one event, however often and at once it is wished for', async () => {
    const input = await wish('oMing', await w.store.addApp());
    const results = await Promise.all([1, 2, 3].map(() => w.core.subscriptions.subscribe(input)));
    results.push(await w.core.subscriptions.subscribe(input));
    expect(results.sort()).toEqual(['already', 'already', 'already', 'subscribed']);
    const events = await w.db.event.findMany();
    expect(events.map(({ data }) => JSON.parse(data))).toEqual([
      { uid: input.uid, source: 'scan', extra: 'a=1', topicId: 0 },
    ]);
  });

  it('to a topic makes no event', async () => {
    await w.core.subscriptions.subscribe(await wish('oMing', await w.store.addApp(), 3));
    expect(await w.db.event.count()).toBe(0);
  });

  it('that was blocked cannot be left or renewed, until the developer says so', async () => {
    const appId = await w.store.addApp();
    const input = await wish('oMing', appId);
    await w.core.subscriptions.subscribe(input);
    const [row] = (await w.core.subscriptions.listSubscriptions({ appId, skip: 0, take: 1 })).items;
    await w.core.subscriptions.setBlocked(appId, row?.id ?? 0, true);
    expect(await w.core.subscriptions.unsubscribe(input.personId, appId)).toBe(0);
    expect(await w.core.subscriptions.subscribe(input)).toBe('blocked');
    expect(await w.core.subscriptions.listOfPerson(input.personId)).toEqual([]);
    await w.core.subscriptions.setBlocked(appId, row?.id ?? 0, false);
    expect(await w.core.subscriptions.subscribe(input)).toBe('already');
    expect(await w.core.subscriptions.unsubscribe(input.personId, appId)).toBe(1);
  });

  it('of another app is out of reach', async () => {
    const [appId, other] = [await w.store.addApp(), await w.store.addApp()];
    await w.core.subscriptions.subscribe(await wish('oMing', appId));
    const [row] = (await w.core.subscriptions.listSubscriptions({ appId, skip: 0, take: 1 })).items;
    const { removeSubscription, setBlocked } = w.core.subscriptions;
    await expect(removeSubscription(other, row?.id ?? 0)).rejects.toMatchObject({ code: 'not_found' });
    await expect(setBlocked(other, row?.id ?? 0, true)).rejects.toMatchObject({ code: 'not_found' });
    await expect(removeSubscription(appId, -1)).rejects.toMatchObject({ code: 'not_found' });
    await removeSubscription(appId, row?.id ?? 0);
    expect(await w.db.subscription.count()).toBe(0);
  });

  it('to an app ends with all its topics, to a topic alone', async () => {
    const appId = await w.store.addApp();
    const { personId } = await wish('oMing', appId);
    for (const topicId of [0, 1, 2]) {
      await w.core.subscriptions.subscribe(await wish('oMing', appId, topicId));
    }
    expect(await w.core.subscriptions.unsubscribe(personId, appId, 1)).toBe(1);
    expect(await w.core.subscriptions.unsubscribe(personId, appId)).toBe(2);
  });
});
