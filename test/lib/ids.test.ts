/** Ids grow and never repeat, whatever the clock does; secrets have their length and letters. */
import { describe, expect, it } from 'vitest';
import { createNewId, ID_STRIDE, randomHex, randomLowerText, randomText } from '#src/lib/ids.js';
import { createTestClock } from '#test/support/clock.js';

describe('an id source', () => {
  it('gives whole numbers that JSON keeps, until far beyond 2050', () => {
    const newId = createNewId(createTestClock(Date.parse('2058-12-31T00:00:00Z')), 15);
    const id = newId(1000) + 999 * ID_STRIDE;
    expect(Number.isSafeInteger(id)).toBe(true);
    expect(JSON.parse(JSON.stringify(id))).toBe(id);
  });

  it('grows with time', () => {
    const clock = createTestClock();
    const newId = createNewId(clock);
    const first = newId();
    clock.advance(1);
    expect(newId() - first).toBe(128 * ID_STRIDE);
  });

  it('never repeats within one millisecond, however many are asked for', () => {
    const newId = createNewId(createTestClock());
    const ids = Array.from({ length: 5000 }, () => newId());
    expect(new Set(ids).size).toBe(5000);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  it('keeps a reserved block free of others', () => {
    const newId = createNewId(createTestClock());
    const first = newId(100);
    const block = Array.from({ length: 100 }, (_, at) => first + at * ID_STRIDE);
    expect(newId()).toBe((block.at(-1) ?? 0) + ID_STRIDE);
  });

  it('does not go back when the clock does', () => {
    const clock = createTestClock();
    const newId = createNewId(clock);
    const before = newId(10);
    clock.advance(-3_600_000);
    expect(newId()).toBe(before + 10 * ID_STRIDE);
    clock.advance(3_600_001);
    expect(newId()).toBeGreaterThan(before + 11 * ID_STRIDE);
  });

  it('goes on above what an earlier run has used, also with the clock set back', () => {
    const clock = createTestClock();
    const last = createNewId(clock)(50) + 49 * ID_STRIDE;
    const restarted = createNewId(createTestClock(clock.now() - 86_400_000), 0, last);
    expect(restarted()).toBeGreaterThan(last);
  });

  it('never meets another process', () => {
    const clock = createTestClock();
    const sources = Array.from({ length: ID_STRIDE }, (_, node) => createNewId(clock, node));
    const ids = sources.flatMap((newId) => [newId(), newId(3), newId()]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(sources.map((newId, node) => newId() % ID_STRIDE === node))).toEqual(new Set([true]));
  });

  it('goes on above another node’s last id', () => {
    const clock = createTestClock();
    const last = createNewId(clock, 9)(2) + ID_STRIDE;
    expect(createNewId(clock, 3, last)()).toBeGreaterThan(last);
  });
});

it('makes secrets of their length and letters, never the same twice', () => {
  expect(randomText(32)).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(randomLowerText(30)).toMatch(/^[a-z0-9]{30}$/);
  expect(randomHex(16)).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(Array.from({ length: 1000 }, () => randomText(12))).size).toBe(1000);
});
