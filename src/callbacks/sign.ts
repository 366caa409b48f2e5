/** Signs callback requests as Standard Webhooks says: HMAC-SHA-256 over `id.timestamp.body` with the endpoint's secret. */
import { createHmac } from 'node:crypto';
import { equalsInConstantTime } from '#src/lib/hash.js';

/** What is signed. */
export interface SignInput {
  /** `whsec_` and base64. */
  secret: string;
  /** The secret before it, while receivers may still check by that one. */
  oldSecret?: string | null;
  id: string;
  /** Seconds since the epoch. */
  timestamp: number;
  /** The exact text that is sent. */
  body: string;
}

/** The three headers of a signed request; the signatures of two secrets stand side by side, the newer first. */
export function signHeaders(input: SignInput): Record<string, string> {
  const secrets = [input.secret, ...(input.oldSecret ? [input.oldSecret] : [])];
  return {
    'webhook-id': input.id,
    'webhook-timestamp': String(input.timestamp),
    'webhook-signature': secrets.map((secret) => `v1,${signatureOf({ ...input, secret })}`).join(' '),
  };
}

/** Whether a request's signature header holds a right signature; the header may list several, separated by spaces. */
export function isSignatureRight(input: SignInput, header: string): boolean {
  const expected = signatureOf(input);
  return header
    .split(' ')
    .some((entry) => entry.startsWith('v1,') && equalsInConstantTime(entry.slice(3), expected));
}

function signatureOf({ secret, id, timestamp, body }: SignInput): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
}
