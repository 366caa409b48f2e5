/** Hashes against published vectors, and the comparison. */
import { expect, it } from 'vitest';
import { equalsInConstantTime, keyedHash, sha256Hex } from '#src/lib/hash.js';

it('gives the SHA-256 of FIPS 180-2 for abc', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('hashes the UTF-8 bytes of a text', () => {
  expect(sha256Hex('青鸟')).toBe('34ee72345b6437837ba71b97e211478fe44d6fd350892a35460495e0a6c420c4');
});

it('gives the HMAC-SHA-256 of RFC 4231 test case 2', () => {
  expect(keyedHash(Buffer.from('Jefe'), 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

it('depends on the key', () => {
  expect(keyedHash(Buffer.from('one'), 'text')).not.toBe(keyedHash(Buffer.from('two'), 'text'));
});

it.each([
  ['', '', true],
  ['token', 'token', true],
  ['token', 'tokeN', false],
  ['token', 'token ', false],
  ['', 'token', false],
  ['青', '青', true],
])('compares %j with %j', (a, b, same) => {
  expect(equalsInConstantTime(a, b)).toBe(same);
});
