/** Callbacks: the endpoint where a developer hears of events, and the log of what was sent there. */
import { isHttpUrl } from '#src/lib/text.js';
import { makeCallbackSecret } from './callback-secrets.js';
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
  /** Whether it hears of the end of every message of the app. */
  completions: boolean;
  /** Until when a replaced secret signs too; null: none was replaced. */
  oldUntil: Date | null;
  disabledAt: Date | null;
  why: string;
}

/** What an endpoint gets, and how; what is left out stays, or is what is usual for the app. */
export interface CallbackChoice {
  style?: string | undefined;
  completions?: boolean | undefined;
}

const DEFAULT_CHOICE = { style: 'wxpusher', completions: false };
/** A person's own space is an account of PushPlus, whose callbacks tell of every message. */
const SPACE_CHOICE = { style: 'pushplus', completions: true };

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
   * changes, as does what is not chosen. Throws bad_url, blocked_target, bad_field.
   */
  async function setCallback(
    appId: number,
    url: string,
    choice: CallbackChoice = {},
  ): Promise<{ secret: string }> {
    checkCallbackUrl(url);
    const chosen = await checkChoice(appId, choice);
    const existing = await db.callback.findFirst({ where: { appId, scope: 'app' } });
    if (existing) {
      const data = { url, ...chosen, disabledAt: null, why: '' };
      await db.callback.update({ where: { id: existing.id }, data });
      wake();
      return { secret: box.open(existing.secret) };
    }
    const secret = makeCallbackSecret();
    await db.callback.create({
      data: { appId, url, ...chosen, secret: box.seal(secret), createdAt: new Date(clock.now()) },
    });
    return { secret };
  }

  /** What an app's endpoint would get after this choice. Throws bad_field for completions in a form that has none. */
  async function checkChoice(appId: number, choice: CallbackChoice): Promise<Required<CallbackChoice>> {
    const existing = await db.callback.findFirst({ where: { appId, scope: 'app' } });
    const app = existing ? null : await db.app.findUnique({ where: { id: appId } });
    const usual = app?.ownerId ? SPACE_CHOICE : DEFAULT_CHOICE;
    const style = choice.style ?? existing?.style ?? usual.style;
    const completions = choice.completions ?? existing?.completions ?? usual.completions;
    if (completions && style === DEFAULT_CHOICE.style) {
      const detail = `${style} 没有消息完成回调，请改用 native has no such callback: choose another style`;
      throw new AppError('bad_field', { field: 'callbackCompletions', detail });
    }
    return { style, completions };
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
    const row = await db.callback.findFirst({ where: { appId, scope: 'app' } });
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

  return { setCallback, checkChoice, checkCallbackUrl, findCallback, listLog, replay };
}
