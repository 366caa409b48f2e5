/** Sealed texts open again, and only unchanged and with the right key. */
import { describe, expect, it } from 'vitest';
import { createSecretBox, SecretBoxError } from '#src/lib/secret-box.js';

const box = createSecretBox(Buffer.alloc(32, 7));

describe('secret box', () => {
  it.each(['', 'simsecret', '密钥 🔑', 'x'.repeat(10_000)])('opens what it sealed', (plain) => {
    expect(box.open(box.seal(plain))).toBe(plain);
  });

  it('seals the same text differently each time, under a version', () => {
    const [first, second] = [box.seal('same'), box.seal('same')];
    expect(first).not.toBe(second);
    expect(first).toMatch(/^v1\.[A-Za-z0-9_-]+$/);
  });

  it('does not contain the text', () => {
    expect(Buffer.from(box.seal('plainly').slice(3), 'base64url').includes('plainly')).toBe(false);
  });

  it('refuses a change in any byte', () => {
    const bytes = Buffer.from(box.seal('abc').slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => box.open(`v1.${changed.toString('base64url')}`), `byte ${at}`).toThrow(SecretBoxError);
    }
  });

  it.each(['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'plain text', 'v1.!!!!'])('refuses %j', (sealed) => {
    expect(() => box.open(sealed)).toThrow(SecretBoxError);
  });

  it('refuses extra characters that a lenient decoder would skip', () => {
    expect(() => box.open(`${box.seal('abc')} `)).toThrow(SecretBoxError);
  });

  it('refuses what another key sealed', () => {
    expect(() => createSecretBox(Buffer.alloc(32, 8)).open(box.seal('abc'))).toThrow(SecretBoxError);
  });

  it('refuses a key of a wrong length', () => {
    expect(() => createSecretBox(Buffer.alloc(16))).toThrow(RangeError);
  });

  it('is not changed when the caller wipes the key buffer', () => {
    const key = Buffer.alloc(32, 9);
    const kept = createSecretBox(key);
    const sealed = kept.seal('abc');
    key.fill(0);
    expect(kept.open(sealed)).toBe('abc');
  });
});
