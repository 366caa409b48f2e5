/** Long lists of subscribers: searched from the newest backwards a bounded part at a time, counted up to a limit, exported. */

import { setImmediate } from 'node:timers/promises';
import { both, query } from '#src/store/sql.js';
import { toSqlJson } from '#src/store/sql-json.js';
import {
  findSliceEnd,
  findSubscriber,
  readSubscribers,
  type SubscriberRow,
} from '#src/store/subscriber-rows.js';
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

/** So many relations are looked at in one go, so that other work slips in between. */
const SLICE = 5000;
/** A search looks at so many relations for one page; the rest is a click away. */
const WINDOW = 50_000;
/** Rows of an export that are read at once: some milliseconds. */
const EXPORT_PART = 500;

/** How many follow each of some places, each counted up to a bound: a walk down an index for each. */
export const COUNT_EACH = both(
  (
    q,
  ) => `SELECT j."at", (SELECT count(*) FROM (SELECT 1 FROM "Subscription" s WHERE s."appId" = j."appId" AND s."topicId" = j."topicId" LIMIT ?) c) AS "count"
     FROM ${q.rows('j', { at: 'int', appId: 'int', topicId: 'int' })}`,
);

/** The verbs of long lists of subscribers. */
export type SubscriberLists = ReturnType<typeof createSubscriberLists>;

/** Makes the verbs; `window` is how many relations one search looks at. */
export function createSubscriberLists({ db, account }: Pick<CoreDeps, 'db' | 'account'>, window = WINDOW) {
  const toListed = (row: SubscriberRow): ListedSubscriber => ({ ...row, createdAt: new Date(row.createdAt) });

  /** Finds subscribers of a place. */
  async function searchSubscribers(
    place: SubscriberPlace,
    search: SubscriberSearch,
  ): Promise<FoundSubscribers> {
    const { text = '', blocked, source, take } = search;
    const here = { appId: place.appId, topicId: place.topicId };
    const exact = text.startsWith('UID_') ? await findSubscriber(db, { ...here, uid: text, account }) : null;
    if (exact) {
      return { items: [toListed(exact)], before: null, searchedTo: null };
    }
    const isFiltered = text !== '' || blocked !== undefined || source !== undefined;
    const wish = {
      text,
      account,
      ...(blocked === undefined ? {} : { blocked }),
      ...(source === undefined ? {} : { source }),
    };
    const range = { ...here, from: 0, below: search.before ?? Number.MAX_SAFE_INTEGER };
    const slice = isFiltered ? Math.min(SLICE, window) : take + 1;
    const items: ListedSubscriber[] = [];
    for (let looked = 0; looked < window; looked += slice) {
      const cut = await findSliceEnd(db, range, slice);
      const left = { ...range, from: cut ?? 0 };
      const rows = await readSubscribers(db, left, { ...wish, take: take + 1 - items.length });
      items.push(...rows.map(toListed));
      if (items.length > take) {
        return { items: items.slice(0, take), before: items[take - 1]?.id ?? null, searchedTo: null };
      }
      if (cut === null) {
        return { items, before: null, searchedTo: null };
      }
      range.below = cut;
      await setImmediate();
    }
    const edge = await db.subscription.findUnique({
      where: { id: BigInt(range.below) },
      select: { createdAt: true },
    });
    return { items, before: range.below, searchedTo: edge?.createdAt ?? null };
  }

  /** How many follow a place, blocked ones too, counted up to `most`. */
  function countSubscribers(place: SubscriberPlace, most: number): Promise<number> {
    const { appId, topicId } = place;
    return db.subscription.count({ where: { appId, topicId }, take: most });
  }

  /** How many follow each of these places, in their order, blocked ones too: each counted up to `most`, in one statement. */
  async function countEach(places: readonly SubscriberPlace[], most: number): Promise<number[]> {
    const wanted = places.map(({ appId, topicId }, at) => ({ at, appId, topicId }));
    const rows = await query<{ at: bigint | number; count: bigint | number }>(
      db,
      COUNT_EACH,
      most,
      toSqlJson(wanted),
    );
    const countOf = new Map(rows.map(({ at, count }) => [Number(at), Number(count)]));
    return places.map((_, at) => countOf.get(at) ?? 0);
  }

  /**
   * Everybody who follows a place, newest first, part by part: each a short statement of its own, and the next is read when
   * the one before was taken.
   */
  async function* readAll(place: SubscriberPlace, part = EXPORT_PART): AsyncGenerator<ListedSubscriber[]> {
    const range = { appId: place.appId, topicId: place.topicId, from: 0, below: Number.MAX_SAFE_INTEGER };
    for (let isEnd = false; !isEnd; ) {
      const rows = await readSubscribers(db, range, { account, take: part });
      yield rows.map(toListed);
      range.below = rows.at(-1)?.id ?? 0;
      isEnd = rows.length < part;
      await setImmediate();
    }
  }

  return { searchSubscribers, countSubscribers, countEach, readAll };
}
