/** Links that show a person's keys: each works once, within ten minutes. */
import { keyedHash } from '#src/lib/hash.js';
import { randomText } from '#src/lib/ids.js';
import type { CoreDeps } from './deps.js';

const LINK_LIFE_MS = 10 * 60_000;

/** Makes the verbs of links to keys. */
export function createKeyLinks({ db, clock, hashKey }: CoreDeps) {
  /** Makes a link code that shows this person's keys once within ten minutes. */
  async function createLink(personId: number): Promise<string> {
    const code = randomText(32);
    await db.oneTimeLink.create({
      data: {
        hash: keyedHash(hashKey, `link:${code}`),
        personId: BigInt(personId),
        expiresAt: new Date(clock.now() + LINK_LIFE_MS),
      },
    });
    return code;
  }

  /** What a link code is worth now; null when there is none like it. */
  async function findLink(code: string): Promise<'ok' | 'used' | 'expired' | null> {
    const row = await db.oneTimeLink.findUnique({ where: { hash: keyedHash(hashKey, `link:${code}`) } });
    if (!row) {
      return null;
    }
    if (row.usedAt) {
      return 'used';
    }
    return row.expiresAt.getTime() <= clock.now() ? 'expired' : 'ok';
  }

  /** Uses a link code up and returns its person, or null when it is not worth anything any more. */
  async function openLink(code: string): Promise<number | null> {
    const now = new Date(clock.now());
    const hash = keyedHash(hashKey, `link:${code}`);
    const { count } = await db.oneTimeLink.updateMany({
      where: { hash, usedAt: null, expiresAt: { gt: now } },
      data: { usedAt: now },
    });
    const row = count === 1 ? await db.oneTimeLink.findUnique({ where: { hash } }) : null;
    return row ? Number(row.personId) : null;
  }

  return { createLink, findLink, openLink };
}
