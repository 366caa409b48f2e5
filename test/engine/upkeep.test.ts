/** Upkeep: ended leases come back and wake the engine, old things go, and one failing job stops no other. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createUpkeep } from '#src/engine/upkeep.js';
import { createLogger } from '#src/lib/logger.js';
import { claimDue } from '#src/store/outbox.js';
import { expandPeople, finishExpansion } from '#src/store/spreading.js';
import { openStoreWorld, type StoreWorld } from '#test/store/store-world.js';

const DAY_MS = 86_400_000;

let w: StoreWorld;
let lines: string[];
let wakes: number;
beforeEach(async () => {
  w = await openStoreWorld();
  lines = [];
  wakes = 0;
});
afterEach(() => w.close());

const upkeep = () =>
  createUpkeep({
    db: w.db,
    clock: w.clock,
    log: createLogger('info', (line) => lines.push(line)),
    readRetention: async () => ({ days: 30, dialects: new Map(), apps: new Map() }),
    wake: () => {
      wakes += 1;
    },
  });

async function addMessage(): Promise<void> {
  const people = await w.addPeople(2);
  const message = await w.accept({ people });
  await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
  await finishExpansion(w.db, [message.id], w.clock.now());
}

it('gives back what a lost worker held, says so, and wakes the engine', async () => {
  await addMessage();
  const now = w.clock.now();
  await claimDue(w.db, {
    queues: [{ queue: 'wechat', limit: 9 }],
    owner: 'x',
    now,
    leaseUntil: now + 60_000,
  });
  await upkeep().returnLeases();
  expect([wakes, lines.length]).toEqual([0, 0]);
  w.clock.advance(60_001);
  await upkeep().returnLeases();
  expect(wakes).toBe(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', released: 2 });
  expect(await w.db.delivery.count({ where: { state: 'due' } })).toBe(2);
});

it('removes what is older than the retention, and nothing younger or unfinished', async () => {
  await addMessage();
  await w.db.delivery.updateMany({ data: { state: 'sent' } });
  await w.db.message.updateMany({ data: { state: 'done' } });
  await addMessage();
  w.clock.advance(30 * DAY_MS);
  await upkeep().removeOld();
  expect(await w.db.message.count()).toBe(2);
  w.clock.advance(1);
  await upkeep().removeOld();
  expect([await w.db.message.count(), await w.db.delivery.count()]).toEqual([1, 2]);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ removed: 3 });
});

it('can be started and stopped, more than once', () => {
  const stop = upkeep().start();
  stop();
  upkeep().start()();
  expect(lines).toEqual([]);
});
