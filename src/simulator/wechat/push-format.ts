/** Writes a push in the account's mode: query, signatures, XML. */
import { randomInt } from 'node:crypto';
import { encryptMessage, signatureOf } from '#src/lib/message-crypto.js';
import type { XmlFields } from '#src/lib/xml.js';
import type { Settings } from '../options.js';
import type { Wire } from '../push-exchange.js';
import { writePushXml } from '../push-xml.js';
import { sealBeside, sealRaw, wireOf } from '../raw-push.js';

/** The account's own id, the ToUserName of every push. */
export const ACCOUNT_ID = 'gh_sim000000001';

/** A push ready to send. */
export interface FormattedPush {
  /** To be joined to the server URL. */
  query: string;
  body: string;
}

/** The common first fields of a push. */
export function pushFields(openid: string, createdAtMs: number, own: XmlFields): XmlFields {
  return {
    ToUserName: ACCOUNT_ID,
    FromUserName: openid,
    CreateTime: Math.floor(createdAtMs / 1000),
    ...own,
  };
}

/** Signs and, by the mode, encrypts. `nowMs` gives the fresh timestamp. */
export function formatPush(settings: Settings, { fields, openid, nowMs }: PushInput): FormattedPush {
  const { token, mode, aesKey, appId } = settings;
  const { timestamp, nonce, signature } = signNow(token, nowMs);
  const query = `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&openid=${openid}`;
  const message = writePushXml(fields);
  if (mode === 'plain') {
    return { query, body: message };
  }
  const encrypted = encryptMessage({ message, receiverId: appId, aesKey });
  const messageSignature = signatureOf(token, timestamp, nonce, encrypted);
  const visible = mode === 'compatible' ? fields : { ToUserName: ACCOUNT_ID };
  return {
    query: `${query}&encrypt_type=aes&msg_signature=${messageSignature}`,
    body: writePushXml({ ...visible, Encrypt: encrypted }),
  };
}

/** Signs and, by the mode, encrypts a body that somebody wrote. */
export function formatRawPush(settings: Settings, body: Buffer, nowMs: number): Wire {
  const { token, mode, aesKey, appId } = settings;
  const { timestamp, nonce, signature } = signNow(token, nowMs);
  const query = `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}`;
  if (mode === 'plain') {
    return wireOf(query, body);
  }
  const encrypted = encryptMessage({ message: body, receiverId: appId, aesKey });
  const sealed = mode === 'compatible' ? sealBeside : sealRaw;
  return wireOf(
    `${query}&encrypt_type=aes&msg_signature=${signatureOf(token, timestamp, nonce, encrypted)}`,
    sealed(body, encrypted, { ToUserName: ACCOUNT_ID }),
  );
}

/** The query of the check that WeChat does when the server URL is saved. */
export function formatVerification(settings: Settings, echo: string, nowMs: number): string {
  const { timestamp, nonce, signature } = signNow(settings.token, nowMs);
  return `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&echostr=${echo}`;
}

/** What `formatPush` needs besides the settings. */
export interface PushInput {
  fields: XmlFields;
  openid: string;
  nowMs: number;
}

function signNow(token: string, nowMs: number): { timestamp: string; nonce: string; signature: string } {
  const timestamp = String(Math.floor(nowMs / 1000));
  const nonce = String(randomInt(100_000_000, 2_000_000_000));
  return { timestamp, nonce, signature: signatureOf(token, timestamp, nonce) };
}
