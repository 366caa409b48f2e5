/** Proves that a request to the WeCom app's server URL comes from WeCom: one signature, over what is encrypted. */
import type { ParsedUrlQuery } from 'node:querystring';
import { PushRefusal } from '#src/wechat/refusal.js';
import { checkTime, decryptPush, hasMessageSignature, textOf, type Verifier } from '#src/wechat/verify.js';

/**
 * The clear text of the encrypted echo that WeCom sends on saving the URL. The time is not looked at: the answer only
 * opens the asker's own text. Throws PushRefusal 401, or StrangePush for a text that is no UTF-8.
 */
export function openEcho(verifier: Verifier, query: ParsedUrlQuery): string {
  // A plus sign that somebody on the way did not encode; base64 has no blanks.
  const encrypted = textOf(query.echostr).replaceAll(' ', '+');
  if (!hasMessageSignature(verifier, query, encrypted)) {
    throw new PushRefusal(401, 'the message signature is wrong');
  }
  return decryptPush(verifier, encrypted).message;
}

/** Checks what can be checked before a body is read. Throws PushRefusal 401. */
export function checkMemberQuery(query: ParsedUrlQuery, nowMs: number): void {
  if (textOf(query.msg_signature) === '') {
    throw new PushRefusal(401, 'no message signature');
  }
  checkTime(query, nowMs);
}
