/** Stopping a message that is under way, and sending again what failed of it. */
import { inBoth } from '#src/lib/in-language.js';
import {
  beginCancelling,
  type ControlEnd,
  cancelSlice,
  type RequeuedState,
  requeueSlice,
} from '#src/store/message-control.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import type { Attempt } from './types.js';

/** What an answer can promise of a message whose sender is about to be refused. */
export type Withdrawal = 'ended' | 'under-way';

/** Makes the verbs. */
export function createMessageControl({ db, clock, newId, log, wake }: CoreDeps) {
  /**
   * Stops what of a message has not left: nothing of it is spread or sent any more, and what a channel has in hand ends by
   * itself. `by` stands in each delivery's log. Safe to repeat, as after a crash. Returns how many deliveries were
   * cancelled. Throws not_found.
   */
  async function cancel(id: number, by: string): Promise<number> {
    await readRow(id);
    return stop(id, note('cancelled', inBoth(`${by} 取消了发送`, `cancelled by ${by}`)));
  }

  /**
   * Ends a message because its sender is refused, by `why`: a program that is told of a failure sends again, and must not find
   * two. `under-way`: a channel has it in hand, so that only its outcome tells; nothing of it is begun any more.
   */
  async function withdraw(id: number, why: string): Promise<Withdrawal> {
    await stop(id, note('withdrawn', why));
    const open = { messageId: BigInt(id), state: { in: ['due', 'claimed'] } };
    return (await db.delivery.findFirst({ where: open, select: { id: true } })) ? 'under-way' : 'ended';
  }

  async function stop(id: number, attempt: string): Promise<number> {
    if (!(await beginCancelling(db, id, clock.now()))) {
      return 0;
    }
    const count = await forAllPeople(id, (slice) => cancelSlice(db, { ...slice, attempt }));
    wake();
    return count;
  }

  /**
   * Makes the deliveries of a message due again that failed, or those of whose fate nobody knows, each with its tries and route
   * begun anew: those in doubt may then be shown twice. `by` stands in each delivery's log. Returns how many. Throws not_found, and conflict for a message that cannot go out any more or that is
   * still being spread or stopped.
   */
  async function resend(id: number, by: string, which: RequeuedState = 'failed'): Promise<number> {
    const { state, deletedAt, expiresAt } = await readRow(id);
    if (deletedAt) {
      throw new AppError('conflict', { detail: '消息已删除 The message was deleted' });
    }
    if (expiresAt && expiresAt.getTime() <= clock.now()) {
      throw new AppError('conflict', { detail: '消息已过期 The message has expired' });
    }
    if (state !== 'expanded' && state !== 'done') {
      const detail = '消息还在展开，或已取消 The message is still being spread, or was cancelled';
      throw new AppError('conflict', { detail });
    }
    const attempt = note('resent', inBoth(`${by} 重新发送`, `sent again by ${by}`));
    const count = await forAllPeople(id, (slice) => requeueSlice(db, { ...slice, attempt }, which));
    wake();
    return count;
  }

  async function readRow(id: number) {
    const row = await db.message.findUnique({
      where: { id: Number.isSafeInteger(id) && id > 0 ? BigInt(id) : 0n },
      select: { state: true, deletedAt: true, expiresAt: true },
    });
    if (!row) {
      throw notFound('消息 Message');
    }
    return row;
  }

  function note(code: string, detail: string): string {
    return JSON.stringify({ at: clock.now(), outcome: 'skipped', code, detail } satisfies Attempt);
  }

  /**
   * Once over all deliveries, slice by slice; what changes behind is not looked at again. Where it breaks off, what was changed
   * stands and is told of: the call can be repeated for the rest.
   */
  async function forAllPeople(
    messageId: number,
    run: (slice: { messageId: number; after: number; mark: string; now: number }) => Promise<ControlEnd>,
  ): Promise<number> {
    let count = 0;
    for (let after = 0, isEnd = false; !isEnd; ) {
      try {
        const end = await run({ messageId, after, mark: `control:${newId()}`, now: clock.now() });
        count += end.changed;
        ({ last: after, isEnd } = end);
      } catch (error) {
        if (count === 0) {
          throw error;
        }
        log.error('a message was controlled in part', { messageId, after, error });
        isEnd = true;
      }
    }
    return count;
  }

  return { cancel, withdraw, resend };
}
