/** Plans: how much an app may send. An app without one may send without end. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextChinaMidnight } from '#src/lib/china-time.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

async function appWith(limits: object): Promise<{ id: number; planId: number | null }> {
  const id = await w.store.addApp();
  const plan = await w.db.plan.create({
    data: { code: `p${id}`, name: 'p', limits: JSON.stringify(limits) },
  });
  return { id, planId: plan.id };
}
async function calls(app: { id: number; planId: number | null }, count: number): Promise<string[]> {
  const codes: string[] = [];
  for (let n = 0; n < count; n += 1) {
    codes.push(
      await w.core.quotas.countCall(app).then(
        () => 'ok',
        (error) => error.code,
      ),
    );
  }
  return codes;
}

it('lets an app without a plan, or a plan without numbers, send without end', async () => {
  const free = { id: await w.store.addApp(), planId: null };
  expect(new Set(await calls(free, 200))).toEqual(new Set(['ok']));
  expect(new Set(await calls(await appWith({}), 200))).toEqual(new Set(['ok']));
});

describe('calls within ten seconds', () => {
  it('are counted in a window that moves', async () => {
    const app = await appWith({ callsPerTenSeconds: 2 });
    expect(await calls(app, 1)).toEqual(['ok']);
    w.clock.advance(6000);
    expect(await calls(app, 2)).toEqual(['ok', 'rate_limited']);
    w.clock.advance(4000);
    expect(await calls(app, 2)).toEqual(['ok', 'rate_limited']);
  });

  it('are each app’s own', async () => {
    const [one, other] = [await appWith({ callsPerTenSeconds: 1 }), await appWith({ callsPerTenSeconds: 1 })];
    expect([await calls(one, 2), await calls(other, 1)]).toEqual([['ok', 'rate_limited'], ['ok']]);
  });
});

describe('calls within a day', () => {
  it('begin anew at midnight in China', async () => {
    const app = await appWith({ callsPerDay: 2 });
    expect(await calls(app, 3)).toEqual(['ok', 'ok', 'quota_exceeded']);
    w.clock.advance(nextChinaMidnight(w.clock.now()) - w.clock.now() - 1);
    expect(await calls(app, 1)).toEqual(['quota_exceeded']);
    w.clock.advance(1);
    expect(await calls(app, 1)).toEqual(['ok']);
  });

  it('are not forgotten by a restart', async () => {
    const app = await appWith({ callsPerDay: 2 });
    for (let n = 0; n < 2; n += 1) {
      await w.core.publish({
        appId: app.id,
        body: 'x',
        format: 'text',
        audience: { people: [], topics: [] },
        targets: [],
        source: 'test',
      });
    }
    await w.restart();
    expect(await calls(app, 1)).toEqual(['quota_exceeded']);
  });
});
