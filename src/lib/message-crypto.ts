/** Tencent's callback signature and message encryption, as official accounts and WeCom apps use them. */
import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Tencent pads to 32 bytes, twice the AES block, so the cipher's own padding is always off. */
const PAD_BLOCK_BYTES = 32;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;
const KEY_CHARACTERS = /^[A-Za-z0-9+/]{43}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** What made an encrypted message unreadable. */
export type MessageCryptoReason = 'base64' | 'length' | 'padding' | 'receiver' | 'utf8';

/** An encrypted message that this key and receiver cannot read. Says which check failed, never what was inside. */
export class MessageCryptoError extends Error {
  override readonly name = 'MessageCryptoError';
  constructor(readonly reason: MessageCryptoReason) {
    super(`The encrypted message failed its ${reason} check.`);
  }
}

/**
 * Hex SHA-1 of the parts sorted byte by byte and concatenated: `signature` over token, timestamp, nonce;
 * `msg_signature` over the same and the text of Encrypt.
 */
export function signatureOf(...parts: string[]): string {
  return createHash('sha1')
    .update([...parts].sort().join(''))
    .digest('hex');
}

/** Compares two signatures in constant time. False when `given` is absent or of another length. */
export function signaturesMatch(expected: string, given: string | undefined): boolean {
  const want = Buffer.from(expected);
  const got = Buffer.from(given ?? '');
  return want.length === got.length && want.length > 0 && timingSafeEqual(want, got);
}

/**
 * Decodes an EncodingAESKey: 43 base64 characters, of which the last carries 4 bits only, give 32 bytes.
 * @throws RangeError for anything else
 */
export function decodeAesKey(encodingAesKey: string): Buffer {
  if (!KEY_CHARACTERS.test(encodingAesKey)) {
    throw new RangeError('An EncodingAESKey has exactly 43 characters of A-Z, a-z, 0-9, + and /.');
  }
  return Buffer.from(`${encodingAesKey}=`, 'base64');
}

/** What goes into an encrypted message. */
export interface EncryptInput {
  /** The text to hide, usually XML; or bytes. */
  message: string | Buffer;
  /** The app id or corp id that the reader checks. */
  receiverId: string;
  /** 32 bytes from `decodeAesKey`. */
  aesKey: Buffer;
  /** 16 bytes; fresh ones unless a test fixes them. */
  random?: Buffer;
}

/** Encrypts to base64: 16 random bytes, the message's byte count, the message, the receiver id, padding. */
export function encryptMessage({ message, receiverId, aesKey, random }: EncryptInput): string {
  const body = typeof message === 'string' ? Buffer.from(message) : message;
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  const plain = Buffer.concat([random ?? randomBytes(RANDOM_BYTES), length, body, Buffer.from(receiverId)]);
  const padBytes = PAD_BLOCK_BYTES - (plain.length % PAD_BLOCK_BYTES);
  const cipher = createCipheriv('aes-256-cbc', aesKey, aesKey.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([plain, Buffer.alloc(padBytes, padBytes)]);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
}

/** What is needed to read an encrypted message. */
export interface DecryptInput {
  /** The text of Encrypt. */
  encrypted: string;
  /** The id that must stand at the end of the plaintext. */
  receiverId: string;
  /** 32 bytes from `decodeAesKey`. */
  aesKey: Buffer;
}

/**
 * Decrypts and checks padding, length and receiver. Verify the message signature first.
 * @throws MessageCryptoError when any check fails, a wrong key included
 */
export function decryptMessage({ encrypted, receiverId, aesKey }: DecryptInput): string {
  const plain = removePadding(decryptBlocks(encrypted, aesKey));
  const start = RANDOM_BYTES + LENGTH_BYTES;
  if (plain.length < start) {
    throw new MessageCryptoError('length');
  }
  const end = start + plain.readUInt32BE(RANDOM_BYTES);
  if (end > plain.length) {
    throw new MessageCryptoError('length');
  }
  if (!plain.subarray(end).equals(Buffer.from(receiverId))) {
    throw new MessageCryptoError('receiver');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain.subarray(start, end));
  } catch {
    throw new MessageCryptoError('utf8');
  }
}

function decryptBlocks(encrypted: string, aesKey: Buffer): Buffer {
  if (!BASE64.test(encrypted)) {
    throw new MessageCryptoError('base64');
  }
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length === 0 || bytes.length % PAD_BLOCK_BYTES !== 0) {
    throw new MessageCryptoError('length');
  }
  const decipher = createDecipheriv('aes-256-cbc', aesKey, aesKey.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}

function removePadding(padded: Buffer): Buffer {
  const padBytes = padded.at(-1) ?? 0;
  const pad = padded.subarray(padded.length - padBytes);
  if (padBytes < 1 || padBytes > PAD_BLOCK_BYTES || !pad.every((byte) => byte === padBytes)) {
    throw new MessageCryptoError('padding');
  }
  return padded.subarray(0, padded.length - padBytes);
}
