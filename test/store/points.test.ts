/** Charges: with the record of what was sent, once for each delivery, and of nothing else. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimDue } from '#src/store/claims.js';
import { recordResults } from '#src/store/outbox.js';
import { grantPoints } from '#src/store/points.js';
import { expandPeople, finishExpansion } from '#src/store/spreading.js';
import { openStoreWorld, type StoreWorld } from './store-world.js';

let w: StoreWorld;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

const QUEUE = 'sms:server:1';
let batch = 0;

/** Claimed short messages to so many people, and who pays for them. */
async function claimed(count: number, extras: string | null = null) {
  const [payer = 0, ...people] = await w.addPeople(count + 1);
  const { newId, db } = w;
  await grantPoints(db, { id: newId(), personId: payer, amount: 100, note: '', now: w.clock.now() });
  const message = await w.accept({ people });
  await db.message.update({
    where: { id: BigInt(message.id) },
    data: { extras: extras ?? JSON.stringify({ sms: { price: 10, payer } }) },
  });
  const rows = w.toDeliveries(message, people, QUEUE).map((row) => ({ ...row, channel: 'sms', slot: 'sms' }));
  await expandPeople(db, rows, w.scope());
  await finishExpansion(db, [message.id], w.clock.now());
  const now = w.clock.now();
  const queues = [{ queue: QUEUE, limit: 100 }];
  return { payer, deliveries: await claimDue(db, { queues, owner: 'me', now, leaseUntil: now + 1000 }) };
}

/** Records these as sent; each call is a batch of its own, as after a commit whose answer was lost. */
async function recordSent(deliveries: readonly { id: number; messageId: number | null }[], own = {}) {
  batch += 1;
  const rest = { dueAt: null, ref: null, attempt: null, finishedAt: w.clock.now() };
  await recordResults(
    w.db,
    deliveries.map(({ id, messageId }) => ({
      id,
      messageId,
      state: 'sent' as const,
      isPaid: true,
      ...rest,
      ...own,
    })),
    { owner: 'me', batch: `me:${batch}`, now: w.clock.now() },
  );
}

const pointsOf = async (personId: number) =>
  (await w.db.person.findUniqueOrThrow({ where: { id: BigInt(personId) } })).points;
const sumOf = async (personId: number) =>
  (await w.db.pointEntry.aggregate({ where: { personId: BigInt(personId) }, _sum: { amount: true } }))._sum
    .amount;

it('charges each delivery, however often its result is recorded', async () => {
  const { payer, deliveries } = await claimed(3);
  expect(deliveries).toHaveLength(3);
  await recordSent(deliveries);
  await recordSent(deliveries);
  expect(await pointsOf(payer)).toBe(70);
  expect(await sumOf(payer)).toBe(70);
  await w.db.delivery.updateMany({ data: { state: 'claimed', owner: 'me' } });
  await recordSent(deliveries);
  expect(await pointsOf(payer)).toBe(70);
  expect(await sumOf(payer)).toBe(70);
});

it('charges nothing for what another process holds by now', async () => {
  const { payer, deliveries } = await claimed(1);
  await w.db.delivery.updateMany({ data: { owner: 'another' } });
  await recordSent(deliveries);
  expect(await pointsOf(payer)).toBe(100);
});

it.each([['failed'], ['cancelled'], ['due']] as const)(
  'charges nothing for what ends as %s',
  async (state) => {
    const { payer, deliveries } = await claimed(1);
    await recordSent(deliveries, { state });
    expect(await pointsOf(payer)).toBe(100);
  },
);

it.each([
  ['no price', '{"sms":{}}'],
  ['a price that is none', '{"sms":{"price":"free","payer":1}}'],
  ['a price below 0', '{"sms":{"price":-5,"payer":1}}'],
  ['a payer who does not exist', '{"sms":{"price":10,"payer":1}}'],
  ['extras of another channel', '{"bark":{"sound":"x"}}'],
])('records what has %s, and charges nobody', async (_, extras) => {
  const { payer, deliveries } = await claimed(1, extras);
  await recordSent(deliveries);
  expect(await pointsOf(payer)).toBe(100);
  expect(await w.db.pointEntry.count()).toBe(1);
  expect(await w.db.delivery.count({ where: { state: 'sent' } })).toBe(1);
});
