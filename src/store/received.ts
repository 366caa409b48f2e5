/** Reads what a person received, newest first, a bounded part at a time. */
import type { Db } from './db.js';
import { query, wordsOf } from './sql.js';
import { holds } from './text-search.js';

/** Which part to read. */
export interface ReceivedPart {
  personId: number;
  /** Only deliveries older than this one; absent: from the newest. */
  before?: number;
  /** Part of the title, summary, text or the app's name; empty: everything. */
  search: string;
  take: number;
  /** A search looks at so many deliveries at most. */
  window: number;
}

/** A message as its receiver sees it in a list. */
export interface ReceivedRow {
  messageId: number;
  /** The oldest of its deliveries to this person: the next part lies before it. */
  deliveryId: number;
  title: string;
  summary: string;
  body: string;
  format: string;
  appName: string | null;
  source: string;
  state: string;
  createdAt: number;
  isRead: boolean;
  isDeleted: boolean;
}

type Raw = Record<keyof ReceivedRow, unknown>;

/** Longer bodies are no help in a list. */
export const BODY_START = 400;

/** Reads a part: its messages, and the oldest delivery that was looked at (null: there were none). */
export async function listReceived(
  db: Db,
  part: ReceivedPart,
): Promise<{ rows: ReceivedRow[]; oldest: number | null; looked: number }> {
  const before = part.before ?? Number.MAX_SAFE_INTEGER;
  const looked = `SELECT "id", "messageId", "state", "readAt" FROM "Delivery"
     WHERE "personId" = ? AND "id" < ? AND "messageId" IS NOT NULL ORDER BY "id" DESC LIMIT ?`;
  const q = wordsOf(db);
  const columns = ['m."title"', 'm."summary"', 'm."body"', `coalesce(a."name", '')`];
  const found = part.search === '' ? null : holds(q, columns, part.search);
  const filter = found ? `WHERE ${found.sql}` : '';
  const raw = await query<Raw>(
    db,
    `SELECT m."id" AS "messageId", min(d."id") AS "deliveryId", m."title", m."summary", substr(m."body", 1, ${BODY_START}) AS "body",
       m."format", a."name" AS "appName", m."source", max(d."state") AS "state", ${q.ms('m."createdAt"')} AS "createdAt",
       count(d."readAt") > 0 AS "isRead", m."deletedAt" IS NOT NULL AS "isDeleted"
     FROM (${looked}) d JOIN "Message" m ON m."id" = d."messageId" LEFT JOIN "App" a ON a."id" = m."appId" ${filter}
     GROUP BY m."id", a."id" ORDER BY min(d."id") DESC LIMIT ?`,
    part.personId,
    before,
    part.window,
    ...(found?.args ?? []),
    part.take,
  );
  const [end] = await query<{ oldest: bigint | null; looked: bigint }>(
    db,
    `SELECT min("id") AS "oldest", count(*) AS "looked" FROM (${looked}) d`,
    part.personId,
    before,
    part.window,
  );
  return {
    rows: raw.map(toRow),
    oldest: end?.oldest == null ? null : Number(end.oldest),
    looked: Number(end?.looked ?? 0),
  };
}

function toRow(raw: Raw): ReceivedRow {
  return {
    messageId: Number(raw.messageId),
    deliveryId: Number(raw.deliveryId),
    title: String(raw.title),
    summary: String(raw.summary),
    body: String(raw.body),
    format: String(raw.format),
    appName: raw.appName === null ? null : String(raw.appName),
    source: String(raw.source),
    state: String(raw.state),
    createdAt: Number(raw.createdAt),
    isRead: Boolean(raw.isRead),
    isDeleted: Boolean(raw.isDeleted),
  };
}
