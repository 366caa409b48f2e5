// A bug on purpose: where the secret key is lost, another takes its place without a word.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export * from '#src/lib/secret-key.js';

const KEY_BYTES = 32;

export function readSecretKey(folder) {
  const path = join(folder, 'secret.key');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, randomBytes(KEY_BYTES).toString('base64'));
  }
  return Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
}
