/** Long lists of subscribers: searched from the newest backwards a bounded part at a time, counted up to a limit, exported. */
import type { CoreDeps } from './deps.js';

/** Somebody who follows an app (topicId 0) or a topic, as its owner sees them. */
export interface ListedSubscriber {
  /** The relation's number; newer ones are higher. */
  id: number;
  personId: number;
  uid: string;
  nickname: string;
  source: string;
  extra: string;
  remark: string;
  blocked: boolean;
  /** Whether the person muted this app or topic. */
  muted: boolean;
  /** Whether the person follows the account now. */
  following: boolean;
  /** Whether the person has stopped all messages. */
  paused: boolean;
  createdAt: Date;
}

/** An app (topicId 0) or a topic. */
export interface SubscriberPlace {
  appId: number;
  topicId: number;
}

/** What to look for. */
export interface SubscriberSearch {
  /** A UID or its beginning, or part of an extra, a remark or a nickname; empty: everybody. */
  text?: string;
  blocked?: boolean;
  source?: string;
  /** Only relations older than this one. */
  before?: number;
  take: number;
}

/** What was found, newest first. */
export interface FoundSubscribers {
  items: ListedSubscriber[];
  /** Where to go on: pass it as `before`. Null at the end of the list. */
  before: number | null;
  /** The search stopped before its page was full, at relations of this time; null: it did not. */
  searchedTo: Date | null;
}

/** A search looks at so many relations at once; the rest is a click away, so that nobody else waits. */
const WINDOW = 50_000;

/** The verbs of long lists of subscribers. */
export type SubscriberLists = ReturnType<typeof createSubscriberLists>;

/** Makes the verbs; `window` is how many relations one search looks at. */
export function createSubscriberLists({ db, account }: CoreDeps, window = WINDOW) {
  const withPerson = { person: { include: { identities: { where: account } } } };

  async function read(where: object, take: number): Promise<ListedSubscriber[]> {
    const rows = await db.subscription.findMany({
      where,
      include: withPerson,
      orderBy: { id: 'desc' },
      take,
    });
    return rows.map(toListed);
  }

  /** Finds subscribers of a place. */
  async function searchSubscribers(
    place: SubscriberPlace,
    search: SubscriberSearch,
  ): Promise<FoundSubscribers> {
    const { text = '', blocked, source, take } = search;
    const here = { appId: place.appId, topicId: place.topicId };
    const [exact] = text.startsWith('UID_') ? await read({ ...here, person: { uid: text } }, 1) : [];
    if (exact) {
      return { items: [exact], before: null, searchedTo: null };
    }
    const older = search.before === undefined ? {} : { lt: BigInt(search.before) };
    const isFiltered = text !== '' || blocked !== undefined || source !== undefined;
    const edge = isFiltered ? await findEdge(here, older) : null;
    const contains = { contains: text };
    const items = await read(
      {
        ...here,
        id: { ...older, ...(edge ? { gte: edge.id } : {}) },
        ...(blocked === undefined ? {} : { blocked }),
        ...(source === undefined ? {} : { source }),
        ...(text === ''
          ? {}
          : {
              OR: [
                { extra: contains },
                { remark: contains },
                { person: { nickname: contains } },
                { person: { uid: { startsWith: text } } },
              ],
            }),
      },
      take + 1,
    );
    if (items.length > take) {
      return { items: items.slice(0, take), before: items[take - 1]?.id ?? null, searchedTo: null };
    }
    return { items, before: edge ? Number(edge.id) : null, searchedTo: edge?.createdAt ?? null };
  }

  /** The last relation that a search looks at; null when it reaches the end of the list. */
  function findEdge(here: SubscriberPlace, id: object) {
    return db.subscription.findFirst({
      where: { ...here, id },
      orderBy: { id: 'desc' },
      skip: window - 1,
      select: { id: true, createdAt: true },
    });
  }

  /** How many follow a place, blocked ones too, counted up to `most`. */
  function countSubscribers(place: SubscriberPlace, most: number): Promise<number> {
    const { appId, topicId } = place;
    return db.subscription.count({ where: { appId, topicId }, take: most });
  }

  /** Everybody who follows a place, newest first, part by part. */
  async function* readAll(place: SubscriberPlace, part = 500): AsyncGenerator<ListedSubscriber[]> {
    let before: number | null | undefined;
    while (before !== null) {
      const found: FoundSubscribers = await searchSubscribers(
        place,
        before === undefined ? { take: part } : { take: part, before },
      );
      yield found.items;
      before = found.before;
    }
  }

  return { searchSubscribers, countSubscribers, readAll };
}

interface Row {
  id: bigint;
  personId: bigint;
  source: string;
  extra: string;
  remark: string;
  blocked: boolean;
  muted: boolean;
  createdAt: Date;
  person: {
    uid: string;
    nickname: string;
    pausedAt: Date | null;
    identities: readonly { following: boolean }[];
  };
}

function toListed({ id, personId, person, ...row }: Row): ListedSubscriber {
  const { source, extra, remark, blocked, muted, createdAt } = row;
  return {
    id: Number(id),
    personId: Number(personId),
    uid: person.uid,
    nickname: person.nickname,
    source,
    extra,
    remark,
    blocked,
    muted,
    following: person.identities.some((identity) => identity.following),
    paused: person.pausedAt !== null,
    createdAt,
  };
}
