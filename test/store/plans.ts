/** Listens to the statements of a piece of code, and asks the database how it answers them. */
import { type Db, nameProvider, providerOf } from '#src/store/db.js';

/** A statement as the database was given it. */
export interface AskedStatement {
  sql: string;
  args: readonly unknown[];
}

/** How a statement is answered. */
export interface Plan {
  /** The indexes that are used. */
  indexes: readonly string[];
  /** Tables that are read from end to end without one. */
  scanned: readonly string[];
  /** Tables whose rows SQLite sorts; on PostgreSQL `mostRows` tells. */
  sorted: readonly string[];
  /**
   * The most rows that one step of the plan has read or passed over; on SQLite, which does not tell, 0. PostgreSQL ran the
   * statement for it.
   */
  mostRows: number;
  /** As the database tells it. */
  text: string;
}

/** A handle on the same database that keeps every raw statement in `asked`. */
export function listenTo(db: Db): { db: Db; asked: AskedStatement[] } {
  const asked: AskedStatement[] = [];
  const listening = new Proxy(db, {
    get(target, name) {
      if (name === '$queryRawUnsafe') {
        return (sql: string, ...args: unknown[]) => {
          asked.push({ sql, args });
          return target.$queryRawUnsafe(sql, ...args);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  nameProvider(listening, providerOf(db));
  return { db: listening, asked };
}

/** The plan of a statement. */
export function explain(db: Db, statement: AskedStatement): Promise<Plan> {
  return providerOf(db) === 'sqlite' ? explainSqlite(db, statement) : explainPostgres(db, statement);
}

async function explainSqlite(db: Db, { sql, args }: AskedStatement): Promise<Plan> {
  const rows = await db.$queryRawUnsafe<SqliteStep[]>(`EXPLAIN QUERY PLAN ${sql}`, ...args);
  const text = rows.map(({ detail }) => detail).join('\n');
  const tables = namesOf(sql);
  const scans = [...text.matchAll(/^SCAN (\w+)$/gm)].flatMap(([, name = '']) => tables.get(name) ?? []);
  const indexes = [...text.matchAll(/USING (?:COVERING )?INDEX (\w+)/g)].map(([, name = '']) => name);
  const sorted = rows.flatMap(({ parent, detail }) => {
    // The table that leads in the select which is sorted; a select within has had its limit.
    const leading = rows.find((row) => row.parent === parent && /^(SCAN|SEARCH) /.test(row.detail));
    const [, name = ''] = /^\w+ (\w+)/.exec(leading?.detail ?? '') ?? [];
    return detail.startsWith('USE TEMP B-TREE') ? (tables.get(name) ?? []) : [];
  });
  return { indexes, scanned: scans, sorted, mostRows: 0, text };
}

/** A step of SQLite's plan. */
interface SqliteStep {
  id: bigint | number;
  parent: bigint | number;
  detail: string;
}

/** What tables are called in a statement: by themselves, and by their aliases. */
function namesOf(sql: string): Map<string, string> {
  const found = [
    ...sql.matchAll(/(?:FROM|JOIN|UPDATE) "(\w+)"(?: (?!WHERE|SET|ORDER|JOIN|CROSS|LEFT)(\w+))?/g),
  ];
  return new Map(
    found.flatMap(([, table = '', alias = table]) => [
      [table, table],
      [alias, table],
    ]),
  );
}

/** A step of PostgreSQL's plan. */
interface Step {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Step[];
}

async function explainPostgres(db: Db, { sql, args }: AskedStatement): Promise<Plan> {
  const rows = await db.$queryRawUnsafe<{ 'QUERY PLAN': { Plan: Step }[] }[]>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`,
    ...args,
  );
  const steps = rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => stepsOf(Plan)));
  const ran = steps.filter((step) => step['Actual Loops'] > 0);
  return {
    indexes: ran.flatMap((step) => step['Index Name'] ?? []),
    scanned: ran.flatMap((step) =>
      step['Node Type'].endsWith('Seq Scan') ? (step['Relation Name'] ?? []) : [],
    ),
    sorted: [],
    mostRows: Math.max(...ran.map(rowsOf)),
    text: JSON.stringify(rows, null, 1),
  };
}

function stepsOf(step: Step): Step[] {
  return [step, ...(step.Plans ?? []).flatMap(stepsOf)];
}

function rowsOf(step: Step): number {
  return (step['Actual Rows'] + (step['Rows Removed by Filter'] ?? 0)) * step['Actual Loops'];
}
