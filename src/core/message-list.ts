/** Lists of messages for those who manage: searched and filtered, newest first, quick whatever their number. */
import { firstIdAt } from '#src/lib/ids.js';
import { query, type Words, wordsOf } from '#src/store/sql.js';
import { toSqlJson } from '#src/store/sql-json.js';
import type { CoreDeps } from './deps.js';
import { type MessageState, toMessageState } from './message-state.js';

/** Whose messages somebody may see; null: all. */
export type MessageScope = { appIds: readonly number[]; personId: number } | null;

/** What to list. */
export interface MessageFilter {
  scope: MessageScope;
  /** An app's; 0: those that people's own keys sent. */
  appId?: number;
  state?: MessageState;
  /** The dialect's name. */
  source?: string;
  from?: Date;
  /** Up to and without. */
  until?: Date;
  /** A UID, the number of a message, or part of a title or summary. */
  search?: string;
  /** Goes on below this message, the `next` of the page before. */
  before?: number;
  take: number;
}

/** A line of the list. */
export interface MessageLine {
  id: number;
  appId: number | null;
  source: string;
  /** The title, else the summary, else how the body begins; empty where the page was taken down. */
  head: string;
  state: MessageState;
  total: number;
  sent: number;
  failed: number;
  cancelled: number;
  priority: number;
  createdAt: Date;
  sendAt: Date | null;
}

/** A page of the list. */
export interface MessageLines {
  items: MessageLine[];
  /** Where the next page begins; null: there is none. */
  next: number | null;
  /** How far back was looked where the page ended before it was full; null: it is full, or there is no more. */
  searchedTo: Date | null;
}

/** So many messages are looked at for one page, however few of them are wanted. */
const WINDOW = 20_000;
const HEAD_LENGTH = 120;
/** A process may reserve ids faster than time passes. */
const ID_SLACK_MS = 3_600_000;
const STORED_STATES: Partial<Record<MessageState, readonly string[]>> = {
  accepted: ['accepted'],
  sending: ['spreading', 'expanded', 'cancelling'],
};
/** How `toMessageState` tells the ended ones apart. */
const ENDED: Partial<Record<MessageState, string>> = {
  sent: `m."state" = 'done' AND (m."sent" > 0 OR m."failed" = 0 AND m."cancelled" = 0)`,
  failed: `m."state" = 'done' AND m."sent" = 0 AND m."failed" > 0`,
  cancelled: `(m."state" = 'cancelled' OR m."state" = 'done' AND m."sent" = 0 AND m."failed" = 0 AND m."cancelled" > 0)`,
};

interface Sql {
  sql: string;
  args: readonly unknown[];
}

interface LineRow extends Omit<MessageLine, 'id' | 'state' | 'createdAt' | 'sendAt'> {
  id: bigint;
  state: string;
  createdAt: bigint | number;
  sendAt: bigint | number | null;
}

/** Makes the verb. */
export function createMessageList({ db }: CoreDeps) {
  /** A page of messages, newest first. Each page costs a bounded look at the newest messages below `before`. */
  async function listMessages(filter: MessageFilter): Promise<MessageLines> {
    const person = filter.search?.startsWith('UID_') ? await findPersonId(filter.search) : null;
    const q = wordsOf(db);
    const conditions = toConditions(q, filter);
    const source = toSource(filter, {
      q,
      personId: person,
      perApp: conditions.length > 0 ? WINDOW : filter.take + 1,
    });
    const isFiltered = source.isLoose || conditions.length > 0;
    const window = isFiltered ? WINDOW : filter.take + 1;
    const args = [...source.args, window];
    const candidates = `SELECT "id" FROM (${source.sql}) s ORDER BY "id" DESC LIMIT ?`;
    const where = [...conditions, ...toScope(q, filter)];
    const rows = await query<LineRow>(
      db,
      `SELECT m."id", m."appId", m."source", m."state", m."total", m."sent", m."failed", m."cancelled", m."priority",
         ${q.ms('m."createdAt"')} AS "createdAt", ${q.ms('m."sendAt"')} AS "sendAt",
         CASE WHEN m."title" <> '' THEN m."title" WHEN m."summary" <> '' THEN m."summary" ELSE substr(m."body", 1, ${HEAD_LENGTH}) END AS "head"
       FROM (${candidates}) c CROSS JOIN "Message" m
       WHERE m."id" = c."id" ${where.map(({ sql }) => `AND ${sql}`).join(' ')} ORDER BY c."id" DESC LIMIT ?`,
      ...args,
      ...where.flatMap((condition) => condition.args),
      filter.take + 1,
    );
    const items = rows.slice(0, filter.take).map(toLine);
    if (rows.length > filter.take) {
      return { items, next: items.at(-1)?.id ?? null, searchedTo: null };
    }
    const end = isFiltered ? await findEnd({ sql: candidates, args }) : null;
    return { items, next: end?.id ?? null, searchedTo: end?.at ?? null };
  }

  /** Where a window ended that has more below it; null where nothing is below. */
  async function findEnd({ sql, args }: Sql): Promise<{ id: number; at: Date } | null> {
    const [found] = await query<{ id: bigint | null; count: bigint | number }>(
      db,
      `SELECT min("id") AS "id", count(*) AS "count" FROM (${sql}) c`,
      ...args,
    );
    if (!found?.id || Number(found.count) < WINDOW) {
      return null;
    }
    const row = await db.message.findUnique({ where: { id: found.id }, select: { createdAt: true } });
    return row ? { id: Number(found.id), at: row.createdAt } : null;
  }

  async function findPersonId(uid: string): Promise<number> {
    const row = await db.person.findUnique({ where: { uid }, select: { id: true } });
    return Number(row?.id ?? 0);
  }

  return { listMessages };
}

