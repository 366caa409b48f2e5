/** Encrypts short texts for storage, so that a copy of the database alone gives no secret away. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Seals and opens texts with one key. */
export interface SecretBox {
  /** Encrypts; the same text gives another result each time. The result is printable ASCII: `v1.` and base64url. */
  seal(plain: string): string;
  /** Decrypts what `seal` gave. Throws `SecretBoxError` when it was changed, cut, or sealed with another key. */
  open(sealed: string): string;
}

/** A sealed text could not be opened. The message holds neither the text nor the key. */
export class SecretBoxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretBoxError';
  }
}

/** The version says which cipher and layout follow, so that both can change without touching stored rows. */
const PREFIX = 'v1.';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes a box that uses AES-256-GCM with a random 96-bit nonce a text (NIST SP 800-38D asks for fewer than 2^32 of those
 * under one key, far above what one server ever stores).
 * @param key 32 bytes; any other length throws a RangeError
 */
export function createSecretBox(key: Buffer): SecretBox {
  if (key.length !== KEY_BYTES) {
    throw new RangeError(`a secret box needs a key of ${KEY_BYTES} bytes, got ${key.length}`);
  }
  const kept = Buffer.from(key);
  return { seal: (plain) => seal(kept, plain), open: (sealed) => open(kept, sealed) };
}

function seal(key: Buffer, plain: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(PREFIX));
  const parts = [nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return PREFIX + Buffer.concat(parts).toString('base64url');
}

function open(key: Buffer, sealed: string): string {
  if (!sealed.startsWith(PREFIX)) {
    throw new SecretBoxError('the sealed text has an unknown version');
  }
  const encoded = sealed.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, 'base64url');
  // Node skips characters that are not base64: only the exact spelling that seal wrote is accepted.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== encoded) {
    throw new SecretBoxError('the sealed text is damaged');
  }
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(PREFIX));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    throw new SecretBoxError('the sealed text was changed, or sealed with another key');
  }
  return plain.toString('utf8');
}
