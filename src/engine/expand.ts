/** Spreads accepted messages and new events into deliveries, in chunks that a crash can cut anywhere. */
import { ID_STRIDE, type NewId } from '#src/lib/ids.js';
import { expandEvents } from '#src/store/events.js';
import type { Db } from '#src/store/open.js';
import {
  type AcceptedMessage,
  beginSpreading,
  type DirectDelivery,
  expandPeople,
  expandTopic,
  expandWhole,
  findSpreading,
  finishExpansion,
  listAccepted,
  listSlice,
  type SliceEnd,
  saveCursor,
} from '#src/store/spreading.js';
import { WECHAT_BULK_QUEUE, WECHAT_QUEUE } from './limits.js';
import { createPace, type Pace } from './pace.js';
import { fillSlots, type Slot } from './slots.js';

/** What the expansion works with. */
interface ExpandDeps {
  db: Db;
  newId: NewId;
  now: () => number;
  account: { platform: string; account: string };
  /** The channels for which the server has an account of its own. */
  served: ReadonlySet<string>;
  /** How many rows one statement writes. */
  pace: Pace;
}

/** Messages looked at in one step. */
const MESSAGES_PER_STEP = 500;
/** Small broadcasts that share one step, so that many of them go quickly and a single message still slips in between. */
const BROADCASTS_PER_STEP = 10;
/** A message to more people than this is a broadcast. */
const SINGLE_AUDIENCE = 20;
const EVENTS_PER_STEP = 500;
/** Room for the endpoints of one app when ids are reserved. */
const ENDPOINTS_PER_APP = 8;

interface Audience {
  people: number[];
  topics: number[];
}

/** Where an expansion has come to: people done, topic number in the list, last subscription done there. */
interface Cursor {
  people: number;
  topic: number;
  after: number;
}

/** Spreads what was accepted; each verb does one step and says whether there was anything to do. */
export type Expansion = ReturnType<typeof createExpansion>;

/** Makes it. */
export function createExpansion(given: Omit<ExpandDeps, 'pace'>) {
  const deps: ExpandDeps = { ...given, pace: createPace(given.now) };
  return {
    /** New events. */
    spreadEvents: async (): Promise<boolean> => {
      const count = await expandEvents(deps.db, {
        limit: EVENTS_PER_STEP,
        firstId: deps.newId(EVENTS_PER_STEP * ENDPOINTS_PER_APP),
        idStride: ID_STRIDE,
        now: deps.now(),
      });
      return count > 0;
    },
    /** Messages to few people, all that wait; broadcasts are taken out of the line. */
    spreadSmall: () => spreadSmall(deps),
    /** About one chunk of broadcasts: a part of a large one, or several small ones. */
    spreadBroadcasts: () => spreadBroadcasts(deps),
  };
}

async function spreadSmall(deps: ExpandDeps): Promise<boolean> {
  const waiting = await listAccepted(deps.db, deps.now(), MESSAGES_PER_STEP);
  const audiences = waiting.map((message) => ({ message, audience: readAudience(message) }));
  const small = audiences.filter(({ audience }) => isSmall(audience));
  if (small.length > 0) {
    const filled = await Promise.all(
      small.map(({ message, audience }) =>
        slotsOf(deps, message, { people: audience.people, queue: WECHAT_QUEUE }),
      ),
    );
    // Numbered when all are there: what was accepted first goes out first, whichever was filled first.
    const rows = small.flatMap(({ message }, at) => numbered(deps, message, filled[at] ?? []));
    const messageIds = small.map(({ message }) => message.id);
    await expandWhole(deps.db, { messageIds, rows }, { ...deps.account, now: deps.now() });
  }
  if (small.length < waiting.length) {
    const large = audiences.filter(({ audience }) => !isSmall(audience));
    await beginSpreading(
      deps.db,
      large.map(({ message }) => message.id),
    );
  }
  return waiting.length > 0;
}

async function spreadBroadcasts(deps: ExpandDeps): Promise<boolean> {
  const most = deps.pace.rows();
  let rows = 0;
  for (let count = 0; count < BROADCASTS_PER_STEP; count += 1) {
    const broadcast = rows < most ? await findSpreading(deps.db) : null;
    if (!broadcast) {
      return count > 0;
    }
    rows += await deps.pace.run(() => expandChunk(deps, broadcast, readAudience(broadcast)));
  }
  return true;
}

