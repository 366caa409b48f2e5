/** Accepting many messages with one write, and spreading them so that a crash may cut anywhere. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ID_STRIDE } from '#src/lib/ids.js';
import { type Db, nameProvider, providerOf } from '#src/store/db.js';
import { insertMessages } from '#src/store/messages.js';
import { listMigrations } from '#src/store/migrations.js';
import {
  type AcceptedMessage,
  beginSpreading,
  expandPeople,
  expandTopic,
  findSpreading,
  finishExpansion,
  listAccepted,
  saveCursor,
} from '#src/store/spreading.js';
import { ON_POSTGRES } from '#test/support/database.js';
import { countCommits } from '#test/support/wal.js';
import { openStoreWorld, type StoreWorld } from './store-world.js';

let w: StoreWorld;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

const slice = (message: AcceptedMessage, topicId: number, after: number, limit = 10) => ({
  message,
  topicId,
  after,
  limit,
  firstId: w.newId(limit),
  idStride: ID_STRIDE,
  channel: 'wechat',
  queue: 'wechat#bulk',
});

describe('accepting', () => {
  it.skipIf(ON_POSTGRES)('writes many messages with one commit', async () => {
    const rows = Array.from({ length: 150 }, () => w.toMessage({ people: [1] }));
    const before = countCommits(w.path);
    await insertMessages(w.db, rows);
    expect(countCommits(w.path) - before).toBe(1);
    expect(await w.db.message.count()).toBe(150);
  });

  it('keeps every field as it came', async () => {
    const message = w.toMessage(
      { people: [1, 2], topics: [3] },
      {
        title: '标题 \'"; DROP TABLE "Message"; --',
        summary: '👨‍👩‍👧',
        body: 'a\r\nb\\n\t\u2028',
        url: 'https://example.com/?a=1&b=%20',
        targets: JSON.stringify([{ uid: 'UID_1' }]),
        priority: 1,
        sendAt: 1_800_000_000_000,
        expiresAt: 1_900_000_000_000,
      },
    );
    await insertMessages(w.db, [message]);
    const row = await w.db.message.findUniqueOrThrow({ where: { id: message.id } });
    expect({
      ...row,
      id: Number(row.id),
      createdAt: row.createdAt.getTime(),
      sendAt: row.sendAt?.getTime(),
      expiresAt: row.expiresAt?.getTime(),
    }).toMatchObject(message);
    expect(row.state).toBe('accepted');
  });

  it('keeps the first message of a key, also of two in one write', async () => {
    const first = w.toMessage({}, { dedupeKey: '1:a', body: 'first' });
    const second = w.toMessage({}, { dedupeKey: '1:a', body: 'second' });
    await insertMessages(w.db, [first, second]);
    const other = w.toMessage({}, { dedupeKey: '2:a' });
    const held = await insertMessages(w.db, [w.toMessage({}, { dedupeKey: '1:a' }), other]);
    expect(await w.db.message.count()).toBe(2);
    expect([...held].sort()).toEqual([
      ['1:a', first.id],
      ['2:a', other.id],
    ]);
  });

  it('lists what waits, the oldest first, and nothing before its time', async () => {
    const now = w.clock.now();
    const rows = [
      w.toMessage({}, { body: 'now' }),
      w.toMessage({}, { body: 'later', sendAt: now + 1 }),
      w.toMessage({}, { body: 'due', sendAt: now }),
    ];
    await insertMessages(w.db, rows);
    expect((await listAccepted(w.db, now, 10)).map(({ id }) => id)).toEqual([rows[0]?.id, rows[2]?.id]);
    expect(await listAccepted(w.db, now + 1, 10)).toHaveLength(3);
    expect(await listAccepted(w.db, now + 1, 2)).toHaveLength(2);
  });

  it('lets broadcasts step out of the line', async () => {
    const [first, second] = [await w.accept({ topics: [1] }), await w.accept({ people: [1] })];
    expect(await findSpreading(w.db)).toBeNull();
    await beginSpreading(w.db, [first.id]);
    expect((await listAccepted(w.db, w.clock.now(), 10)).map(({ id }) => id)).toEqual([second.id]);
    expect((await findSpreading(w.db))?.id).toBe(first.id);
  });
});

describe('spreading over people', () => {
  it('makes one delivery a person, however often it is done', async () => {
    const people = await w.addPeople(3);
    const message = await w.accept({ people });
    await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
    await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
    expect(await w.db.delivery.count({ where: { state: 'due' } })).toBe(3);
  });

  it('writes a final row with its reason for people who left or paused', async () => {
    const [stays = 0, left = 0, paused = 0] = await w.addPeople(3);
    await w.db.identity.updateMany({ where: { personId: left }, data: { following: false } });
    await w.db.person.update({ where: { id: paused }, data: { pausedAt: new Date(0) } });
    const message = await w.accept({ people: [stays, left, paused] });
    await expandPeople(w.db, w.toDeliveries(message, [stays, left, paused]), w.scope());
    await finishExpansion(w.db, [message.id], w.clock.now());
    const rows = await w.db.delivery.findMany({ orderBy: { id: 'asc' } });
    expect(rows.map(({ state }) => state)).toEqual(['due', 'failed', 'cancelled']);
    const codes = rows.map(({ attempts }) => JSON.parse(attempts)[0]?.code);
    expect(codes).toEqual([undefined, 'unfollowed', 'paused']);
    expect(rows.map(({ finishedAt }) => finishedAt !== null)).toEqual([false, true, true]);
    expect(await w.db.message.findFirstOrThrow()).toMatchObject({
      state: 'expanded',
      total: 3,
      sent: 0,
      failed: 1,
      cancelled: 1,
    });
  });

  it('ends a message at once that nobody can receive', async () => {
    const message = await w.accept({ people: [] });
    await finishExpansion(w.db, [message.id], w.clock.now());
    const row = await w.db.message.findFirstOrThrow();
    expect(row).toMatchObject({ state: 'done', total: 0 });
    expect(row.finishedAt?.getTime()).toBe(w.clock.now());
  });

  it('takes people of another account for people who do not follow this one', async () => {
    const people = await w.addPeople(1);
    const message = await w.accept({ people });
    await expandPeople(w.db, w.toDeliveries(message, people), { ...w.scope(), account: 'wxother' });
    expect((await w.db.delivery.findFirstOrThrow()).state).toBe('failed');
  });
});

describe('spreading over a topic', () => {
  it('goes slice by slice through those who can receive', async () => {
    const appId = await w.addApp();
    const people = await w.addPeople(25);
    await w.subscribe(people, appId, 7);
    const [blocked = 0, left = 0, paused = 0] = people;
    await w.db.subscription.updateMany({ where: { personId: blocked }, data: { blocked: true } });
    await w.db.identity.updateMany({ where: { personId: left }, data: { following: false } });
    await w.db.person.update({ where: { id: paused }, data: { pausedAt: new Date(0) } });
    const message = await w.accept({ topics: [7] }, { appId });
    const sizes: number[] = [];
    for (let after = 0, isOver = false; !isOver; ) {
      const { last, count, isEnd } = await expandTopic(w.db, slice(message, 7, after), w.scope());
      sizes.push(count);
      after = last;
      isOver = isEnd;
    }
    expect(sizes).toEqual([10, 10, 5]);
    const rows = await w.db.delivery.findMany();
    expect(new Set(rows.map(({ personId }) => Number(personId)))).toEqual(new Set(people.slice(3)));
    expect(rows.every(({ state, queue }) => state === 'due' && queue === 'wechat#bulk')).toBe(true);
  });

  it('gives one copy to a person named by UID and in two topics', async () => {
    const appId = await w.addApp();
    const people = await w.addPeople(2);
    await w.subscribe(people, appId, 1);
    await w.subscribe(people, appId, 2);
    const message = await w.accept({ people, topics: [1, 2] }, { appId });
    await expandPeople(w.db, w.toDeliveries(message, people.slice(0, 1)), w.scope());
    await expandTopic(w.db, slice(message, 1, 0), w.scope());
    await expandTopic(w.db, slice(message, 2, 0), w.scope());
    expect(await w.db.delivery.count()).toBe(2);
  });

  it("leaves another app's subscribers of the same topic number alone", async () => {
    const [own, other] = [await w.addApp(), await w.addApp()];
    const people = await w.addPeople(1);
    await w.subscribe(people, other, 1);
    const message = await w.accept({ topics: [1] }, { appId: own });
    expect(await expandTopic(w.db, slice(message, 1, 0), w.scope())).toEqual({
      last: 0,
      count: 0,
      isEnd: true,
    });
    expect(await w.db.delivery.count()).toBe(0);
  });

  it('comes to the same end wherever a crash cuts it', async () => {
    const appId = await w.addApp();
    const people = await w.addPeople(12);
    await w.subscribe(people, appId, 1);
    const message = await w.accept({ topics: [1] }, { appId });
    await w.reopen();
    await beginSpreading(w.db, [message.id]);
    await w.reopen();
    expect((await findSpreading(w.db))?.cursor).toBe('');
    // Cut after the rows, before the cursor: the slice is done again.
    await expandTopic(w.db, slice(message, 1, 0, 5), w.scope());
    await w.reopen();
    const { last } = await expandTopic(w.db, slice(message, 1, 0, 5), w.scope());
    expect(await w.db.delivery.count()).toBe(5);
    expect((await w.db.message.findFirstOrThrow()).total).toBe(5);
    await saveCursor(w.db, message.id, JSON.stringify({ people: 0, topic: 0, after: last }));
    await w.reopen();
    expect(JSON.parse((await findSpreading(w.db))?.cursor ?? '')).toEqual({
      people: 0,
      topic: 0,
      after: last,
    });
    await expandTopic(w.db, slice(message, 1, last, 20), w.scope());
    // One is sent before the end; cut after the end, it is marked again.
    await w.putInto('sent', message, people[0]);
    await finishExpansion(w.db, [message.id], w.clock.now());
    await w.reopen();
    await finishExpansion(w.db, [message.id], w.clock.now());
    expect(await w.db.message.findFirstOrThrow()).toMatchObject({ state: 'expanded', total: 12, sent: 1 });
    expect(await findSpreading(w.db)).toBeNull();
  });

  it('is counted from where it stood when the way of counting changed', async () => {
    const appId = await w.addApp();
    const people = await w.addPeople(8);
    await w.subscribe(people, appId, 1);
    const message = await w.accept({ topics: [1] }, { appId });
    await beginSpreading(w.db, [message.id]);
    const { last } = await expandTopic(w.db, slice(message, 1, 0, 5), w.scope());
    await w.putInto('sent', message, people[0]);
    // What the former way of counting left: nothing but what had been sent.
    await w.db.message.update({ where: { id: message.id }, data: { total: 0 } });
    const script = listMigrations(providerOf(w.db)).find(({ name }) => name.endsWith('count-spreading'));
    await w.db.$executeRawUnsafe(script?.sql ?? '');
    expect(await w.db.message.findFirstOrThrow()).toMatchObject({ total: 5, sent: 1, failed: 0 });
    await expandTopic(w.db, slice(message, 1, last, 20), w.scope());
    await finishExpansion(w.db, [message.id], w.clock.now());
    expect(await w.db.message.findFirstOrThrow()).toMatchObject({ state: 'expanded', total: 8, sent: 1 });
  });
});

describe.skipIf(!ON_POSTGRES)('a commit whose answer is lost', () => {
  /** The statement runs, and then the connection breaks. */
  function losing(): Db {
    const extended = w.db.$extends({
      query: {
        async $allOperations({ operation, args, query }) {
          const done = await query(args);
          if (operation === '$executeRawUnsafe') {
            throw new Error('Connection terminated unexpectedly');
          }
          return done;
        },
      },
    }) as unknown as Db;
    nameProvider(extended, 'postgresql');
    return extended;
  }

  it('is found out by asking, so that nobody is told of a failure that was none', async () => {
    const message = w.toMessage({ people: [1] });
    await insertMessages(losing(), [message]);
    expect(await w.db.message.count({ where: { id: message.id } })).toBe(1);
  });
});
