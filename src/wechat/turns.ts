/** Works on each push once, and answers in time: what takes longer than the budget is told by a message of its own. */
import { LRUCache } from 'lru-cache';
import type { Core } from '#src/core/index.js';
import { atMost } from '#src/lib/cache-size.js';
import type { Logger } from '#src/lib/logger.js';

/** What to answer: a text or nothing to show, or a refusal that makes the platform try again. */
export type Answer = { kind: 'reply'; text: string | null } | { kind: 'retry' };

/** What work can say about itself while it runs. */
export interface Progress {
  /**
   * What the push asks for is committed, or there is nothing to commit. Before this the platform is never told
   * `success`: its retry is what saves the push if we crash.
   */
  commit(): void;
}

/** A push to be worked on. */
export interface Order {
  key: string;
  /** Whom the reply is for, by the platform's name of them. */
  to: string;
  /** Must be safe to repeat. Resolves to the reply, or null. */
  work(progress: Progress): Promise<string | null>;
  /** The reply where work that is committed fails after all; null for events. */
  apology: string | null;
  /** Sends the reply when it is too late to answer with it. */
  sendLater(text: string): Promise<void>;
}

/** What turns are made with. */
export interface TurnsNeeds {
  inbox: Core['inbox'];
  log: Logger;
  /** How long an answer may take, in milliseconds; the platform waits 5,000. */
  budgetMs: number;
}

/** Keeper of the pushes under way. */
export interface Turns {
  /** Claims and works on a push, or joins the same push under way. Never rejects. */
  take(order: Order): Promise<Answer>;
  /** Resolves once no work, record or late reply is under way. */
  idle(): Promise<void>;
}

interface Turn {
  isCommitted: boolean;
  /** Requests that still wait, each once. */
  waiters: Set<(answer: Answer) => void>;
  /** Set once the work has ended, for requests that come while its end is being recorded. */
  answer: Answer | null;
}

const NOTHING: Answer = { kind: 'reply', text: null };
const RETRY: Answer = { kind: 'retry' };

/** Makes the keeper. */
export function createTurns({ inbox, log, budgetMs }: TurnsNeeds): Turns {
  const turns = new Map<string, Turn>();
  const underWay = new Set<Promise<void>>();
  /** Claims of ours that failed and could not be given back: the platform's retry of them is worked on. */
  const orphans = new LRUCache<string, true>(atMost(10_000));

  function track(work: Promise<void>): void {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  }

  function start(order: Order): Turn {
    const turn: Turn = { isCommitted: false, waiters: new Set(), answer: null };
    turns.set(order.key, turn);
    track(run(order, turn).finally(() => turns.delete(order.key)));
    return turn;
  }

  async function run(order: Order, turn: Turn): Promise<void> {
    try {
      const claim = await inbox.claim(order.key, order.to);
      if (claim.kind === 'done') {
        end(turn, { kind: 'reply', text: claim.reply });
      } else if (claim.kind === 'running' && !orphans.has(order.key)) {
        // Another process is at it, or died at it: the platform's next try finds its reply, or takes the push over.
        end(turn, RETRY);
      } else {
        const text = await order.work({ commit: () => (turn.isCommitted = true) });
        await conclude(order, turn, text);
      }
    } catch (error) {
      await fail(order, turn, error);
    }
  }

  /** The work is done: answers whoever waits, else sends the reply on its own, and records that. */
  async function conclude(order: Order, turn: Turn, text: string | null): Promise<void> {
    const isLate = turn.waiters.size === 0;
    end(turn, { kind: 'reply', text: isLate ? null : text });
    orphans.delete(order.key);
    if (isLate && text !== null) {
      track(order.sendLater(text).catch((error) => log.warn('a late reply could not be sent', { error })));
    }
    await inbox
      .finish(order.key, isLate || text === null ? null : { to: order.to, text })
      .catch((error) => log.error('the end of a push could not be recorded', { error }));
  }

  async function fail(order: Order, turn: Turn, error: unknown): Promise<void> {
    log.error('the work on a push failed', { error, committed: turn.isCommitted });
    if (turn.isCommitted) {
      await conclude(order, turn, order.apology);
      return;
    }
    orphans.set(order.key, true);
    await inbox.release(order.key).then(
      () => orphans.delete(order.key),
      (cause) => log.error('a failed push could not be given back', { error: cause }),
    );
    end(turn, RETRY);
  }

  function end(turn: Turn, answer: Answer): void {
    turn.answer = answer;
    for (const give of turn.waiters) {
      give(answer);
    }
    turn.waiters.clear();
  }

  function take(order: Order): Promise<Answer> {
    const turn = turns.get(order.key) ?? start(order);
    if (turn.answer) {
      return Promise.resolve(turn.answer);
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        turn.waiters.delete(give);
        resolve(turn.isCommitted ? NOTHING : RETRY);
      }, budgetMs);
      const give = (answer: Answer): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      turn.waiters.add(give);
    });
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) {
      await Promise.allSettled(underWay);
    }
  }

  return { take, idle };
}
