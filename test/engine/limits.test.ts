/** Slots and rests: how much runs at once, and what must wait. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountOf, createLimits, type Limits, WECHAT_BULK_QUEUE, WECHAT_QUEUE } from '#src/engine/limits.js';
import { openStoreWorld, type StoreWorld } from '#test/store/store-world.js';

let w: StoreWorld;
let limits: Limits;
beforeEach(async () => {
  w = await openStoreWorld();
  limits = createLimits(w.db, 64, {}, w.clock);
});
afterEach(() => w.close());

const takeAll = (queue: string): number => {
  let taken = 0;
  for (; limits.freeSlots(queue) > 0; taken += 1) {
    limits.take(queue);
  }
  return taken;
};

describe('slots of an account', () => {
  it('are bounded for single messages and broadcasts together', () => {
    expect(takeAll(WECHAT_QUEUE)).toBe(64);
    expect(limits.freeSlots(WECHAT_BULK_QUEUE)).toBe(0);
    expect(limits.runningCount()).toBe(64);
  });

  it('are left over for single messages by every broadcast', () => {
    expect(takeAll(WECHAT_BULK_QUEUE)).toBe(56);
    expect(limits.freeSlots(WECHAT_QUEUE)).toBe(8);
    limits.give(WECHAT_BULK_QUEUE);
    expect(limits.freeSlots(WECHAT_BULK_QUEUE)).toBe(1);
    expect(limits.freeSlots(WECHAT_QUEUE)).toBe(9);
  });

  it('let broadcasts through even where there are very few', () => {
    limits = createLimits(w.db, 1);
    expect(takeAll(WECHAT_BULK_QUEUE)).toBe(1);
    limits = createLimits(w.db, 4);
    expect(takeAll(WECHAT_BULK_QUEUE)).toBe(1);
    expect(limits.freeSlots(WECHAT_QUEUE)).toBe(3);
  });

  it('come back one by one', () => {
    takeAll(WECHAT_QUEUE);
    limits.give(WECHAT_QUEUE);
    expect(limits.freeSlots(WECHAT_QUEUE)).toBe(1);
    for (let n = 0; n < 63; n += 1) {
      limits.give(WECHAT_QUEUE);
    }
    expect(limits.runningCount()).toBe(0);
    expect(limits.freeSlots(WECHAT_QUEUE)).toBe(64);
  });
});

describe('slots of callback endpoints', () => {
  it('are four each, so that a slow one holds no more', () => {
    expect(takeAll('callback:1')).toBe(4);
    expect(takeAll('callback:2')).toBe(4);
    expect(limits.freeSlots(WECHAT_QUEUE)).toBe(64);
  });

  it('are bounded in all', () => {
    const takeOld = (at: number): number => {
      const taken = takeAll(`callback:${at}`);
      w.clock.advance(1000);
      return taken;
    };
    const taken = Array.from({ length: 260 }, (_, at) => takeOld(at));
    expect(taken.reduce((sum, n) => sum + n, 0)).toBe(1000);
    expect(limits.runningCount()).toBe(1000);
    limits.give('callback:0');
    expect(limits.freeSlots('callback:259')).toBe(1);
  });

  it('are fewer for calls that have just begun: many at once only wait for each other', () => {
    const takeFrom = (first: number) =>
      Array.from({ length: 100 }, (_, at) => takeAll(`callback:${first + at}`)).reduce(
        (sum, n) => sum + n,
        0,
      );
    expect(takeFrom(0)).toBe(256);
    expect(limits.sharedSlots('callback:200')).toEqual({ name: 'callbacks', free: 0 });
    limits.give('callback:0');
    expect(limits.sharedSlots('callback:200')).toEqual({ name: 'callbacks', free: 1 });
    w.clock.advance(1000);
    // What hangs has made room.
    expect(takeFrom(200)).toBe(256);
    limits.give('callback:1');
    expect(limits.sharedSlots('callback:400')).toEqual({ name: 'callbacks', free: 0 });
  });

  it('are one for an endpoint that fails, until it answers again', () => {
    limits.noteAnswer('callback:1', false);
    expect(takeAll('callback:1')).toBe(1);
    expect(takeAll('callback:2')).toBe(4);
    limits.give('callback:1');
    limits.noteAnswer('callback:1', true);
    expect(takeAll('callback:1')).toBe(4);
  });

  it('keep nothing waiting in memory', () => {
    expect(limits.readAhead('callback:1')).toBe(0);
    expect(limits.readAhead(WECHAT_QUEUE)).toBeGreaterThan(0);
  });
});

describe('a rest', () => {
  const until = (ms: number) => new Date(w.clock.now() + ms);
  const QUOTA = { code: '45009', why: '今天的接口调用次数已用完' };

  it('holds for all queues of its account, until its time', async () => {
    await limits.rest(WECHAT_BULK_QUEUE, { until: until(1000), ...QUOTA });
    const now = w.clock.now();
    expect(limits.isResting(WECHAT_QUEUE, now)).toBe(true);
    expect(limits.isResting(WECHAT_BULK_QUEUE, now + 999)).toBe(true);
    expect(limits.isResting(WECHAT_QUEUE, now + 1000)).toBe(false);
    expect(limits.isResting('callback:1', now)).toBe(false);
    expect(limits.nextWakeAt(now)).toBe(now + 1000);
    expect(limits.nextWakeAt(now + 1000)).toBeNull();
  });

  it('survives a restart, with its reason', async () => {
    await limits.rest(WECHAT_QUEUE, { until: until(60_000), ...QUOTA });
    await w.reopen();
    const next = createLimits(w.db, 64);
    expect(next.isResting(WECHAT_QUEUE, w.clock.now())).toBe(false);
    await next.load();
    expect(next.isResting(WECHAT_QUEUE, w.clock.now())).toBe(true);
    expect(next.listRests(w.clock.now())).toEqual([{ queue: 'wechat', until: until(60_000), ...QUOTA }]);
    expect(next.listRests(w.clock.now() + 60_000)).toEqual([]);
  });

  it('is never shortened by a later, shorter one', async () => {
    await limits.rest(WECHAT_QUEUE, { until: until(60_000), ...QUOTA });
    await limits.rest(WECHAT_QUEUE, { until: until(1000), code: '45011', why: 'minute' });
    expect(limits.listRests(w.clock.now())).toMatchObject([{ until: until(60_000), code: '45009' }]);
    await limits.rest(WECHAT_QUEUE, { until: until(90_000), code: '40164', why: 'ip' });
    expect(limits.listRests(w.clock.now())).toMatchObject([{ until: until(90_000), code: '40164' }]);
    expect(await w.db.pause.findMany()).toMatchObject([{ queue: 'wechat', code: '40164' }]);
  });

  it('can be ended early, for good', async () => {
    await limits.rest(WECHAT_QUEUE, { until: until(60_000), ...QUOTA });
    await limits.resume(WECHAT_BULK_QUEUE);
    expect(limits.isResting(WECHAT_QUEUE, w.clock.now())).toBe(false);
    expect(await w.db.pause.count()).toBe(0);
    await limits.resume(WECHAT_QUEUE);
  });
});

it.each([
  ['wechat', 'wechat'],
  ['wechat#bulk', 'wechat'],
  ['callback:7', 'callback:7'],
])('the account of %s is %s', (queue, account) => {
  expect(accountOf(queue)).toBe(account);
});

it('reads ahead as far as the platform was quick in the last round, within bounds', () => {
  const startAndEnd = (count: number): void => {
    for (let started = 0; started < count; started += 1) {
      limits.take(WECHAT_QUEUE);
      limits.give(WECHAT_QUEUE);
    }
  };
  expect(limits.readAhead(WECHAT_QUEUE)).toBe(64);
  startAndEnd(100);
  expect(limits.readAhead(WECHAT_QUEUE)).toBe(64);
  limits.beginRound();
  expect(limits.readAhead(WECHAT_QUEUE)).toBe(200);
  expect(limits.readAhead(WECHAT_BULK_QUEUE)).toBe(64);
  startAndEnd(5000);
  limits.beginRound();
  expect(limits.readAhead(WECHAT_QUEUE)).toBe(512);
  limits.beginRound();
  expect(limits.readAhead(WECHAT_QUEUE)).toBe(64);
});
