/** Lists, searches and slow counts follow an index on both databases, and the outbox is not led astray by those made for lists. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FilledLists, fillLists } from '#bench/fill-lists.js';
import { createMessageList } from '#src/core/message-list.js';
import type { MessageFilter } from '#src/core/message-places.js';
import { createMessageTrace } from '#src/core/message-trace.js';
import { createPageLinks } from '#src/core/page-links.js';
import { createSubscriberLists } from '#src/core/subscriber-lists.js';
import { createKeyRing } from '#src/lib/key-ring.js';
import { claimDue } from '#src/store/claims.js';
import { readPart } from '#src/store/message-deliveries.js';
import { listQueueHeads } from '#src/store/outbox.js';
import { countDue, countFollowing, countHours } from '#src/store/slow-counts.js';
import { listAccepted } from '#src/store/spreading.js';
import { wordsOf } from '#src/store/sql.js';
import { holds, pickIds, pickScenes } from '#src/store/text-search.js';
import { ON_POSTGRES } from '#test/support/database.js';
import { type AskedStatement, explain, listenTo, type Plan } from './plans.js';
import { ACCOUNT, openStoreWorld, type StoreWorld } from './store-world.js';

const ORDER = { messages: 20_000, receivers: 10_000, failures: 20, subscribers: 10_000 };
/** Rows that wait to be sent. */
const DUE = 2000;
const CODES = 16_000;
const TAKE = 30;
const SLICE = 400;
/** No step of a plan may read more rows than a slice and what shows that there is a next page. */
const MOST_ROWS = SLICE + 1;

let w: StoreWorld;
let filled: FilledLists;
let oldAppId: number;
let ears: ReturnType<typeof listenTo>;

beforeAll(async () => {
  w = await openStoreWorld();
  filled = await fillLists(w.db, { ...ORDER, account: ACCOUNT, now: w.clock.now() });
  const at = new Date(w.clock.now());
  await w.db.delivery.createMany({
    data: Array.from({ length: DUE }, (_, index) => ({
      id: index + 1,
      messageId: 1,
      personId: index + 1,
      channel: 'wechat',
      queue: `queue ${index % 4}`,
      state: 'due',
      dueAt: at,
      createdAt: at,
    })),
  });
  await w.db.auditEntry.createMany({
    data: Array.from({ length: DUE }, (_, index) => ({
      id: index + 1,
      actor: 'a',
      action: 'b',
      createdAt: at,
    })),
  });
  await w.db.qrCode.createMany({
    data: Array.from({ length: CODES }, (_, index) => ({
      scene: `scene${index}`,
      code: `code${index}`,
      appId: filled.busyAppId + (index % 2),
      extra: `desk=${index}`,
      permanent: false,
      ticket: '',
      url: '',
      createdAt: new Date(at.getTime() + index),
    })),
  });
  // A quarter of everything is old and of an app that nobody uses any more: newer rows must not be walked past.
  oldAppId = await w.addApp();
  for (const table of ['Message', 'Subscription'] as const) {
    const middle = `(SELECT "id" FROM "${table}" ORDER BY "id" LIMIT 1 OFFSET ${ORDER.subscribers / 4})`;
    await w.db.$executeRawUnsafe(`UPDATE "${table}" SET "appId" = ${oldAppId} WHERE "id" < ${middle}`);
  }
  await w.db.$executeRawUnsafe('ANALYZE');
  ears = listenTo(w.db);
}, 240_000);
afterAll(() => w?.close());

const deps = () => ({
  db: ears.db,
  clock: w.clock,
  account: { platform: 'wechat' as const, account: ACCOUNT.account },
});

/** The plans of the raw statements that something runs. */
async function planOf(run: () => Promise<unknown>): Promise<Plan[]> {
  ears.asked.length = 0;
  await run();
  const asked: AskedStatement[] = [...ears.asked];
  expect(asked.length).toBeGreaterThan(0);
  const plans: Plan[] = [];
  for (const statement of asked) {
    plans.push(await explain(w.db, statement));
  }
  return plans;
}

/** Each statement uses the index, scans and sorts no table, and reads no more than so many rows. */
function expectSeeks(plans: readonly Plan[], index: RegExp, most = MOST_ROWS): void {
  for (const { indexes, scanned, sorted, mostRows, text } of plans) {
    expect(indexes.join(' '), text).toMatch(index);
    expect([scanned, sorted], text).toEqual([[], []]);
    expect(mostRows, text).toBeLessThanOrEqual(most);
  }
}

