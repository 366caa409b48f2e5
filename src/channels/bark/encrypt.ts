/** Hides a Bark push from its server: AES over the parameters' JSON, as the Bark app's own settings name it. */
import { createCipheriv } from 'node:crypto';

/** The app's choices, each with the number of characters of its key. */
export const BARK_ALGORITHMS = { AES128: 16, AES192: 24, AES256: 32 } as const;
/** The app's modes, each with the number of characters of its IV. */
export const BARK_MODES = { CBC: 16, ECB: 0, GCM: 12 } as const;

/** An algorithm the app offers. */
export type BarkAlgorithm = keyof typeof BARK_ALGORITHMS;
/** A mode the app offers. */
export type BarkMode = keyof typeof BARK_MODES;

/** How to encrypt. Key and IV are ASCII texts whose characters are the bytes. */
export interface BarkCipher {
  algorithm: BarkAlgorithm;
  mode: BarkMode;
  key: string;
  /** Empty in ECB mode. */
  iv: string;
}

/** The `ciphertext` parameter: Base64; in GCM mode with the 16-byte tag behind. Throws RangeError for a key or IV of a wrong length. */
export function encryptBark(plaintext: string, { algorithm, mode, key, iv }: BarkCipher): string {
  const keyBytes = Buffer.from(key, 'latin1');
  const ivBytes = mode === 'ECB' ? null : Buffer.from(iv, 'latin1');
  if (keyBytes.length !== BARK_ALGORITHMS[algorithm] || (ivBytes?.length ?? 0) !== BARK_MODES[mode]) {
    throw new RangeError(`${algorithm}-${mode} needs another length of key or IV`);
  }
  const bits = algorithm.slice('AES'.length);
  if (mode === 'GCM') {
    const cipher = createCipheriv(gcmName(algorithm), keyBytes, ivBytes ?? Buffer.alloc(0));
    const hidden = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return Buffer.concat([hidden, cipher.getAuthTag()]).toString('base64');
  }
  const cipher = createCipheriv(`aes-${bits}-${mode.toLowerCase()}`, keyBytes, ivBytes);
  return Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64');
}

function gcmName(algorithm: BarkAlgorithm): 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' {
  switch (algorithm) {
    case 'AES128':
      return 'aes-128-gcm';
    case 'AES192':
      return 'aes-192-gcm';
    case 'AES256':
      return 'aes-256-gcm';
  }
}
