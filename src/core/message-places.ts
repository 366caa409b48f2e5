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
  sent: `${state} = 'done' AND (x."sent" > 0 OR x."failed" = 0 AND x."cancelled" = 0 AND x."unknown" = 0)`,
  failed: `${state} = 'done' AND x."sent" = 0 AND x."unknown" = 0 AND x."failed" > 0`,
  unknown: `${state} = 'done' AND x."sent" = 0 AND x."unknown" > 0`,
  cancelled: `(${state} = 'cancelled' OR ${state} = 'done' AND x."sent" = 0 AND x."unknown" = 0 AND x."failed" = 0 AND x."cancelled" > 0)`,
});

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
  const own = toOwn(q, filter);
  const where = [...wanted, ...toApp(q, filter), ...own];
  const loose = (walks: readonly Walk[]): Place => ({ ...toWalks(walks, where), isLoose: true });
  const stored = state === undefined ? undefined : STORED_STATES[state];
  if (personId !== null) {
    return { walks: 1, isLoose: true, pick: (range, take) => pickOfPerson({ personId, range, take, where }) };
  }
  if (isNumber(search)) {
    return loose([{ sql: 'x."id" = ?', args: [Number(search)] }]);
  }
  if (stored) {
    return loose(stored.map((name) => ({ column: 'state', value: name })));
  }
  if (state === 'failed' || filter.hasFailures) {
    return loose([{ sql: 'x."failed" > 0', args: [] }]);
  }
  if (state === 'unknown') {
    return loose([{ sql: 'x."unknown" > 0', args: [] }]);
  }
  const isLoose = wanted.length > 0;
  if (appId !== undefined && appId > 0) {
    return { ...toWalks([{ column: 'appId', value: appId }], [...wanted, ...own]), isLoose };
  }
  if (scope === null) {
    return { ...toWalks([{ sql: 'true', args: [] }], where), isLoose: isLoose || appId === 0 };
  }
  const walk = { column: 'senderId', value: scope.personId, and: 'x."appId" IS NULL' } as const;
  const apps = appId === 0 ? [] : scope.appIds;
  return { ...addApps(q, toWalks([walk], where), { apps, where }), isLoose };
}

type Walks = Omit<Place, 'isLoose'>;

/** Down the ids of one value of a column, or of a condition whose index is in the order of ids. */
type Walk = { column: 'appId' | 'senderId' | 'state'; value: string | number; and?: string } | Sql;

/**
 * The column is bounded and ordered beside the id, so that no other index will do: PostgreSQL would rather walk down the
 * primary key, past all that others sent since.
 */
const along = (column: string, value: string) => ({
  sql: `(x."${column}", x."id") >= (${value}, ?) AND (x."${column}", x."id") < (${value}, ?)`,
  order: `ORDER BY x."${column}" DESC, x."id" DESC`,
});

/** Where a walk leads through a range, and its order. */
function toSteps(walk: Walk, { from, below }: IdRange): Sql & { order: string } {
  if ('sql' in walk) {
    const sql = `${walk.sql} AND x."id" >= ? AND x."id" < ?`;
    return { sql, args: [...walk.args, from, below], order: 'ORDER BY x."id" DESC' };
  }
  const { sql, order } = along(walk.column, '?');
  const args = [walk.value, from, walk.value, below];
  return { sql: walk.and ? `${sql} AND ${walk.and}` : sql, args, order };
}

function toWalks(walks: readonly Walk[], where: readonly Sql[]): Walks {
  return {
    walks: walks.length,
    pick: (range, take) =>
      unite(walks, (walk) => {
        const { sql, args, order } = toSteps(walk, range);
        return {
          sql: `SELECT "id" FROM (SELECT x."id" FROM "Message" x WHERE ${sql} ${andAll(where)} ${order} LIMIT ?) w`,
          args: [...args, ...argsOf(where), take],
        };
      }),
    cut: (range, count) =>
      unite(walks, (walk) => {
        const { sql, args, order } = toSteps(walk, range);
        return {
          sql: `SELECT (SELECT x."id" FROM "Message" x WHERE ${sql} ${order} LIMIT 1 OFFSET ?) AS "low"`,
          args: [...args, count - 1],
        };
      }),
  };
}

/** A walk more for each app, with one statement however many there are. */
function addApps(
  q: Words,
  walks: Walks & Pick<Place, 'cut'>,
  { apps, where }: { apps: readonly number[]; where: readonly Sql[] },
): Walks {
  const json = toSqlJson(apps);
  const { sql: ofApp, order } = along('appId', 'j.value');
  const byApp = `FROM "Message" x WHERE ${ofApp}`;
  return {
    walks: walks.walks + apps.length,
    pick: (range, take) => {
      const own = walks.pick(range, take);
      const newest = `SELECT x."id" ${byApp} ${andAll(where)} ${order} LIMIT ?`;
      return {
        sql: `${own.sql} UNION ALL SELECT m."id" FROM ${q.values('j', 'int')} ${q.forEach('"Message" m', newest)}`,
        args: [...own.args, json, range.from, range.below, ...argsOf(where), take],
      };
    },
    cut: (range, count) => {
      const own = walks.cut?.(range, count) ?? { sql: '', args: [] };
      return {
        sql: `${own.sql} UNION ALL SELECT (SELECT x."id" ${byApp} ${order} LIMIT 1 OFFSET ?) FROM ${q.values('j', 'int')}`,
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

/** Of the app that is asked for. */
function toApp(q: Words, { appId }: MessageFilter): Sql[] {
  const column = q.noIndex('x."appId"');
  const sql = appId === 0 ? `${column} IS NULL` : `${column} = ?`;
  return appId === undefined ? [] : [{ sql, args: appId === 0 ? [] : [appId] }];
}

/** What the caller may see, wherever it is looked for. */
function toOwn(q: Words, { scope }: MessageFilter): Sql[] {
  const column = q.noIndex('x."appId"');
  const sql = `(${q.isIn(column, 'int')} OR ${column} IS NULL AND ${q.noIndex('x."senderId"')} = ?)`;
  return scope ? [{ sql, args: [toSqlJson(scope.appIds), scope.personId] }] : [];
}

function unite(walks: readonly Walk[], toSql: (walk: Walk) => Sql): Sql {
  const made = walks.map(toSql);
  return { sql: made.map(({ sql }) => sql).join(' UNION ALL '), args: argsOf(made) };
}

function andAll(conditions: readonly Sql[]): string {
  return conditions.map(({ sql }) => `AND ${sql}`).join(' ');
}

function argsOf(conditions: readonly Sql[]): unknown[] {
  return conditions.flatMap(({ args }) => args);
}