describe('the list of messages', () => {
  const PRIMARY = /Message_pkey|sqlite_autoindex_Message_1/;
  const everybody = { scope: null };
  const rows: [string, () => Omit<MessageFilter, 'take'>, RegExp][] = [
    ['newest', () => everybody, PRIMARY],
    ['further back', () => ({ ...everybody, before: filled.messageId }), PRIMARY],
    ['a time', () => ({ ...everybody, until: new Date(w.clock.now() - 86_400_000) }), PRIMARY],
    ['failed', () => ({ ...everybody, state: 'failed' }), /Message_failed_idx/],
    ['with failures', () => ({ ...everybody, hasFailures: true }), /Message_failed_idx/],
    ['sent', () => ({ ...everybody, state: 'sent' }), PRIMARY],
    ['cancelled', () => ({ ...everybody, state: 'cancelled' }), PRIMARY],
    ['accepted', () => ({ ...everybody, state: 'accepted' }), /Message_state_id_idx/],
    ['sending', () => ({ ...everybody, state: 'sending' }), /Message_state_id_idx/],
    ['a door', () => ({ ...everybody, source: 'gotify' }), PRIMARY],
    ['a word', () => ({ ...everybody, search: 'nobody wrote this' }), PRIMARY],
    ['a number', () => ({ ...everybody, search: String(filled.messageId) }), PRIMARY],
    ['a receiver', () => ({ ...everybody, search: filled.uid }), /Delivery_personId_id_idx/],
    ['an app', () => ({ ...everybody, appId: filled.busyAppId }), /Message_appId_id_idx/],
    ['people’s own keys', () => ({ ...everybody, appId: 0 }), PRIMARY],
    ['an app that is silent', () => ({ ...everybody, appId: oldAppId }), /Message_appId_id_idx/],
    ['a developer’s own', () => ({ scope: toScope(), appId: 0 }), /Message_senderId_id_idx/],
    ['a developer’s silent app', () => ({ scope: toScope(oldAppId) }), /Message_appId_id_idx/],
    [
      'a word in an app',
      () => ({ ...everybody, appId: filled.busyAppId, search: 'none' }),
      /Message_appId_id_idx/,
    ],
    ['a developer’s', () => ({ scope: toScope() }), /Message_appId_id_idx/],
    ['a developer’s, a word', () => ({ scope: toScope(), search: 'none' }), /Message_appId_id_idx/],
    ['a developer’s, failed', () => ({ scope: toScope(), state: 'failed' }), /Message_failed_idx/],
  ];
  const toScope = (...more: number[]) => ({
    appIds: [filled.busyAppId, filled.busyAppId + 1, filled.rareAppId, ...more],
    personId: 1,
  });

  it.each(rows)('%s', async (_, filter, index) => {
    const list = createMessageList(deps(), { slice: SLICE, slices: 3 });
    expectSeeks(await planOf(() => list.listMessages({ ...filter(), take: TAKE })), index);
  });
});

describe('the deliveries of a broadcast', () => {
  const trace = () => createMessageTrace(deps(), createPageLinks(createKeyRing(Buffer.alloc(32)), ''));
  const ofMessage = () => ({ messageId: filled.broadcastId, take: TAKE });

  it('a page', async () => {
    const plans = await planOf(() => trace().traceDeliveries(ofMessage()));
    expectSeeks(plans, /Delivery_messageId_personId_slot_key/);
  });

  it('those that failed, by their own index', async () => {
    const plans = await planOf(() => trace().traceDeliveries({ ...ofMessage(), state: 'failed' }));
    expectSeeks(plans, /Delivery_failed_idx/);
  });

  it('those that failed, by the management API', async () => {
    const part = { messageId: filled.broadcastId, state: 'failed' as const, skip: 5, take: 10 };
    expectSeeks(await planOf(() => readPart(ears.db, part)), /Delivery_failed_idx/);
  });

  it('of one person', async () => {
    const [plan] = await planOf(() => trace().traceDeliveries({ ...ofMessage(), uid: filled.uid }));
    // SQLite sorts them: they are as many as the channels that were asked for.
    expect([plan?.indexes, plan?.scanned]).toEqual([['Delivery_messageId_personId_slot_key'], []]);
  });
});

