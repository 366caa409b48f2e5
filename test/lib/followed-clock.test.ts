/** A clock that follows another keeps its time, whatever happens to the machine's own. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFollowedClock } from '#src/lib/followed-clock.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 30);

let real = 0;
let wrongMs = 0;
let readings = 0;
let otherMs = 0;
const own = { now: () => START + real + wrongMs, steady: () => real };
const readTime = async (): Promise<number> => {
  readings += 1;
  return START + real + otherMs;
};
/** Lets real time go by, in steps in which timers run. */
async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 1000) {
    real += 1000;
    await vi.advanceTimersByTimeAsync(1000);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  [real, wrongMs, readings, otherMs] = [0, 0, 0, 0];
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a clock that follows another', () => {
  it('is the own one before, and the other one from then on', async () => {
    wrongMs = 8 * HOUR;
    const clock = createFollowedClock(own);
    expect(clock.now()).toBe(START + 8 * HOUR);
    const { aheadMs, stop } = await clock.follow(readTime);
    expect([aheadMs, clock.now()]).toEqual([8 * HOUR, START]);
    await pass(60_000);
    expect(clock.now()).toBe(START + 60_000);
    stop();
  });

  it('does not jump with the machine’s calendar', async () => {
    const clock = createFollowedClock(own);
    const { stop } = await clock.follow(readTime);
    wrongMs = 365 * 24 * HOUR;
    expect(clock.now()).toBe(START);
    await pass(3000);
    wrongMs = -26 * HOUR;
    expect(clock.now()).toBe(START + 3000);
    stop();
  });

  it('jumps with the other one, within ten seconds', async () => {
    const clock = createFollowedClock(own);
    const { stop } = await clock.follow(readTime);
    otherMs = -2 * HOUR;
    await pass(11_000);
    expect(clock.now()).toBe(START + 11_000 - 2 * HOUR);
    stop();
  });

  it('looks within a second after a sleep of which the steady time knows nothing', async () => {
    const clock = createFollowedClock(own);
    const { stop } = await clock.follow(readTime);
    [wrongMs, otherMs] = [HOUR, HOUR];
    expect(clock.now()).toBe(START);
    await pass(1000);
    expect(clock.now()).toBe(START + 1000 + HOUR);
    stop();
  });

  it('goes on while the other one cannot be read, and looks no more once it is stopped', async () => {
    const clock = createFollowedClock(own);
    const { stop } = await clock.follow(async () => {
      if (real > 0) {
        throw new Error('away');
      }
      return readTime();
    });
    await pass(60_000);
    expect(clock.now()).toBe(START + 60_000);
    stop();
    await pass(60_000);
    expect(readings).toBe(1);
  });

  it('does not tremble: a difference within a reading’s own error changes nothing', async () => {
    const clock = createFollowedClock(own);
    const { stop } = await clock.follow(readTime);
    otherMs = 15;
    await pass(30_000);
    expect(clock.now()).toBe(START + 30_000);
    stop();
  });
});
