/** Writes passive replies, encrypted when the push was. */
import { takeBytes } from '#src/lib/byte-cut.js';
import { encryptMessage, signatureOf } from '#src/lib/message-crypto.js';
import { stripControls } from '#src/lib/text.js';
import { writeFields } from './fields.js';
import type { Push } from './push.js';
import type { OpenedPush, Verifier } from './verify.js';

/** WeChat keeps the text of a reply, passive or by customer service, under this many bytes. */
export const MAX_REPLY_BYTES = 2_048;

/** What a reply is written with. */
export interface ReplyInput {
  verifier: Verifier;
  opened: OpenedPush;
  push: Push;
  text: string;
  nowMs: number;
}

/** The body that shows `text` to the sender of a push. */
export function writeReply({ verifier, opened, push, text, nowMs }: ReplyInput): string {
  const timestamp = Math.floor(nowMs / 1000);
  const message = writeFields(opened.form, {
    ToUserName: push.from,
    FromUserName: push.to,
    CreateTime: timestamp,
    MsgType: 'text',
    Content: text,
  });
  return opened.aesKey === null
    ? message
    : sealReply({ verifier, opened, aesKey: opened.aesKey, message, timestamp });
}

/** What an encrypted reply is made of. */
export interface SealInput {
  verifier: Verifier;
  opened: Pick<OpenedPush, 'form' | 'nonce'>;
  aesKey: Buffer;
  message: string;
  /** Seconds. */
  timestamp: number;
  /** 16 bytes; fresh ones unless a test fixes them. */
  random?: Buffer;
}

/** Encrypts and signs a reply: the nonce is the push's, the timestamp our own. */
export function sealReply({ verifier, opened, aesKey, message, timestamp, random }: SealInput): string {
  const encrypted = encryptMessage({ message, receiverId: verifier.appId, aesKey, random });
  return writeFields(opened.form, {
    Encrypt: encrypted,
    MsgSignature: signatureOf(verifier.token, String(timestamp), opened.nonce, encrypted),
    TimeStamp: timestamp,
    Nonce: opened.nonce,
  });
}

/** The text without control characters, and its start only where it is too long for a reply. */
export function fitReply(text: string): string {
  return takeBytes(stripControls(text), MAX_REPLY_BYTES);
}
