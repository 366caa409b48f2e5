/** Short codes: ids written as 32 hex digits that nobody can guess or count on from, and that need no table. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/** What a code names. A code of one purpose is nothing under another. */
export type ShortCodePurpose = 'message' | 'friend';

/** The verbs of short codes. */
export type ShortCodes = ReturnType<typeof createShortCodes>;

/** One block holds an id and eight zero bytes: a guess opens to them once in 2^64 times. */
const BLOCK_BYTES = 16;
const ID_BYTES = 8;

/** Makes the verbs of short codes. The keys are derived from the server's hash key, one for each purpose. */
export function createShortCodes(hashKey: Buffer) {
  const keys: Record<ShortCodePurpose, Buffer> = { message: keyOf('message'), friend: keyOf('friend') };

  function keyOf(purpose: ShortCodePurpose): Buffer {
    return createHmac('sha256', hashKey).update(`short-code:${purpose}`).digest().subarray(0, BLOCK_BYTES);
  }

  /** The code of an id, 32 lower-case hex digits; always the same one. */
  function encode(purpose: ShortCodePurpose, id: number): string {
    const block = Buffer.alloc(BLOCK_BYTES);
    block.writeBigUInt64BE(BigInt(id));
    const cipher = createCipheriv('aes-128-ecb', keys[purpose], null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]).toString('hex');
  }

  /** The id that a code names, or null when this server never wrote it for this purpose. */
  function decode(purpose: ShortCodePurpose, code: string): number | null {
    if (!/^[0-9a-f]{32}$/i.test(code)) {
      return null;
    }
    const decipher = createDecipheriv('aes-128-ecb', keys[purpose], null).setAutoPadding(false);
    const block = Buffer.concat([decipher.update(Buffer.from(code, 'hex')), decipher.final()]);
    const id = Number(block.readBigUInt64BE());
    return block.readBigUInt64BE(ID_BYTES) === 0n && Number.isSafeInteger(id) && id > 0 ? id : null;
  }

  return { encode, decode };
}
