/** DingTalk's signature of a robot call: proves the secret and the time, not the message. */
import { createHmac } from 'node:crypto';

/**
 * The `timestamp` and `sign` parameters for a call at `now` (milliseconds since the epoch); DingTalk takes them for an
 * hour. The text `timestamp\nsecret` under the key `secret`, HMAC-SHA-256, Base64.
 */
export function signForDingtalk(secret: string, now: number): { timestamp: string; sign: string } {
  const timestamp = String(now);
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`, 'utf8').digest('base64');
  return { timestamp, sign };
}
