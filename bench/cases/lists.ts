/** Lists: how long each page takes at up to a million messages and three million deliveries, beside a seek by primary key. */
import { createMessageList, type MessageFilter } from '#src/core/message-list.js';
import { createMessageTrace } from '#src/core/message-trace.js';
import { createPageLinks } from '#src/core/page-links.js';
import { createSubscriberLists } from '#src/core/subscriber-lists.js';
import { systemClock } from '#src/lib/clock.js';
import { createKeyRing } from '#src/lib/key-ring.js';
import type { CaseInput } from '../case.js';
import { type BenchCase, bound } from '../case.js';
import { type FilledLists, fillLists, type ListsOrder } from '../fill-lists.js';
import type { Size } from '../options.js';
import { medianOf } from '../stats.js';
import { openBenchWorld } from '../world.js';

const ORDERS: Readonly<Record<Size, Omit<ListsOrder, 'account' | 'now'>>> = {
  small: { messages: 200_000, receivers: 200_000, failures: 5, subscribers: 60_000 },
  full: { messages: 1_000_000, receivers: 1_000_000, failures: 5, subscribers: 300_000 },
};
const TAKE = 30;
const ROUNDS = 5;
const MAX_PAGE_MS = 500;
const MAX_EXPORT_MS_A_ROW = 0.05;

/** The case. */
export const lists: BenchCase = {
  name: 'lists',
  about:
    'pages of 200,000 messages and 600,000 deliveries, and an export of 60,000 subscribers; --size full: five times',
  run: async (input: CaseInput, report) => {
    const order = ORDERS[input.size];
    const world = await openBenchWorld(input);
    try {
      await world.fill(async (deps) => {
        input.say(`filling in ${order.messages} messages`);
        const filled = await fillLists(deps.db, { ...order, account: deps.account, now: Date.now() });
        const all = {
          db: deps.db,
          clock: systemClock,
          account: { platform: 'wechat' as const, account: deps.account.account },
        };
        const list = createMessageList(all);
        const trace = createMessageTrace(all, createPageLinks(createKeyRing(Buffer.alloc(32)), ''));
        const subscribers = createSubscriberLists(all);
        const seekMs = await time(() =>
          deps.db.message.findUnique({ where: { id: BigInt(filled.broadcastId) } }),
        );
        const tell = async (what: string, run: () => Promise<unknown>): Promise<void> => {
          const value = await time(run);
          const row = bound({ what, value, unit: 'ms' }, MAX_PAGE_MS);
          report({ ...row, ceiling: seekMs, ceilingName: 'seek by key', ratio: seekMs / value });
        };
        for (const [what, filter] of listFilters(filled)) {
          await tell(what, () => list.listMessages({ ...filter, take: TAKE }));
        }
        const messageId = filled.broadcastId;
        await tell('deliveries of a broadcast', () => trace.traceDeliveries({ messageId, take: TAKE }));
        for (const state of ['failed', 'open', 'sent', 'cancelled'] as const) {
          await tell(`deliveries of a broadcast: ${state}`, () =>
            trace.traceDeliveries({ messageId, state, take: TAKE }),
          );
        }
        const startedAt = performance.now();
        for await (const _part of subscribers.readAll({ appId: filled.busyAppId, topicId: 0 })) {
          // Reading is what is measured.
        }
        const value = performance.now() - startedAt;
        const what = `export of ${order.subscribers.toLocaleString('en-US')} subscribers`;
        report(bound({ what, value, unit: 'ms' }, order.subscribers * MAX_EXPORT_MS_A_ROW));
      });
    } finally {
      await world.close();
    }
  },
};

function listFilters(filled: FilledLists): [string, Omit<MessageFilter, 'take'>][] {
  const everybody = { scope: null };
  const developer = { scope: { appIds: [filled.rareAppId], personId: 1 } };
  return [
    ['operator: newest', everybody],
    ['operator: further back', { ...everybody, before: filled.messageId }],
    ['operator: failed', { ...everybody, state: 'failed' }],
    ['operator: with failures', { ...everybody, hasFailures: true }],
    ['operator: cancelled', { ...everybody, state: 'cancelled' }],
    ['operator: a rare door', { ...everybody, source: 'gotify' }],
    ['operator: a word', { ...everybody, search: 'disk' }],
    ['operator: a word that nobody wrote', { ...everybody, search: 'zebra' }],
    ['operator: a receiver', { ...everybody, search: filled.uid }],
    ['operator: an app', { ...everybody, appId: filled.busyAppId }],
    ['developer: newest', developer],
    ['developer: failed', { ...developer, state: 'failed' }],
    ['developer: a word that nobody wrote', { ...developer, search: 'zebra' }],
  ];
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    await run();
    times.push(performance.now() - startedAt);
  }
  return medianOf(times);
}