function readAudience(message: AcceptedMessage): Audience {
  return JSON.parse(message.audience) as Audience;
}

function isSmall(audience: Audience): boolean {
  return audience.topics.length === 0 && audience.people.length <= SINGLE_AUDIENCE;
}

/** The next chunk of a broadcast: first the people named one by one, then each topic's subscribers. Returns its size. */
async function expandChunk(deps: ExpandDeps, message: AcceptedMessage, audience: Audience): Promise<number> {
  const cursor = readCursor(message.cursor);
  const left = audience.people.length - cursor.people;
  const { size, next } =
    left > 0
      ? await expandNamed(deps, message, { audience, cursor })
      : await expandSubscribers(deps, message, { audience, cursor });
  if (next.people >= audience.people.length && next.topic >= audience.topics.length) {
    await finishExpansion(deps.db, [message.id], deps.now());
  } else {
    await saveCursor(deps.db, message.id, JSON.stringify(next));
  }
  return size;
}

interface Place {
  audience: Audience;
  cursor: Cursor;
}

async function expandNamed(deps: ExpandDeps, message: AcceptedMessage, { audience, cursor }: Place) {
  const people = audience.people.slice(cursor.people, cursor.people + deps.pace.rows());
  const rows = await toRows(deps, message, { people, queue: WECHAT_BULK_QUEUE });
  await expandPeople(deps.db, rows, { ...deps.account, now: deps.now() });
  return { size: people.length, next: { ...cursor, people: cursor.people + people.length } };
}

async function expandSubscribers(deps: ExpandDeps, message: AcceptedMessage, { audience, cursor }: Place) {
  const topicId = audience.topics[cursor.topic];
  if (topicId === undefined) {
    return { size: 0, next: cursor };
  }
  const limit = deps.pace.rows();
  const { last, count, isEnd } = message.channels
    ? await expandSlots(deps, message, { topicId, after: cursor.after, limit })
    : await expandTopic(
        deps.db,
        {
          message,
          topicId,
          after: cursor.after,
          limit,
          firstId: deps.newId(limit),
          idStride: ID_STRIDE,
          channel: 'wechat',
          queue: WECHAT_BULK_QUEUE,
        },
        { ...deps.account, now: deps.now() },
      );
  const next = isEnd ? { ...cursor, topic: cursor.topic + 1, after: 0 } : { ...cursor, after: last };
  return { size: count, next };
}

/** A slice of a topic for a message that asks for channels by name: each person's settings decide. */
async function expandSlots(
  deps: ExpandDeps,
  message: AcceptedMessage,
  place: { topicId: number; after: number; limit: number },
): Promise<SliceEnd> {
  const slice = await listSlice(deps.db, { message, ...place });
  const rows = await toRows(deps, message, { people: slice.people, queue: WECHAT_BULK_QUEUE });
  await expandPeople(deps.db, rows, { ...deps.account, now: deps.now() });
  return slice;
}

/** The people of an expansion, and the queue for those who have no route of their own. */
interface Receivers {
  people: readonly number[];
  queue: string;
}

async function toRows(deps: ExpandDeps, message: AcceptedMessage, to: Receivers): Promise<DirectDelivery[]> {
  return numbered(deps, message, await slotsOf(deps, message, to));
}

/** A slot a person; where the message asks for channels by name, a slot a person and channel. */
async function slotsOf(deps: ExpandDeps, message: AcceptedMessage, to: Receivers): Promise<Slot[]> {
  const asked = message.channels === null ? [] : (JSON.parse(message.channels) as string[]);
  return fillSlots(deps.db, { ...to, asked, served: deps.served });
}

/** Gives slots their ids, in their order. */
function numbered(deps: ExpandDeps, message: AcceptedMessage, slots: readonly Slot[]): DirectDelivery[] {
  const first = deps.newId(Math.max(slots.length, 1));
  return slots.map((slot, at) => ({
    ...slot,
    id: first + at * ID_STRIDE,
    messageId: message.id,
    appId: message.appId,
  }));
}

function readCursor(text: string): Cursor {
  return text === '' ? { people: 0, topic: 0, after: 0 } : (JSON.parse(text) as Cursor);
}
