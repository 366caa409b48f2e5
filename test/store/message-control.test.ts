/** Stopping messages and sending again what failed: slices that a crash can cut anywhere, and an engine that claims meanwhile. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDue, releaseClaims } from '#src/store/claims.js';
import { beginCancelling, cancelSlice, requeueSlice } from '#src/store/message-control.js';
import { insertMessages } from '#src/store/messages.js';
import { type DeliveryResult, recordResults } from '#src/store/outbox.js';
import { type AcceptedMessage, beginSpreading, expandPeople, finishExpansion } from '#src/store/spreading.js';
import { openStoreWorld, type StoreWorld } from './store-world.js';

let w: StoreWorld;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

const OWNER = 'worker';
const attempt = JSON.stringify({ at: 1, outcome: 'skipped', code: 'test', detail: 'by Ming' });
let marks = 0;

const slice = (messageId: number, after: number, limit = 2) => {
  marks += 1;
  return { messageId, after, mark: `mark:${marks}`, attempt, now: w.clock.now(), limit };
};

/** A message of which all deliveries wait. */
async function spread(count: number): Promise<{ message: AcceptedMessage; people: number[] }> {
  const people = await w.addPeople(count);
  const message = await w.accept({ people });
  await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
  await finishExpansion(w.db, [message.id], w.clock.now());
  return { message, people };
}

const claim = (limit: number) =>
  claimDue(w.db, {
    queues: [{ queue: 'wechat', limit }],
    owner: OWNER,
    now: w.clock.now(),
    leaseUntil: w.clock.now() + 1000,
  });

async function end(ids: readonly number[], messageId: number, state: DeliveryResult['state']): Promise<void> {
  const now = w.clock.now();
  marks += 1;
  await recordResults(
    w.db,
    ids.map((id) => ({
      id,
      messageId,
      state,
      dueAt: state === 'due' ? now : null,
      ref: state === 'sent' ? `ref${id}` : null,
      attempt: JSON.stringify({ at: now, outcome: state === 'sent' ? 'sent' : 'refused' }),
      finishedAt: state === 'due' ? null : now,
    })),
    { owner: OWNER, batch: `batch:${marks}`, now },
  );
}

async function head(id: number) {
  const { state, total, sent, failed, cancelled, finishedAt } = await w.db.message.findUniqueOrThrow({
    where: { id },
  });
  return { state, total, sent, failed, cancelled, isFinished: finishedAt !== null };
}

/** The counts must be those of the rows, whatever happened. */
async function countRows(messageId: number) {
  const rows = await w.db.delivery.groupBy({ by: ['state'], where: { messageId }, _count: true });
  return Object.fromEntries(rows.map((row) => [row.state, row._count]));
}

async function cancelAll(id: number, limit = 2): Promise<number> {
  let changed = 0;
  for (let after = 0, isEnd = !(await beginCancelling(w.db, id, w.clock.now())); !isEnd; ) {
    const ended = await cancelSlice(w.db, slice(id, after, limit));
    changed += ended.changed;
    ({ last: after, isEnd } = ended);
  }
  return changed;
}

describe('cancelling', () => {
  it('ends a message that waits for its expansion, which then gets no delivery', async () => {
    const people = await w.addPeople(2);
    const message = await w.accept({ people });
    expect(await beginCancelling(w.db, message.id, w.clock.now())).toBe(false);
    // The engine had read it already.
    await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
    await finishExpansion(w.db, [message.id], w.clock.now());
    expect(await countRows(message.id)).toEqual({});
    expect(await head(message.id)).toMatchObject({ state: 'cancelled', total: 0, isFinished: true });
  });

  it('stops a broadcast in the middle of its spreading', async () => {
    const people = await w.addPeople(6);
    const message = await w.accept({ people });
    await beginSpreading(w.db, [message.id]);
    await expandPeople(w.db, w.toDeliveries(message, people.slice(0, 3)), w.scope());
    expect(await cancelAll(message.id)).toBe(3);
    await expandPeople(w.db, w.toDeliveries(message, people.slice(3)), w.scope());
    await finishExpansion(w.db, [message.id], w.clock.now());
    expect(await countRows(message.id)).toEqual({ cancelled: 3 });
    expect(await head(message.id)).toMatchObject({ state: 'done', total: 3, cancelled: 3, isFinished: true });
  });

  it('takes what waits, says who did it, and lets what is in hand end', async () => {
    const { message } = await spread(7);
    const claimed = await claim(3);
    expect(await cancelAll(message.id)).toBe(4);
    expect(await head(message.id)).toMatchObject({ state: 'cancelling', cancelled: 4, isFinished: false });
    const ids = claimed.map(({ id }) => id);
    await end(ids.slice(0, 2), message.id, 'sent');
    await end(ids.slice(2), message.id, 'failed');
    expect(await head(message.id)).toEqual({
      state: 'done',
      total: 7,
      sent: 2,
      failed: 1,
      cancelled: 4,
      isFinished: true,
    });
    const row = await w.db.delivery.findFirstOrThrow({
      where: { messageId: message.id, state: 'cancelled' },
    });
    expect(JSON.parse(row.attempts)).toEqual([JSON.parse(attempt)]);
    expect(await claim(10)).toEqual([]);
  });

  it('cut by a crash after any slice is finished by its repetition, counting nothing twice', async () => {
    const { message } = await spread(7);
    await claim(1);
    await beginCancelling(w.db, message.id, w.clock.now());
    await cancelSlice(w.db, slice(message.id, 0));
    await w.reopen();
    await releaseClaims(w.db);
    expect(await head(message.id)).toMatchObject({ state: 'cancelling' });
    await cancelAll(message.id);
    expect(await cancelAll(message.id)).toBe(0);
    // The one in hand may have left.
    expect(await countRows(message.id)).toEqual({ cancelled: 6, unknown: 1 });
    expect(await head(message.id)).toMatchObject({ state: 'done', total: 7, cancelled: 6, isFinished: true });
  });

  it('leaves an ended message and others alone', async () => {
    const { message } = await spread(1);
    const { message: other } = await spread(2);
    const [only] = (await claim(1)).map(({ id }) => id);
    await end([only ?? 0], message.id, 'sent');
    const before = await head(message.id);
    expect(await cancelAll(message.id)).toBe(0);
    expect(await head(message.id)).toEqual(before);
    expect(await countRows(other.id)).toEqual({ due: 2 });
  });
});

