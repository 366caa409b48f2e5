/** Feishu's signature of a robot call: fields of the body, unlike DingTalk's, and in seconds. */
import { createHmac } from 'node:crypto';

/**
 * The `timestamp` and `sign` fields for a call at `now` (milliseconds since the epoch); Feishu takes them for an hour. The
 * empty text under the key `timestamp\nsecret`, HMAC-SHA-256, Base64.
 */
export function signForFeishu(secret: string, now: number): { timestamp: string; sign: string } {
  const timestamp = String(Math.floor(now / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64') };
}
