/** Statements are written once: what SQLite and PostgreSQL spell differently is asked of these words. */
import { connectionOf, type Db, type Provider, providerOf } from './db.js';
import { toObjects } from './sqlite-rows.js';

/** A statement: one text that both databases understand, or a text for each. Parameters are `?`, in order. */
export type Sql = string | Readonly<Record<Provider, string>>;

/** What a column of a JSON parameter holds. Times are milliseconds since the epoch. */
export type ColumnType = 'int' | 'float' | 'text' | 'bool' | 'time';

/** A step into JSON: a field, or a place in a list (below 0: from its end). */
export type JsonStep = string | number;

/** The words that differ. Texts go in and come out; a lone `?` is a parameter. */
export interface Words {
  /** A JSON parameter (a list of objects) as a table: `FROM ${q.rows('j', { id: 'int' })}` gives `j."id"`. */
  rows(alias: string, columns: Readonly<Record<string, ColumnType>>): string;
  /** A JSON parameter (a list of values) as a table with one column: `j."value"`. */
  values(alias: string, type: ColumnType): string;
  /** Whether a column is in a JSON parameter (a list of values). */
  isIn(column: string, type: ColumnType): string;
  /** A parameter whose type nothing beside it tells: `SELECT ? AS x`, `? IS NULL`. */
  param(type: ColumnType): string;
  /** Milliseconds as the database keeps times. A time parameter is always written so. */
  time(ms?: string): string;
  /** A time as milliseconds. */
  ms(time: string): string;
  /** A value inside a column of JSON text, as text; null where there is none. */
  pick(json: string, path: readonly JsonStep[]): string;
  /** The same as a whole number. */
  pickInt(json: string, path: readonly JsonStep[]): string;
  /** JSON text of an object: names and the expressions of their values. */
  object(fields: Readonly<Record<string, string>>): string;
  /** JSON text of a list, longer by one entry that is JSON text itself. */
  append(list: string, entry: string): string;
  /** JSON text of a list without its first entry. */
  dropFirst(list: string): string;
  /** How many entries a list inside JSON text has. */
  lengthOf(json: string, path: readonly JsonStep[]): string;
  /** The whole numbers of a list inside JSON text, for `IN`. */
  listIn(json: string, path: readonly JsonStep[]): string;
  /** Joins the ids of `table` that `select` picks for each row before it: `FROM … ${q.forEach('"Message" m', …)}`. */
  forEach(table: string, select: string): string;
  /** The greater of two. */
  greater(a: string, b: string): string;
  /** A column that SQLite shall not look up by its index here. */
  noIndex(column: string): string;
  /** Behind a table: the index that SQLite, which knows nothing of a partial index's size, shall take. */
  byIndex(name: string): string;
  /** LIKE that takes small and capital letters of ASCII for the same. */
  like: string;
  /** Words for PostgreSQL alone, such as locks: SQLite has one writer. */
  shared(text: string): string;
}

const PG_TYPES: Readonly<Record<ColumnType, string>> = {
  int: 'bigint',
  float: 'double precision',
  text: 'text',
  bool: 'boolean',
  time: 'bigint',
};

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const sqlite: Words = {
  rows: (alias, columns) =>
    `(SELECT ${Object.keys(columns)
      .map((name) => `value->>'${name}' AS "${name}"`)
      .join(', ')} FROM json_each(?)) ${alias}`,
  values: (alias) => `json_each(?) ${alias}`,
  isIn: (column) => `${column} IN (SELECT value FROM json_each(?))`,
  param: () => '?',
  time: (ms = '?') => ms,
  ms: (time) => `CAST(${time} AS INTEGER)`,
  pick: (json, path) => `${json}->>'${pathOf(path)}'`,
  pickInt: (json, path) => `CAST(${json}->>'${pathOf(path)}' AS INTEGER)`,
  object: (fields) => `json_object(${pairsOf(fields)})`,
  append: (list, entry) => `json_insert(${list}, '$[#]', json(${entry}))`,
  dropFirst: (list) => `json_remove(${list}, '$[0]')`,
  lengthOf: (json, path) => `json_array_length(${json}->'${pathOf(path)}')`,
  listIn: (json, path) => `(SELECT value FROM json_each(${json}->'${pathOf(path)}'))`,
  forEach: (table, select) => `CROSS JOIN ${table} WHERE ${table.split(' ')[1]}."id" IN (${select})`,
  greater: (a, b) => `max(${a}, ${b})`,
  noIndex: (column) => `+${column}`,
  byIndex: (name) => `INDEXED BY "${name}"`,
  like: 'LIKE',
  shared: () => '',
};

