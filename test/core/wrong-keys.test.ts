/** Wrong keys are counted by address and in all, in bounded memory; what is no wrong key passes as it is. */
import { expect, it } from 'vitest';
import { AppError } from '#src/core/errors.js';
import { asWrongKey, createWrongKeys } from '#src/core/wrong-keys.js';
import { createLogger } from '#src/lib/logger.js';
import { createTestClock } from '#test/support/clock.js';

function open(limit: number) {
  const clock = createTestClock();
  const lines: string[] = [];
  const delays: number[] = [];
  const log = createLogger('warn', (line) => lines.push(line));
  const delay = async (ms: number) => delays.push(ms);
  return { clock, lines, delays, keys: createWrongKeys({ clock, log }, { limit, delay }) };
}

const wrong = (guesses = 1) => asWrongKey(new Error('wrong'), guesses);
const isRefused = (judged: unknown): boolean =>
  judged instanceof AppError && judged.code === 'too_many_wrong_keys';

it('refuses an address beyond its limit until ten minutes after its first, and says when', async () => {
  const { clock, keys } = open(3);
  for (let at = 0; at < 3; at += 1) {
    const thrown = wrong();
    expect(await keys.judge(thrown, '203.0.113.9')).toBe(thrown);
  }
  clock.advance(400_000);
  expect(await keys.judge(wrong(), '203.0.113.9')).toMatchObject({ status: 429, retryAfterS: 200 });
  expect(isRefused(await keys.judge(wrong(), '203.0.113.8'))).toBe(false);
  clock.advance(200_000);
  expect(isRefused(await keys.judge(wrong(), '203.0.113.9'))).toBe(false);
});

it('takes an IPv6 network for one address, and IPv4 inside IPv6 for IPv4', async () => {
  const { keys } = open(2);
  const judged = async (address: string) => isRefused(await keys.judge(wrong(), address));
  expect([await judged('2001:db8::1'), await judged('2001:db8:0:0:ffff::2')]).toEqual([false, false]);
  expect([await judged('2001:db8::3'), await judged('2001:db8:0:1::1')]).toEqual([true, false]);
  expect([
    await judged('198.51.100.7'),
    await judged('::ffff:198.51.100.7'),
    await judged('198.51.100.7'),
  ]).toEqual([false, false, true]);
});

it('refuses all addresses together beyond fifty times that', async () => {
  const { keys } = open(2);
  for (let at = 0; at < 100; at += 1) {
    expect(isRefused(await keys.judge(wrong(), `10.0.0.${at}`))).toBe(false);
  }
  expect(isRefused(await keys.judge(wrong(), '192.0.2.1'))).toBe(true);
});

it('counts each key of a batch, and nothing that is no wrong key', async () => {
  const { keys } = open(10);
  for (let at = 0; at < 100; at += 1) {
    expect(await keys.judge('text', '10.0.0.1')).toBe('text');
    await keys.judge(new AppError('unauthorized'), '10.0.0.1');
    await keys.judge(wrong(0), '10.0.0.1');
  }
  expect(keys.read()).toMatchObject({ total: 0, refused: 0, recent: null });
  expect(isRefused(await keys.judge(wrong(11), '10.0.0.1'))).toBe(true);
});

it('answers slower and slower, and holds only a few answers back', async () => {
  const { keys, delays } = open(60);
  for (let at = 0; at < 30; at += 1) {
    await keys.judge(wrong(), '10.0.0.1');
  }
  expect(delays).toEqual([
    100,
    200,
    300,
    400,
    500,
    600,
    700,
    800,
    900,
    ...Array.from({ length: 11 }, () => 1000),
  ]);
  const clock = createTestClock();
  let waiting = 0;
  const held = createWrongKeys(
    { clock, log: createLogger('warn', () => {}) },
    {
      limit: 6,
      delay: () => {
        waiting += 1;
        return new Promise(() => {});
      },
    },
  );
  for (let at = 0; at < 1000; at += 1) {
    void held.judge(wrong(), '10.0.0.1');
  }
  expect(waiting).toBe(50);
});

it('asks nobody where the operator sets no limit, and counts all the same', async () => {
  const { keys, delays } = open(0);
  for (let at = 0; at < 5000; at += 1) {
    await keys.judge(wrong(), '10.0.0.1');
  }
  expect([keys.read(), delays]).toMatchObject([{ total: 5000, refused: 0, recent: null }, []]);
});

it('writes one line of many, with the busiest address, and none of none', async () => {
  const { keys, lines } = open(2);
  keys.logRecent();
  for (let at = 0; at < 9; at += 1) {
    await keys.judge(wrong(), at < 3 ? '10.0.0.1' : '10.0.0.2');
  }
  keys.logRecent();
  keys.logRecent();
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 'warn', wrong: 9, refused: 5, busiest: '10.0.0.2', ofBusiest: 6 },
  ]);
});
