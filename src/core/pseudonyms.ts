/** What stands for an openid wherever a developer's program may see one: openids themselves leave by no door. */
import { createHmac } from 'node:crypto';
import type { OutsideName } from './types.js';

/** An openid has 28 characters: an `o`, and 27 of what base64 for addresses has. */
const LENGTH = 28;

/**
 * A name that looks like an openid, is the same for the same person for as long as the server's key is, and leads back to none:
 * with a real one anybody who has seen a push of a plaintext account could write in that person's name.
 */
export function toPseudonym(hashKey: Buffer, { platform, account, externalId }: OutsideName): string {
  const mark = createHmac('sha256', hashKey).update(`openid:${platform}|${account}|${externalId}`, 'utf8');
  return `o${mark.digest('base64url')}`.slice(0, LENGTH);
}
