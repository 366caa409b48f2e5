/** Points: what a person pays short messages of the server's own account with. Operators grant them. */
import { grantPoints, readReserved } from '#src/store/points.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';

/** Why a balance changed. */
export interface PointEntry {
  id: number;
  /** Below 0 for what was paid. */
  amount: number;
  note: string;
  createdAt: Date;
}

/** The most points that one call gives or takes. */
export const MAX_GRANT = 1_000_000;

/** The verbs of points. */
export type Points = ReturnType<typeof createPoints>;

/** Makes the verbs of points. What is paid is charged by the engine, with the result of the delivery. */
export function createPoints({ db, clock, newId }: CoreDeps) {
  const turns = new Map<number, Promise<unknown>>();

  /** A person's points. Throws not_found. */
  async function balanceOf(personId: number): Promise<number> {
    const row = await db.person.findUnique({ where: { id: BigInt(personId) }, select: { points: true } });
    if (!row) {
      throw notFound('用户 User');
    }
    return row.points;
  }

  /** Gives points, or takes them where `amount` is below 0; returns the balance. Throws not_found, bad_field. */
  async function grant(personId: number, amount: number, note = ''): Promise<number> {
    if (!Number.isInteger(amount) || amount === 0 || Math.abs(amount) > MAX_GRANT) {
      const detail = `整数，不为 0，绝对值最大 ${MAX_GRANT} a whole number, not 0`;
      throw new AppError('bad_field', { field: 'amount', detail });
    }
    const isDone = await grantPoints(db, { id: newId(), personId, amount, note, now: clock.now() });
    const balance = await balanceOf(personId);
    if (!isDone) {
      const detail = `余额只有 ${balance} the balance is ${balance}`;
      throw new AppError('bad_field', { field: 'amount', detail });
    }
    return balance;
  }

  /** Why a person's balance changed, newest first. */
  async function history(
    personId: number,
    page: { skip: number; take: number },
  ): Promise<{ total: number; items: PointEntry[] }> {
    const where = { personId: BigInt(personId) };
    const [total, rows] = await Promise.all([
      db.pointEntry.count({ where }),
      db.pointEntry.findMany({ where, orderBy: { id: 'desc' }, ...page }),
    ]);
    const items = rows.map(({ id, amount, note, createdAt }) => ({
      id: Number(id),
      amount,
      note,
      createdAt,
    }));
    return { total, items };
  }

  /** Whether a person can pay `amount` on top of what messages under way may still cost. Throws not_found. */
  async function canSpend(personId: number, amount: number): Promise<boolean> {
    const [balance, reserved] = await Promise.all([balanceOf(personId), readReserved(db, personId)]);
    return balance - reserved >= amount;
  }

  /**
   * Accepts something that will cost `amount` points, one at a time for each person, so that two sends of one moment
   * cannot both count on the last points. Throws points_used_up, and whatever `accept` throws.
   */
  async function spend<T>(personId: number, amount: number, accept: () => Promise<T>): Promise<T> {
    const before = turns.get(personId) ?? Promise.resolve();
    const turn = before
      .catch(() => {})
      .then(async () => {
        if (!(await canSpend(personId, amount))) {
          throw new AppError('points_used_up', { detail: `需要 ${amount} 积分 ${amount} points are needed` });
        }
        return accept();
      });
    turns.set(personId, turn);
    try {
      return await turn;
    } finally {
      if (turns.get(personId) === turn) {
        turns.delete(personId);
      }
    }
  }

  return { balanceOf, grant, history, canSpend, spend };
}
