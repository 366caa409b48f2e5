/** What is past its time goes; what is still under way stays. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSweep } from '#src/engine/sweep.js';
import { insertEvents } from '#src/store/events.js';
import { claimInbound } from '#src/store/inbound.js';
import { insertReceipts } from '#src/store/receipts.js';
import { expandPeople, finishExpansion } from '#src/store/spreading.js';
import { removeExpired } from '#src/store/upkeep.js';
import { openStoreWorld, type StoreWorld } from './store-world.js';

let w: StoreWorld;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

const DAY_MS = 86_400_000;
const RULES = { days: 30, dialects: new Map(), apps: new Map() };

/** Removes all that is past its time when messages are kept 30 days. */
async function clean(): Promise<number> {
  const now = w.clock.now();
  let removed = 0;
  for await (const count of createSweep(w.db)(RULES, now)) {
    removed += count;
  }
  for (let count = 1; count > 0; removed += count) {
    count = await removeExpired(w.db, {
      now,
      keepFrom: now - 30 * DAY_MS,
      keepInboundFrom: now - DAY_MS,
    });
  }
  return removed;
}

/** A message to one person whose delivery is in this state. */
async function addMessage(state: string): Promise<number> {
  const people = await w.addPeople(1);
  const message = await w.accept({ people });
  await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
  await w.putInto(state, message);
  await finishExpansion(w.db, [message.id], w.clock.now());
  return message.id;
}

describe('messages', () => {
  it('go with their deliveries when they are old and over', async () => {
    const old = await addMessage('sent');
    w.clock.advance(15 * DAY_MS);
    const young = await addMessage('failed');
    w.clock.advance(15 * DAY_MS);
    expect(await clean()).toBe(0);
    w.clock.advance(1);
    expect(await clean()).toBe(2);
    expect(await w.db.message.findMany({ select: { id: true } })).toEqual([{ id: BigInt(young) }]);
    expect(await w.db.delivery.count({ where: { messageId: old } })).toBe(0);
    expect(await w.db.delivery.count()).toBe(1);
  });

  it.each(['due', 'claimed'])('stay, however old, while a delivery is %s', async (state) => {
    await addMessage(state);
    w.clock.advance(400 * DAY_MS);
    expect(await clean()).toBe(0);
    expect([await w.db.message.count(), await w.db.delivery.count()]).toEqual([1, 1]);
  });

  it('stay while they wait for their time', async () => {
    await w.accept({ people: [1] }, { sendAt: w.clock.now() + 60 * DAY_MS });
    w.clock.advance(40 * DAY_MS);
    expect(await clean()).toBe(0);
  });

  it('go chunk by chunk, all of them', async () => {
    const people = await w.addPeople(4500);
    const message = await w.accept({ people });
    await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
    await w.putInto('sent', message);
    await finishExpansion(w.db, [message.id], w.clock.now());
    w.clock.advance(31 * DAY_MS);
    const steps: number[] = [];
    for await (const count of createSweep(w.db)(RULES, w.clock.now())) {
      steps.push(count);
    }
    expect(steps.filter((count) => count > 0)).toEqual([2000, 2000, 500, 1]);
    expect(await w.db.delivery.count()).toBe(0);
  });
});

describe('events', () => {
  async function addEvent(state: 'new' | 'expanded', delivery?: string): Promise<void> {
    const id = w.newId();
    const key = `key ${id}`;
    const event = {
      id,
      dedupeKey: key,
      type: 't',
      appId: 1,
      personId: null,
      data: '{}',
      createdAt: w.clock.now(),
    };
    await insertEvents(w.db, [event]);
    await w.db.event.update({ where: { id }, data: { state } });
    if (delivery) {
      const at = new Date(w.clock.now());
      const row = { id: w.newId(), eventId: id, callbackId: 1, channel: 'callback', queue: 'callback:1' };
      await w.db.delivery.create({ data: { ...row, state: delivery, dueAt: at, createdAt: at } });
    }
  }

  it('go with the log of their callbacks', async () => {
    await addEvent('expanded', 'sent');
    await addEvent('expanded', 'failed');
    await addEvent('expanded');
    w.clock.advance(30 * DAY_MS + 1);
    expect(await clean()).toBe(5);
    expect([await w.db.event.count(), await w.db.delivery.count()]).toEqual([0, 0]);
  });

  it('stay while a callback is open or not even made', async () => {
    await addEvent('expanded', 'due');
    await addEvent('expanded', 'claimed');
    await addEvent('new');
    w.clock.advance(400 * DAY_MS);
    expect(await clean()).toBe(0);
    expect([await w.db.event.count(), await w.db.delivery.count()]).toEqual([3, 2]);
  });
});

it('forgets inbound keys, receipts, codes, links, talks and rests after their time', async () => {
  const now = w.clock.now();
  const [person = 0] = await w.addPeople(1);
  const at = (ms: number) => new Date(now + ms);
  await claimInbound(w.db, [{ key: 'k', owner: 'a', at: now }], 0);
  await insertReceipts(w.db, [{ ref: 'r', status: 'confirmed', at: now }]);
  const code = { appId: 1, permanent: false, ticket: '', url: '', createdAt: at(0) };
  await w.db.qrCode.createMany({
    data: [
      { ...code, scene: 'temporary', code: 'c1', expiresAt: at(0) },
      { ...code, scene: 'permanent', code: 'c2', permanent: true },
    ],
  });
  await w.db.oneTimeLink.create({ data: { hash: 'h', personId: person, expiresAt: at(0) } });
  const check = { personId: person, kind: 'phone', address: '', codeHash: '', expiresAt: at(0) };
  await w.db.contactCheck.create({ data: { ...check, sentAt: at(0) } });
  await w.db.conversation.create({ data: { personId: person, until: at(DAY_MS) } });
  await w.db.pause.create({ data: { queue: 'wechat', until: at(DAY_MS), code: '', why: '' } });
  w.clock.advance(DAY_MS);
  expect(await clean()).toBe(0);
  w.clock.advance(1);
  expect(await clean()).toBe(7);
  expect(await w.db.qrCode.findMany({ select: { scene: true } })).toEqual([{ scene: 'permanent' }]);
  expect(await w.db.person.count()).toBe(1);
});
