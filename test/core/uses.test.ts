/** Uses: what counts against limits, in windows that move and in days that outlive a restart. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nextChinaMidnight } from '#src/lib/china-time.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

const window = (name: string, count: number) => ({ name, count, perMs: 1000 });

it('stops at the first limit that is reached, and keeps what stands before it', async () => {
  const limits = [window('a', 3), window('b', 1)];
  expect(await w.core.uses.count(limits)).toEqual({ reached: null, counts: [1, 1] });
  expect(await w.core.uses.count(limits)).toEqual({ reached: 1, counts: [2, 1] });
  expect(await w.core.uses.count([window('a', 3)])).toEqual({ reached: null, counts: [3] });
  expect(await w.core.uses.count([window('a', 3)])).toEqual({ reached: 0, counts: [3] });
  w.clock.advance(1000);
  expect(await w.core.uses.count(limits)).toEqual({ reached: null, counts: [1, 1] });
});

it('counts all or nothing where that is asked, also for a name that stands twice', async () => {
  await w.core.uses.count([window('b', 1)]);
  expect(
    await w.core.uses.count([window('a', 2), window('a', 2), window('b', 1)], { isWhole: true }),
  ).toMatchObject({
    reached: 2,
  });
  expect(await w.core.uses.count([window('a', 1)])).toEqual({ reached: null, counts: [1] });
});

it('gives one back', async () => {
  await w.core.uses.count([window('a', 1)]);
  await w.core.uses.giveBack(window('a', 1));
  expect((await w.core.uses.count([window('a', 1)])).reached).toBeNull();
  expect((await w.core.uses.count([window('a', 1)])).reached).toBe(0);
});

it('notes many in a large window coarsely, and never lets more through', async () => {
  for (let at = 0; at < 200; at += 1) {
    expect((await w.core.uses.count([window('a', 200)])).reached).toBeNull();
    w.clock.advance(4);
  }
  expect((await w.core.uses.count([window('a', 200)])).reached).toBe(0);
  w.clock.advance(211);
  expect((await w.core.uses.count([window('a', 200)])).reached).toBeNull();
});

it('remembers a day over a restart, and begins anew at midnight', async () => {
  const day = { name: 'd', perDay: 2 };
  expect(await w.core.uses.count([day])).toEqual({ reached: null, counts: [1] });
  expect(await w.core.uses.count([day])).toEqual({ reached: null, counts: [2] });
  await w.restart();
  expect((await w.core.uses.count([day])).reached).toBe(0);
  w.clock.advance(nextChinaMidnight(w.clock.now()) - w.clock.now());
  expect(await w.core.uses.count([day])).toEqual({ reached: null, counts: [1] });
});

it('goes on from what is known of a day that it has not counted', async () => {
  const day = { name: 'd', perDay: 5, countBefore: async () => 4 };
  expect(await w.core.uses.count([day])).toEqual({ reached: null, counts: [5] });
  expect((await w.core.uses.count([day])).reached).toBe(0);
});
