/** The server's one secret key: given, or made once and kept in a file that only its owner reads. */
import { hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { keyedHash } from './hash.js';

const KEY_BYTES = 32;

/** Where a folder's key is kept. */
export function keyPathOf(folder: string): string {
  return join(folder, 'secret.key');
}

/** Where the key before it is kept, while keys are exchanged. */
export function previousKeyPathOf(folder: string): string {
  return `${keyPathOf(folder)}.previous`;
}

/** Reads `secret.key` of a folder; null where there is none, or an empty file, which holds none either. Throws when it holds something else. */
export function readSecretKey(folder: string): Buffer | null {
  return readKeyFile(keyPathOf(folder));
}

/** Reads `secret.key.previous` in the same way. */
export function readPreviousKey(folder: string): Buffer | null {
  return readKeyFile(previousKeyPathOf(folder));
}

function readKeyFile(path: string): Buffer | null {
  const text = existsSync(path) ? readText(path).trim() : '';
  if (text === '') {
    return null;
  }
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) {
    throw new Error(
      `${path} 里不是 32 字节的 base64 密钥，请放回原来的文件 ${path} does not hold a key of ${KEY_BYTES} bytes in base64: put the right file back`,
    );
  }
  return key;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new Error(
      `${path} 读不了（${code}）：它应是文件，归运行服务的用户所有（chown） cannot be read (${code}): it has to be a file of the user that runs the server (chown)`,
    );
  }
}

/** Makes a folder's key (mode 0600): the whole file or none, whenever the process ends. */
export function makeSecretKey(folder: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  writeWhole(keyPathOf(folder), `${key.toString('base64')}\n`);
  return key;
}

/** Keeps a folder's key as the one before, and makes a new one in its place. Whenever the process ends, both that count can be read. */
export function replaceSecretKey(folder: string, present: Buffer): Buffer {
  writeWhole(previousKeyPathOf(folder), `${present.toString('base64')}\n`);
  return makeSecretKey(folder);
}

/** Puts a small file in place that is on the disk before it has its name. */
export function writeWhole(path: string, text: string): void {
  const partial = `${path}.new`;
  const file = openSync(partial, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(partial, path);
}

/** A key of its own for one purpose, so that a leak of one says nothing of the others. */
export function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, 'qingniao', purpose, KEY_BYTES));
}

/** What tells later whether a key is still the same, without saying anything of it. */
export function keyMarkOf(key: Buffer): string {
  return keyedHash(deriveKey(key, 'hash'), 'backup:key-mark');
}
