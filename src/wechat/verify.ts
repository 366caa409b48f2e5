/** Proves that a request to a server URL comes from the platform, and opens its body in all three push modes. */
import type { ParsedUrlQuery } from 'node:querystring';
import { BodyError, decodeUtf8 } from '#src/lib/body.js';
import {
  decodeAesKey,
  decryptMessage,
  MessageCryptoError,
  signatureOf,
  signaturesMatch,
} from '#src/lib/message-crypto.js';
import { type FieldForm, type Fields, readFields } from './fields.js';
import { PushRefusal, StrangePush } from './refusal.js';

/** What the account's settings say about the server URL. */
export interface DoorSettings {
  token: string;
  appId: string;
  /** 43 characters; null in plaintext mode. */
  aesKey: string | null;
  /** The key before the last change, still accepted. */
  previousAesKey: string | null;
}

/** The settings ready for use. */
export interface Verifier {
  token: string;
  /** Stands at the end of every encrypted message: an app id, or for WeCom the corp id. */
  appId: string;
  /** Empty: plaintext mode. The first is the current one. */
  aesKeys: readonly Buffer[];
}

/** A push that is proved and readable. */
export interface OpenedPush {
  fields: Fields;
  form: FieldForm;
  /** The key that opened it, and so the key of the answer; null for a plain push. */
  aesKey: Buffer | null;
  /** The nonce of the request, which an encrypted answer repeats. */
  nonce: string;
}

/** How far a timestamp may be behind the clock of this server, and how far ahead of it, in milliseconds. */
export interface PushWindow {
  pastMs: number;
  futureMs: number;
}

/**
 * How far a push's timestamp may be from now. The platform tries a push three times within 15 seconds, and clocks
 * differ; a recorded push is worth nothing after this.
 */
export const PUSH_WINDOW_MS = 10 * 60_000;
const SEALED_WINDOW: PushWindow = { pastMs: PUSH_WINDOW_MS, futureMs: PUSH_WINDOW_MS };
/** In plaintext mode a signature covers no body: no more time than a bad day of network and clocks needs. */
export const PLAIN_WINDOW: PushWindow = { pastMs: 5 * 60_000, futureMs: 2 * 60_000 };

/** Makes the settings ready. Throws RangeError for a key that is none. */
export function createVerifier({ token, appId, aesKey, previousAesKey }: DoorSettings): Verifier {
  const keys = aesKey === null ? [] : [aesKey, previousAesKey ?? aesKey];
  return { token, appId, aesKeys: [...new Set(keys)].map(decodeAesKey) };
}

/** Whether the bodies of pushes are signed by nothing. */
export function isPlain({ aesKeys }: Verifier): boolean {
  return aesKeys.length === 0;
}

/** The text to repeat in the check that WeChat does on saving the URL. Throws PushRefusal 401. */
export function readHandshake(verifier: Verifier, query: ParsedUrlQuery, nowMs: number): string {
  if (!hasSignature(verifier, query) || typeof query.echostr !== 'string') {
    throw new PushRefusal(401, 'the signature is wrong');
  }
  checkTime(query, nowMs, windowOf(verifier));
  return query.echostr;
}

/** Checks what can be checked before a body is read. Throws PushRefusal 401. */
export function checkQuery(verifier: Verifier, query: ParsedUrlQuery, nowMs: number): void {
  if (isPlain(verifier)) {
    if (!hasSignature(verifier, query)) {
      throw new PushRefusal(401, 'the signature is wrong');
    }
  } else if (query.encrypt_type !== 'aes' || textOf(query.msg_signature) === '') {
    // One seen signature would otherwise let anybody post forged plaintext: it does not cover the body.
    throw new PushRefusal(401, 'a plaintext push while a message key is set');
  }
  checkTime(query, nowMs, windowOf(verifier));
}

function windowOf(verifier: Verifier): PushWindow {
  return isPlain(verifier) ? PLAIN_WINDOW : SEALED_WINDOW;
}

