/** A round claims what there is room for, and queues that share slots take turns. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDueQueues } from '#src/engine/due-queues.js';
import { createLimits, isBulk, type Limits, WECHAT_BULK_QUEUE, WECHAT_QUEUE } from '#src/engine/limits.js';
import { openStoreWorld, type StoreWorld } from '#test/store/store-world.js';

let w: StoreWorld;
let limits: Limits;
beforeEach(async () => {
  w = await openStoreWorld();
  limits = createLimits(w.db, 64, {}, w.clock);
});
afterEach(() => w.close());

const all = { which: () => true, heldOf: () => 0 };

async function addDue(queues: readonly string[], inMs = 0): Promise<void> {
  const dueAt = new Date(w.clock.now() + inMs);
  const rows = queues.map((queue) => ({ queue, dueAt, channel: 'x', state: 'due', createdAt: dueAt }));
  await w.db.delivery.createMany({ data: rows.map((row) => ({ id: BigInt(w.newId()), ...row })) });
}

it('leaves out what is not due, rests, is full or is not asked for', async () => {
  await addDue([WECHAT_QUEUE, WECHAT_BULK_QUEUE, 'callback:1']);
  await addDue(['callback:2'], 5000);
  const due = createDueQueues(w.db, limits, w.clock);
  const now = w.clock.now();
  await due.look();
  expect(due.nextDueAt(now)).toBe(now + 5000);
  expect(due.listClaims({ now, ...all })).toEqual([
    { queue: 'callback:1', limit: 4 },
    { queue: WECHAT_QUEUE, limit: 128 },
    { queue: WECHAT_BULK_QUEUE, limit: 120 },
  ]);
  expect(due.listClaims({ now, ...all, which: isBulk })).toEqual([{ queue: WECHAT_BULK_QUEUE, limit: 120 }]);
  expect(due.listClaims({ now, which: isBulk, heldOf: () => 120 })).toEqual([]);
  await limits.rest(WECHAT_QUEUE, { until: new Date(now + 1000), code: '1', why: '' });
  expect(due.listClaims({ now, ...all }).map(({ queue }) => queue)).toEqual(['callback:1']);
});

it("gives each of a thousand endpoints its turn, however long the others' lists are", async () => {
  const queues = Array.from({ length: 1000 }, (_, at) => `callback:${at}`);
  await addDue(queues);
  const due = createDueQueues(w.db, limits, w.clock);
  const served = new Set<string>();
  for (let round = 0; round < 17; round += 1) {
    await due.look();
    const claims = due.listClaims({
      now: w.clock.now(),
      ...all,
      which: (queue) => queue.startsWith('callback:'),
    });
    expect(claims.reduce((sum, { limit }) => sum + limit, 0)).toBe(256);
    for (const { queue } of claims) {
      served.add(queue);
    }
  }
  expect(served.size).toBe(1000);
});

it('asks a queue that gave less again only when it has looked anew', async () => {
  await addDue(Array.from({ length: 300 }, (_, at) => `callback:${at}`));
  const due = createDueQueues(w.db, limits, w.clock);
  const seen: string[] = [];
  const claimRound = async (): Promise<boolean> => {
    await due.look();
    const claims = due.listClaims({
      now: w.clock.now(),
      which: (queue) => queue.startsWith('callback:'),
      heldOf: () => 0,
    });
    seen.push(...claims.map(({ queue }) => queue));
    return due.noteClaimed(
      claims,
      claims.map(({ queue }) => ({ queue })),
    );
  };
  expect(await claimRound()).toBe(false);
  expect(await claimRound()).toBe(true);
  expect(await claimRound()).toBe(true);
  expect(seen.length).toBe(192);
  expect(new Set(seen).size).toBe(192);
  w.clock.advance(200);
  expect(await claimRound()).toBe(false);
});
