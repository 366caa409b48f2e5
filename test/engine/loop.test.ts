/** The engine's loops: round after round while there is work, awake at a word, at rest otherwise. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { createLoop, type Loop, type LoopDeps } from '#src/engine/loop.js';
import { systemClock } from '#src/lib/clock.js';
import { createLogger } from '#src/lib/logger.js';

/** Longer than any test: who is woken is not woken by this. */
const NEVER_MS = 3_600_000;

let loop: Loop;
const lines: string[] = [];
afterEach(async () => {
  lines.length = 0;
  await loop.stop();
});

function start(step: LoopDeps['step'], more: Partial<LoopDeps> = {}): void {
  const log = createLogger('info', (line) => lines.push(line));
  loop = createLoop({ clock: systemClock, log, step, pollMs: NEVER_MS, ...more });
  loop.start();
}

/** Rounds that last until the test ends them; `progress` is what they answer. */
function holdRounds(progress: boolean) {
  let end = (): void => {};
  const step = vi.fn(
    () =>
      new Promise<boolean>((resolve) => {
        end = () => resolve(progress);
      }),
  );
  return { step, endRound: () => end() };
}

it('goes on while there is work, and rests when there is none', async () => {
  let left = 5;
  const step = vi.fn(async () => {
    left -= 1;
    return left > 0;
  });
  start(step);
  await vi.waitFor(() => expect(left).toBe(0));
  await sleep(50);
  expect(step).toHaveBeenCalledTimes(5);
  expect(loop.lastStepAt).toBeGreaterThan(0);
});

it('comes round when somebody wakes it, also during a round that finds nothing', async () => {
  const { step, endRound } = holdRounds(false);
  start(step);
  loop.wake();
  endRound();
  await vi.waitFor(() => expect(step).toHaveBeenCalledTimes(2));
  endRound();
  await sleep(50);
  expect(step).toHaveBeenCalledTimes(2);
  loop.wake();
  await vi.waitFor(() => expect(step).toHaveBeenCalledTimes(3));
  endRound();
});

it('comes round when there is work again, and at least as often as it is told', async () => {
  const step = vi.fn(async () => false);
  start(step, { nextAt: (now) => now + 20 });
  await vi.waitFor(() => expect(step.mock.calls.length).toBeGreaterThan(2));
  await loop.stop();
  const polled = vi.fn(async () => false);
  start(polled, { pollMs: 20 });
  await vi.waitFor(() => expect(polled.mock.calls.length).toBeGreaterThan(2));
});

it('says what went wrong and goes on', async () => {
  const step = vi
    .fn<LoopDeps['step']>()
    .mockRejectedValueOnce(new Error('the disk is full'))
    .mockResolvedValue(false);
  start(step, { pollMs: 10 });
  await vi.waitFor(() => expect(step.mock.calls.length).toBeGreaterThan(1), 5000);
  expect(lines.join('\n')).toContain('the disk is full');
});

it('stops when the round under way is over, and begins no other', async () => {
  const { step, endRound } = holdRounds(true);
  start(step);
  let hasStopped = false;
  const stopped = loop.stop().then(() => {
    hasStopped = true;
  });
  await sleep(20);
  expect(hasStopped).toBe(false);
  endRound();
  await stopped;
  loop.wake();
  await sleep(20);
  expect(step).toHaveBeenCalledTimes(1);
});
