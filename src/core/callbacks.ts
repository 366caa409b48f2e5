/** Callbacks: the endpoint where a developer hears of events, and the log of what was sent there. */
import { randomBytes } from 'node:crypto';
import { isHttpUrl } from '#src/lib/text.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import type { Attempt } from './types.js';

/** An endpoint as lists show it. */
export interface CallbackEndpoint {
  id: number;
  appId: number;
  url: string;
  /** Which wire form the endpoint gets: a dialect's name. */
  style: string;
  disabledAt: Date | null;
  why: string;
}

/** One event on its way to one endpoint. */
export interface CallbackLogRow {
  id: number;
  appId: number;
  callbackId: number;
  event: string;
  state: string;
  createdAt: Date;
  nextTryAt: Date | null;
  request: { url: string; data: unknown };
  attempts: Attempt[];
}

/** The verbs of callbacks. */
export type Callbacks = ReturnType<typeof createCallbacks>;

/** Makes the verbs of callbacks. `checkUrl` throws a reason for addresses that may not be called. */
export function createCallbacks({ db, clock, box, wake }: CoreDeps, checkUrl: (url: string) => void) {
  /**
   * Sets an app's endpoint (an empty address: none) and returns its signing secret, which stays when the address
   * changes. Throws bad_url, blocked_target.
   */
  async function setCallback(appId: number, url: string, style = 'wxpusher'): Promise<{ secret: string }> {
    checkCallbackUrl(url);
    const existing = await db.callback.findFirst({ where: { appId } });
    if (existing) {
      await db.callback.update({
        where: { id: existing.id },
        data: { url, style, disabledAt: null, why: '' },
      });
      wake();
      return { secret: box.open(existing.secret) };
    }
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    await db.callback.create({
      data: { appId, url, style, secret: box.seal(secret), createdAt: new Date(clock.now()) },
    });
    return { secret };
  }

  /** Checks an address before anything is written; an empty one is fine. Throws bad_url, blocked_target. */
  function checkCallbackUrl(url: string): void {
    if (url === '') {
      return;
    }
    if (!isHttpUrl(url) || url.length > 1000) {
      throw new AppError('bad_url', { field: 'callbackUrl' });
    }
    try {
      checkUrl(url);
    } catch (error) {
      throw new AppError('blocked_target', { detail: error instanceof Error ? error.message : 'blocked' });
    }
  }

  /** An app's endpoint, or null. */
  async function findCallback(appId: number): Promise<(CallbackEndpoint & { secret: string }) | null> {
    const row = await db.callback.findFirst({ where: { appId } });
    return row ? { ...row, secret: box.open(row.secret) } : null;
  }

  /** A page of the callback log, newest first. `appIds` null means all apps. */
  async function listLog(filter: { appIds: number[] | null; state?: string; skip: number; take: number }) {
    const where = {
      channel: 'callback',
      ...(filter.appIds === null ? {} : { appId: { in: filter.appIds } }),
      ...(filter.state === undefined ? {} : { state: filter.state }),
    };
    const [total, rows] = await Promise.all([
      db.delivery.count({ where }),
      db.delivery.findMany({ where, orderBy: { id: 'desc' }, skip: filter.skip, take: filter.take }),
    ]);
    const eventIds = rows.map((row) => row.eventId ?? 0n);
    const endpointIds = rows.map((row) => row.callbackId ?? 0);
    const [events, endpoints] = await Promise.all([
      db.event.findMany({ where: { id: { in: eventIds } } }),
      db.callback.findMany({ where: { id: { in: endpointIds } } }),
    ]);
    const eventOf = new Map(events.map((event) => [event.id, event]));
    const urlOf = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint.url]));
    const items = rows.map((row): CallbackLogRow => {
      const event = eventOf.get(row.eventId ?? 0n);
      return {
        id: Number(row.id),
        appId: row.appId ?? 0,
        callbackId: row.callbackId ?? 0,
        event: event?.type ?? '',
        state: row.state,
        createdAt: row.createdAt,
        nextTryAt: row.state === 'due' ? row.dueAt : null,
        request: { url: urlOf.get(row.callbackId ?? 0) ?? '', data: event ? JSON.parse(event.data) : null },
        attempts: JSON.parse(row.attempts) as Attempt[],
      };
    });
    return { total, items };
  }

  /**
   * Sends one logged callback again, now. `appIds` null means any app's; throws not_found, and conflict while a try is
   * under way.
   */
  async function replay(id: number, appIds: number[] | null): Promise<void> {
    const now = new Date(clock.now());
    const row = await db.delivery.findFirst({
      where: {
        id: Number.isSafeInteger(id) ? BigInt(id) : 0n,
        channel: 'callback',
        ...(appIds === null ? {} : { appId: { in: appIds } }),
      },
    });
    if (!row) {
      throw notFound('回调记录 Callback');
    }
    if (row.state === 'claimed') {
      throw new AppError('conflict', { detail: '正在发送 A try is under way' });
    }
    // First the endpoint: the engine may take the delivery the moment it is due.
    if (row.callbackId) {
      await db.callback.updateMany({ where: { id: row.callbackId }, data: { disabledAt: null, why: '' } });
    }
    const { count } = await db.delivery.updateMany({
      where: { id: row.id, state: { not: 'claimed' } },
      data: { state: 'due', dueAt: now, tries: 0, finishedAt: null },
    });
    if (count === 0) {
      throw new AppError('conflict', { detail: '正在发送 A try is under way' });
    }
    wake();
  }

  return { setCallback, checkCallbackUrl, findCallback, listLog, replay };
}
