/** Claims, leases and results: nothing twice, nothing lost, and counts that are exact. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadAddresses } from '#src/store/addresses.js';
import {
  type ClaimedDelivery,
  claimDue,
  extendClaims,
  listLapsedOwners,
  releaseClaims,
  releaseLapsed,
} from '#src/store/claims.js';
import { type DeliveryResult, listQueueHeads, recordResults } from '#src/store/outbox.js';
import { claimRouted } from '#src/store/routed-claims.js';
import { beginSpreading, expandPeople, finishExpansion } from '#src/store/spreading.js';
import { ACCOUNT, openStoreWorld, type StoreWorld } from './store-world.js';

let w: StoreWorld;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

const LEASE_MS = 60_000;
let batch = 0;

async function addDeliveries(count: number, queue = 'wechat'): Promise<number> {
  const people = await w.addPeople(count);
  const message = await w.accept({ people });
  await expandPeople(w.db, w.toDeliveries(message, people, queue), w.scope());
  await finishExpansion(w.db, [message.id], w.clock.now());
  return message.id;
}

const claim = (limit: number, owner = 'me', queue = 'wechat'): Promise<ClaimedDelivery[]> => {
  const now = w.clock.now();
  return claimDue(w.db, { queues: [{ queue, limit }], owner, now, leaseUntil: now + LEASE_MS });
};

const resultOf = (delivery: ClaimedDelivery, own: Partial<DeliveryResult> = {}): DeliveryResult => ({
  id: delivery.id,
  messageId: delivery.messageId,
  state: 'sent',
  dueAt: null,
  ref: null,
  attempt: '{"outcome":"sent"}',
  finishedAt: w.clock.now(),
  ...own,
});

function record(results: DeliveryResult[], owner = 'me'): Promise<number> {
  batch += 1;
  return recordResults(w.db, results, { owner, batch: `${owner}:${batch}`, now: w.clock.now() });
}

const head = async (id: number) => {
  const { state, total, sent, failed, cancelled } = await w.db.message.findUniqueOrThrow({ where: { id } });
  return { state, total, sent, failed, cancelled };
};

describe('claiming', () => {
  it('gives each row to one claim only', async () => {
    await addDeliveries(30);
    const claims = await Promise.all([claim(20, 'a'), claim(20, 'b'), claim(20, 'c')]);
    const ids = claims.flat().map(({ id }) => id);
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
  });

  it('takes the longest due first, then the oldest, and no more than its limit', async () => {
    await addDeliveries(3);
    const rows = await w.db.delivery.findMany({ orderBy: { id: 'asc' } });
    const now = w.clock.now();
    await w.db.delivery.update({ where: { id: rows[2]?.id }, data: { dueAt: new Date(now - 5) } });
    const first = await claim(2);
    expect(first.map(({ id }) => BigInt(id))).toEqual([rows[0]?.id, rows[2]?.id]);
    expect((await claim(2)).map(({ id }) => BigInt(id))).toEqual([rows[1]?.id]);
  });

  it('leaves alone what is not due yet, and counts tries', async () => {
    await addDeliveries(1);
    const [first] = await claim(1);
    expect(first).toMatchObject({ tries: 1, channel: 'wechat', queue: 'wechat', createdAt: w.clock.now() });
    await record([resultOf(first as ClaimedDelivery, { state: 'due', dueAt: w.clock.now() + 1000 })]);
    expect(await claim(1)).toEqual([]);
    w.clock.advance(1000);
    expect(await claim(1)).toMatchObject([{ id: first?.id, tries: 2 }]);
  });

  it('keeps the limit of each queue, also for more queues than one statement takes', async () => {
    const people = await w.addPeople(1);
    const queues = Array.from({ length: 250 }, (_, at) => `callback:${at}`);
    for (const queue of ['wechat', ...queues]) {
      const message = await w.accept({ people });
      await expandPeople(w.db, w.toDeliveries(message, people, queue), w.scope());
    }
    await addDeliveries(5, 'wechat');
    const now = w.clock.now();
    const claimed = await claimDue(w.db, {
      queues: ['wechat', ...queues].map((queue) => ({ queue, limit: 2 })),
      owner: 'me',
      now,
      leaseUntil: now + 1,
    });
    expect(claimed.filter(({ queue }) => queue === 'wechat')).toHaveLength(2);
    expect(claimed).toHaveLength(252);
  });

  it('tells of each queue when its first row is due', async () => {
    await addDeliveries(2, 'wechat');
    await addDeliveries(1, 'callback:9');
    const now = w.clock.now();
    await w.db.delivery.updateMany({ where: { queue: 'callback:9' }, data: { dueAt: new Date(now + 7) } });
    expect(await listQueueHeads(w.db)).toEqual([
      { queue: 'callback:9', nextDueAt: now + 7 },
      { queue: 'wechat', nextDueAt: now },
    ]);
    await claim(9);
    expect(await listQueueHeads(w.db)).toEqual([{ queue: 'callback:9', nextDueAt: now + 7 }]);
  });
});

describe('claiming what has another way', () => {
  const routed = async (ids: readonly number[], route: string) =>
    w.db.delivery.updateMany({ where: { id: { in: ids.map(BigInt) } }, data: { route } });
  const claimThem = (limit: number) => {
    const now = w.clock.now();
    return claimRouted(w.db, { queue: 'wechat', owner: 'me', now, leaseUntil: now + LEASE_MS, limit });
  };

  it('takes the oldest of them, and leaves those that have none', async () => {
    await addDeliveries(6);
    await addDeliveries(1, 'bark');
    const all = await w.db.delivery.findMany({ orderBy: { id: 'asc' } });
    const ids = all.map(({ id }) => Number(id));
    const route = '[{"channel":"mail","queue":"mail:1","configId":1}]';
    await routed(ids.slice(0, 2), '[]');
    await routed(ids.slice(3), route);
    const first = await claimThem(2);
    expect(first).toMatchObject([{ route, tries: 1, queue: 'wechat' }, { route }]);
    expect(first.map(({ id }) => id).sort()).toEqual(ids.slice(3, 5));
    expect((await claimThem(9)).map(({ id }) => id)).toEqual(ids.slice(5, 6));
    expect(await claimThem(9)).toEqual([]);
    expect((await claim(9)).map(({ id }) => id)).toEqual(ids.slice(0, 3));
  });
});

describe('leases', () => {
  it('come back when they end, and not before', async () => {
    await addDeliveries(2);
    await claim(1, 'dead');
    w.clock.advance(LEASE_MS);
    await claim(1, 'living');
    const at = (now: number) => ({ now, owner: 'me', held: [] });
    expect(await listLapsedOwners(w.db, at(w.clock.now()))).toEqual([]);
    const past = at(w.clock.now() + 1);
    expect(await listLapsedOwners(w.db, past)).toEqual(['dead']);
    expect(await releaseLapsed(w.db, past, ['living'])).toBe(0);
    expect(await releaseLapsed(w.db, past, ['dead'])).toBe(1);
    expect(await claim(9, 'next')).toHaveLength(1);
  });

  it('of what somebody knows that they hold never come back, and of what they forgot do', async () => {
    await addDeliveries(2);
    const [known] = await claim(2, 'me');
    const past = { now: w.clock.now() + LEASE_MS + 1, owner: 'me', held: [known?.id ?? 0] };
    expect(await listLapsedOwners(w.db, past)).toEqual(['me']);
    expect(await releaseLapsed(w.db, past, ['me'])).toBe(1);
    expect(await listLapsedOwners(w.db, past)).toEqual([]);
  });

  it('last for longer where they are held', async () => {
    await addDeliveries(2);
    const [first] = await claim(2, 'me');
    const leaseUntil = w.clock.now() + 2 * LEASE_MS;
    await extendClaims(w.db, { owner: 'me', ids: [first?.id ?? 0], leaseUntil });
    const past = { now: w.clock.now() + LEASE_MS + 1, owner: 'other', held: [] };
    expect(await releaseLapsed(w.db, past, ['me'])).toBe(1);
  });

  it('are all given back at a start', async () => {
    await addDeliveries(3);
    const before = await claim(3, 'dead');
    await w.reopen();
    expect(await releaseClaims(w.db)).toBe(3);
    const after = await claim(3, 'next');
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.every(({ tries, doubtAt }) => tries === 2 && doubtAt === w.clock.now())).toBe(true);
  });
});

describe('results', () => {
  it('are written with their attempts and counted in their message', async () => {
    const id = await addDeliveries(4);
    const [a, b, c, d] = (await claim(4)) as [
      ClaimedDelivery,
      ClaimedDelivery,
      ClaimedDelivery,
      ClaimedDelivery,
    ];
    await record([
      resultOf(a, { ref: '3662956322040938501' }),
      resultOf(b, { state: 'failed' }),
      resultOf(c, { state: 'cancelled' }),
      resultOf(d, { state: 'due', dueAt: w.clock.now() + 5, finishedAt: null, attempt: '{"why":"1"}' }),
    ]);
    expect(await head(id)).toEqual({ state: 'expanded', total: 4, sent: 1, failed: 1, cancelled: 1 });
    w.clock.advance(5);
    const [again] = await claim(4);
    await record([resultOf(again as ClaimedDelivery, { attempt: '{"why":"2 \\"quoted\\" 文"}' })]);
    expect(await head(id)).toEqual({ state: 'done', total: 4, sent: 2, failed: 1, cancelled: 1 });
    const row = await w.db.delivery.findUniqueOrThrow({ where: { id: d.id } });
    expect(JSON.parse(row.attempts)).toEqual([{ why: '1' }, { why: '2 "quoted" 文' }]);
    expect((await w.db.delivery.findUniqueOrThrow({ where: { id: a.id } })).ref).toBe('3662956322040938501');
  });

  it('of somebody whose lease was lost change and count nothing', async () => {
    const id = await addDeliveries(1);
    const [lost] = await claim(1, 'slow');
    await releaseClaims(w.db);
    const [held] = await claim(1, 'quick');
    await record([resultOf(lost as ClaimedDelivery, { state: 'failed' })], 'slow');
    expect(await head(id)).toMatchObject({ state: 'expanded', sent: 0, failed: 0 });
    await record([resultOf(held as ClaimedDelivery)], 'quick');
    await record([resultOf(lost as ClaimedDelivery, { state: 'failed' })], 'slow');
    await record([resultOf(held as ClaimedDelivery)], 'quick');
    expect(await head(id)).toEqual({ state: 'done', total: 1, sent: 1, failed: 0, cancelled: 0 });
    expect(JSON.parse((await w.db.delivery.findFirstOrThrow()).attempts)).toMatchObject([
      { outcome: 'unknown', code: 'lost' },
      { outcome: 'sent' },
    ]);
  });

  it('of a claim given back untried leave no trace', async () => {
    await addDeliveries(1);
    const [held] = await claim(1);
    const untried = { state: 'due', attempt: null, finishedAt: null, untried: true } as const;
    await record([resultOf(held as ClaimedDelivery, untried)]);
    expect(await w.db.delivery.findFirstOrThrow()).toMatchObject({ state: 'due', tries: 0, attempts: '[]' });
    expect(await claim(1)).toMatchObject([{ tries: 1 }]);
  });

  it('of a message still being spread never end it early', async () => {
    const people = await w.addPeople(2);
    const message = await w.accept({ people });
    await beginSpreading(w.db, [message.id]);
    await expandPeople(w.db, w.toDeliveries(message, people.slice(0, 1)), w.scope());
    await record((await claim(9)).map((one) => resultOf(one)));
    expect(await head(message.id)).toMatchObject({ state: 'spreading', sent: 1 });
    await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
    await finishExpansion(w.db, [message.id], w.clock.now());
    expect(await head(message.id)).toMatchObject({ state: 'expanded', total: 2, sent: 1 });
    await record((await claim(9)).map((one) => resultOf(one)));
    expect(await head(message.id)).toMatchObject({ state: 'done', total: 2, sent: 2 });
  });

  it('of several messages in one write are counted for each', async () => {
    const ids = [await addDeliveries(3), await addDeliveries(2)];
    await record((await claim(9)).map((one) => resultOf(one)));
    expect(await Promise.all(ids.map(head))).toMatchObject([
      { state: 'done', sent: 3 },
      { state: 'done', sent: 2 },
    ]);
  });
});

it('reads where people are reached, and who left or paused', async () => {
  const [stays = 0, left = 0, paused = 0] = await w.addPeople(3);
  await w.db.identity.updateMany({ where: { personId: left }, data: { following: false } });
  await w.db.person.update({ where: { id: paused }, data: { pausedAt: new Date(0) } });
  const found = await loadAddresses(w.db, [stays, left, paused, 12345], ACCOUNT.platform, ACCOUNT.account);
  expect(found.get(stays)).toMatchObject({
    uid: `UID_${stays}`,
    address: `o${stays}`,
    following: true,
    paused: false,
  });
  expect(found.get(left)).toMatchObject({ following: false, paused: false });
  expect(found.get(paused)).toMatchObject({ following: true, paused: true });
  expect(found.has(12345)).toBe(false);
});
