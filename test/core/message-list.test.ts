/** The list of messages and a message's deliveries: pages that meet everything once, a bounded look at a time. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMessageList } from '#src/core/message-list.js';
import { createMessageTrace } from '#src/core/message-trace.js';
import { createPageLinks } from '#src/core/page-links.js';
import { createKeyRing } from '#src/lib/key-ring.js';
import { insertMessages } from '#src/store/messages.js';
import { listenTo } from '#test/store/plans.js';
import { openStoreWorld, type StoreWorld } from '#test/store/store-world.js';
import { ON_POSTGRES } from '#test/support/database.js';

const COUNT = 100_000;
const PER_WRITE = 5000;

let w: StoreWorld;
let list: ReturnType<typeof createMessageList>;

beforeAll(async () => {
  w = await openStoreWorld();
  const [person = 0] = await w.addPeople(1);
  for (let at = 0; at < COUNT; at += PER_WRITE) {
    w.clock.advance(60_000);
    const rows = Array.from({ length: PER_WRITE }, (_, index) => {
      const number = at + index;
      return w.toMessage(
        {},
        {
          appId: number % 10 === 0 ? null : (number % 10) + 1,
          senderId: person,
          title: number === 0 ? 'the oldest of all' : `title ${number}`,
          source: number % 2 === 0 ? 'bark' : 'ntfy',
          body: 'x'.repeat(200),
        },
      );
    });
    await insertMessages(w.db, rows);
  }
  await w.db.$executeRawUnsafe(`UPDATE "Message" SET "state" = 'done', "sent" = 1, "total" = 1`);
  list = createMessageList(deps(), { slice: 2000, slices: 5 });
}, 120_000);
afterAll(() => w.close());

const deps = () => ({ db: w.db, clock: w.clock });

const OPERATOR = { scope: null, take: 30 };

it('pages through everything once, and says how far it has looked for what is rare', async () => {
  const first = await list.listMessages(OPERATOR);
  const second = await list.listMessages({ ...OPERATOR, before: first.next ?? 0 });
  expect(first.items).toHaveLength(30);
  expect(second.items[0]?.id).toBeLessThan(first.items[29]?.id ?? 0);
  let found = 0;
  let pages = 0;
  for (let before: number | undefined; ; pages += 1) {
    const page = await list.listMessages({ ...OPERATOR, search: 'OLDEST', ...(before ? { before } : {}) });
    found += page.items.length;
    if (page.next === null) {
      break;
    }
    expect(page.searchedTo).toBeInstanceOf(Date);
    before = page.next;
  }
  expect([found, pages]).toEqual([1, 10]);
});

it('shows nobody what is not theirs, however it is asked for', async () => {
  const scope = { appIds: [2], personId: 0 };
  const foreign = (await list.listMessages({ ...OPERATOR, appId: 3 })).items[0]?.id ?? 0;
  for (const filter of [
    { search: String(foreign) },
    { appId: 3 },
    { appId: 0 },
    { state: 'sent' as const },
  ]) {
    const { items } = await list.listMessages({ scope, take: 30, ...filter });
    expect(items.filter(({ appId }) => appId !== 2)).toEqual([]);
  }
});

it('pages through the deliveries of a broadcast by an index, all and those of one state', async () => {
  const { db, asked } = listenTo(w.db);
  const trace = createMessageTrace({ ...deps(), db }, createPageLinks(createKeyRing(Buffer.alloc(32)), ''));
  const messageId = 7;
  const now = new Date(w.clock.now());
  await w.db.delivery.createMany({
    data: Array.from({ length: 1000 }, (_, at) => ({
      id: 1000 + at,
      messageId,
      personId: at + 1,
      channel: 'wechat',
      queue: 'wechat',
      state: at % 100 === 99 ? 'failed' : 'sent',
      dueAt: now,
      createdAt: now,
    })),
  });
  asked.length = 0;
  const failed = await trace.traceDeliveries({ messageId, state: 'failed', take: 6 });
  const rest = await trace.traceDeliveries({ messageId, state: 'failed', take: 6, after: failed.next });
  expect([failed.items.length, rest.items.length, rest.next]).toEqual([6, 4, '']);
  let count = 0;
  for (let after = ''; ; ) {
    const page = await trace.traceDeliveries({ messageId, take: 300, after });
    count += page.items.length;
    after = page.next;
    if (after === '') {
      break;
    }
  }
  expect(count).toBe(1000);
  if (ON_POSTGRES) {
    // For so few rows it may as well read the table.
    return;
  }
  for (const { sql, args } of asked.filter(({ sql }) => sql.includes('"Delivery"'))) {
    const plan = await w.db.$queryRawUnsafe<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, ...args);
    expect(plan.map(({ detail }) => detail).join('\n')).toMatch(/^SEARCH Delivery USING .*INDEX/);
    expect(plan.map(({ detail }) => detail).join('\n')).not.toContain('TEMP B-TREE');
  }
});
