/** Claims of the dead come back; those of a process that was only cut off from the database do not. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LEASE_MS } from '#src/engine/claim-lease.js';
import { createClaimSweep, DEAD_AFTER_MS } from '#src/engine/claim-sweep.js';
import { silentLogger } from '#src/lib/logger.js';
import { claimDue, extendClaims } from '#src/store/claims.js';
import { expandPeople, finishExpansion } from '#src/store/spreading.js';
import { openStoreWorld, type StoreWorld } from '#test/store/store-world.js';

const SECOND = 1000;

let w: StoreWorld;
let held: number[];
let sweep: ReturnType<typeof createClaimSweep>;
beforeEach(async () => {
  w = await openStoreWorld();
  held = [];
  const lease = { listHeld: () => held };
  sweep = createClaimSweep({ db: w.db, clock: w.clock, log: silentLogger, owner: 'me', lease });
});
afterEach(() => w.close());

/** Somebody claims so many; answers with their ids. */
async function claimBy(owner: string, count = 1): Promise<number[]> {
  const people = await w.addPeople(count);
  const message = await w.accept({ people });
  await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
  await finishExpansion(w.db, [message.id], w.clock.now());
  const now = w.clock.now();
  const order = { queues: [{ queue: 'wechat', limit: count }], owner, now, leaseUntil: now + LEASE_MS };
  return (await claimDue(w.db, order)).map(({ id }) => id);
}

/** Looks every five seconds for so long; answers whether anything came back. */
async function lookFor(ms: number): Promise<boolean> {
  let came = false;
  for (let passed = 0; passed < ms; passed += 5 * SECOND) {
    w.clock.advance(5 * SECOND);
    came = (await sweep.look()) || came;
  }
  return came;
}

it('come back a while after their lease ended, all at once', async () => {
  await claimBy('dead', 3);
  expect(await lookFor(LEASE_MS + DEAD_AFTER_MS)).toBe(false);
  expect(await lookFor(5 * SECOND)).toBe(true);
  expect(await w.db.delivery.count({ where: { state: 'due' } })).toBe(3);
});

it('stay with a process that holds them again as soon as the database is back', async () => {
  const ids = await claimBy('cut off');
  w.clock.advance(12 * 60 * SECOND);
  expect(await sweep.look()).toBe(false);
  await extendClaims(w.db, { owner: 'cut off', ids, leaseUntil: w.clock.now() + LEASE_MS });
  expect(await lookFor(DEAD_AFTER_MS + 5 * SECOND)).toBe(false);
});

it('stay where the sweep itself was away and cannot know who tried to hold them', async () => {
  await claimBy('cut off');
  await lookFor(LEASE_MS + 10 * SECOND);
  w.clock.advance(12 * 60 * SECOND);
  expect(await sweep.look()).toBe(false);
  sweep.forget();
  expect(await lookFor(DEAD_AFTER_MS)).toBe(false);
  expect(await lookFor(5 * SECOND)).toBe(true);
});

it('of its own stay while it knows of them, however long it could not hold them', async () => {
  held = await claimBy('me', 2);
  expect(await lookFor(LEASE_MS + 2 * DEAD_AFTER_MS)).toBe(false);
  held = held.slice(1);
  expect(await lookFor(2 * DEAD_AFTER_MS)).toBe(true);
  expect(await w.db.delivery.count({ where: { state: 'claimed' } })).toBe(1);
});

it('stay where the clock of this machine is wrong, until that lasts', async () => {
  const ids = await claimBy('living');
  await sweep.look();
  w.clock.jump(8 * 3600 * SECOND);
  expect(await lookFor(15 * SECOND)).toBe(false);
  await extendClaims(w.db, { owner: 'living', ids, leaseUntil: w.clock.now() + LEASE_MS });
  expect(await lookFor(30 * SECOND)).toBe(false);
});
