/** Spreads accepted messages and new events into deliveries, in chunks that a crash can cut anywhere. */
import { ID_STRIDE, type NewId } from '#src/lib/ids.js';
import { expandEvents } from '#src/store/events.js';
import {
  type AcceptedMessage,
  beginSpreading,
  type DirectDelivery,
  expandPeople,
  expandTopic,
  findSpreading,
  finishExpansion,
  listAccepted,
  saveCursor,
} from '#src/store/messages.js';
import type { Db } from '#src/store/open.js';
import { WECHAT_BULK_QUEUE, WECHAT_QUEUE } from './limits.js';

/** What the expansion is made with. */
export interface ExpandDeps {
  db: Db;
  newId: NewId;
  now: () => number;
  account: { platform: string; account: string };
}

/** Messages looked at in one step. */
const MESSAGES_PER_STEP = 200;
/** Rows written by one statement: a few milliseconds, so that single messages slip in between. */
const ROWS_PER_CHUNK = 2000;
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

/** One step: all small messages that wait and one chunk of one broadcast. Returns whether there was anything to do. */
export async function expandMessages(deps: ExpandDeps): Promise<boolean> {
  const waiting = await listAccepted(deps.db, deps.now(), MESSAGES_PER_STEP);
  const audiences = waiting.map((message) => ({ message, audience: readAudience(message) }));
  const small = audiences.filter(({ audience }) => isSmall(audience));
  if (small.length > 0) {
    const rows = small.flatMap(({ message, audience }) =>
      toRows(deps, message, audience.people, WECHAT_QUEUE),
    );
    await expandPeople(deps.db, rows, { ...deps.account, now: deps.now() });
    await finishExpansion(
      deps.db,
      small.map(({ message }) => message.id),
      deps.now(),
    );
  }
  if (small.length < waiting.length) {
    const large = audiences.filter(({ audience }) => !isSmall(audience));
    await beginSpreading(
      deps.db,
      large.map(({ message }) => message.id),
    );
  }
  const broadcast = await findSpreading(deps.db);
  if (broadcast) {
    await expandChunk(deps, broadcast, readAudience(broadcast));
  }
  return waiting.length > 0 || broadcast !== null;
}

/** One step of events. Returns whether there was anything to do. */
export async function expandNewEvents(deps: ExpandDeps): Promise<boolean> {
  const count = await expandEvents(deps.db, {
    limit: EVENTS_PER_STEP,
    firstId: deps.newId(EVENTS_PER_STEP * ENDPOINTS_PER_APP),
    idStride: ID_STRIDE,
    now: deps.now(),
  });
  return count > 0;
}

function readAudience(message: AcceptedMessage): Audience {
  return JSON.parse(message.audience) as Audience;
}

function isSmall(audience: Audience): boolean {
  return audience.topics.length === 0 && audience.people.length <= SINGLE_AUDIENCE;
}

/** The next chunk of a broadcast: first the people named one by one, then each topic's subscribers. */
async function expandChunk(deps: ExpandDeps, message: AcceptedMessage, audience: Audience): Promise<void> {
  const cursor = readCursor(message.cursor);
  const scope = { ...deps.account, now: deps.now() };
  const save = (next: Cursor): Promise<void> => saveCursor(deps.db, message.id, JSON.stringify(next));
  if (cursor.people < audience.people.length) {
    const people = audience.people.slice(cursor.people, cursor.people + ROWS_PER_CHUNK);
    await expandPeople(deps.db, toRows(deps, message, people, WECHAT_BULK_QUEUE), scope);
    await save({ ...cursor, people: cursor.people + people.length });
    return;
  }
  const topicId = audience.topics[cursor.topic];
  if (topicId === undefined) {
    await finishExpansion(deps.db, [message.id], deps.now());
    return;
  }
  const last = await expandTopic(
    deps.db,
    {
      message,
      topicId,
      after: cursor.after,
      limit: ROWS_PER_CHUNK,
      firstId: deps.newId(ROWS_PER_CHUNK),
      idStride: ID_STRIDE,
      channel: 'wechat',
      queue: WECHAT_BULK_QUEUE,
    },
    scope,
  );
  await save(last === null ? { ...cursor, topic: cursor.topic + 1, after: 0 } : { ...cursor, after: last });
}

function toRows(
  deps: ExpandDeps,
  message: AcceptedMessage,
  people: number[],
  queue: string,
): DirectDelivery[] {
  const first = deps.newId(Math.max(people.length, 1));
  return people.map((personId, at) => ({
    id: first + at * ID_STRIDE,
    messageId: message.id,
    personId,
    appId: message.appId,
    channel: 'wechat',
    queue,
  }));
}

function readCursor(text: string): Cursor {
  return text === '' ? { people: 0, topic: 0, after: 0 } : (JSON.parse(text) as Cursor);
}