/** Refuses a push of another time. Throws PushRefusal 401. */
export function checkTime(query: ParsedUrlQuery, nowMs: number, window = SEALED_WINDOW): void {
  const sentAtMs = /^\d{1,12}$/.test(textOf(query.timestamp)) ? Number(query.timestamp) * 1000 : Number.NaN;
  const lateMs = nowMs - sentAtMs;
  const isRecent = lateMs <= window.pastMs && -lateMs <= window.futureMs;
  if (!isRecent) {
    const far = Number.isNaN(lateMs) ? '' : `, by ${Math.round(lateMs / 1000)} s`;
    throw new PushRefusal(401, `the timestamp is too far from the clock of this server${far}`);
  }
}

/**
 * Reads the body of a push whose query passed. Throws PushRefusal 401 where it is not proved, 400 where it was tampered with,
 * StrangePush where it is proved and cannot be read.
 */
export async function openPush(verifier: Verifier, query: ParsedUrlQuery, body: Buffer): Promise<OpenedPush> {
  const nonce = textOf(query.nonce);
  if (isPlain(verifier)) {
    const opened = await readBytes(body);
    if (opened.fields.has('Encrypt') && !opened.fields.has('FromUserName')) {
      throw new StrangePush('an encrypted push, and no message key (EncodingAESKey) is set here');
    }
    return { ...opened, aesKey: null, nonce };
  }
  const outer = await readEnvelope(verifier, query, body);
  const encrypted = outer.fields.get('Encrypt') ?? '';
  if (!hasMessageSignature(verifier, query, encrypted)) {
    throw new PushRefusal(401, 'the message signature is wrong');
  }
  const { message, aesKey } = decryptPush(verifier, encrypted);
  const { fields } = await readFields(message);
  return { fields, form: outer.form, aesKey, nonce };
}

function readBytes(body: Buffer): ReturnType<typeof readFields> {
  try {
    return readFields(decodeUtf8(body));
  } catch (error) {
    throw error instanceof BodyError ? new StrangePush(`body: ${error.reason}`) : error;
  }
}

/** A stranger's unreadable envelope is a wrong signature, the platform's own a strange push. */
async function readEnvelope(verifier: Verifier, query: ParsedUrlQuery, body: Buffer) {
  try {
    return await readBytes(body);
  } catch (error) {
    throw hasSignature(verifier, query) ? error : new PushRefusal(401, 'an unreadable envelope');
  }
}

/** Whether `msg_signature` covers the encrypted text. */
export function hasMessageSignature({ token }: Verifier, query: ParsedUrlQuery, encrypted: string): boolean {
  const expected = signatureOf(token, textOf(query.timestamp), textOf(query.nonce), encrypted);
  return signaturesMatch(expected, textOf(query.msg_signature));
}

/** Opens what is signed, with the key that fits. Throws PushRefusal 401, or StrangePush for a text that is no UTF-8. */
export function decryptPush(verifier: Verifier, encrypted: string): { message: string; aesKey: Buffer } {
  for (const aesKey of verifier.aesKeys) {
    try {
      return { message: decryptMessage({ encrypted, receiverId: verifier.appId, aesKey }), aesKey };
    } catch (error) {
      if (!(error instanceof MessageCryptoError)) {
        throw error;
      }
      if (error.reason === 'utf8') {
        throw new StrangePush('the decrypted push is not UTF-8');
      }
    }
  }
  throw new PushRefusal(401, 'no message key and app id open the push');
}

/** Whether `signature` is right: it covers token, timestamp and nonce, and with them no body. WeCom sends none. */
export function hasSignature({ token }: Verifier, query: ParsedUrlQuery): boolean {
  const { timestamp, nonce, signature } = query;
  const isWhole = textOf(timestamp) !== '' && textOf(nonce) !== '';
  return isWhole && signaturesMatch(signatureOf(token, textOf(timestamp), textOf(nonce)), textOf(signature));
}

/** A repeated parameter counts as none. */
export function textOf(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}
