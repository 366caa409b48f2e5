/** Rounds come by a time that only grows: however the calendar jumps, none is missed and none is made up for. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { comeRound } from '#src/engine/rounds.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('a calendar that jumps by a year, ahead and back, changes nothing', async () => {
  let rounds = 0;
  const end = comeRound(
    async () => {
      rounds += 1;
    },
    { everyMs: 10_000 },
  );
  await vi.advanceTimersByTimeAsync(25_000);
  expect(rounds).toBe(2);
  vi.setSystemTime(Date.now() + 365 * 86_400_000);
  await vi.advanceTimersByTimeAsync(10_000);
  vi.setSystemTime(Date.now() - 2 * 365 * 86_400_000);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rounds).toBe(4);
  end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(rounds).toBe(4);
});

it('a round that takes long is not overtaken by the next', async () => {
  let running = 0;
  let most = 0;
  const end = comeRound(
    async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 35_000));
      running -= 1;
    },
    { everyMs: 10_000, firstMs: 0 },
  );
  await vi.advanceTimersByTimeAsync(120_000);
  end();
  expect(most).toBe(1);
});
