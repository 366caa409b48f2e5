/** Set-based statements for accepting messages. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from './db.js';
import { commit, mayBeCommitted, read, write } from './group-commit.js';
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
  /** Names the messages of which a later one takes the place of the earlier; absent: it stands alone. */
  sequence?: string | null;
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
  sequence: 'text',
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
const BY_IDS = both((q) => `SELECT "id" FROM "Message" WHERE ${q.isIn('"id"', 'int')}`);

interface Keyed {
  id: bigint;
  dedupeKey: string;
}

/** Looks after a commit whose answer was lost, with so many milliseconds before each. */
const LOOKS_MS = [0, 100, 300, 600];
/** A look takes no longer: the caller waits. */
const LOOK_MS = 1000;

/**
 * Writes the messages of a moment with one commit. A message whose dedupe key exists already is left out. Returns which
 * message holds each of their dedupe keys, as of that commit: a question asked afterwards could fail, and the caller
 * would be told of a failure that was none. Where the commit's own answer was lost, the database is asked what became of it.
 */
export async function insertMessages(db: Db, rows: readonly NewMessage[]): Promise<Map<string, number>> {
  const keys = rows.flatMap((row) => row.dedupeKey ?? []);
  const lookUp = keys.length > 0 ? [read(BY_DEDUPE_KEYS, toSqlJson(keys))] : [];
  try {
    const results = await commit(db, [write(INSERT_MESSAGES, toSqlJson(rows)), ...lookUp], {
      isGathered: true,
    });
    return toMap(lookUp.length > 0 ? (results.at(-1) as Keyed[]) : []);
  } catch (error) {
    const isThere = mayBeCommitted(db, error) && (await findWritten(db, rows));
    if (!isThere) {
      throw error;
    }
    return toMap(keys.length > 0 ? await query<Keyed>(db, BY_DEDUPE_KEYS, toSqlJson(keys)) : []);
  }
}

/** Whether a write that answered nothing was committed; false where nobody can tell. */
async function findWritten(db: Db, rows: readonly NewMessage[]): Promise<boolean> {
  const ids = toSqlJson(rows.map(({ id }) => id));
  for (const ms of LOOKS_MS) {
    await sleep(ms);
    const look = query(db, BY_IDS, ids).catch(() => null);
    const found = await Promise.race([look, sleep(LOOK_MS, null, { ref: false })]);
    if (found) {
      return found.length > 0;
    }
  }
  return false;
}

function toMap(rows: readonly Keyed[]): Map<string, number> {
  return new Map(rows.map((row) => [row.dedupeKey, Number(row.id)]));
}