/** Where the ids come from, each by an index; `isLoose` where they are not all wanted. */
function toSource(
  filter: MessageFilter,
  { q, personId, perApp }: { q: Words; personId: number | null; perApp: number },
): Sql & { isLoose: boolean } {
  const { scope, appId, state, search = '' } = filter;
  const below = Math.min(
    filter.before ?? Number.MAX_SAFE_INTEGER,
    filter.until ? firstIdAt(filter.until.getTime() + ID_SLACK_MS) : Number.MAX_SAFE_INTEGER,
  );
  const range = [filter.from ? firstIdAt(filter.from.getTime()) : 0, below];
  const inRange = `"id" >= ? AND "id" < ?`;
  const from = (condition: string, ...args: unknown[]) => ({
    sql: `SELECT "id" FROM "Message" WHERE ${condition} AND ${inRange}`,
    args: [...args, ...range],
  });
  const stored = state === undefined ? undefined : STORED_STATES[state];
  if (personId !== null) {
    const sql = `SELECT "messageId" AS "id" FROM (SELECT "messageId" FROM "Delivery" WHERE "personId" = ? ORDER BY "id" DESC LIMIT ${WINDOW}) d
      WHERE "messageId" >= ? AND "messageId" < ? GROUP BY 1`;
    return { sql, args: [personId, ...range], isLoose: true };
  }
  if (/^\d{9,16}$/.test(search)) {
    return { ...from(`"id" = ?`, Number(search)), isLoose: true };
  }
  if (stored) {
    const sql = stored.map((name) => from(`"state" = '${name}'`).sql).join(' UNION ALL ');
    return { sql, args: stored.flatMap(() => range), isLoose: true };
  }
  if (appId !== undefined && appId > 0) {
    return { ...from(`"appId" = ?`, appId), isLoose: false };
  }
  if (scope === null) {
    return { ...(appId === 0 ? from(`"appId" IS NULL`) : from('true')), isLoose: false };
  }
  const own = from(`"senderId" = ? AND "appId" IS NULL`, scope.personId);
  const apps = appId === 0 ? [] : scope.appIds;
  // Each app gives its newest by its index, however many apps somebody has.
  const sql = `${own.sql} UNION ALL SELECT m."id" FROM ${q.values('j', 'int')}
      ${q.forEach('"Message" m', `SELECT x."id" FROM "Message" x WHERE x."appId" = j.value AND x."id" >= ? AND x."id" < ? ORDER BY x."id" DESC LIMIT ?`)}`;
  return { sql, args: [...own.args, toSqlJson(apps), ...range, perApp], isLoose: false };
}

/** What a candidate must be to be shown. */
function toConditions(q: Words, { state, source, from, until, search = '' }: MessageFilter): Sql[] {
  const ended = state === undefined ? undefined : ENDED[state];
  const isText = search !== '' && !search.startsWith('UID_') && !/^\d{9,16}$/.test(search);
  const like = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return [
    ...(ended ? [{ sql: ended, args: [] }] : []),
    ...(source ? [{ sql: `m."source" = ?`, args: [source] }] : []),
    ...(from ? [{ sql: `m."createdAt" >= ${q.time()}`, args: [from.getTime()] }] : []),
    ...(until ? [{ sql: `m."createdAt" < ${q.time()}`, args: [until.getTime()] }] : []),
    ...(isText
      ? [
          {
            sql: `(m."title" ${q.like} ? ESCAPE '\\' OR m."summary" ${q.like} ? ESCAPE '\\')`,
            args: [like, like],
          },
        ]
      : []),
  ];
}

/** What the caller may see, whatever the candidates are. */
function toScope(q: Words, { scope, appId }: MessageFilter): Sql[] {
  const app =
    appId === undefined
      ? []
      : [appId === 0 ? { sql: `m."appId" IS NULL`, args: [] } : { sql: `m."appId" = ?`, args: [appId] }];
  const own = {
    sql: `(${q.isIn('m."appId"', 'int')} OR m."appId" IS NULL AND m."senderId" = ?)`,
    args: scope ? [toSqlJson(scope.appIds), scope.personId] : [],
  };
  return scope ? [...app, own] : app;
}

function toLine(row: LineRow): MessageLine {
  const { total, sent, failed, cancelled, priority, appId } = row;
  return {
    ...row,
    id: Number(row.id),
    appId: appId === null ? null : Number(appId),
    state: toMessageState({
      state: row.state,
      sent: Number(sent),
      failed: Number(failed),
      cancelled: Number(cancelled),
    }),
    total: Number(total),
    sent: Number(sent),
    failed: Number(failed),
    cancelled: Number(cancelled),
    priority: Number(priority),
    createdAt: new Date(Number(row.createdAt)),
    sendAt: row.sendAt === null ? null : new Date(Number(row.sendAt)),
  };
}
