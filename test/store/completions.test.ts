/** The event of a message's end: written with it or not at all, once, and only where somebody wants to hear. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ID_STRIDE } from '#src/lib/ids.js';
import { type ClaimedDelivery, claimDue } from '#src/store/claims.js';
import { expandEvents } from '#src/store/events.js';
import { commit, write } from '#src/store/group-commit.js';
import type { NewMessage } from '#src/store/messages.js';
import { type DeliveryResult, recordResults } from '#src/store/outbox.js';
import { expandPeople, finishExpansion } from '#src/store/spreading.js';
import { both } from '#src/store/sql.js';
import { removeExpired } from '#src/store/upkeep.js';
import { ON_POSTGRES } from '#test/support/database.js';
import { openStoreWorld, type StoreWorld } from './store-world.js';

const LEASE_MS = 60_000;

let w: StoreWorld;
let appId: number;
let batch = 0;
beforeEach(async () => {
  w = await openStoreWorld();
  appId = await w.addApp();
});
afterEach(() => w.close());

async function addCallback(
  own: { scope?: string; completions?: boolean; url?: string; appId?: number } = {},
) {
  const row = await w.db.callback.create({
    data: {
      appId,
      url: 'https://a.example/',
      secret: 's',
      style: 'native',
      createdAt: new Date(w.clock.now()),
      ...own,
    },
  });
  return row.id;
}

/** A spread message with as many open deliveries as it has people. */
async function addMessage(people: readonly number[], own: Partial<NewMessage> = {}): Promise<number> {
  const message = await w.accept({ people: [...people] }, { appId, ...own });
  await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
  await finishExpansion(w.db, [message.id], w.clock.now());
  return message.id;
}

const claim = (owner = 'me'): Promise<ClaimedDelivery[]> => {
  const now = w.clock.now();
  const queues = [{ queue: 'wechat', limit: 1000 }];
  return claimDue(w.db, { queues, owner, now, leaseUntil: now + LEASE_MS });
};

