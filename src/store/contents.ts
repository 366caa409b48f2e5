/** Reads what claimed deliveries consist of: one statement for a batch, whose text does not change with the batch's size. */
import type { Db } from './db.js';
import type { Callback, Event, Message } from './generated/client.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** What a delivery needs of its message. */
export type StoredMessage = Pick<
  Message,
  | 'id'
  | 'appId'
  | 'senderId'
  | 'title'
  | 'summary'
  | 'body'
  | 'format'
  | 'url'
  | 'priority'
  | 'extras'
  | 'sequence'
  | 'state'
  | 'createdAt'
  | 'expiresAt'
  | 'deletedAt'
>;

const MESSAGES = both(
  (
    q,
  ) => `SELECT "id", "appId", "senderId", "title", "summary", "body", "format", "url", "priority", "extras", "sequence", "state",
       "createdAt", "expiresAt", "deletedAt" FROM "Message" WHERE ${q.isIn('"id"', 'int')}`,
);

/** These messages, as far as there are any; in no order. */
export function listMessages(db: Db, ids: readonly number[]): Promise<StoredMessage[]> {
  return query(db, MESSAGES, toSqlJson(ids));
}

const STOPPED = both(
  (q) => `SELECT "id", "state", "deletedAt" FROM "Message"
     WHERE ${q.isIn('"id"', 'int')} AND ("deletedAt" IS NOT NULL OR ${q.noIndex('"state"')} = 'cancelling')`,
);

/** Those of these messages that were taken down or are to stop. */
export function listStopped(
  db: Db,
  ids: readonly number[],
): Promise<Pick<Message, 'id' | 'state' | 'deletedAt'>[]> {
  return query(db, STOPPED, toSqlJson(ids));
}

const EVENTS = both(
  (q) => `SELECT "id", "type", "appId", "data", "createdAt" FROM "Event" WHERE ${q.isIn('"id"', 'int')}`,
);

/** These events. */
export function listEvents(
  db: Db,
  ids: readonly number[],
): Promise<Pick<Event, 'id' | 'type' | 'appId' | 'data' | 'createdAt'>[]> {
  return query(db, EVENTS, toSqlJson(ids));
}

/** An endpoint with the name of its app. */
export type StoredEndpoint = Pick<
  Callback,
  'id' | 'url' | 'secret' | 'oldSecret' | 'oldUntil' | 'style' | 'disabledAt'
> & { appName: string };

const ENDPOINTS = both(
  (
    q,
  ) => `SELECT c."id", c."url", c."secret", c."oldSecret", c."oldUntil", c."style", c."disabledAt", a."name" AS "appName"
     FROM "Callback" c JOIN "App" a ON a."id" = c."appId" WHERE ${q.isIn('c."id"', 'int')}`,
);

/** These endpoints. */
export function listEndpoints(db: Db, ids: readonly number[]): Promise<StoredEndpoint[]> {
  return query(db, ENDPOINTS, toSqlJson(ids));
}
