/** Own erasures: how often a day people may erase themselves, counted by what the platforms call them. */
import { nextChinaMidnight } from '#src/lib/china-time.js';
import { keyedHash } from '#src/lib/hash.js';
import { inBoth } from '#src/lib/in-language.js';
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';
import type { Uses } from './uses.js';

/** Somebody new has all limits for themselves again, so nobody becomes that by their own word more often. */
const PER_DAY = 3;
const NAME_DIGITS = 16;

/** Makes the verb: counts an erasure by its person's own word. Throws limit_reached. */
export function createCountOwnErasure(
  { db, clock, hashKey }: Pick<CoreDeps, 'db' | 'clock' | 'hashKey'>,
  uses: Pick<Uses, 'count'>,
) {
  return async (personId: number): Promise<void> => {
    const identities = await db.identity.findMany({ where: { personId: BigInt(personId) } });
    const limits = identities.map(({ platform, account, externalId }) => ({
      name: `erase ${keyedHash(hashKey, `erase:${platform}:${account}:${externalId}`).slice(0, NAME_DIGITS)}`,
      perDay: PER_DAY,
    }));
    if (limits.length > 0 && (await uses.count(limits, { isWhole: true })).reached !== null) {
      const detail = inBoth(
        `一天最多删除 ${PER_DAY} 次，北京时间零点后再试`,
        `at most ${PER_DAY} erasures a day: try again after midnight in China`,
      );
      const now = clock.now();
      throw new AppError('limit_reached', {
        detail,
        seconds: Math.ceil((nextChinaMidnight(now) - now) / 1000),
      });
    }
  };
}