const ended = (delivery: ClaimedDelivery, own: Partial<DeliveryResult> = {}): DeliveryResult => ({
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

const expand = () =>
  expandEvents(w.db, { limit: 100, firstId: w.newId(800), idStride: ID_STRIDE, now: w.clock.now() });

const events = async () =>
  (await w.db.event.findMany({ orderBy: { id: 'asc' } })).map(({ id, type, data }) => ({
    id: Number(id),
    type,
    data: JSON.parse(data) as Record<string, unknown>,
  }));

describe('the event', () => {
  it('comes with the last result and not before', async () => {
    const callbackId = await addCallback({ scope: 'message' });
    const id = await addMessage(await w.addPeople(3), { callbackId });
    const [first, ...others] = await claim();
    await record(first ? [ended(first)] : []);
    expect(await events()).toEqual([]);
    await record(others.map((delivery) => ended(delivery)));
    const data = { messageId: id, state: 'sent', total: 3, sent: 3, failed: 0, unknown: 0, why: '' };
    expect(await events()).toEqual([{ id, type: 'message.completed', data }]);
  });

  it('comes at once for a message that nobody can get, with the reason of the first', async () => {
    const callbackId = await addCallback({ scope: 'message' });
    const [person = 0] = await w.addPeople(1);
    await w.db.identity.updateMany({ data: { following: false } });
    const id = await addMessage([person], { callbackId });
    expect(await events()).toMatchObject([
      { id, data: { state: 'failed', total: 1, failed: 1, why: expect.stringContaining('没有关注') } },
    ]);
  });

  it.each([
    ['sent', ['sent', 'failed'], ''],
    ['failed', ['failed', 'cancelled'], 'no way'],
    ['cancelled', ['cancelled', 'cancelled'], 'no way'],
  ] as const)('says %s of %j', async (state, states, why) => {
    const callbackId = await addCallback({ scope: 'message' });
    await addMessage(await w.addPeople(2), { callbackId });
    const claimed = await claim();
    const attempt = '{"outcome":"refused","detail":"no way"}';
    await record(claimed.map((delivery, at) => ended(delivery, { state: states[at] ?? 'sent', attempt })));
    expect(await events()).toMatchObject([{ data: { state, why } }]);
  });

  it.each([
    ['nobody', {}],
    ['an app’s endpoint that did not ask for it', { completions: false }],
    ['an app without an address', { completions: true, url: '' }],
    ['the endpoint of another message', { scope: 'message' }],
  ])('is not written for %s', async (_, own) => {
    await addCallback(own);
    await addMessage(await w.addPeople(1));
    await record((await claim()).map((delivery) => ended(delivery)));
    expect(await events()).toEqual([]);
    expect(await w.db.message.findFirst()).toMatchObject({ state: 'done' });
  });

  it('is not written for a message that no app sent', async () => {
    await addCallback({ completions: true });
    await addMessage(await w.addPeople(1), { appId: null });
    await record((await claim()).map((delivery) => ended(delivery)));
    expect(await events()).toEqual([]);
  });
});

describe('a crash', () => {
  it('that loses the commit loses the end with the event, and both come again', async () => {
    const callbackId = await addCallback({ scope: 'message' });
    const id = await addMessage(await w.addPeople(1), { callbackId });
    const claimed = await claim();
    // The event cannot be written, as on a full disk.
    await w.db.$executeRawUnsafe(
      ON_POSTGRES
        ? `ALTER TABLE "Event" ADD CONSTRAINT "full" CHECK (false) NOT VALID`
        : `CREATE TRIGGER "full" BEFORE INSERT ON "Event" BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    );
    const results = claimed.map((delivery) => ended(delivery));
    await expect(record(results)).rejects.toThrow();
    expect(await w.db.message.findFirst()).toMatchObject({ state: 'expanded', sent: 0 });
    await w.db.$executeRawUnsafe(
      ON_POSTGRES ? `ALTER TABLE "Event" DROP CONSTRAINT "full"` : `DROP TRIGGER "full"`,
    );
    await w.reopen();
    await record(results);
    expect(await w.db.message.findFirst()).toMatchObject({ state: 'done', sent: 1 });
    expect((await events()).map((event) => event.id)).toEqual([id]);
  });

  it('after the commit whose answer was lost writes no second one', async () => {
    const callbackId = await addCallback({ scope: 'message' });
    await addMessage(await w.addPeople(1), { callbackId });
    const results = (await claim()).map((delivery) => ended(delivery));
    await record(results);
    await w.reopen();
    await record(results);
    await finishExpansion(w.db, [(await events())[0]?.id ?? 0], w.clock.now());
    expect(await events()).toHaveLength(1);
  });

  it('before the event is told leaves it to be told once, to each that wants it', async () => {
    const own = await addCallback({ scope: 'message', url: 'https://b.example/' });
    const ofApp = await addCallback({ completions: true });
    const id = await addMessage(await w.addPeople(1), { callbackId: own });
    await record((await claim()).map((delivery) => ended(delivery)));
    await w.reopen();
    expect(await expand()).toBe(1);
    // The mark is lost, the deliveries are not.
    await w.db.event.updateMany({ data: { state: 'new' } });
    await w.reopen();
    await expand();
    const told = await w.db.delivery.findMany({
      where: { eventId: BigInt(id) },
      orderBy: { callbackId: 'asc' },
    });
    expect(told.map((row) => row.callbackId)).toEqual([own, ofApp]);
    expect(new Set(told.map((row) => row.id)).size).toBe(2);
  });
});

describe('the endpoints', () => {
  it('of messages hear of nothing but their own messages’ end', async () => {
    const mine = await addCallback({ scope: 'message', url: 'https://b.example/' });
    const other = await addCallback({ scope: 'message', url: 'https://c.example/' });
    const ofApp = await addCallback();
    await addMessage(await w.addPeople(1), { callbackId: mine });
    await record((await claim()).map((delivery) => ended(delivery)));
    const at = w.clock.now();
    await commit(w.db, [
      write(
        both(
          (q) =>
            `INSERT INTO "Event" ("id", "dedupeKey", "type", "appId", "data", "state", "createdAt") VALUES (?, 'up', 'upstream.received', ?, '{}', 'new', ${q.time()})`,
        ),
        w.newId(),
        appId,
        at,
      ),
    ]);
    await expand();
    const told = await w.db.delivery.findMany({ where: { channel: 'callback' } });
    expect(told.map((row) => row.callbackId).sort()).toEqual([mine, ofApp].sort());
    expect(told.map((row) => row.callbackId)).not.toContain(other);
  });
});

describe('upkeep', () => {
  it('removes endpoints that no message names any more, and no others', async () => {
    const [idle, open, ending, told] = [
      await addCallback({ scope: 'message', url: 'https://idle.example/' }),
      await addCallback({ scope: 'message', url: 'https://open.example/' }),
      await addCallback({ scope: 'message', url: 'https://ending.example/' }),
      await addCallback({ scope: 'message', url: 'https://told.example/' }),
    ];
    const ofApp = await addCallback();
    w.clock.advance(1000);
    const people = await w.addPeople(1);
    await addMessage(people, { callbackId: told });
    await record((await claim()).map((delivery) => ended(delivery)));
    await expand();
    await addMessage(people, { callbackId: ending });
    await record((await claim()).map((delivery) => ended(delivery)));
    await addMessage(people, { callbackId: open });
    const keepFrom = w.clock.now() - 500;
    await removeExpired(w.db, { now: w.clock.now(), keepFrom, keepInboundFrom: 0 });
    const kept = (await w.db.callback.findMany({ orderBy: { id: 'asc' } })).map((row) => row.id);
    expect(kept).toEqual([open, ending, told, ofApp]);
    expect(kept).not.toContain(idle);
  });
});

it.skipIf(ON_POSTGRES)('costs two look-ups a message: the plan scans no table', async () => {
  const plan = await w.db.$queryRawUnsafe<{ detail: string }[]>(
    `EXPLAIN QUERY PLAN SELECT m."id" FROM json_each('[1]') j CROSS JOIN "Message" m ON m."id" = j.value
     WHERE m."state" = 'done' AND m."appId" IS NOT NULL AND (m."callbackId" IS NOT NULL OR EXISTS (
       SELECT 1 FROM "Callback" c WHERE c."appId" = m."appId" AND c."scope" = 'app' AND c."completions" AND c."url" <> ''))`,
  );
  const lines = plan.map(({ detail }) => detail);
  expect(lines.filter((line) => /SCAN (?!j)/.test(line))).toEqual([]);
  expect(lines.some((line) => line.includes('Callback_appId_scope_url_idx'))).toBe(true);
});
