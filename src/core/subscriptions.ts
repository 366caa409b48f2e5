/** Subscriptions: who follows which app or topic, how they came, and whether they are blocked. */
import { createBatcher } from '#src/lib/batcher.js';
import { insertSubscriptions, type NewEvent, type NewSubscription } from '#src/store/events.js';
import type { CoreDeps } from './deps.js';
import type { Disabled } from './disabled.js';
import { notFound } from './errors.js';
import type { FindFull } from './space-limits.js';
import type { SubscriptionSource } from './types.js';

/** A wish to follow an app (topicId 0) or a topic. */
export interface SubscribeInput {
  personId: number;
  uid: string;
  appId: number;
  /** 0 for the app itself. */
  topicId: number;
  source: SubscriptionSource;
  /** The parameter of the QR code, empty for default codes. */
  extra: string;
}

/** What became of it. `full`: the plan of the space's owner allows no more people. `disabled`: the app's developer is. */
export type SubscribeResult = 'subscribed' | 'already' | 'blocked' | 'full' | 'disabled';

/** One relation as lists show it. */
export interface Subscription {
  id: number;
  personId: number;
  uid: string;
  appId: number;
  topicId: number;
  source: string;
  extra: string;
  blocked: boolean;
  /** Whether the person follows the account now. */
  following: boolean;
  /** Whether the person has stopped all messages. */
  paused: boolean;
  createdAt: Date;
}

/** Which relations of an app to list. */
export interface SubscriptionFilter {
  appId: number;
  /** 0 the app's own, a number one topic's, 'topics' all topics', absent everything. */
  topicId?: number | 'topics';
  uid?: string;
  blocked?: boolean;
  skip: number;
  take: number;
}

/** The verbs of subscriptions. */
export type Subscriptions = ReturnType<typeof createSubscriptions>;

/** Makes the verbs of subscriptions. */
export function createSubscriptions(
  { db, clock, newId, wake, account }: CoreDeps,
  outside: { findFull: FindFull; disabled: Pick<Disabled, 'isAppDisabled'> },
) {
  const subscribeBatch = createBatcher({
    run: async (items: SubscribeInput[]): Promise<SubscribeResult[]> => {
      const now = clock.now();
      const isFull = await outside.findFull(items);
      const rows = items.map((item) => toRow(item, newId(), now));
      const admitted = rows.filter((_, at) => !isFull[at]);
      const events = rows.flatMap((row, at) => (isFull[at] ? [] : toEvents(row, items[at], newId)));
      const found = await insertSubscriptions(db, admitted, events);
      const byKey = new Map(found.map((row) => [`${row.personId} ${row.appId} ${row.topicId}`, row]));
      if (events.length > 0) {
        wake();
      }
      return rows.map((row, at) => {
        if (isFull[at]) {
          return 'full';
        }
        const stored = byKey.get(`${row.personId} ${row.appId} ${row.topicId}`);
        if (stored?.blocked) {
          return 'blocked';
        }
        return stored?.id === row.id ? 'subscribed' : 'already';
      });
    },
    maxItems: 500,
  });

  /** Subscribes; committed, with its event, when it answers. Blocked people stay blocked, a full place stays full. */
  async function subscribe(input: SubscribeInput): Promise<SubscribeResult> {
    return (await outside.disabled.isAppDisabled(input.appId)) ? 'disabled' : subscribeBatch(input);
  }

  /** A person leaves an app and all its topics, or one topic. Returns how many relations ended. */
  async function unsubscribe(personId: number, appId: number, topicId?: number): Promise<number> {
    const { count } = await db.subscription.deleteMany({
      where: {
        personId: BigInt(personId),
        appId,
        blocked: false,
        ...(topicId === undefined ? {} : { topicId }),
      },
    });
    return count;
  }

  /** All relations of a person, by app, blocked ones left out. */
  async function listOfPerson(personId: number) {
    const rows = await db.subscription.findMany({
      where: { personId: BigInt(personId), blocked: false, app: { deletedAt: null } },
      include: { app: true },
      orderBy: [{ appId: 'asc' }, { topicId: 'asc' }],
      take: 200,
    });
    return rows.map((row) => ({
      id: Number(row.id),
      appId: row.appId,
      appName: row.app.name,
      topicId: row.topicId,
      settingUrl: row.app.settingUrl,
    }));
  }

  /** A page of an app's relations, newest first. */
  async function listSubscriptions(
    filter: SubscriptionFilter,
  ): Promise<{ total: number; items: Subscription[] }> {
    const topicId = filter.topicId === 'topics' ? { gt: 0 } : filter.topicId;
    const where = {
      appId: filter.appId,
      ...(topicId === undefined ? {} : { topicId }),
      ...(filter.uid === undefined ? {} : { person: { uid: filter.uid } }),
      ...(filter.blocked === undefined ? {} : { blocked: filter.blocked }),
    };
    const [total, rows] = await Promise.all([
      db.subscription.count({ where }),
      db.subscription.findMany({
        where,
        include: { person: { include: { identities: { where: account } } } },
        orderBy: { id: 'desc' },
        skip: filter.skip,
        take: filter.take,
      }),
    ]);
    const items = rows.map(({ person, ...row }) => ({
      ...row,
      id: Number(row.id),
      personId: Number(row.personId),
      uid: person.uid,
      following: person.identities.some((identity) => identity.following),
      paused: person.pausedAt !== null,
    }));
    return { total, items };
  }

  /** Ends one relation of an app; the person may come back. Throws not_found. */
  async function removeSubscription(appId: number, id: number): Promise<void> {
    const { count } = await db.subscription.deleteMany({ where: { id: toId(id), appId } });
    if (count === 0) {
      throw notFound('订阅关系 Subscription');
    }
  }

  /** Blocks or unblocks one relation of an app. Throws not_found. */
  async function setBlocked(appId: number, id: number, blocked: boolean): Promise<void> {
    const { count } = await db.subscription.updateMany({
      where: { id: toId(id), appId },
      data: { blocked, blockedAt: blocked ? new Date(clock.now()) : null },
    });
    if (count === 0) {
      throw notFound('订阅关系 Subscription');
    }
  }

  return { subscribe, unsubscribe, listOfPerson, listSubscriptions, removeSubscription, setBlocked };
}

function toId(id: number): bigint {
  return Number.isSafeInteger(id) && id > 0 ? BigInt(id) : 0n;
}

function toRow(item: SubscribeInput, id: number, now: number): NewSubscription {
  const { uid: _uid, ...rest } = item;
  return { ...rest, id, createdAt: now };
}

/**
 * Following a topic makes an event in a person's own space alone: elsewhere only an app's own new followers do (the callback
 * contract of WxPusher).
 */
function toEvents(row: NewSubscription, item: SubscribeInput | undefined, newId: () => number): NewEvent[] {
  if (!item) {
    return [];
  }
  return [
    {
      id: newId(),
      dedupeKey: `subscription:${row.id}`,
      type: 'subscription.created',
      appId: row.appId,
      personId: row.personId,
      data: JSON.stringify({ uid: item.uid, source: row.source, extra: row.extra, topicId: row.topicId }),
      createdAt: row.createdAt,
      onlyIfSubscription: row.id,
      ...(row.topicId === 0 ? {} : { onlyInSpace: true }),
    },
  ];
}
