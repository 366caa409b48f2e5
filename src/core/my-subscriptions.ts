/** What a person follows, as they see it themselves: each app with its topics, to be switched off, on, or left. */
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';

/** One switch: an app itself, or a topic. */
export interface MySubscription {
  id: number;
  topicId: number;
  /** The topic's name; empty for the app itself. */
  name: string;
  muted: boolean;
}

/** An app and what of it one follows. */
export interface MyApp {
  appId: number;
  name: string;
  description: string;
  contact: string;
  /** Following the app itself; null where it is topics only. */
  app: MySubscription | null;
  topics: MySubscription[];
}

/** More than these nobody can look through. */
const MOST = 500;

/** The verbs of one's own subscriptions. */
export type MySubscriptions = ReturnType<typeof createMySubscriptions>;

/** Makes the verbs. */
export function createMySubscriptions({ db }: CoreDeps) {
  /** What a person follows, by app in the order of their numbers; where they are blocked is left out. */
  async function listApps(personId: number): Promise<MyApp[]> {
    const rows = await db.subscription.findMany({
      where: { personId: BigInt(personId), blocked: false, app: { deletedAt: null } },
      include: { app: true },
      orderBy: [{ appId: 'asc' }, { topicId: 'asc' }],
      take: MOST,
    });
    const topics = await db.topic.findMany({
      where: { id: { in: rows.map((row) => row.topicId) }, deletedAt: null },
      select: { id: true, name: true },
    });
    const nameOf = new Map(topics.map((topic) => [topic.id, topic.name]));
    const apps = new Map<number, MyApp>();
    for (const { id, appId, topicId, muted, app } of rows) {
      const { name, description, contact } = app;
      const entry = apps.get(appId) ?? { appId, name, description, contact, app: null, topics: [] };
      apps.set(appId, entry);
      const one = { id: Number(id), topicId, name: nameOf.get(topicId) ?? '', muted };
      if (topicId === 0) {
        entry.app = one;
      } else if (nameOf.has(topicId)) {
        entry.topics.push(one);
      }
    }
    return [...apps.values()];
  }

  /** Switches an app or topic off or on; an app that is off is silent with all its topics. Throws not_found. */
  async function setMuted(personId: number, id: number, muted: boolean): Promise<void> {
    const where = { id: toId(id), personId: BigInt(personId), blocked: false };
    const { count } = await db.subscription.updateMany({ where, data: { muted } });
    if (count === 0) {
      throw notFound('订阅 Subscription');
    }
  }

  /** What a relation of this person is of; throws not_found. */
  async function getPlace(personId: number, id: number): Promise<{ appId: number; topicId: number }> {
    const row = await db.subscription.findFirst({
      where: { id: toId(id), personId: BigInt(personId), blocked: false },
      select: { appId: true, topicId: true },
    });
    if (!row) {
      throw notFound('订阅 Subscription');
    }
    return row;
  }

  return { listApps, setMuted, getPlace };
}

function toId(id: number): bigint {
  return Number.isSafeInteger(id) && id > 0 ? BigInt(id) : 0n;
}
