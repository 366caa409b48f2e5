/** The page's own encryption, in Node: the vectors of the scheme, with the browser's cipher and with ours. */
import { createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';

const assets = new URL('../../../views/assets/', import.meta.url);
const { seal } = (await import(new URL('seal-cipher.js', assets).href)) as {
  seal(input: { content: string; password: string; ivSeed: string }): Promise<string>;
};
const { encryptAesCbc } = (await import(new URL('seal-aes.js', assets).href)) as {
  encryptAesCbc(bytes: Uint8Array, key: Uint8Array, iv: Uint8Array): Uint8Array;
};

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The scheme turned back, by Node's own means. */
function unseal(ciphertext: string, password: string, ivSeed: string): string {
  const half = (text: string) => createHash('md5').update(text).digest('hex').slice(0, 16);
  const decipher = createDecipheriv('aes-128-cbc', half(password), half(ivSeed));
  const inner = Buffer.concat([decipher.update(ciphertext, 'base64'), decipher.final()]);
  return Buffer.from(inner.toString('ascii'), 'base64').toString();
}

describe.each(['the browser’s cipher', 'our own cipher'])('with %s', (which) => {
  const useCipher = () => {
    if (which === 'our own cipher') {
      vi.stubGlobal('crypto', {});
    }
  };

  it.each([
    ['Hello', 'password', 'SCT1', 'dol13MSSvqbCuDZelwukIg=='],
    ['你好，Server酱', 'correct horse', 'SCT270927', 'zoEcIXudEUbW/Uz/uzVWVuxCQqdWWkSdUTBqUx1Vipc='],
  ])('seals the vector %s', async (content, password, ivSeed, ciphertext) => {
    useCipher();
    expect(await seal({ content, password, ivSeed })).toBe(ciphertext);
  });

  it.each(['', 'x', '🌸'.repeat(3), '字'.repeat(12), 'a"b\n\'c', '长文'.repeat(20_000)])(
    'seals a text that opens again',
    async (content) => {
      useCipher();
      const ciphertext = await seal({ content, password: '密码 🔑', ivSeed: 'SCT9' });
      expect(ciphertext).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
      expect(unseal(ciphertext, '密码 🔑', 'SCT9')).toBe(content);
    },
  );
});

it('encrypts bytes of every length as Node does', async () => {
  const { createCipheriv } = await import('node:crypto');
  for (let length = 0; length <= 48; length += 1) {
    const [bytes, key, iv] = [randomBytes(length), randomBytes(16), randomBytes(16)];
    const cipher = createCipheriv('aes-128-cbc', key, iv);
    const expected = Buffer.concat([cipher.update(bytes), cipher.final()]);
    expect(Buffer.from(encryptAesCbc(bytes, key, iv)).equals(expected)).toBe(true);
  }
});
