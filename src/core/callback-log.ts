/** The callback log of one endpoint: page by page, quick however long it is, and all that failed sent again. */
import type { Delivery } from '#src/store/generated/client.js';
import { readAttempts } from './attempts.js';
import type { CallbackEndpoint, CallbackLogRow } from './callbacks.js';
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';
import type { DeliveryState } from './types.js';

/** A logged callback with all that its owner may want to know. */
export interface CallbackLine extends CallbackLogRow {
  eventId: number;
  tries: number;
  finishedAt: Date | null;
}

/** One press replays at most so many, a part at a time, so that sending goes on meanwhile. */
const REPLAY_MAX = 10_000;
const REPLAY_PART = 1000;

/** The verbs of the callback log. */
export type CallbackLog = ReturnType<typeof createCallbackLog>;

/** Makes the verbs of the callback log. */
export function createCallbackLog({ db, clock, wake }: CoreDeps) {
  /** The endpoints of an app: its own, and the newest of those that messages named. */
  async function listEndpoints(
    appId: number,
    take: number,
  ): Promise<{ own: CallbackEndpoint | null; named: CallbackEndpoint[] }> {
    const [own, named] = await Promise.all([
      db.callback.findFirst({ where: { appId, scope: 'app' } }),
      db.callback.findMany({ where: { appId, scope: 'message' }, orderBy: { id: 'desc' }, take }),
    ]);
    return { own, named };
  }

  /** One endpoint of an app; throws not_found. */
  async function getEndpoint(appId: number, id: number): Promise<CallbackEndpoint> {
    const isId = Number.isInteger(id) && id > 0 && id < 2 ** 31;
    const row = isId ? await db.callback.findFirst({ where: { appId, id } }) : null;
    if (!row) {
      throw notFound('回调地址 Callback endpoint');
    }
    return row;
  }

  /**
   * A part of an endpoint's log. Without a state the newest first; with one the latest due or tried first. Both follow an
   * index, so nothing is counted: ask for one more than you show.
   */
  async function listLines(
    endpoint: Pick<CallbackEndpoint, 'id' | 'url'>,
    filter: { state?: DeliveryState; skip: number; take: number },
  ): Promise<CallbackLine[]> {
    const { state, skip, take } = filter;
    const rows = await (state === undefined
      ? db.delivery.findMany({ where: { callbackId: endpoint.id }, orderBy: { id: 'desc' }, skip, take })
      : db.delivery.findMany({
          where: { state, queue: queueOf(endpoint.id) },
          orderBy: [{ dueAt: 'desc' }, { id: 'desc' }],
          skip,
          take,
        }));
    const events = await db.event.findMany({ where: { id: { in: rows.map((row) => row.eventId ?? 0n) } } });
    const eventOf = new Map(events.map((event) => [event.id, event]));
    return rows.map((row) => toLine(row, eventOf.get(row.eventId ?? 0n), endpoint.url));
  }

  /**
   * Sends the failed callbacks of an endpoint again, now, and switches it on if it was given up. Returns how many, and
   * whether more are left for another call.
   */
  async function replayFailed(
    endpoint: Pick<CallbackEndpoint, 'id'>,
  ): Promise<{ count: number; isMore: boolean }> {
    const now = new Date(clock.now());
    const failed = { state: 'failed', queue: queueOf(endpoint.id) };
    const rows = await db.delivery.findMany({
      where: failed,
      orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
      select: { id: true },
      take: REPLAY_MAX + 1,
    });
    const ids = rows.slice(0, REPLAY_MAX).map(({ id }) => id);
    if (ids.length > 0) {
      await db.callback.update({ where: { id: endpoint.id }, data: { disabledAt: null, why: '' } });
    }
    let count = 0;
    for (let at = 0; at < ids.length; at += REPLAY_PART) {
      const changed = await db.delivery.updateMany({
        where: { id: { in: ids.slice(at, at + REPLAY_PART) }, state: 'failed' },
        data: { state: 'due', dueAt: now, tries: 0, finishedAt: null, doubtAt: null },
      });
      count += changed.count;
      wake();
    }
    return { count, isMore: rows.length > REPLAY_MAX };
  }

  return { listEndpoints, getEndpoint, listLines, replayFailed };
}

function queueOf(endpointId: number): string {
  return `callback:${endpointId}`;
}

function toLine(row: Delivery, event: { type: string; data: string } | undefined, url: string): CallbackLine {
  return {
    id: Number(row.id),
    appId: row.appId ?? 0,
    callbackId: row.callbackId ?? 0,
    eventId: Number(row.eventId ?? 0),
    event: event?.type ?? '',
    state: row.state,
    tries: row.tries,
    createdAt: row.createdAt,
    finishedAt: row.finishedAt,
    nextTryAt: row.state === 'due' ? row.dueAt : null,
    request: { url, data: event ? JSON.parse(event.data) : null },
    attempts: readAttempts(row),
  };
}
