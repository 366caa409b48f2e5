/** Short codes: ids written as 32 hex digits that nobody can guess or count on from, and that need no table. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { KeyRing } from '#src/lib/key-ring.js';

/** What a code names. A code of one purpose is nothing under another. */
export type ShortCodePurpose = 'message' | 'friend';

/** The verbs of short codes. */
export type ShortCodes = ReturnType<typeof createShortCodes>;

/** One block holds an id and eight zero bytes: a guess opens to them once in 2^64 times. */
const BLOCK_BYTES = 16;
const ID_BYTES = 8;

/** Makes the verbs of short codes. The keys are derived from the server's, one for each purpose. */
export function createShortCodes(ring: Pick<KeyRing, 'keysFor'>) {
  const derived = new Map<string, Buffer>();

  /** The first makes codes, all of them read some. */
  function keysOf(purpose: ShortCodePurpose): readonly Buffer[] {
    return ring.keysFor('hash').map((key) => {
      const name = `${purpose}:${key.toString('base64')}`;
      const known = derived.get(name) ?? deriveCodeKey(key, purpose);
      derived.set(name, known);
      return known;
    });
  }

  /** The code of an id, 32 lower-case hex digits; always the same one. */
  function encode(purpose: ShortCodePurpose, id: number): string {
    const block = Buffer.alloc(BLOCK_BYTES);
    block.writeBigUInt64BE(BigInt(id));
    const [key = Buffer.alloc(0)] = keysOf(purpose);
    const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]).toString('hex');
  }

  /** The id that a code names, or null when this server never wrote it for this purpose. */
  function decode(purpose: ShortCodePurpose, code: string): number | null {
    if (!/^[0-9a-f]{32}$/i.test(code)) {
      return null;
    }
    const ids = keysOf(purpose).map((key) => decipherId(key, code));
    return ids.find((id) => id !== null) ?? null;
  }

  return { encode, decode };
}

function deriveCodeKey(key: Buffer, purpose: ShortCodePurpose): Buffer {
  return createHmac('sha256', key).update(`short-code:${purpose}`).digest().subarray(0, BLOCK_BYTES);
}

function decipherId(key: Buffer, code: string): number | null {
  const decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  const block = Buffer.concat([decipher.update(Buffer.from(code, 'hex')), decipher.final()]);
  const id = Number(block.readBigUInt64BE());
  return block.readBigUInt64BE(ID_BYTES) === 0n && Number.isSafeInteger(id) && id > 0 ? id : null;
}