describe('subscribers', () => {
  const lists = () => createSubscriberLists(deps() as Parameters<typeof createSubscriberLists>[0], SLICE);
  const place = () => ({ appId: filled.busyAppId, topicId: 0 });

  it('a page of an app that is silent', async () => {
    const silent = { appId: oldAppId, topicId: 0 };
    const plans = await planOf(() => lists().searchSubscribers(silent, { take: TAKE }));
    expectSeeks(plans, /Subscription_appId_topicId_id_idx/);
  });

  it.each([
    ['a page', {}],
    ['a search', { text: 'nobody is called this' }],
    ['those blocked', { blocked: true }],
    ['those of a source', { source: 'link' }],
  ])('%s', async (_, search) => {
    const plans = await planOf(() => lists().searchSubscribers(place(), { ...search, take: TAKE }));
    expectSeeks(plans, /Subscription_appId_topicId_id_idx/);
  });

  it('somebody by the UID', async () => {
    const text = `UID_bench${ORDER.subscribers - 1}`;
    const plans = await planOf(() => lists().searchSubscribers(place(), { text, take: TAKE }));
    expectSeeks(plans, /Person_uid_key/);
  });

  it('each part of an export', async () => {
    const plans = await planOf(async () => {
      let parts = 0;
      for await (const _part of lists().readAll(place(), 100)) {
        parts += 1;
        if (parts === 3) {
          break;
        }
      }
    });
    expectSeeks(plans, /Subscription_appId_topicId_id_idx/);
  });
});

describe('other searches', () => {
  const search = { table: 'AuditEntry', order: 'DESC', skip: 0, take: TAKE } as const;

  it('of the audit log, within their window', async () => {
    const where = [
      { sql: '"id" < ?', args: [1000] },
      { sql: '"id" >= ?', args: [1000 - SLICE] },
      holds(wordsOf(w.db), ['"action"', '"target"'], 'nothing like it'),
    ];
    const plans = await planOf(() => pickIds(ears.db, { ...search, where }));
    expectSeeks(plans, /AuditEntry_pkey|sqlite_autoindex_AuditEntry_1/);
  });

  it.each(['from the newest', 'further back'])('of QR codes, %s', async (where) => {
    const edge = await w.db.qrCode.findUniqueOrThrow({ where: { scene: 'scene8000' } });
    const before = where === 'further back' ? edge : null;
    const wish = { appId: filled.busyAppId, topicId: 0, text: 'nothing like it', window: SLICE, take: TAKE };
    const plans = await planOf(() => pickScenes(ears.db, { ...wish, before }));
    expectSeeks(plans, /QrCode_appId_topicId_permanent_createdAt_scene_idx/);
  });
});

describe('slow counts', () => {
  it('of what is due', async () => {
    const plans = await planOf(() => countDue(ears.db, 10_000, SLICE));
    expect(plans.length).toBeGreaterThan(2);
    expectSeeks(plans, /Delivery_state_queue_dueAt_id_idx/, DUE);
  });

  it('of people', async () => {
    const plans = await planOf(() => countFollowing(ears.db, ACCOUNT));
    expectSeeks(plans, /Identity_pkey|sqlite_autoindex_Identity_1/, 20_000);
  });

  it('of the last hours', async () => {
    const hour = 3_600_000;
    const plans = await planOf(() => countHours(ears.db, w.clock.now() - 24 * hour, 24));
    expectSeeks(plans, /Message_createdAt_idx/, 100);
  });
});

describe('the outbox', () => {
  it('finds its queues by the index made for it', async () => {
    const plans = await planOf(() => listQueueHeads(ears.db));
    expectSeeks(plans, /Delivery_state_queue_dueAt_id_idx/, 10);
  });

  it('claims by it, and changes what it claims by key', async () => {
    const now = w.clock.now();
    const claim = { queues: [{ queue: 'queue 1', limit: 20 }], owner: 'me', now, leaseUntil: now };
    const plans = await planOf(() => claimDue(ears.db, claim));
    expectSeeks(plans, /Delivery_state_queue_dueAt_id_idx/, 20);
    expectSeeks(plans, /Delivery_pkey|sqlite_autoindex_Delivery_1/, 20);
  });

  it('finds messages to spread by their state', async () => {
    const plans = await planOf(() => listAccepted(ears.db, w.clock.now(), 100));
    expectSeeks(plans, /Message_state_id_idx/);
  });
});

it(`runs on ${ON_POSTGRES ? 'PostgreSQL' : 'SQLite'}, whose words for a scan and a sort are understood`, async () => {
  const plan = await explain(w.db, {
    sql: `SELECT "id" FROM "Delivery" d WHERE "ref" || '' = 'x'`,
    args: [],
  });
  expect(plan.scanned).toEqual(['Delivery']);
});
