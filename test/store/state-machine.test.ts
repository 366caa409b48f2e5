/**
 * Any order of claims, results, ended leases, cancelling and sending again keeps what the outbox promises: one owner at a time, no
 * result of somebody who lost their claim, ends that stay, and counts that are those of the rows.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { type ClaimedDelivery, claimDue, listLapsedOwners, releaseLapsed } from '#src/store/claims.js';
import { recordLateResults } from '#src/store/late-results.js';
import { beginCancelling, cancelSlice, requeueSlice } from '#src/store/message-control.js';
import { type DeliveryResult, recordResults } from '#src/store/outbox.js';
import { expandPeople, finishExpansion } from '#src/store/spreading.js';
import { holds } from '#test/support/fuzz.js';
import { openStoreWorld, type StoreWorld } from './store-world.js';

const LEASE_MS = 60_000;
const OWNERS = ['a', 'b'] as const;
const ENDS = ['sent', 'failed', 'cancelled', 'unknown'] as const;
type End = (typeof ENDS)[number];

let w: StoreWorld;
let marks = 0;
beforeAll(async () => {
  w = await openStoreWorld();
});
afterAll(() => w.close());

type Step =
  | { kind: 'claim'; owner: string; limit: number }
  | { kind: 'result'; owner: string; pick: number; state: End | 'due' }
  | { kind: 'lateResult'; owner: string; pick: number; state: 'sent' | 'failed' }
  | { kind: 'wait'; ms: number }
  | { kind: 'sweep'; owner: string; isLate: boolean }
  | { kind: 'cancel'; pick: number }
  | { kind: 'again'; pick: number; state: 'failed' | 'unknown' };

const owner = fc.constantFrom(...OWNERS);
const pick = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      owner,
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('result' as const),
      owner,
      pick,
      state: fc.constantFrom(...ENDS, 'due' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('lateResult' as const),
      owner,
      pick,
      state: fc.constantFrom('sent' as const, 'failed' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 1000, LEASE_MS + 1) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sweep' as const), owner, isLate: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('again' as const),
      pick,
      state: fc.constantFrom('failed' as const, 'unknown' as const),
    }),
  },
);

/** What a run knows: whose claims are whose, by the answers that claims gave. */
interface Known {
  queue: string;
  messages: number[];
  /** Every claim that an owner was ever given, lost ones too. */
  given: Map<string, ClaimedDelivery[]>;
  /** Ends that nothing but sending again may change. */
  ended: Map<number, string>;
}

const toResult = (delivery: ClaimedDelivery, state: End | 'due'): DeliveryResult => ({
  id: delivery.id,
  messageId: delivery.messageId,
  state,
  dueAt: state === 'due' ? w.clock.now() + 1000 : null,
  ref: null,
  attempt: JSON.stringify({ outcome: state }),
  finishedAt: state === 'due' ? null : w.clock.now(),
});

const rowsOf = (known: Known) =>
  w.db.delivery.findMany({
    where: { messageId: { in: known.messages.map(BigInt) } },
    orderBy: { id: 'asc' },
  });

async function take(known: Known, { owner, limit }: Step & { kind: 'claim' }): Promise<void> {
  const before = new Map((await rowsOf(known)).map((row) => [Number(row.id), row]));
  const now = w.clock.now();
  const queues = [{ queue: known.queue, limit }];
  const claimed = await claimDue(w.db, { queues, owner, now, leaseUntil: now + LEASE_MS });
  expect(claimed.length).toBeLessThanOrEqual(limit);
  for (const { id } of claimed) {
    const row = before.get(id);
    expect(row?.state).toBe('due');
    expect(row?.dueAt?.getTime() ?? 0).toBeLessThanOrEqual(now);
  }
  known.given.set(owner, [...(known.given.get(owner) ?? []), ...claimed]);
}

async function end(known: Known, { owner, pick, state }: Step & { kind: 'result' }): Promise<void> {
  const delivery = (known.given.get(owner) ?? []).at(-1 - pick);
  if (!delivery) {
    return;
  }
  const find = () => w.db.delivery.findUniqueOrThrow({ where: { id: delivery.id } });
  const before = await find();
  marks += 1;
  await recordResults(w.db, [toResult(delivery, state)], {
    owner,
    batch: `${owner}:${marks}`,
    now: w.clock.now(),
  });
  const after = await find();
  const isOwn = before.state === 'claimed' && before.owner === owner;
  expect(after.state).toBe(isOwn ? state : before.state);
  if (isOwn && state !== 'due') {
    known.ended.set(delivery.id, state);
  }
}

