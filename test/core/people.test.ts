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
    expect(await w.core.people.findWechatName(first.personId)).toEqual({ openid: 'oMing', following: false });
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
