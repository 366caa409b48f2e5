/** Accounts: who may manage what. */
import { equalsInConstantTime, sha256Hex } from '#src/lib/hash.js';
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';
import type { Keys } from './keys.js';

/** Somebody who manages: the operator (everything) or a developer (the apps of one account, and themselves). */
export type Manager = { role: 'operator' } | { role: 'developer'; accountId: number; personId: number };

/** The verbs of accounts. */
export type Accounts = ReturnType<typeof createAccounts>;

/** Makes the verbs of accounts. `adminToken` null switches the operator's bearer token off. */
export function createAccounts({ db, clock }: CoreDeps, keys: Keys, adminToken: string | null) {
  const adminHash = adminToken === null ? null : sha256Hex(adminToken);

  /** Who holds a bearer token; throws unauthorized. A person's first call with a personal token opens their account. */
  async function authenticate(bearer: string): Promise<Manager> {
    if (adminHash !== null && equalsInConstantTime(sha256Hex(bearer), adminHash)) {
      return { role: 'operator' };
    }
    const owner = bearer === '' ? null : await keys.findOwner('personal', bearer);
    if (!owner) {
      throw new AppError('unauthorized');
    }
    const account = await db.account.upsert({
      where: { personId: BigInt(owner.personId) },
      create: { personId: BigInt(owner.personId), role: 'developer', createdAt: new Date(clock.now()) },
      update: {},
    });
    return { role: 'developer', accountId: account.id, personId: owner.personId };
  }

  return { authenticate };
}
