/** Locks for processes that share a database; SQLite has one writer and needs none. */
import { read, type Statement } from './group-commit.js';
import { both } from './sql.js';

const LOCK_MESSAGES = both((q) =>
  q.shared(`SELECT 1 FROM "Message" WHERE ${q.isIn('"id"', 'int')} ORDER BY "id" FOR UPDATE`),
);

/**
 * Holds these messages (a JSON list of ids) until the commit, first of all in it, where what is written depends on rows that
 * belong to them: what another process counts, ends or stops meanwhile comes before or after, never in between.
 */
export function lockMessages(messageIds: string): Statement {
  return read(LOCK_MESSAGES, messageIds);
}
