/** Long lists and slow counts, slice behind slice: everything is met once, in its order, on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FilledLists, fillLists } from '#bench/fill-lists.js';
import { createMessageList, type MessageFilter } from '#src/core/message-list.js';
import { createSubscriberLists } from '#src/core/subscriber-lists.js';
import { countDue, countFollowing, countHours, listAccounts } from '#src/store/slow-counts.js';
import { ACCOUNT, openStoreWorld, type StoreWorld } from './store-world.js';

/** More than two slices of the counts. */
const MANY = 45_000;
const MESSAGES = 3000;
const HOUR_MS = 3_600_000;

let w: StoreWorld;
let filled: FilledLists;
let senderId: number;

beforeAll(async () => {
  w = await openStoreWorld();
  filled = await fillLists(w.db, {
    messages: MESSAGES,
    receivers: MANY,
    failures: 5,
    subscribers: MANY,
    account: ACCOUNT,
    now: w.clock.now(),
  });
  const own = await w.db.message.findFirstOrThrow({ where: { appId: null } });
  senderId = Number(own.senderId);
  // Three queues, all due at one moment: slices end between rows that only their ids tell apart.
  const messageId = filled.broadcastId;
  await w.db.delivery.updateMany({ where: { messageId }, data: { state: 'due', queue: 'a' } });
  const middle = await w.db.delivery.findFirstOrThrow({
    where: { messageId },
    orderBy: { id: 'asc' },
    skip: MANY / 3,
  });
  const later = { messageId, id: { gt: middle.id } };
  await w.db.delivery.updateMany({ where: later, data: { queue: 'b' } });
  await w.db.identity.updateMany({
    where: { externalId: { lt: 'obench10003' } },
    data: { following: false },
  });
}, 240_000);
afterAll(() => w?.close());

describe('the messages of many apps and of one’s own keys', () => {
  /** All pages, until there is no next one. */
  async function readPages(filter: Omit<MessageFilter, 'take'>) {
    const list = createMessageList({ db: w.db }, { slice: 300, slices: 2 });
    const ids: number[] = [];
    let isCutShort = false;
    for (let before: number | undefined; ; ) {
      const page = await list.listMessages({ ...filter, take: 30, ...(before ? { before } : {}) });
      ids.push(...page.items.map(({ id }) => id));
      isCutShort ||= page.searchedTo !== null;
      if (page.next === null) {
        return { ids, isCutShort };
      }
      before = page.next;
    }
  }

  const appIds = () => Array.from({ length: 40 }, (_, at) => filled.rareAppId - at * 2);
  const rows: [string, Partial<MessageFilter>, object, boolean][] = [
    ['all', {}, {}, false],
    ['of a door', { source: 'gotify' }, { source: 'gotify' }, true],
    ['that hold a word', { search: 'disk 1' }, { title: { contains: 'Disk 1' } }, false],
    ['that failed', { state: 'failed' }, { sent: 0, failed: { gt: 0 } }, false],
    ['that were sent', { state: 'sent' }, { sent: { gt: 0 } }, false],
  ];

  it.each(rows)('%s are merged, each once, the newest first', async (_, filter, where, isCutShort) => {
    const scope = { appIds: appIds(), personId: senderId };
    const mine = [{ appId: { in: appIds() } }, { appId: null, senderId: BigInt(senderId) }];
    const wanted = await w.db.message.findMany({
      where: { AND: [where, { OR: mine }] },
      orderBy: { id: 'desc' },
      select: { id: true },
    });
    expect(wanted.length).toBeGreaterThan(0);
    expect(await readPages({ scope, ...filter })).toEqual({
      ids: wanted.map(({ id }) => Number(id)),
      isCutShort,
    });
  });
});

it('the export holds each subscriber once, the newest first, in parts', async () => {
  const deps = { db: w.db, account: { platform: 'wechat' as const, account: ACCOUNT.account } };
  const lists = createSubscriberLists(deps);
  const sizes = new Set<number>();
  const ids: number[] = [];
  for await (const part of lists.readAll({ appId: filled.busyAppId, topicId: 0 })) {
    sizes.add(part.length);
    ids.push(...part.map(({ id }) => id));
  }
  // The last part is empty: the one before it was full.
  expect([...sizes]).toEqual([500, 0]);
  expect([ids.length, new Set(ids).size]).toEqual([MANY, MANY]);
  expect(ids.every((id, at) => at === 0 || id < (ids[at - 1] ?? 0))).toBe(true);
});

describe('slow counts go on behind the end of a slice', () => {
  it('of what waits, up to a bound that need not be the end of one', async () => {
    const bounds = [1, 19_999, 20_000, 20_001, 40_000, MANY - 1, MANY, 10_000_000];
    const counts = await Promise.all(bounds.map((most) => countDue(w.db, most)));
    expect(counts).toEqual(bounds.map((most) => Math.min(most, MANY)));
  });

  it('of who follows', async () => {
    const following = await w.db.identity.count({ where: { ...ACCOUNT, following: true } });
    expect(following).toBeLessThan(MANY);
    expect(await countFollowing(w.db, ACCOUNT)).toBe(following);
    expect(await listAccounts(w.db)).toEqual([ACCOUNT]);
    expect(await countFollowing(w.db, { ...ACCOUNT, account: 'nobody' })).toBe(0);
  });

  it('of hours', async () => {
    const hours = await countHours(w.db, w.clock.now() - 24 * HOUR_MS, 24);
    const sum = (name: 'messages' | 'sent' | 'failed') =>
      hours.reduce((total, hour) => total + hour[name], 0);
    const day = { createdAt: { gte: new Date(w.clock.now() - 24 * HOUR_MS) } };
    const { _count, _sum } = await w.db.message.aggregate({
      where: day,
      _count: true,
      _sum: { sent: true, failed: true },
    });
    expect([hours.length, sum('messages'), sum('sent'), sum('failed')]).toEqual([
      24,
      _count,
      _sum.sent,
      _sum.failed,
    ]);
  });
});
