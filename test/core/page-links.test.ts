/** Addresses of message pages: made here, read here, and not to be guessed. */
import { expect, it } from 'vitest';
import { createPageLinks } from '#src/core/page-links.js';
import { createKeyRing } from '#src/lib/key-ring.js';

const links = createPageLinks(createKeyRing(Buffer.alloc(32, 1)), 'https://push.example/sub');
const keyOf = (id: number) => links.urlOf(id).split('/m/')[1] ?? '';

it.each([16, 489_200_025_600_080, Number.MAX_SAFE_INTEGER])('finds %i again in its address', (id) => {
  expect(links.urlOf(id)).toMatch(/^https:\/\/push\.example\/sub\/m\/[0-9a-z]+-[0-9a-f]{24}$/);
  expect(links.readKey(keyOf(id))).toBe(id);
});

it('gives the same message the same address, and each its own', () => {
  expect(links.urlOf(16)).toBe(links.urlOf(16));
  expect(links.urlOf(16).split('-')[1]).not.toBe(links.urlOf(32).split('-')[1]);
});

it('knows no key of another server', () => {
  const other = createPageLinks(createKeyRing(Buffer.alloc(32, 2)), 'https://push.example/sub');
  expect(other.readKey(keyOf(16))).toBeNull();
});

it.each([
  ['nothing', ''],
  ['an id alone', 'g'],
  ['an id without its hash', 'g-'],
  ['a hash alone', '-0123456789abcdef01234567'],
  ['another’s hash', `h-${keyOf(16).split('-')[1]}`],
  ['a shorter hash', keyOf(16).slice(0, -1)],
  ['a longer hash', `${keyOf(16)}0`],
  ['capital letters', keyOf(16).toUpperCase()],
  ['a leading zero', `0${keyOf(16)}`],
  ['an id that is too long', `${'z'.repeat(12)}-${'0'.repeat(24)}`],
  ['a path', '../../etc/passwd'],
  ['a number form', `1e3-${keyOf(16).split('-')[1]}`],
])('refuses %s', (_, key) => {
  expect(links.readKey(key)).toBeNull();
});
