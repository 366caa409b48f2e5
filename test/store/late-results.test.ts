/** What a process learns after its claims went to others lifts the doubt, and takes nothing from those who have them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClaimedDelivery, claimDue, releaseLapsed } from '#src/store/claims.js';
import { recordLateResults } from '#src/store/late-results.js';
import { type DeliveryResult, recordResults } from '#src/store/outbox.js';
import { expandPeople, finishExpansion } from '#src/store/spreading.js';
import { openStoreWorld, type StoreWorld } from './store-world.js';

const LEASE_MS = 60_000;

let w: StoreWorld;
let batch = 0;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

async function claim(owner: string): Promise<ClaimedDelivery[]> {
  const now = w.clock.now();
  const queues = [{ queue: 'wechat', limit: 9 }];
  return claimDue(w.db, { queues, owner, now, leaseUntil: now + LEASE_MS });
}

/** A message to so many whose tries were under way at `slow` when its claims went back. */
async function loseClaims(count: number): Promise<{ messageId: number; lost: ClaimedDelivery[] }> {
  const people = await w.addPeople(count);
  const { id: messageId } = await w.accept({ people });
  await expandPeople(w.db, w.toDeliveries({ id: messageId } as never, people, 'wechat'), w.scope());
  await finishExpansion(w.db, [messageId], w.clock.now());
  const lost = await claim('slow');
  w.clock.advance(LEASE_MS + 1);
  await releaseLapsed(w.db, { now: w.clock.now(), owner: 'other', held: [] }, ['slow']);
  return { messageId, lost };
}

const toResult = (delivery: ClaimedDelivery, own: Partial<DeliveryResult> = {}): DeliveryResult => ({
  ...{ id: delivery.id, messageId: delivery.messageId, state: 'sent', dueAt: null, ref: null },
  ...{ attempt: '{"outcome":"sent"}', finishedAt: w.clock.now() },
  ...own,
});

async function record(results: DeliveryResult[], owner: string): Promise<number> {
  batch += 1;
  return recordResults(w.db, results, { owner, batch: `${owner}:${batch}`, now: w.clock.now() });
}

async function recordLate(results: DeliveryResult[]): Promise<void> {
  batch += 1;
  await recordLateResults(w.db, results, { batch: `slow:${batch}`, now: w.clock.now() });
}

const readHead = async (id: number) => {
  const row = await w.db.message.findUniqueOrThrow({ where: { id } });
  const { state, sent, failed, unknown } = row;
  return { state, sent, failed, unknown };
};

const statesOf = async (messageId: number): Promise<string[]> => {
  const rows = await w.db.delivery.findMany({ where: { messageId }, orderBy: { id: 'asc' } });
  return rows.map(({ state }) => state);
};

const outcomesOf = async (id: number): Promise<unknown[]> => {
  const { attempts } = await w.db.delivery.findUniqueOrThrow({ where: { id } });
  return (JSON.parse(attempts) as { outcome: unknown }[]).map(({ outcome }) => outcome);
};

describe('an outcome that comes after its claim went back', () => {
  it('ends the delivery where it waits, with both tries in its log, and the message with it', async () => {
    const { messageId, lost } = await loseClaims(2);
    const [sent, refused] = lost.map((one) => toResult(one)) as [DeliveryResult, DeliveryResult];
    const results = [sent, { ...refused, state: 'failed' as const, attempt: '{"outcome":"refused"}' }];
    expect(await record(results, 'slow')).toBe(0);
    await recordLate(results);
    expect(await statesOf(messageId)).toEqual(['sent', 'failed']);
    expect(await readHead(messageId)).toEqual({ state: 'done', sent: 1, failed: 1, unknown: 0 });
    expect(await outcomesOf(sent.id)).toEqual(['unknown', 'sent']);
    expect(await claim('other')).toEqual([]);
  });

  it('turns `unknown` into what it was, and the counts of a message that is done', async () => {
    const { messageId } = await loseClaims(2);
    const again = await claim('other');
    const doubtful = { state: 'unknown' as const, attempt: '{"outcome":"unknown"}' };
    await record(
      again.map((one) => toResult(one, { ...doubtful, doubtAt: one.doubtAt })),
      'other',
    );
    const { finishedAt } = await w.db.message.findUniqueOrThrow({ where: { id: messageId } });
    expect(await readHead(messageId)).toEqual({ state: 'done', sent: 0, failed: 0, unknown: 2 });
    w.clock.advance(1000);
    const [first] = again;
    await recordLate(first ? [toResult(first)] : []);
    expect(await statesOf(messageId)).toEqual(['sent', 'unknown']);
    expect(await readHead(messageId)).toEqual({ state: 'done', sent: 1, failed: 0, unknown: 1 });
    const after = await w.db.message.findUniqueOrThrow({ where: { id: messageId } });
    expect(after.finishedAt).toEqual(finishedAt);
  });

  it('changes nothing twice', async () => {
    const { messageId, lost } = await loseClaims(1);
    const results = lost.map((one) => toResult(one));
    await recordLate(results);
    await recordLate(results);
    expect(await readHead(messageId)).toEqual({ state: 'done', sent: 1, failed: 0, unknown: 0 });
    expect(await outcomesOf(lost[0]?.id ?? 0)).toEqual(['unknown', 'sent']);
  });

  it('leaves alone what somebody else tries, has ended, or what is as much in doubt as before', async () => {
    const { messageId, lost } = await loseClaims(3);
    const [one, two, three] = await claim('other');
    const rest = [one, two].flatMap((delivery) => (delivery ? [toResult(delivery)] : []));
    await record(
      rest.slice(0, 1).map((result) => ({ ...result, state: 'failed' })),
      'other',
    );
    const late = lost.map((delivery) => toResult(delivery));
    await recordLate([...late.slice(0, 2), ...late.slice(2).map((result) => ({ ...result, doubtAt: 1 }))]);
    expect(await statesOf(messageId)).toEqual(['failed', 'claimed', 'claimed']);
    expect(three?.doubtAt).not.toBeNull();
    expect(await readHead(messageId)).toEqual({ state: 'expanded', sent: 0, failed: 1, unknown: 0 });
  });
});
