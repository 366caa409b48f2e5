/** Set-based statements for accepting messages. */
import type { Db } from './db.js';
import { commit, write } from './group-commit.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** A message as the accept path writes it. Times are milliseconds since the epoch. */
export interface NewMessage {
  id: number;
  appId: number | null;
  senderId: number | null;
  source: string;
  title: string;
  summary: string;
  body: string;
  format: string;
  url: string;
  /** `{"people": [...], "topics": [...]}` */
  audience: string;
  /** `[{"uid": ...} | {"topicId": ...}]` */
  targets: string;
  priority: number;
  /** JSON list of channel codes or kinds; null: each person's route. */
  channels: string | null;
  /** JSON. */
  extras: string | null;
  dedupeKey: string | null;
  createdAt: number;
  sendAt: number | null;
  expiresAt: number | null;
  /** The endpoint that hears of its end; absent: none of its own. */
  callbackId?: number | null;
}

const MESSAGE_COLUMNS = {
  id: 'int',
  appId: 'int',
  senderId: 'int',
  source: 'text',
  title: 'text',
  summary: 'text',
  body: 'text',
  format: 'text',
  url: 'text',
  audience: 'text',
  targets: 'text',
  priority: 'int',
  channels: 'text',
  extras: 'text',
  dedupeKey: 'text',
  createdAt: 'time',
  sendAt: 'time',
  expiresAt: 'time',
  callbackId: 'int',
} as const;
const MESSAGE_NAMES = Object.keys(MESSAGE_COLUMNS)
  .map((name) => `"${name}"`)
  .join(', ');

const INSERT_MESSAGES = both(
  (q) => `INSERT INTO "Message" (${MESSAGE_NAMES}, "state")
     SELECT ${MESSAGE_NAMES}, 'accepted' FROM ${q.rows('j', MESSAGE_COLUMNS)} WHERE true
     ON CONFLICT ("dedupeKey") DO NOTHING`,
);
const BY_DEDUPE_KEYS = both(
  (q) => `SELECT "id", "dedupeKey" FROM "Message" WHERE ${q.isIn('"dedupeKey"', 'text')}`,
);

/**
 * Writes the messages of a moment with one commit. A message whose dedupe key exists already is left out: the caller
 * finds the first one by `findByDedupeKeys`.
 */
export async function insertMessages(db: Db, rows: readonly NewMessage[]): Promise<void> {
  await commit(db, [write(INSERT_MESSAGES, toSqlJson(rows))], { isGathered: true });
}

/** Which messages hold these dedupe keys. */
export async function findByDedupeKeys(db: Db, keys: readonly string[]): Promise<Map<string, number>> {
  const rows = await query<{ id: bigint; dedupeKey: string }>(db, BY_DEDUPE_KEYS, toSqlJson(keys));
  return new Map(rows.map((row) => [row.dedupeKey, Number(row.id)]));
}
