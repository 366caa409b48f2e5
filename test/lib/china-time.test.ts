/** Days as China counts them. */
import { expect, it } from 'vitest';
import { chinaDayStart, formatChinaTime, nextChinaMidnight, parseChinaTime } from '#src/lib/china-time.js';

const at = (text: string) => Date.parse(text);

it.each([
  ['2026-11-23T00:00:00.000+08:00', '2026-11-23T00:00:00+08:00', '2026-11-24T00:00:00+08:00'],
  ['2026-11-23T23:59:59.999+08:00', '2026-11-23T00:00:00+08:00', '2026-11-24T00:00:00+08:00'],
  ['2026-11-23T16:00:00.000Z', '2026-11-24T00:00:00+08:00', '2026-11-25T00:00:00+08:00'],
  ['2026-12-31T15:59:59.999Z', '2026-12-31T00:00:00+08:00', '2027-01-01T00:00:00+08:00'],
  ['2028-02-28T20:00:00.000Z', '2028-02-29T00:00:00+08:00', '2028-03-01T00:00:00+08:00'],
])('%s lies between the midnights %s and %s', (now, before, after) => {
  expect(chinaDayStart(at(now))).toBe(at(before));
  expect(nextChinaMidnight(at(now))).toBe(at(after));
});

it('has no summer time', () => {
  expect(nextChinaMidnight(at('2026-07-01T15:30:00Z')) - at('2026-07-01T15:30:00Z')).toBe(30 * 60_000);
});

it('writes times as people in China read them', () => {
  expect(formatChinaTime(new Date('2026-11-23T10:05:09.999Z'))).toBe('2026-11-23 18:05:09');
  expect(formatChinaTime(new Date('2026-12-31T16:00:00Z'))).toBe('2027-01-01 00:00:00');
});

it.each([
  ['2035-05-09 22:34:00', Date.UTC(2035, 4, 9, 14, 34)],
  [' 2035-05-09T22:34:00 ', Date.UTC(2035, 4, 9, 14, 34)],
  ['2999-12-31', Date.UTC(2999, 11, 30, 16)],
  ['2035-02-30', null],
  ['2035-05-09 24:00:00', null],
  ['2035-13-01', null],
  ['2035-05-09 22:34', null],
  ['', null],
])('reads %j as China time', (text, at) => {
  expect(parseChinaTime(text)?.getTime() ?? null).toBe(at);
});
