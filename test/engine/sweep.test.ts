/** Messages, traces and callback logs go by what is said of their app, else of their dialect, else of all. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RetentionRules } from '#src/core/retention.js';
import { createSweep, planRanges } from '#src/engine/sweep.js';
import { insertEvents } from '#src/store/events.js';
import { expandPeople, finishExpansion } from '#src/store/spreading.js';
import { openStoreWorld, type StoreWorld } from '#test/store/store-world.js';

const DAY_MS = 86_400_000;
const RULES: RetentionRules = {
  days: 30,
  dialects: new Map([
    ['ntfy', 5],
    ['bark', 60],
  ]),
  apps: new Map([[7, 10]]),
};

let w: StoreWorld;
let sweep: ReturnType<typeof createSweep>;
beforeEach(async () => {
  w = await openStoreWorld();
  sweep = createSweep(w.db);
});
afterEach(() => w.close());

async function run(rules = RULES): Promise<number[]> {
  const steps: number[] = [];
  for await (const count of sweep(rules, w.clock.now())) {
    steps.push(count);
  }
  return steps;
}

/** An ended message to one person; `body` names it. */
async function addMessage(name: string, own: { source: string; appId: number | null }): Promise<number> {
  const people = await w.addPeople(1);
  const message = await w.accept({ people }, { body: name, ...own });
  await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
  await w.putInto('sent', message);
  await finishExpansion(w.db, [message.id], w.clock.now());
  return message.id;
}

/** What is left, by name, each with as many deliveries as it had. */
async function left(): Promise<string[]> {
  const rows = await w.db.message.findMany({ select: { body: true } });
  expect(await w.db.delivery.count({ where: { messageId: { not: null } } })).toBe(rows.length);
  return rows.map(({ body }) => body).sort();
}

const addAll = async () => {
  await addMessage('plain', { source: 'wxpusher', appId: 1 });
  await addMessage('short', { source: 'ntfy', appId: 1 });
  await addMessage('long', { source: 'bark', appId: null });
  await addMessage('app', { source: 'wxpusher', appId: 7 });
  await addMessage('app and dialect', { source: 'ntfy', appId: 7 });
};

describe('the most specific choice', () => {
  it('counts, to the millisecond', async () => {
    const startedAt = w.clock.now();
    await addAll();
    for (const [days, names] of [
      [5, ['app', 'app and dialect', 'long', 'plain']],
      [10, ['long', 'plain']],
      [30, ['long']],
      [60, []],
    ] as const) {
      const before = await left();
      w.clock.advance(startedAt + days * DAY_MS - w.clock.now());
      await run();
      expect(await left()).toEqual(before);
      w.clock.advance(1);
      await run();
      expect(await left()).toEqual(names);
    }
  });

  it('counts from the next sweep on when it changes', async () => {
    await addAll();
    w.clock.advance(20 * DAY_MS);
    await run();
    expect(await left()).toEqual(['long', 'plain']);
    await run({ ...RULES, dialects: new Map([['wxpusher', 19]]) });
    expect(await left()).toEqual(['long']);
  });
});

describe('callback logs', () => {
  async function addEvent(id: number, appId: number, state = 'sent'): Promise<void> {
    const at = w.clock.now();
    const event = { type: 't', personId: null, data: '{}', createdAt: at };
    await insertEvents(w.db, [{ ...event, id, appId, dedupeKey: `key ${id}` }]);
    await w.db.event.update({ where: { id }, data: { state: 'expanded' } });
    const row = { id: w.newId(), eventId: id, callbackId: 1, channel: 'callback', queue: 'callback:1' };
    await w.db.delivery.create({ data: { ...row, state, dueAt: new Date(at), createdAt: new Date(at) } });
  }

  it('go by what is said of their app, and with the message whose end they tell of', async () => {
    const [plain, app] = [w.newId(), w.newId()];
    await addEvent(plain, 1);
    await addEvent(app, 7);
    const ended = await addMessage('short', { source: 'ntfy', appId: 1 });
    w.clock.advance(DAY_MS);
    await addEvent(ended, 1);
    const ids = async () => (await w.db.event.findMany()).map(({ id }) => Number(id)).sort();
    w.clock.advance(5 * DAY_MS);
    await run();
    expect(await ids()).toEqual([plain, app, ended]);
    expect(await w.db.message.count()).toBe(1);
    w.clock.advance(1);
    await run();
    expect(await ids()).toEqual([plain, app, ended]);
    w.clock.advance(DAY_MS);
    await run();
    expect(await ids()).toEqual([plain, app]);
    expect(await w.db.message.count()).toBe(0);
    w.clock.advance(5 * DAY_MS);
    await run();
    expect(await ids()).toEqual([plain]);
    expect(await w.db.delivery.count()).toBe(1);
  });

  it('stay while one is to be sent', async () => {
    await addEvent(w.newId(), 7, 'due');
    w.clock.advance(400 * DAY_MS);
    await run();
    expect([await w.db.event.count(), await w.db.delivery.count()]).toEqual([1, 1]);
  });
});

it('is done in chunks, each of which lets go', async () => {
  const people = await w.addPeople(4500);
  const message = await w.accept({ people }, { source: 'ntfy' });
  await expandPeople(w.db, w.toDeliveries(message, people), w.scope());
  await w.putInto('sent', message);
  await finishExpansion(w.db, [message.id], w.clock.now());
  await addMessage('long', { source: 'bark', appId: null });
  w.clock.advance(6 * DAY_MS);
  expect((await run()).filter((count) => count > 0)).toEqual([2000, 2000, 500, 1]);
  expect(await left()).toEqual(['long']);
});

it('looks again within a day for what was under way when its time came', async () => {
  const late = await addMessage('late', { source: 'ntfy', appId: 1 });
  await w.db.message.update({ where: { id: late }, data: { state: 'expanded' } });
  w.clock.advance(6 * DAY_MS);
  await run();
  await w.db.message.update({ where: { id: late }, data: { state: 'done' } });
  w.clock.advance(DAY_MS - 1);
  await run();
  expect(await left()).toEqual(['late']);
  w.clock.advance(1);
  await run();
  expect(await left()).toEqual([]);
});

it('looks only at what has come of age since the last one, besides what is older than anything is kept', () => {
  const now = w.clock.now();
  const ranges = planRanges(RULES, now, now - 600_000);
  expect(ranges).toHaveLength(4);
  const [whole] = planRanges(RULES, now, null);
  const covered = ranges.slice(1).reduce((sum, { after, before }) => sum + before - after - 1, 0);
  expect(covered).toBeLessThan((whole?.before ?? 0) / 1000);
  expect(planRanges({ ...RULES, dialects: new Map(), apps: new Map() }, now, now - 600_000)).toEqual([
    { after: -1, before: expect.any(Number) },
  ]);
});
