/** Where the messages of a list are looked for: each place is a walk down an index, a bounded slice at a time. */
import { firstIdAt } from '#src/lib/ids.js';
import type { Words } from '#src/store/sql.js';
import { toSqlJson } from '#src/store/sql-json.js';
import { holds } from '#src/store/text-search.js';
import type { MessageState } from './message-state.js';

/** Whose messages somebody may see; null: all. */
export type MessageScope = { appIds: readonly number[]; personId: number } | null;

/** What to list. */
export interface MessageFilter {
  scope: MessageScope;
  /** An app's; 0: those that people's own keys sent. */
  appId?: number;
  state?: MessageState;
  /** Only those that somebody did not get, whoever else did. */
  hasFailures?: boolean;
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

/** SQL with the values of its parameters. */
export interface Sql {
  sql: string;
  args: readonly unknown[];
}

/** The ids from `from` up to and without `below`. */
export interface IdRange {
  from: number;
  below: number;
}

/** How the messages of a filter are found. */
export interface Place {
  /** How many walks there are, one an app: a slice is shared among them. */
  walks: number;
  /** Whether some of what the walks meet is not wanted. */
  isLoose: boolean;
  /** The newest ids of a range that are wanted, at most `take` a walk. */
  pick(range: IdRange, take: number): Sql;
  /**
   * The column `low`, in one row a walk: the id of the message number `count`, counted from the newest of a range; null
   * where a walk has fewer. Absent where everything is met at once.
   */
  cut?(range: IdRange, count: number): Sql;
}

/** So many deliveries of one person are looked at. */
const PERSON_WINDOW = 20_000;
/** A process may reserve ids faster than time passes. */
const ID_SLACK_MS = 3_600_000;
const STORED_STATES: Partial<Record<MessageState, readonly string[]>> = {
  accepted: ['accepted'],
  sending: ['spreading', 'expanded', 'cancelling'],
};
/** How `toMessageState` tells the ended ones apart. */
const toEnded = (state: string): Partial<Record<MessageState, string>> => ({
  sent: `${state} = 'done' AND (x."sent" > 0 OR x."failed" = 0 AND x."cancelled" = 0)`,
  failed: `${state} = 'done' AND x."sent" = 0 AND x."failed" > 0`,
  cancelled: `(${state} = 'cancelled' OR ${state} = 'done' AND x."sent" = 0 AND x."failed" = 0 AND x."cancelled" > 0)`,
});
const IN_RANGE = 'x."id" >= ? AND x."id" < ?';

/** The ids that a filter's times and its `before` leave. */
export function toRange({ from, until, before = Number.MAX_SAFE_INTEGER }: MessageFilter): IdRange {
  const end = until ? firstIdAt(until.getTime() + ID_SLACK_MS) : Number.MAX_SAFE_INTEGER;
  return { from: from ? firstIdAt(from.getTime()) : 0, below: Math.min(before, end) };
}

/** Whether a search is for the number of a message. */
export function isNumber(search: string): boolean {
  return /^\d{9,16}$/.test(search);
}

/** Where to look. `personId` is whose messages are searched for, null: nobody's in particular. */
export function toPlace(q: Words, filter: MessageFilter, personId: number | null): Place {
  const { scope, appId, state, search = '' } = filter;
  const wanted = toConditions(q, filter);
  const isLoose = wanted.length > 0;
  const where = [...wanted, ...toScope(q, filter)];
  const indexed = (parts: readonly Sql[], loose: boolean): Place => ({
    ...toWalks(parts, where),
    isLoose: loose,
  });
  const stored = state === undefined ? undefined : STORED_STATES[state];
  if (personId !== null) {
    return { walks: 1, isLoose: true, pick: (range, take) => pickOfPerson({ personId, range, take, where }) };
  }
  if (isNumber(search)) {
    return indexed([{ sql: 'x."id" = ?', args: [Number(search)] }], true);
  }
  if (stored) {
    return indexed(
      stored.map((name) => ({ sql: `x."state" = '${name}'`, args: [] })),
      true,
    );
  }
  if (state === 'failed' || filter.hasFailures) {
    return indexed([{ sql: 'x."failed" > 0', args: [] }], true);
  }
  if (appId !== undefined && appId > 0) {
    return indexed([{ sql: 'x."appId" = ?', args: [appId] }], isLoose);
  }
  if (scope === null) {
    return indexed([{ sql: appId === 0 ? 'x."appId" IS NULL' : 'true', args: [] }], isLoose);
  }
  const own = [{ sql: 'x."senderId" = ? AND x."appId" IS NULL', args: [scope.personId] }];
  const apps = appId === 0 ? [] : scope.appIds;
  return { ...addApps(q, toWalks(own, where), { apps, where }), isLoose };
}

type Walks = Omit<Place, 'isLoose'>;

/** A walk for each of these conditions, which an index answers in the order of ids. */
function toWalks(parts: readonly Sql[], where: readonly Sql[]): Walks {
  const ordered = 'ORDER BY x."id" DESC LIMIT';
  return {
    walks: parts.length,
    pick: ({ from, below }, take) =>
      unite(parts, (part) => ({
        sql: `SELECT "id" FROM (SELECT x."id" FROM "Message" x WHERE ${part.sql} AND ${IN_RANGE} ${andAll(where)} ${ordered} ?) w`,
        args: [...part.args, from, below, ...argsOf(where), take],
      })),
    cut: ({ from, below }, count) =>
      unite(parts, (part) => ({
        sql: `SELECT (SELECT x."id" FROM "Message" x WHERE ${part.sql} AND ${IN_RANGE} ${ordered} 1 OFFSET ?) AS "low"`,
        args: [...part.args, from, below, count - 1],
      })),
  };
}

/** A walk more for each app, with one statement however many there are. */
function addApps(
  q: Words,
  walks: Walks & Pick<Place, 'cut'>,
  { apps, where }: { apps: readonly number[]; where: readonly Sql[] },
): Walks {
  const json = toSqlJson(apps);
  const ordered = 'ORDER BY x."id" DESC LIMIT';
  const byApp = `FROM "Message" x WHERE x."appId" = j.value AND ${IN_RANGE}`;
  return {
    walks: walks.walks + apps.length,
    pick: (range, take) => {
      const own = walks.pick(range, take);
      const newest = `SELECT x."id" ${byApp} ${andAll(where)} ${ordered} ?`;
      return {
        sql: `${own.sql} UNION ALL SELECT m."id" FROM ${q.values('j', 'int')} ${q.forEach('"Message" m', newest)}`,
        args: [...own.args, json, range.from, range.below, ...argsOf(where), take],
      };
    },
    cut: (range, count) => {
      const own = walks.cut?.(range, count) ?? { sql: '', args: [] };
      return {
        sql: `${own.sql} UNION ALL SELECT (SELECT x."id" ${byApp} ${ordered} 1 OFFSET ?) FROM ${q.values('j', 'int')}`,
        args: [...own.args, range.from, range.below, count - 1, json],
      };
    },
  };
}

/** The messages of a person's newest deliveries. */
function pickOfPerson(wish: { personId: number; range: IdRange; take: number; where: readonly Sql[] }): Sql {
  const { personId, range, take, where } = wish;
  return {
    sql: `SELECT x."id" FROM (SELECT "messageId" AS "id" FROM (SELECT "messageId" FROM "Delivery" WHERE "personId" = ?
         AND "messageId" >= ? AND "messageId" < ? ORDER BY "id" DESC LIMIT ${PERSON_WINDOW}) d GROUP BY 1) r CROSS JOIN "Message" x
       WHERE x."id" = r."id" ${andAll(where)} ORDER BY x."id" DESC LIMIT ?`,
    args: [personId, range.from, range.below, ...argsOf(where), take],
  };
}

/** What a message must be to be wanted. */
function toConditions(q: Words, filter: MessageFilter): Sql[] {
  const { state, source, from, until, search = '' } = filter;
  // Most messages are done: SQLite shall not look for those that failed among them.
  const ended = state === undefined ? undefined : toEnded(q.noIndex('x."state"'))[state];
  const isText = search !== '' && !search.startsWith('UID_') && !isNumber(search);
  return [
    ...(ended ? [{ sql: ended, args: [] }] : []),
    ...(source ? [{ sql: 'x."source" = ?', args: [source] }] : []),
    ...(from ? [{ sql: `x."createdAt" >= ${q.time()}`, args: [from.getTime()] }] : []),
    ...(until ? [{ sql: `x."createdAt" < ${q.time()}`, args: [until.getTime()] }] : []),
    ...(isText ? [holds(q, ['x."title"', 'x."summary"'], search)] : []),
  ];
}

/** What the caller may see, wherever it is looked for. */
function toScope(q: Words, { scope, appId }: MessageFilter): Sql[] {
  const sql = appId === 0 ? `${q.noIndex('x."appId"')} IS NULL` : `${q.noIndex('x."appId"')} = ?`;
  const app = appId === undefined ? [] : [{ sql, args: appId === 0 ? [] : [appId] }];
  const own = {
    sql: `(${q.isIn(q.noIndex('x."appId"'), 'int')} OR ${q.noIndex('x."appId"')} IS NULL AND ${q.noIndex('x."senderId"')} = ?)`,
    args: scope ? [toSqlJson(scope.appIds), scope.personId] : [],
  };
  return scope ? [...app, own] : app;
}

function unite(parts: readonly Sql[], toSql: (part: Sql) => Sql): Sql {
  const made = parts.map(toSql);
  return { sql: made.map(({ sql }) => sql).join(' UNION ALL '), args: argsOf(made) };
}

function andAll(conditions: readonly Sql[]): string {
  return conditions.map(({ sql }) => `AND ${sql}`).join(' ');
}

function argsOf(conditions: readonly Sql[]): unknown[] {
  return conditions.flatMap(({ args }) => args);
}
