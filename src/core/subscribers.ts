/** Subscribers: the people behind subscriptions as the owner of an app or topic sees them, and what one follows oneself. */
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import { toPseudonym } from './pseudonyms.js';
import type { OutsideName } from './types.js';

/** Somebody who follows an app (topicId 0) or a topic. */
export interface Subscriber {
  /** The relation's number. */
  id: number;
  personId: number;
  topicId: number;
  nickname: string;
  /** Stands for how the server's own WeChat account knows them; empty when it never met them. */
  pseudonym: string;
  /** Whether they follow the account now. */
  following: boolean;
  hasPhone: boolean;
  hasEmail: boolean;
  /** The owner's own words on them. */
  remark: string;
  createdAt: Date;
  /** Since when they are blocked, as far as that is known. */
  blockedAt: Date | null;
}

/** A topic that somebody follows. */
export interface JoinedTopic {
  appId: number;
  topicId: number;
  joinedAt: Date;
}

/** The most characters (code points) of a remark. */
const MAX_REMARK = 64;

/** The verbs of subscribers. */
export type Subscribers = ReturnType<typeof createSubscribers>;

/** Makes the verbs of subscribers. */
export function createSubscribers({ db, account, hashKey }: CoreDeps) {
  const withPerson = { person: { include: { identities: { where: account } } } };
  const findRows = (query: { where: object; skip?: number; take: number }) =>
    db.subscription.findMany({ ...query, include: withPerson, orderBy: { id: 'desc' } });

  /** A page of those who follow an app (topicId 0) or topic, newest first; or of those who are blocked there. */
  async function listSubscribers(
    place: { appId: number; topicId: number; blocked?: boolean },
    page: { skip: number; take: number },
  ): Promise<{ total: number; items: Subscriber[] }> {
    const where = { appId: place.appId, topicId: place.topicId, blocked: place.blocked ?? false };
    const [total, rows] = await Promise.all([db.subscription.count({ where }), findRows({ where, ...page })]);
    return { total, items: rows.map((row) => toSubscriber(hashKey, row)) };
  }

  /** One relation of an app, blocked or not; throws not_found. */
  async function getSubscriber(appId: number, id: number): Promise<Subscriber & { blocked: boolean }> {
    const isId = Number.isSafeInteger(id) && id > 0;
    const [row] = isId ? await findRows({ where: { id: BigInt(id), appId }, take: 1 }) : [];
    if (!row) {
      throw notFound('订阅关系 Subscription');
    }
    return { ...toSubscriber(hashKey, row), blocked: row.blocked };
  }

  /** Who is behind those of these relations that are an app's own and not blocked, in the order they are given. */
  async function findFriends(appId: number, ids: readonly number[]): Promise<number[]> {
    const rows = await db.subscription.findMany({
      where: { id: { in: ids.map(BigInt) }, appId, topicId: 0, blocked: false },
      select: { id: true, personId: true },
    });
    const personOf = new Map(rows.map((row) => [Number(row.id), Number(row.personId)]));
    return ids.flatMap((id) => personOf.get(id) ?? []);
  }

  /** Keeps the owner's words on one relation. Throws not_found, field_too_long. */
  async function setRemark(appId: number, id: number, remark: string): Promise<void> {
    const text = remark.trim();
    if ([...text].length > MAX_REMARK) {
      throw new AppError('field_too_long', { field: 'remark', limit: MAX_REMARK });
    }
    await getSubscriber(appId, id);
    await db.subscription.updateMany({ where: { id: BigInt(id), appId }, data: { remark: text } });
  }

  /** A page of the topics that a person follows, newest first. */
  async function listJoined(personId: number, page: { skip: number; take: number }) {
    const where = {
      personId: BigInt(personId),
      topicId: { gt: 0 },
      blocked: false,
      app: { deletedAt: null },
    };
    const [total, rows] = await Promise.all([
      db.subscription.count({ where }),
      db.subscription.findMany({ where, orderBy: { id: 'desc' }, ...page }),
    ]);
    const items = rows.map(
      ({ appId, topicId, createdAt }): JoinedTopic => ({ appId, topicId, joinedAt: createdAt }),
    );
    return { total, items };
  }

  /** When a person came to follow a topic; null when they don't, or are blocked there. */
  async function findJoined(personId: number, topicId: number): Promise<JoinedTopic | null> {
    const row = await db.subscription.findFirst({
      where: { personId: BigInt(personId), topicId, blocked: false },
    });
    return row ? { appId: row.appId, topicId, joinedAt: row.createdAt } : null;
  }

  return { listSubscribers, getSubscriber, findFriends, setRemark, listJoined, findJoined };
}

interface SubscriberRow {
  id: bigint;
  personId: bigint;
  topicId: number;
  remark: string;
  createdAt: Date;
  blockedAt: Date | null;
  person: {
    nickname: string;
    phone: string;
    email: string;
    identities: readonly (OutsideName & { following: boolean })[];
  };
}

function toSubscriber(hashKey: Buffer, { id, personId, person, ...row }: SubscriberRow): Subscriber {
  const [wechat] = person.identities;
  const { topicId, remark, createdAt, blockedAt } = row;
  return {
    id: Number(id),
    personId: Number(personId),
    topicId,
    nickname: person.nickname,
    pseudonym: wechat ? toPseudonym(hashKey, wechat) : '',
    following: person.identities.some((identity) => identity.following),
    hasPhone: person.phone !== '',
    hasEmail: person.email !== '',
    remark,
    createdAt,
    blockedAt,
  };
}