describe('sending again', () => {
  async function failSome() {
    const { message, people } = await spread(5);
    const ids = (await claim(5)).map(({ id }) => id);
    await end(ids.slice(0, 2), message.id, 'sent');
    await end(ids.slice(2), message.id, 'failed');
    return { message, people };
  }

  it('makes what failed due with its counts, and the message done again with its second end', async () => {
    const { message } = await failSome();
    w.clock.advance(1000);
    for (let after = 0, isEnd = false; !isEnd; ) {
      ({ last: after, isEnd } = await requeueSlice(w.db, slice(message.id, after)));
    }
    expect(await countRows(message.id)).toEqual({ due: 3, sent: 2 });
    expect(await head(message.id)).toMatchObject({
      state: 'expanded',
      sent: 2,
      failed: 0,
      isFinished: false,
    });
    const again = await claim(10);
    expect(again.map(({ tries, createdAt }) => [tries, createdAt])).toEqual(
      Array.from({ length: 3 }, () => [1, w.clock.now()]),
    );
    await end(
      again.map(({ id }) => id),
      message.id,
      'sent',
    );
    expect(await head(message.id)).toMatchObject({ state: 'done', sent: 5, failed: 0, isFinished: true });
  });

  it('cut by a crash is finished by its repetition, and what was sent meanwhile is not sent twice', async () => {
    const { message } = await failSome();
    await requeueSlice(w.db, slice(message.id, 0, 3));
    const first = (await claim(10)).map(({ id }) => id);
    await end(first, message.id, 'sent');
    await w.reopen();
    const sent = (await countRows(message.id)).sent ?? 0;
    const { changed } = await requeueSlice(w.db, slice(message.id, 0, 100));
    expect(changed + sent).toBe(5);
    expect(await head(message.id)).toMatchObject({ total: 5, sent, failed: 0 });
    expect((await requeueSlice(w.db, slice(message.id, 0, 100))).changed).toBe(0);
  });

  it('goes the way that the person has chosen meanwhile', async () => {
    const { message, people } = await failSome();
    const steps = [
      { channel: 'bark', queue: 'bark:1', configId: 9 },
      { channel: 'wechat', queue: 'wechat', configId: null },
    ];
    await w.db.person.updateMany({ where: { id: { in: people } }, data: { route: JSON.stringify(steps) } });
    await requeueSlice(w.db, slice(message.id, 0, 100));
    const rows = await w.db.delivery.findMany({ where: { messageId: message.id, state: 'due' } });
    expect(
      rows.map(({ channel, queue, configId, route }) => [channel, queue, configId, JSON.parse(route)]),
    ).toEqual(rows.map(() => ['bark', 'bark:1', 9, steps.slice(1)]));
  });

  it('is nothing for a message that is being stopped', async () => {
    const { message } = await spread(3);
    const [first] = (await claim(1)).map(({ id }) => id);
    await end([first ?? 0], message.id, 'failed');
    await claim(1);
    await cancelAll(message.id);
    expect((await requeueSlice(w.db, slice(message.id, 0, 100))).changed).toBe(0);
  });
});

it('tells of the end once, also of a message cancelled before it went out and of one sent again', async () => {
  const appId = await w.addApp();
  const made = { url: 'https://example.com/', secret: '', style: 'native', createdAt: new Date(0) };
  await w.db.callback.create({ data: { ...made, appId, completions: true } });
  const early = w.toMessage({ people: [1] }, { appId });
  await insertMessages(w.db, [early]);
  await beginCancelling(w.db, early.id, w.clock.now());
  await beginCancelling(w.db, early.id, w.clock.now());
  const people = await w.addPeople(1);
  const message = await w.accept({ people }, { appId });
  await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
  await finishExpansion(w.db, [message.id], w.clock.now());
  await end(
    (await claim(1)).map(({ id }) => id),
    message.id,
    'failed',
  );
  await requeueSlice(w.db, slice(message.id, 0));
  await end(
    (await claim(1)).map(({ id }) => id),
    message.id,
    'sent',
  );
  const events = await w.db.event.findMany({ orderBy: { id: 'asc' } });
  expect(events.map(({ id, data }) => [Number(id), JSON.parse(data).state])).toEqual([
    [early.id, 'cancelled'],
    [message.id, 'failed'],
  ]);
});
