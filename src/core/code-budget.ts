/** The budget of QR codes, which WeChat gives each account so many of: who is counted for one, and what stays for others. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import type { CoreDeps } from './deps.js';
import type { LimitWho } from './limit-table.js';
import type { Limits } from './limits.js';

/** How much of what WeChat allows a day the codes of visitors, and of people's apps, may use: the rest is a reserve. */
const SHARES = { visitor: 0.5, app: 0.9, operator: 1 };

/** The verbs of the budget. */
export type CodeBudget = ReturnType<typeof createCodeBudget>;

/** Makes the verbs. */
export function createCodeBudget({ db }: Pick<CoreDeps, 'db'>, limits: Limits) {
  const payers = new LRUCache<number, { personId: number | null }>({ ...atMost(10_000), ttl: 60_000 });

  /** Counts one code of an app, or for a visitor (null); `isReserved`: for one whom the reserve is for. Throws limit_reached. */
  async function takeCode(appId: number | null, { isReserved = false } = {}): Promise<void> {
    const visitor = { personId: null, share: isReserved ? SHARES.operator : SHARES.visitor };
    const { personId, share } = appId === null ? visitor : await findPayer(appId);
    await limits.take('qr-code', { personId }, { share });
  }

  /** Counts one permanent code of an app, of which none comes back. Throws limit_reached, limit_full. */
  async function takePrintable(appId: number): Promise<void> {
    const { personId } = await findPayer(appId);
    await limits.checkStanding('printable-code', (who) => countPrintable(who, personId), { more: 1 });
    await limits.take('printable-code', { personId });
  }

  async function countPrintable(who: LimitWho, personId: number | null): Promise<number | null> {
    if (who === 'all') {
      return db.qrCode.count({ where: { permanent: true } });
    }
    if (personId === null) {
      return null;
    }
    const apps = await db.app.findMany({ where: appsOf(personId), select: { id: true } });
    return db.qrCode.count({ where: { permanent: true, appId: { in: apps.map(({ id }) => id) } } });
  }

  /** Who is counted for the codes of an app: its developer; of an operator's app nobody in particular. */
  async function findPayer(appId: number): Promise<{ personId: number | null; share: number }> {
    const app = await db.app.findUnique({
      where: { id: appId },
      select: { ownerId: true, account: { select: { role: true, personId: true } } },
    });
    const personId = app?.account?.role === 'operator' ? null : (app?.account?.personId ?? app?.ownerId);
    return personId
      ? { personId: Number(personId), share: SHARES.app }
      : { personId: null, share: SHARES.operator };
  }

  /** The person who is counted for what an app has; null: an operator's. Remembered a minute. */
  async function findPayerOf(appId: number): Promise<number | null> {
    const known = payers.get(appId);
    if (known) {
      return known.personId;
    }
    const { personId } = await findPayer(appId);
    payers.set(appId, { personId });
    return personId;
  }

  return { takeCode, takePrintable, findPayerOf };
}

/** The apps that count as a person's: those of their account, and their own space. */
export function appsOf(personId: number) {
  return { OR: [{ account: { personId: BigInt(personId) } }, { ownerId: BigInt(personId) }] };
}
