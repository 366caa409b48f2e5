/** People: one for each name of a platform, with one UID for ever. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

const name = (externalId: string) => ({ ...w.core.account, externalId });

describe('a person', () => {
  it('keeps the UID through leaving, returning and a restart', async () => {
    const first = await w.core.people.follow(name('oMing'));
    expect(first.uid).toMatch(/^UID_[A-Za-z0-9]{24,}$/);
    w.clock.advance(1000);
    await w.core.people.leave(name('oMing'));
    expect(await w.core.people.findWechatName(first.personId)).toEqual({
      pseudonym: expect.stringMatching(/^o[\w-]{27}$/),
      following: false,
    });
    await w.restart();
    w.clock.advance(1000);
    expect(await w.core.people.follow(name('oMing'))).toEqual(first);
  });

  it('is one, however many events of theirs come at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        at % 2 ? w.core.people.meet(name('oX')) : w.core.people.follow(name('oX')),
      ),
    );
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(1);
    expect(await w.db.person.count()).toBe(1);
  });

  it('is found by the UID, and others are not', async () => {
    const { uid, personId } = await w.core.people.follow(name('oMing'));
    expect(await w.core.people.getByUid(uid)).toMatchObject({ personId, paused: false });
    await w.core.people.setPaused(personId, true);
    expect(await w.core.people.getPerson(personId)).toMatchObject({ uid, paused: true });
    for (const unknown of ['', 'UID_x', uid.toLowerCase()]) {
      await expect(w.core.people.getByUid(unknown)).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});

describe('a UID that an app asks for', () => {
  /** What the app sees, asked twice: the second answer may come from memory. */
  const see = async (uid: string, appId: number) => {
    const [first] = await w.core.people.findByUids([uid], appId);
    const [again] = await w.core.people.findByUids([uid], appId);
    expect(again).toEqual(first);
    return first === null || first === undefined ? null : [first.subscribed, first.blocked];
  };

  it('is seen as it is now, whatever was remembered of it', async () => {
    const appId = await w.store.addApp();
    const { personId, uid } = await w.core.people.follow(name('oMing'));
    const wish = { personId, uid, appId, topicId: 0, source: 'scan' as const, extra: '' };
    expect(await see('UID_nobody', appId)).toBeNull();
    expect(await see(uid, appId)).toEqual([false, false]);
    await w.core.subscriptions.subscribe(wish);
    expect(await see(uid, appId)).toEqual([true, false]);
    const [row] = (await w.core.subscriptions.listSubscriptions({ appId, skip: 0, take: 1 })).items;
    await w.core.subscriptions.setBlocked(appId, row?.id ?? 0, true);
    expect(await see(uid, appId)).toEqual([false, true]);
    await w.core.subscriptions.setBlocked(appId, row?.id ?? 0, false);
    expect(await see(uid, appId)).toEqual([true, false]);
    await w.core.subscriptions.unsubscribe(personId, appId);
    expect(await see(uid, appId)).toEqual([false, false]);
    await w.core.subscriptions.subscribe(wish);
    await w.db.app.delete({ where: { id: appId } });
    expect(await see(uid, appId)).toEqual([false, false]);
  });

  it('is not remembered by one app for another', async () => {
    const [appId, otherId] = [await w.store.addApp(), await w.store.addApp()];
    const { personId, uid } = await w.core.people.follow(name('oMing'));
    await w.core.subscriptions.subscribe({
      ...{ personId, uid, appId, topicId: 0, source: 'scan', extra: '' },
    });
    expect(await see(uid, appId)).toEqual([true, false]);
    expect(await see(uid, otherId)).toEqual([false, false]);
  });
});
