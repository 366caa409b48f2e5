/** Signing secrets of callback endpoints: how one is replaced while its receiver still checks by the old one. */
import { randomBytes } from 'node:crypto';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';

/** How long a replaced secret signs beside the new one, in milliseconds. */
const OVERLAP_MS = 24 * 3_600_000;

/** A new signing secret as Standard Webhooks writes them. */
export function makeCallbackSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

/** Whether an endpoint's replaced secret still signs at a time, in milliseconds since the epoch. */
export function isOldSecretAlive(row: { oldSecret: string; oldUntil: Date | null }, now: number): boolean {
  return row.oldSecret !== '' && row.oldUntil !== null && row.oldUntil.getTime() > now;
}

/** The verbs of signing secrets. */
export type CallbackSecrets = ReturnType<typeof createCallbackSecrets>;

/** Makes the verbs of signing secrets. */
export function createCallbackSecrets({ db, clock, box }: CoreDeps) {
  /**
   * Replaces the secret of an app's own endpoint, and says until when the old one signs too; one that was already being
   * replaced is dead at once. Throws not_found for an app without endpoint, conflict when another call is quicker.
   */
  async function replaceSecret(appId: number): Promise<{ secret: string; oldSecretUntil: Date }> {
    const row = await db.callback.findFirst({ where: { appId, scope: 'app' } });
    if (!row) {
      throw notFound('回调地址 Callback endpoint');
    }
    const secret = makeCallbackSecret();
    const oldSecretUntil = new Date(clock.now() + OVERLAP_MS);
    const { count } = await db.callback.updateMany({
      where: { id: row.id, secret: row.secret },
      data: { secret: box.seal(secret), oldSecret: box.seal(box.open(row.secret)), oldUntil: oldSecretUntil },
    });
    if (count === 0) {
      throw new AppError('conflict', { detail: '密钥刚被更换 The secret has just been replaced' });
    }
    return { secret, oldSecretUntil };
  }

  return { replaceSecret };
}
