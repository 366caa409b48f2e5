/** The server's one secret key: given, or made once and kept in a file that only its owner reads. */
import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY_BYTES = 32;

/** Reads `secret.key` of a folder, or makes it (mode 0600). Throws when the file holds no key. */
export function loadSecretKey(folder: string): Buffer {
  const path = join(folder, 'secret.key');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== KEY_BYTES) {
    throw new Error(`${path} does not hold a key of ${KEY_BYTES} bytes in base64`);
  }
  return key;
}

/** A key of its own for one purpose, so that a leak of one says nothing of the others. */
export function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, 'qingniao', purpose, KEY_BYTES));
}
