/** The page's own decryption, in Node: the vectors of the scheme, with the browser's cipher and with ours. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';

interface Cipher {
  unseal(sealed: { ciphertext: string; password: string; ivSeed: string }): Promise<string>;
}
const assets = new URL('../../../views/assets/', import.meta.url);
const { unseal } = (await import(new URL('message-cipher.js', assets).href)) as Cipher;
const { md5Hex } = (await import(new URL('message-md5.js', assets).href)) as { md5Hex(text: string): string };

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The scheme, by Node's own means. */
function seal(content: string, password: string, ivSeed: string): string {
  const half = (text: string) => createHash('md5').update(text).digest('hex').slice(0, 16);
  const cipher = createCipheriv('aes-128-cbc', half(password), half(ivSeed));
  const base64 = Buffer.from(content).toString('base64');
  return Buffer.concat([cipher.update(base64), cipher.final()]).toString('base64');
}

const VECTORS = [
  ['Hello', 'password', 'SCT1', 'dol13MSSvqbCuDZelwukIg=='],
  ['你好，Server酱', 'correct horse', 'SCT270927', 'zoEcIXudEUbW/Uz/uzVWVuxCQqdWWkSdUTBqUx1Vipc='],
] as const;

describe.each(['the browser’s cipher', 'our own cipher'])('with %s', (which) => {
  const useCipher = () => {
    if (which === 'our own cipher') {
      vi.stubGlobal('crypto', {});
    }
  };

  it.each(VECTORS)('opens the vector %s', async (content, password, ivSeed, ciphertext) => {
    useCipher();
    expect(seal(content, password, ivSeed)).toBe(ciphertext);
    expect(await unseal({ ciphertext, password, ivSeed })).toBe(content);
  });

  it.each([0, 1, 11, 12, 13, 1000, 20_000])('opens %i characters', async (length) => {
    useCipher();
    const content = length === 0 ? 'x' : '字a'.repeat(length).slice(0, length);
    const ciphertext = seal(content, '密码', 'SCT9');
    expect(await unseal({ ciphertext, password: '密码', ivSeed: 'SCT9' })).toBe(content);
  });

  it.each([
    ['a wrong password', { password: 'Password' }],
    ['another account', { ivSeed: 'SCT2' }],
    ['a plus that became a blank', { ciphertext: 'dol13MSSvqbC DZelwukIg==' }],
    ['half a block', { ciphertext: 'dol13MSSvqY=' }],
    ['no Base64', { ciphertext: '<script>' }],
    ['nothing', { ciphertext: '' }],
  ])('does not open with %s', async (_, changed) => {
    useCipher();
    const sealed = {
      ciphertext: 'dol13MSSvqbCuDZelwukIg==',
      password: 'password',
      ivSeed: 'SCT1',
      ...changed,
    };
    await expect(unseal(sealed)).rejects.toThrow();
  });
});

it('digests as MD5 does, at every length around a block', () => {
  for (let length = 0; length < 200; length += 1) {
    const text = randomBytes(length).toString('latin1');
    expect(md5Hex(text)).toBe(createHash('md5').update(text, 'utf8').digest('hex'));
  }
});
