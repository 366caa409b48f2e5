/** Which queues a round of the worker claims from, and how many rows of each. */
import { type Clock, steadyNow } from '#src/lib/clock.js';
import type { Db } from '#src/store/open.js';
import { listQueueHeads, type QueueHead } from '#src/store/outbox.js';
import { type Limits, WECHAT_BULK_QUEUE, WECHAT_QUEUE } from './limits.js';

/** With very many queues their heads are read again only after this time, and after ten times what reading them takes. */
const HEADS_TTL_MS = 200;
const READING_SHARE = 10;
const MANY_QUEUES = 100;

/** What a round asks for. */
export interface DueRequest {
  now: number;
  /** Leaves out the queues that this says no to. */
  which: (queue: string) => boolean;
  /** How many claimed rows of a queue wait in memory already. */
  heldOf: (queue: string) => number;
}

/** How many rows to claim of a queue. */
export interface Claim {
  queue: string;
  limit: number;
}

/** Knows the queues with due rows. */
export type DueQueues = ReturnType<typeof createDueQueues>;

/** Makes it. */
export function createDueQueues(db: Db, limits: Limits, clock: Clock) {
  let heads: { rows: QueueHead[]; serveUntil: number } = { rows: [], serveUntil: 0 };
  let isRemembered = false;
  /** Where the queues that share slots go on, when there were too few for all of them. */
  let turn = 0;

  function listDue(now: number): string[] {
    const due = heads.rows.filter((head) => head.nextDueAt <= now).map((head) => head.queue);
    if (!isRemembered) {
      return due;
    }
    // A remembered list must not delay WeChat's queues.
    return [...new Set([WECHAT_QUEUE, WECHAT_BULK_QUEUE, ...due])];
  }

  return {
    /** Looks which queues have work; what was seen a moment ago serves when there are very many. */
    async look(): Promise<void> {
      const startedAt = steadyNow(clock);
      isRemembered = heads.rows.length >= MANY_QUEUES && startedAt < heads.serveUntil;
      if (!isRemembered) {
        const rows = await listQueueHeads(db);
        const tookMs = steadyNow(clock) - startedAt;
        heads = { rows, serveUntil: startedAt + Math.max(HEADS_TTL_MS, READING_SHARE * tookMs) };
      }
    },
    /** When the next row after now is due, in milliseconds since the epoch; Infinity for none. */
    nextDueAt(now: number): number {
      return Math.min(...heads.rows.map((head) => head.nextDueAt).filter((at) => at > now));
    },
    /** The queues that have work and rest. */
    listResting(now: number): string[] {
      return heads.rows
        .filter((head) => head.nextDueAt <= now && limits.isResting(head.queue, now))
        .map((head) => head.queue);
    },
    /** What to claim. Queues that share slots get no more than there are, in turns. */
    listClaims({ now, which, heldOf }: DueRequest): Claim[] {
      const due = listDue(now).filter((queue) => which(queue) && !limits.isResting(queue, now));
      const start = turn % Math.max(due.length, 1);
      const shared = new Map<string, number>();
      let next = 0;
      const claims = [...due.slice(start), ...due.slice(0, start)].flatMap((queue, at) => {
        const group = limits.sharedSlots(queue);
        const free = group ? (shared.get(group.name) ?? group.free) : Number.POSITIVE_INFINITY;
        const room = limits.freeSlots(queue) + limits.readAhead(queue) - heldOf(queue);
        const wanted = Math.max(0, room);
        const limit = Math.min(wanted, free);
        if (group) {
          shared.set(group.name, free - limit);
          next = limit < wanted && next === 0 ? start + at : next;
        }
        return limit > 0 ? [{ queue, limit }] : [];
      });
      if (shared.size > 0) {
        turn = next;
      }
      return claims;
    },
    /**
     * Forgets the queues that gave less than they were asked for, since they have no more due rows. Answers whether that
     * made a remembered list shorter: others may have their turn at once.
     */
    noteClaimed(claims: readonly Claim[], claimed: readonly { queue: string }[]): boolean {
      const left = new Map(claims.map(({ queue, limit }) => [queue, limit]));
      for (const { queue } of claimed) {
        left.set(queue, (left.get(queue) ?? 0) - 1);
      }
      const now = clock.now();
      const before = heads.rows.length;
      heads.rows = heads.rows.filter((head) => head.nextDueAt > now || (left.get(head.queue) ?? 0) <= 0);
      return isRemembered && heads.rows.length < before;
    },
  };
}