async function endLate(known: Known, { owner, pick, state }: Step & { kind: 'lateResult' }): Promise<void> {
  const delivery = (known.given.get(owner) ?? []).at(-1 - pick);
  if (delivery) {
    const find = () => w.db.delivery.findUniqueOrThrow({ where: { id: delivery.id } });
    const before = await find();
    marks += 1;
    await recordLateResults(w.db, [toResult(delivery, state)], {
      batch: `late:${marks}`,
      now: w.clock.now(),
    });
    const after = await find();
    // Only a doubt is settled: what is sent, failed, cancelled or in somebody's hand stays.
    if (before.doubtAt === null || ['sent', 'failed', 'cancelled', 'claimed'].includes(before.state)) {
      expect(after.state).toBe(before.state);
    } else {
      expect([before.state, state]).toContain(after.state);
    }
    known.ended.delete(delivery.id);
  }
}

async function control(known: Known, act: Step & { kind: 'cancel' | 'again' }): Promise<void> {
  const messageId = known.messages[act.pick % known.messages.length] ?? 0;
  const now = w.clock.now();
  if (act.kind === 'again') {
    const { state } = await w.db.message.findUniqueOrThrow({ where: { id: messageId } });
    if (state !== 'done') {
      return;
    }
  } else if (!(await beginCancelling(w.db, messageId, now))) {
    return;
  }
  for (let after = 0, isEnd = false; !isEnd; ) {
    marks += 1;
    const slice = { messageId, after, mark: `m${marks}`, attempt: '{"outcome":"said"}', now, limit: 2 };
    const ended =
      act.kind === 'cancel' ? await cancelSlice(w.db, slice) : await requeueSlice(w.db, slice, act.state);
    ({ last: after, isEnd } = ended);
  }
  if (act.kind === 'again') {
    for (const [id, state] of known.ended) {
      if (state === act.state) {
        known.ended.delete(id);
      }
    }
  }
}

async function perform(known: Known, act: Step): Promise<void> {
  switch (act.kind) {
    case 'claim':
      return take(known, act);
    case 'result':
      return end(known, act);
    case 'lateResult':
      return endLate(known, act);
    case 'wait':
      w.clock.advance(act.ms);
      return;
    case 'sweep': {
      // Leases end in sleep, too.
      w.clock.advance(act.isLate ? LEASE_MS + 1 : 0);
      const at = { now: w.clock.now(), owner: act.owner, held: [] };
      await releaseLapsed(w.db, at, await listLapsedOwners(w.db, at));
      return;
    }
    default:
      return control(known, act);
  }
}

async function checkAll(known: Known): Promise<void> {
  const rows = await rowsOf(known);
  const heads = await w.db.message.findMany({ where: { id: { in: known.messages.map(BigInt) } } });
  for (const head of heads) {
    const own = rows.filter((row) => row.messageId === head.id);
    const count = (state: string): number => own.filter((row) => row.state === state).length;
    expect({
      sent: head.sent,
      failed: head.failed,
      cancelled: head.cancelled,
      unknown: head.unknown,
    }).toEqual({
      sent: count('sent'),
      failed: count('failed'),
      cancelled: count('cancelled'),
      unknown: count('unknown'),
    });
    expect(head.total).toBe(own.length);
    const isOver = own.every((row) => (ENDS as readonly string[]).includes(row.state));
    expect([head.state, head.finishedAt !== null]).toEqual(
      isOver ? ['done', true] : [expect.stringMatching(/^(?:expanded|cancelling)$/), false],
    );
  }
  for (const row of rows) {
    expect(row.state === 'claimed').toBe(row.leaseUntil !== null);
    const known1 = known.ended.get(Number(row.id));
    if (known1 !== undefined) {
      expect(row.state).toBe(known1);
    }
  }
}

holds(
  'the delivery state machine',
  fc.asyncProperty(
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
    fc.array(step, { minLength: 5, maxLength: 30 }),
    async (sizes, steps) => {
      marks += 1;
      const known: Known = { queue: `webhook:${marks}`, messages: [], given: new Map(), ended: new Map() };
      for (const size of sizes) {
        const people = await w.addPeople(size);
        const message = await w.accept({ people });
        await expandPeople(w.db, w.toDeliveries(message, people, known.queue), w.scope());
        await finishExpansion(w.db, [message.id], w.clock.now());
        known.messages.push(message.id);
      }
      for (const act of steps) {
        await perform(known, act);
        await checkAll(known);
      }
    },
  ),
  { runs: 150 },
);
