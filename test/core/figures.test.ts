/** The numbers over time: counted, written down, read in steps. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainFailure } from '#src/core/failure-words.js';
import { createFigures } from '#src/core/figures.js';
import { nameProvider, providerOf } from '#src/store/db.js';
import { openWorld, type World } from '#test/support/world.js';

const HOUR_MS = 3_600_000;

let w: World;

beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

describe('figures', () => {
  it('count what is accepted, delivered and failed, with reasons and times', async () => {
    const app = await w.app('数').made();
    await w.phone('Ming').follows();
    await w.phone('Gone').follows();
    const [ming, gone] = await w.db.person.findMany({ orderBy: { id: 'asc' } });
    const place = { appId: app.id, topicId: 0, source: 'link', extra: '' } as const;
    for (const person of [ming, gone]) {
      await w.core.subscriptions.subscribe({
        personId: Number(person?.id),
        uid: person?.uid ?? '',
        ...place,
      });
    }
    const body = { appToken: app.appToken, content: 'hi', uids: [ming?.uid, gone?.uid] };
    await w.call('/api/send/message', { body });
    await w.phone('Gone').unfollows();
    await w.drain();
    w.clock.advance(6000);
    await w.core.figures.writeDown();
    await w.core.figures.writeDown();
    const { whole, steps, reasons } = await w.core.figures.readRange('day');
    expect(steps).toHaveLength(24);
    expect(whole).toMatchObject({ accepted: 1, delivered: 1, failed: 1, queue: 0 });
    expect(reasons).toMatchObject([{ channel: 'wechat', code: 'unfollowed', count: 1 }]);
    expect(whole.p50Ms).not.toBeNull();
    expect(steps.at(-1)).toMatchObject({ accepted: 1, delivered: 1 });
  });

  it('add up over hours, and keep percentiles, peaks and the last quota', async () => {
    const figures = createFigures({ db: w.db, clock: w.clock });
    w.clock.advance(5 * HOUR_MS);
    for (let at = 1; at <= 100; at += 1) {
      figures.countEnd({ state: 'sent', channel: 'wechat', code: '', tookMs: at === 100 ? 60_000 : 100 });
    }
    figures.countEnd({ state: 'failed', channel: 'wechat', code: '43004', tookMs: 0 });
    figures.countEnd({ state: 'failed', channel: 'callback', code: '500', tookMs: 0 });
    await figures.writeDown();
    figures.countAccepted(3);
    await figures.writeDown();
    await figures.writeDown();
    await figures.noteQuota(async () => ({ dailyLimit: 100, remaining: 42 }));
    await figures.noteQuota(async () => ({ dailyLimit: 100, remaining: 0 }));
    const day = await figures.readRange('day');
    const last = day.steps.at(-1);
    expect(last).toMatchObject({ accepted: 3, delivered: 100, failed: 1, callbacksFailed: 1 });
    expect(last?.p50Ms).toBeGreaterThan(60);
    expect(last?.p50Ms).toBeLessThan(140);
    expect(day.whole.p99Ms).toBeLessThan(70_000);
    expect(day.quotaLeft).toBe(42);
    expect(day.reasons).toContainEqual(
      expect.objectContaining({ channel: 'wechat', code: '43004', count: 1 }),
    );
    for (const range of ['week', 'month'] as const) {
      const { steps, whole } = await figures.readRange(range);
      expect(steps).toHaveLength(range === 'week' ? 28 : 30);
      expect(whole.accepted).toBe(4);
      expect(steps.reduce((sum, step) => sum + step.accepted, 0)).toBe(4);
    }
  });

  it('bound what a flood of strange codes leaves behind', async () => {
    const figures = createFigures({ db: w.db, clock: w.clock });
    w.clock.advance(HOUR_MS);
    for (let at = 0; at < 1000; at += 1) {
      figures.countEnd({
        state: 'failed',
        channel: 'webhook',
        code: `strange ${at} ${'x'.repeat(500)}`,
        tookMs: 0,
      });
    }
    await figures.writeDown();
    const { reasons, whole } = await figures.readRange('day');
    expect(reasons.length).toBeLessThan(210);
    expect(whole.failed).toBeGreaterThanOrEqual(1000);
    expect(reasons.every(({ code }) => code.length <= 40)).toBe(true);
  });

  it('survive a write that fails', async () => {
    let broken = true;
    const db = new Proxy(w.db, {
      get: (target, name) => {
        if (broken && name === '$executeRawUnsafe') {
          return () => Promise.reject(new Error('disk full'));
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    nameProvider(db, providerOf(w.db));
    const figures = createFigures({ db, clock: w.clock });
    w.clock.advance(HOUR_MS);
    figures.countAccepted(7);
    await expect(figures.writeDown()).rejects.toThrow();
    broken = false;
    await figures.writeDown();
    expect((await figures.readRange('day')).steps.at(-1)?.accepted).toBe(7);
  });

  it.each([
    ['wechat', 'unfollowed', /没有关注/],
    ['webhook', 'expired', /有效期/],
    ['wechat', '45009', /./],
    ['webhook', '45009', null],
  ])('explain %s %s', (channel, code, words) => {
    const remedy = explainFailure(channel, code);
    if (words) {
      expect(remedy?.[0]).toMatch(words);
    } else {
      expect(remedy).toBeNull();
    }
  });
});