const postgresql: Words = {
  rows: (alias, columns) => {
    const names = Object.entries(columns);
    const selected = names.map(([name, type]) =>
      type === 'time' ? `${toTimestamp(`"${name}"`)} AS "${name}"` : `"${name}"`,
    );
    const typed = names.map(([name, type]) => `"${name}" ${PG_TYPES[type]}`);
    return `(SELECT ${selected.join(', ')} FROM jsonb_to_recordset(?::jsonb) AS r(${typed.join(', ')})) ${alias}`;
  },
  values: (alias, type) =>
    `(SELECT v::${PG_TYPES[type]} AS "value" FROM jsonb_array_elements_text(?::jsonb) v) ${alias}`,
  // As an array, which is looked up by index however many rows the planner expects.
  isIn: (column, type) =>
    `${column} = ANY(ARRAY(SELECT v::${PG_TYPES[type]} FROM jsonb_array_elements_text(?::jsonb) v))`,
  param: (type) => `?::${PG_TYPES[type]}`,
  time: (ms = '?::bigint') => toTimestamp(ms),
  ms: (time) => `(extract(epoch FROM ${time}) * 1000)::bigint`,
  pick: (json, path) => `nullif(${json}, '')::jsonb#>>'{${path.join(',')}}'`,
  // What is no number counts as none, as on SQLite.
  pickInt: (json, path) =>
    `substring(nullif(${json}, '')::jsonb#>>'{${path.join(',')}}' FROM '^-{0,1}[0-9]{1,15}')::bigint`,
  object: (fields) => `json_build_object(${pairsOf(fields)})::text`,
  append: (list, entry) =>
    `left(${list}, -1) || CASE WHEN ${list} = '[]' THEN '' ELSE ',' END || (${entry}) || ']'`,
  dropFirst: (list) => `((${list})::jsonb - 0)::text`,
  lengthOf: (json, path) => `jsonb_array_length(nullif(${json}, '')::jsonb#>'{${path.join(',')}}')`,
  listIn: (json, path) =>
    `(SELECT v::bigint FROM jsonb_array_elements_text(nullif(${json}, '')::jsonb#>'{${path.join(',')}}') v)`,
  forEach: (table, select) => `CROSS JOIN LATERAL (${select}) ${table.split(' ')[1]}`,
  greater: (a, b) => `greatest(${a}, ${b})`,
  noIndex: (column) => column,
  byIndex: () => '',
  like: 'ILIKE',
  shared: (text) => text,
};

const WORDS: Readonly<Record<Provider, Words>> = { sqlite, postgresql };

/** Writes a statement in both spellings. */
export function both(write: (q: Words) => string): Readonly<Record<Provider, string>> {
  return { sqlite: write(sqlite), postgresql: toNumbered(write(postgresql)) };
}

/** The words of one database, for statements that are put together at the time of asking. */
export function wordsOf(db: Db): Words {
  return WORDS[providerOf(db)];
}

const numbered = new Map<string, string>();
/** More texts than the code holds mean that some are put together anew each time. */
const KEPT_TEXTS = 2000;

/** The text that a database is given; an empty one means that there is nothing to run. */
export function spell(sql: Sql, provider: Provider): string {
  if (typeof sql !== 'string') {
    return sql[provider];
  }
  return provider === 'sqlite' ? sql : toNumbered(sql);
}

/** Asks for rows. */
export async function query<Row>(db: Db, sql: Sql, ...args: readonly unknown[]): Promise<Row[]> {
  const connection = connectionOf(db);
  if (!connection) {
    return db.$queryRawUnsafe<Row[]>(spell(sql, providerOf(db)), ...args);
  }
  const [result] = await connection.runTogether([{ sql: spell(sql, 'sqlite'), args }]);
  return (result ? toObjects(result) : []) as Row[];
}

function toNumbered(text: string): string {
  const known = numbered.get(text);
  if (known !== undefined) {
    return known;
  }
  let count = 0;
  const made = text.replace(/\?/g, () => {
    count += 1;
    return `$${count}`;
  });
  if (numbered.size < KEPT_TEXTS) {
    numbered.set(text, made);
  }
  return made;
}

/** Kept times are of UTC and have no zone. */
function toTimestamp(ms: string): string {
  return `(timestamp 'epoch' + (${ms}) * interval '1 millisecond')`;
}

function pathOf(path: readonly JsonStep[]): string {
  const steps = path.map((step) =>
    typeof step === 'string' ? `.${step}` : step < 0 ? `[#${step}]` : `[${step}]`,
  );
  return `$${steps.join('')}`;
}

function pairsOf(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${quote(name)}, ${value}`)
    .join(', ');
}
