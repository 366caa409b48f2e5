/** Upkeep: old things go, and one failing job stops no other. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createUpkeep } from '#src/engine/upkeep.js';
import { createLogger } from '#src/lib/logger.js';
import { expandPeople, finishExpansion } from '#src/store/spreading.js';
import { openStoreWorld, type StoreWorld } from '#test/store/store-world.js';

const DAY_MS = 86_400_000;

let w: StoreWorld;
let lines: string[];
beforeEach(async () => {
  w = await openStoreWorld();
  lines = [];
});
afterEach(() => w.close());

const upkeep = () =>
  createUpkeep({
    db: w.db,
    clock: w.clock,
    log: createLogger('info', (line) => lines.push(line)),
    readRetention: async () => ({ days: 30, dialects: new Map(), apps: new Map() }),
  });

async function addMessage(): Promise<void> {
  const people = await w.addPeople(2);
  const message = await w.accept({ people });
  await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
  await finishExpansion(w.db, [message.id], w.clock.now());
}

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
