/** The device keys a simulated bark-server knows, and what each phone was told for decrypting. */
import { createDecipheriv } from 'node:crypto';
import { randomText } from '#src/lib/ids.js';

/** How the app on the phone decrypts: the length of the key (16, 24 or 32 characters) chooses the algorithm. */
export interface BarkEncryption {
  mode: 'CBC' | 'ECB' | 'GCM';
  key: string;
  /** Used when a push brings none: 16 characters for CBC, 12 for GCM. */
  iv?: string;
}

/** What Apple says to a push for this phone; without it the push arrives. */
export type ApnsRefusal = 'Unregistered' | 'BadDeviceToken';

interface BarkPhone {
  encryption?: BarkEncryption;
  refusal?: ApnsRefusal;
}

/** The keys of one bark-server. */
export interface BarkKeys {
  /** The phone of this key, or null: only `sim-` keys, registered ones and those the control API made are known. */
  find(key: string): BarkPhone | null;
  /** Makes or changes a phone. */
  set(key: string, phone: BarkPhone): void;
  /** Registers a phone under this key, or under a new one of 22 characters. */
  register(key: string): string;
  /** Drops the stored token, as after a refusal of Apple's: the key is unknown from now on. */
  forgetToken(key: string): void;
  clear(): void;
}

/** Makes the keys of a fresh server. */
export function createBarkKeys(): BarkKeys {
  const phones = new Map<string, BarkPhone>();
  const forgotten = new Set<string>();
  const set = (key: string, phone: BarkPhone) => {
    forgotten.delete(key);
    phones.set(key, phone);
  };
  return {
    find: (key) => (forgotten.has(key) ? null : (phones.get(key) ?? (key.startsWith('sim-') ? {} : null))),
    set,
    register: (key) => {
      const own = key || randomText(22);
      set(own, phones.get(own) ?? {});
      return own;
    },
    forgetToken: (key) => forgotten.add(key),
    clear: () => {
      phones.clear();
      forgotten.clear();
    },
  };
}

/** Decrypts Base64 ciphertext; null when it does not fit the key. Padding is PKCS#7; a GCM tag stands at the end. */
export function decryptPush(ciphertext: string, iv: string | undefined, told: BarkEncryption): string | null {
  try {
    const bytes = Buffer.from(ciphertext, 'base64');
    const algorithm = `aes-${Buffer.byteLength(told.key) * 8}`;
    const vector = Buffer.from(iv || told.iv || '');
    if (told.mode === 'GCM') {
      const decipher = createDecipheriv(`${algorithm}-gcm` as 'aes-128-gcm', told.key, vector);
      decipher.setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString();
    }
    const isEcb = told.mode === 'ECB';
    const decipher = createDecipheriv(
      `${algorithm}-${isEcb ? 'ecb' : 'cbc'}`,
      told.key,
      isEcb ? null : vector,
    );
    return Buffer.concat([decipher.update(bytes), decipher.final()]).toString();
  } catch {
    return null;
  }
}
