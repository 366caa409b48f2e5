/** How keys end with those who made them, and how the use of personal tokens is noted. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import type { CoreDeps } from './deps.js';
import type { KeyKind } from './key-kinds.js';

/** Who makes a key: a sign-in, or a personal token with the sign-in that made it, if any did. */
export interface KeyMaker {
  sessionId: number | null;
  keyId?: number;
}

/** The use of a personal token is written down at most so often. */
const USED_STEP_MS = 3_600_000;

/** Makes these verbs. `forget` drops what this process remembers of keys. */
export function createKeyEndings({ db, clock }: CoreDeps, forget: () => void) {
  const uses = new LRUCache<number, number>(atMost(10_000));

  /** Ends the keys that these sign-ins made, for whomever. Returns how many of each kind. */
  async function revokeMadeBy(sessionIds: readonly number[]): Promise<Partial<Record<KeyKind, number>>> {
    const now = new Date(clock.now());
    const where = { sessionId: { in: [...sessionIds] }, revokedAt: null };
    const rows = await db.key.groupBy({
      by: ['kind'],
      where: { ...where, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      _count: { _all: true },
    });
    await db.key.updateMany({ where, data: { revokedAt: now } });
    forget();
    return Object.fromEntries(rows.map(({ kind, _count }) => [kind, _count._all]));
  }

  /** Ends a person's access keys, which programs have for a secret that sign-ins show. Returns how many. */
  async function revokeAccess(personId: number): Promise<number> {
    const now = new Date(clock.now());
    const where = { personId: BigInt(personId), kind: 'access', expiresAt: { gt: now }, revokedAt: null };
    const { count } = await db.key.updateMany({ where, data: { revokedAt: now } });
    forget();
    return count;
  }

  /**
   * Ends the message tokens of a person that programs made since then: they had an access key, and no sign-in is known to have
   * made them. Returns how many.
   */
  async function revokeMessageTokens(personId: number, since: Date): Promise<number> {
    const made = { kind: 'pushplus', name: { not: '' }, sessionId: null, createdAt: { gte: since } };
    const where = { personId: BigInt(personId), revokedAt: null, ...made };
    const { count } = await db.key.updateMany({ where, data: { revokedAt: new Date(clock.now()) } });
    forget();
    return count;
  }

  /** Notes that a personal token was used; mostly in memory. */
  async function noteUse(keyId: number): Promise<void> {
    const now = clock.now();
    if (now - (uses.get(keyId) ?? 0) < USED_STEP_MS) {
      return;
    }
    uses.set(keyId, now);
    const before = new Date(now - USED_STEP_MS);
    await db.key.updateMany({
      where: { id: keyId, OR: [{ usedAt: null }, { usedAt: { lte: before } }] },
      data: { usedAt: new Date(now) },
    });
  }

  /** Whether who makes a key is still signed in, or their token still works. */
  async function isIn({ sessionId, keyId }: KeyMaker): Promise<boolean> {
    if (keyId !== undefined) {
      return (await db.key.count({ where: { id: keyId, revokedAt: null } })) > 0;
    }
    const alive = { id: sessionId ?? 0, expiresAt: { gt: new Date(clock.now()) } };
    return sessionId === null || (await db.session.count({ where: alive })) > 0;
  }

  return { revokeMadeBy, revokeAccess, revokeMessageTokens, noteUse, isIn };
}
