/** People and their names on platforms: one UID for ever. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Arrival, lookUpUids, markLeft, upsertPeople } from '#src/store/people.js';
import { ACCOUNT, openStoreWorld, type StoreWorld } from './store-world.js';

let w: StoreWorld;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

function arrival(externalId: string, following: boolean | null, own: Partial<Arrival> = {}): Arrival {
  const personId = w.newId();
  return { ...ACCOUNT, externalId, personId, uid: `UID_${personId}`, following, at: w.clock.now(), ...own };
}
const leave = (externalId: string, at = w.clock.now()) => markLeft(w.db, [{ ...ACCOUNT, externalId, at }]);
const identity = (externalId: string) => w.db.identity.findFirstOrThrow({ where: { externalId } });

it('makes one person of a name that arrives several times at once', async () => {
  const people = await upsertPeople(w.db, [
    arrival('oA', true),
    arrival('oB', null),
    arrival('oA', true),
    arrival('oA', null),
  ]);
  expect(await w.db.person.count()).toBe(2);
  expect(new Set([people[0]?.uid, people[2]?.uid, people[3]?.uid]).size).toBe(1);
  expect(people.map(({ following }) => following)).toEqual([true, false, true, true]);
});

it('gives a known name its person, whatever id the arrival brought', async () => {
  const [first] = await upsertPeople(w.db, [arrival('oA', true)]);
  await leave('oA');
  w.clock.advance(60_000);
  const [back] = await upsertPeople(w.db, [arrival('oA', true)]);
  expect(back).toEqual({ ...first, following: true });
  expect((await identity('oA')).followedAt?.getTime()).toBe(w.clock.now());
});

it('keeps the same name on two accounts apart', async () => {
  const people = await upsertPeople(w.db, [arrival('oA', true), arrival('oA', true, { account: 'wxother' })]);
  expect(new Set(people.map(({ uid }) => uid)).size).toBe(2);
});

it('does not take somebody who shows up for a follower, nor for one who left', async () => {
  const [met] = await upsertPeople(w.db, [arrival('oA', null)]);
  expect(met?.following).toBe(false);
  await upsertPeople(w.db, [arrival('oA', true)]);
  const [again] = await upsertPeople(w.db, [arrival('oA', null)]);
  expect(again).toMatchObject({ uid: met?.uid, following: true });
});

describe('somebody who leaves', () => {
  it('is marked with the time, once', async () => {
    await upsertPeople(w.db, [arrival('oA', true)]);
    w.clock.advance(1000);
    const at = w.clock.now();
    await leave('oA');
    w.clock.advance(1000);
    await leave('oA');
    expect(await identity('oA')).toMatchObject({ following: false, leftAt: new Date(at) });
  });

  it('stays, where they came back after the moment in question', async () => {
    await upsertPeople(w.db, [arrival('oA', true)]);
    const before = { ...ACCOUNT, externalId: 'oA', at: w.clock.now() - 1, isDated: true };
    await markLeft(w.db, [before]);
    expect((await identity('oA')).following).toBe(true);
    await markLeft(w.db, [{ ...before, at: w.clock.now() }]);
    expect((await identity('oA')).following).toBe(false);
  });

  it('takes nobody of another account along', async () => {
    await upsertPeople(w.db, [arrival('oA', true), arrival('oA', true, { account: 'wxother' })]);
    await leave('oA');
    expect(await w.db.identity.count({ where: { following: true } })).toBe(1);
  });
});

describe('looking up UIDs', () => {
  it('tells from the app’s view whether a person is subscribed or blocked', async () => {
    const [app, other] = [await w.addApp(), await w.addApp()];
    const [follower = 0, blocked = 0, topical = 0, stranger = 0] = await w.addPeople(4);
    await w.subscribe([follower, blocked], app, 0);
    await w.subscribe([topical], app, 9);
    await w.subscribe([stranger], other, 0);
    await w.db.subscription.updateMany({ where: { personId: blocked }, data: { blocked: true } });
    const uids = [follower, blocked, topical, stranger].map((id) => `UID_${id}`);
    const found = await lookUpUids(
      w.db,
      [...uids, 'UID_unknown'].map((uid) => ({ uid, appId: app })),
    );
    const view = uids.map((uid) => {
      const one = found.get(`${app} ${uid}`);
      return [one?.subscribed, one?.blocked];
    });
    expect(view).toEqual([
      [true, false],
      [false, true],
      [false, false],
      [false, false],
    ]);
    expect(found.has(`${app} UID_unknown`)).toBe(false);
  });

  it('answers for several apps at once', async () => {
    const [app, other] = [await w.addApp(), await w.addApp()];
    const [person = 0] = await w.addPeople(1);
    await w.subscribe([person], other, 0);
    const uid = `UID_${person}`;
    const found = await lookUpUids(
      w.db,
      [app, other].map((appId) => ({ uid, appId })),
    );
    expect(found.get(`${app} ${uid}`)?.subscribed).toBe(false);
    expect(found.get(`${other} ${uid}`)?.subscribed).toBe(true);
  });
});
