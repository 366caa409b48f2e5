/** Hashes of short texts: plain, keyed for look-ups, and a comparison that does not tell by its time. */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of the text's UTF-8 bytes, 64 lower-case hex digits. */
export function sha256Hex(text: string): string {
  return hash('sha256', text);
}

/**
 * HMAC-SHA-256 of the text's UTF-8 bytes, 64 lower-case hex digits. Use it to look up a secret that is itself stored
 * encrypted or not at all: without the key nobody can test guesses against the database.
 */
export function keyedHash(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text, 'utf8').digest('hex');
}

/**
 * Whether two texts are equal, in a time that depends neither on where they differ nor on the length of the expected one.
 */
export function equalsInConstantTime(a: string, b: string): boolean {
  // Digests have one length, which timingSafeEqual needs; equal SHA-256 digests mean equal texts.
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
