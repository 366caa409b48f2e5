/** When a failed try comes back. */
import { describe, expect, it } from 'vitest';
import { MESSAGE_LIFE_MS, nextAttemptAt, type RetryInput } from '#src/engine/schedule.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-11-23T04:00:00Z');

/** The delay in milliseconds; null when there is none. `chance` 0.5 is no jitter. */
function delay(input: Partial<RetryInput>): number | null {
  const at = nextAttemptAt({ kind: 'message', tries: 1, createdAt: NOW, now: NOW, chance: 0.5, ...input });
  return at === null ? null : at - NOW;
}

const MESSAGE_DELAYS = [1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600, 3600, 3600].map((s) => s * SECOND);
const CALLBACK_DELAYS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

describe('the delay after each try', () => {
  it.each(MESSAGE_DELAYS.map((ms, at) => [at + 1, ms]))('of a message, try %i: %i ms', (tries, ms) => {
    expect(delay({ tries })).toBe(ms);
  });

  it.each(CALLBACK_DELAYS.map((ms, at) => [at + 1, ms]))('of a callback, try %i: %i ms', (tries, ms) => {
    expect(delay({ kind: 'callback', tries })).toBe(ms);
  });

  it('of a callback ends after its tenth try', () => {
    expect(delay({ kind: 'callback', tries: 10 })).toBeNull();
    expect(delay({ kind: 'callback', tries: 10, askedMs: 1000 })).toBeNull();
  });

  it('spreads by a fifth at most, both ways', () => {
    for (const tries of [1, 5, 10]) {
      const planned = delay({ tries }) ?? 0;
      expect(delay({ tries, chance: 0 })).toBe(Math.round(planned * 0.8));
      expect(delay({ tries, chance: 0.999_999_999 })).toBeLessThanOrEqual(planned * 1.2);
      expect(delay({ tries, chance: 0.75 })).toBe(Math.round(planned * 1.1));
    }
  });

  it('is a whole number of milliseconds, which the database keeps', () => {
    for (const chance of [0.1, 0.333, 0.777]) {
      expect(Number.isInteger(delay({ chance, tries: 2 }))).toBe(true);
      expect(Number.isInteger(delay({ chance, askedMs: 1234.5 }))).toBe(true);
    }
  });
});

describe('the life of a message', () => {
  it('is a day and a half, so that a quota gone in the morning still lets it out at midnight', () => {
    expect(MESSAGE_LIFE_MS).toBe(36 * HOUR);
    expect(delay({ tries: 30, createdAt: NOW - MESSAGE_LIFE_MS })).toBe(HOUR);
    expect(delay({ tries: 30, createdAt: NOW - MESSAGE_LIFE_MS - 1 })).toBeNull();
  });

  it('does not end callbacks, which have a number of tries', () => {
    expect(delay({ kind: 'callback', tries: 9, createdAt: NOW - 90 * HOUR })).toBe(24 * HOUR);
  });
});

describe('a wish of the other side', () => {
  it('is honoured between the planned delay and twice of it', () => {
    const asked = (askedMs: number) => delay({ kind: 'callback', tries: 2, askedMs });
    expect(asked(1)).toBe(5 * MINUTE);
    expect(asked(5 * MINUTE)).toBe(5 * MINUTE);
    expect(asked(7 * MINUTE)).toBe(7 * MINUTE);
    expect(asked(10 * MINUTE)).toBe(10 * MINUTE);
    expect(asked(HOUR)).toBe(10 * MINUTE);
    expect(asked(1e15)).toBe(10 * MINUTE);
  });

  it('moves with the jitter', () => {
    expect(delay({ kind: 'callback', tries: 2, askedMs: 1, chance: 0 })).toBe(4 * MINUTE);
    expect(delay({ kind: 'callback', tries: 2, askedMs: HOUR, chance: 0 })).toBe(8 * MINUTE);
  });
});

describe('an exact time', () => {
  const midnight = 12 * HOUR;

  it('is kept to the second, never before', () => {
    expect(delay({ askedMs: midnight, exact: true, chance: 0 })).toBe(midnight);
    expect(delay({ askedMs: midnight, exact: true, chance: 0.5 })).toBe(midnight + 500);
    expect(delay({ askedMs: midnight, exact: true, chance: 0.999 })).toBeLessThan(midnight + SECOND);
  });

  it('that comes round every minute is left alone for ten after twenty tries', () => {
    expect(delay({ tries: 20, askedMs: MINUTE, exact: true, chance: 0 })).toBe(MINUTE);
    expect(delay({ tries: 21, askedMs: MINUTE, exact: true, chance: 0 })).toBe(10 * MINUTE);
    expect(delay({ tries: 21, askedMs: HOUR, exact: true, chance: 0 })).toBe(HOUR);
  });

  it('may be sooner than the planned delay', () => {
    expect(delay({ tries: 10, askedMs: 7 * SECOND, exact: true, chance: 0 })).toBe(7 * SECOND);
  });
});
