/** Phrases of English that name a time, as clocks in China show it. */
import { expect, it } from 'vitest';
import { readPhrase } from '#src/dialects/ntfy/phrases.js';
import { formatChinaTime } from '#src/lib/china-time.js';

/** A Monday; in London it is still Sunday. */
const NOW = Date.parse('2026-06-01T06:20:00+08:00');

it.each([
  ['8am', '2026-06-01 08:00:00'],
  ['8:30pm', '2026-06-01 20:30:00'],
  ['12am', '2026-06-01 00:00:00'],
  ['12:05 PM', '2026-06-01 12:05:00'],
  ['at 20:15', '2026-06-01 20:15:00'],
  ['today 9am', '2026-06-01 09:00:00'],
  ['tomorrow', '2026-06-02 06:20:00'],
  ['tomorrow, 10am', '2026-06-02 10:00:00'],
  ['Tomorrow at 3 pm', '2026-06-02 15:00:00'],
  ['Tuesday, 7am', '2026-06-02 07:00:00'],
  ['wed 18:00', '2026-06-03 18:00:00'],
  ['Monday, 7am', '2026-06-01 07:00:00'],
  ['Monday, 6am', '2026-06-08 06:00:00'],
  ['sunday', '2026-06-07 06:20:00'],
])('%s is %s', (phrase, time) => {
  expect(formatChinaTime(new Date(readPhrase(phrase, NOW) ?? 0))).toBe(time);
});

it.each([
  '',
  '8',
  'at',
  '13pm',
  '0am',
  '24:00',
  '8:60am',
  '8:5am',
  'tomorrow 8',
  'tomorrows',
  'someday, 8am',
  'mon8am',
  'to',
])('%j is none', (phrase) => {
  expect(readPhrase(phrase, NOW)).toBeNull();
});
