/** Events, their spreading over endpoints, subscriptions with their events, and the platform's receipts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ID_STRIDE } from '#src/lib/ids.js';
import { claimDue } from '#src/store/claims.js';
import { expandEvents, insertEvents, insertSubscriptions, type NewEvent } from '#src/store/events.js';
import { recordResults } from '#src/store/outbox.js';
import { insertReceipts, settleReceipts } from '#src/store/receipts.js';
import { expandPeople, finishExpansion } from '#src/store/spreading.js';
import { ON_POSTGRES } from '#test/support/database.js';
import { countCommits } from '#test/support/wal.js';
import { openStoreWorld, type StoreWorld } from './store-world.js';

let w: StoreWorld;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

const toEvent = (appId: number, dedupeKey: string, own: Partial<NewEvent> = {}): NewEvent => ({
  id: w.newId(),
  dedupeKey,
  type: 'upstream.received',
  appId,
  personId: null,
  data: '{"content":"重启"}',
  createdAt: w.clock.now(),
  ...own,
});
const expand = (limit = 100): Promise<number> =>
  expandEvents(w.db, { limit, firstId: w.newId(limit * 8), idStride: ID_STRIDE, now: w.clock.now() });

async function addEndpoint(appId: number, own: { url?: string; disabledAt?: Date } = {}): Promise<number> {
  const data = {
    appId,
    url: 'https://dev.example/hook',
    secret: 's',
    style: 'native',
    createdAt: new Date(0),
  };
  return (await w.db.callback.create({ data: { ...data, ...own } })).id;
}

describe('events', () => {
  it('of one cause are written once', async () => {
    await insertEvents(w.db, [toEvent(1, 'a'), toEvent(1, 'a'), toEvent(1, 'b')]);
    await insertEvents(w.db, [toEvent(1, 'a')]);
    expect(await w.db.event.count()).toBe(2);
  });

  it('become one delivery for each endpoint of their app, once', async () => {
    const [app, other, deaf] = [await w.addApp(), await w.addApp(), await w.addApp()];
    const endpoints = [await addEndpoint(app), await addEndpoint(app)];
    await addEndpoint(other);
    await addEndpoint(deaf, { url: '' });
    await insertEvents(w.db, [toEvent(app, 'a'), toEvent(app, 'b'), toEvent(deaf, 'c')]);
    expect(await expand()).toBe(3);
    expect(await expand()).toBe(0);
    const rows = await w.db.delivery.findMany({ orderBy: { id: 'asc' } });
    expect(rows.map(({ callbackId, queue }) => [callbackId, queue])).toEqual([
      [endpoints[0], `callback:${endpoints[0]}`],
      [endpoints[1], `callback:${endpoints[1]}`],
      [endpoints[0], `callback:${endpoints[0]}`],
      [endpoints[1], `callback:${endpoints[1]}`],
    ]);
    expect(rows.every(({ state, channel }) => state === 'due' && channel === 'callback')).toBe(true);
    expect(await w.db.event.count({ where: { state: 'new' } })).toBe(0);
  });

  it('reach the log of an endpoint that is switched off, so that they can be sent later', async () => {
    const app = await w.addApp();
    await addEndpoint(app, { disabledAt: new Date(0) });
    await insertEvents(w.db, [toEvent(app, 'a')]);
    await expand();
    expect(await w.db.delivery.count()).toBe(1);
  });

  it('go in slices, the oldest first', async () => {
    const app = await w.addApp();
    await addEndpoint(app);
    const events = ['a', 'b', 'c'].map((key) => toEvent(app, key));
    await insertEvents(w.db, events);
    expect(await expand(2)).toBe(2);
    const rows = await w.db.delivery.findMany({ orderBy: { id: 'asc' } });
    expect(rows.map(({ eventId }) => Number(eventId))).toEqual(events.slice(0, 2).map(({ id }) => id));
  });
});

describe('subscriptions', () => {
  const wish = (personId: number, appId: number, topicId = 0) => ({
    id: w.newId(),
    personId,
    appId,
    topicId,
    source: 'scan',
    extra: 'a=1&b=中',
    createdAt: w.clock.now(),
  });
  const eventOf = (row: ReturnType<typeof wish>) =>
    toEvent(row.appId, `subscription:${row.id}`, { onlyIfSubscription: row.id });

  it.skipIf(ON_POSTGRES)('are written with their events in one commit, once', async () => {
    const appId = await w.addApp();
    const [person = 0] = await w.addPeople(1);
    const [first, again, later] = [wish(person, appId), wish(person, appId), wish(person, appId)];
    const before = countCommits(w.path);
    const found = await insertSubscriptions(w.db, [first, again], [eventOf(first), eventOf(again)]);
    expect(countCommits(w.path) - before).toBe(1);
    expect(found.map(({ id }) => id)).toEqual([first.id, first.id]);
    expect((await insertSubscriptions(w.db, [later], [eventOf(later)])).map(({ id }) => id)).toEqual([
      first.id,
    ]);
    expect(await w.db.event.findMany()).toMatchObject([{ dedupeKey: `subscription:${first.id}` }]);
  });

  it('of blocked people stay blocked and make no event', async () => {
    const appId = await w.addApp();
    const [person = 0] = await w.addPeople(1);
    await insertSubscriptions(w.db, [wish(person, appId)], []);
    await w.db.subscription.updateMany({ data: { blocked: true } });
    const again = wish(person, appId);
    expect(await insertSubscriptions(w.db, [again], [eventOf(again)])).toMatchObject([{ blocked: true }]);
    expect(await w.db.event.count()).toBe(0);
  });

  it('to an app and to its topics are apart', async () => {
    const appId = await w.addApp();
    const [person = 0] = await w.addPeople(1);
    await insertSubscriptions(
      w.db,
      [wish(person, appId), wish(person, appId, 3), wish(person, appId, 4)],
      [],
    );
    expect(await w.db.subscription.count()).toBe(3);
  });
});

describe('receipts', () => {
  /** A message to people whose deliveries the platform took under `ref-0`, `ref-1` and so on. */
  async function sendTo(count: number): Promise<number> {
    const people = await w.addPeople(count);
    const message = await w.accept({ people });
    await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
    await finishExpansion(w.db, [message.id], w.clock.now());
    const now = w.clock.now();
    const claimed = await claimDue(w.db, {
      queues: [{ queue: 'wechat', limit: count }],
      owner: 'me',
      now,
      leaseUntil: now + 1,
    });
    const results = claimed.map(({ id }, at) => ({
      id,
      messageId: message.id,
      state: 'sent' as const,
      dueAt: null,
      ref: `ref-${at}`,
      attempt: '{"outcome":"sent"}',
      finishedAt: now,
    }));
    await recordResults(w.db, results, { owner: 'me', batch: 'me:1', now });
    return message.id;
  }
  const receive = (ref: string, status: string) => insertReceipts(w.db, [{ ref, status, at: w.clock.now() }]);
  const counts = async (id: number) => {
    const { state, sent, failed } = await w.db.message.findUniqueOrThrow({ where: { id } });
    return { state, sent, failed };
  };
  const logOf = async (ref: string) => {
    const row = await w.db.delivery.findFirstOrThrow({ where: { ref } });
    return { state: row.state, attempts: JSON.parse(row.attempts) as unknown[] };
  };

  it('that confirm are logged', async () => {
    const id = await sendTo(1);
    await receive('ref-0', 'confirmed');
    expect(await settleReceipts(w.db, 10)).toBe(1);
    expect(await logOf('ref-0')).toEqual({
      state: 'sent',
      attempts: [{ outcome: 'sent' }, { at: w.clock.now(), outcome: 'confirmed' }],
    });
    expect(await counts(id)).toEqual({ state: 'done', sent: 1, failed: 0 });
    expect(await w.db.receipt.count()).toBe(0);
  });

  it('that deny turn sent into failed, with the reason, and correct the counts', async () => {
    const id = await sendTo(3);
    await insertReceipts(
      w.db,
      [0, 1].map((n) => ({ ref: `ref-${n}`, status: 'failed:user block', at: w.clock.now() })),
    );
    await receive('ref-2', 'confirmed');
    expect(await settleReceipts(w.db, 10)).toBe(3);
    expect(await counts(id)).toEqual({ state: 'done', sent: 1, failed: 2 });
    expect(await logOf('ref-0')).toMatchObject({
      state: 'failed',
      attempts: [{ outcome: 'sent' }, { outcome: 'denied', detail: 'failed:user block' }],
    });
  });

  it('wait for a send whose record comes later', async () => {
    await receive('ref-0', 'failed: system failed');
    expect(await settleReceipts(w.db, 10)).toBe(0);
    await w.reopen();
    const id = await sendTo(1);
    expect(await settleReceipts(w.db, 10)).toBe(1);
    expect(await counts(id)).toEqual({ state: 'done', sent: 0, failed: 1 });
  });

  it('that repeat change nothing, before and after they are settled', async () => {
    const id = await sendTo(1);
    await receive('ref-0', 'failed:user block');
    await receive('ref-0', 'confirmed');
    await settleReceipts(w.db, 10);
    await receive('ref-0', 'failed:user block');
    expect(await settleReceipts(w.db, 10)).toBe(0);
    expect(await counts(id)).toEqual({ state: 'done', sent: 0, failed: 1 });
  });
});
