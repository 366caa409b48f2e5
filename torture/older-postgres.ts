/** Makes of a PostgreSQL database what an older build would have left of its rows, while no server has it. */
import pg from 'pg';
import { listMigrations } from '#src/store/migrations.js';

/**
 * Goes back so many migrations: fewer where rows hold what that build had no column for, since it would never have written them. The
 * tables are `role`'s, whose servers work on them afterwards. Returns how many it went back.
 */
export async function makeOlderPostgres(
  url: string,
  { role, back }: { role: string; back: number },
): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let tried = back; tried > 0; tried -= 1) {
      if (await tryOlder(client, { role, back: tried })) {
        return tried;
      }
    }
    return 0;
  } finally {
    await client.end();
  }
}

interface Column {
  table: string;
  name: string;
  initial: string;
  isOld: boolean;
}

/** All in one transaction, which is taken back where something has no place in the older database. */
async function tryOlder(client: pg.Client, { role, back }: { role: string; back: number }): Promise<boolean> {
  const migrations = listMigrations('postgresql');
  const kept = migrations.slice(0, migrations.length - back);
  const run = async (sql: string): Promise<Record<string, unknown>[]> => (await client.query(sql)).rows;
  await run('BEGIN');
  try {
    // Rows come table by table, whatever points at what.
    await run('SET LOCAL session_replication_role = replica');
    await run('ALTER SCHEMA public RENAME TO newer');
    await run('CREATE SCHEMA public');
    await run('ALTER FUNCTION newer.clock_timestamp() SET SCHEMA public');
    await run('SET LOCAL search_path = public, pg_catalog');
    for (const { sql } of kept) {
      await run(sql);
    }
    await run('CREATE TABLE public."_prisma_migrations" (LIKE newer."_prisma_migrations" INCLUDING ALL)');
    const names = kept.map(({ name }) => `'${name}'`).join(', ');
    await run(
      `INSERT INTO public."_prisma_migrations" SELECT * FROM newer."_prisma_migrations" WHERE "migration_name" IN (${names})`,
    );
    const columns = await listColumns(run);
    if (await losesSomething(run, columns)) {
      await run('ROLLBACK');
      return false;
    }
    await copyRows(run, columns);
    await run('DROP SCHEMA newer CASCADE');
    await giveTo(run, role);
    await run('COMMIT');
    return true;
  } catch (error) {
    await run('ROLLBACK');
    throw error;
  }
}

type Run = (sql: string) => Promise<Record<string, unknown>[]>;

/** The columns of the newer tables that the older database has as well, and which of them it lacks. */
async function listColumns(run: Run): Promise<Column[]> {
  const rows = await run(
    `SELECT n."table_name", n."column_name", coalesce(n."column_default", 'NULL') AS "initial", o."column_name" IS NOT NULL AS "isOld"
     FROM information_schema.columns n
     JOIN information_schema.tables t ON t."table_schema" = 'public' AND t."table_name" = n."table_name"
     LEFT JOIN information_schema.columns o
       ON o."table_schema" = 'public' AND o."table_name" = n."table_name" AND o."column_name" = n."column_name"
     WHERE n."table_schema" = 'newer' AND n."table_name" <> '_prisma_migrations'`,
  );
  return rows.map((row) => ({
    table: String(row.table_name),
    name: String(row.column_name),
    initial: String(row.initial),
    isOld: row.isOld === true,
  }));
}

/** Whether a column that the older one lacks holds anything but what a new row has there. */
async function losesSomething(run: Run, columns: readonly Column[]): Promise<boolean> {
  for (const { table, name, initial } of columns.filter(({ isOld }) => !isOld)) {
    const rows = await run(
      `SELECT 1 FROM newer."${table}" WHERE "${name}" IS DISTINCT FROM ${initial} LIMIT 1`,
    );
    if (rows.length > 0) {
      return true;
    }
  }
  return false;
}

async function copyRows(run: Run, columns: readonly Column[]): Promise<void> {
  for (const table of new Set(columns.map((column) => column.table))) {
    const names = columns
      .filter((column) => column.table === table && column.isOld)
      .map(({ name }) => `"${name}"`)
      .join(', ');
    await run(`INSERT INTO public."${table}" (${names}) SELECT ${names} FROM newer."${table}"`);
  }
  const sequences = await run(
    `SELECT o."sequencename" AS "name", n."last_value" AS "last" FROM pg_sequences o
     JOIN pg_sequences n ON n."schemaname" = 'newer' AND n."sequencename" = o."sequencename"
     WHERE o."schemaname" = 'public' AND n."last_value" IS NOT NULL`,
  );
  for (const { name, last } of sequences) {
    await run(`SELECT setval('public."${name}"', ${last})`);
  }
}

/** The servers' role may do with them what it may do with its own: it migrates them. */
async function giveTo(run: Run, role: string): Promise<void> {
  await run(`ALTER SCHEMA public OWNER TO "${role}"`);
  const tables = await run(`SELECT "tablename" FROM pg_tables WHERE "schemaname" = 'public'`);
  for (const { tablename } of tables) {
    await run(`ALTER TABLE public."${tablename}" OWNER TO "${role}"`);
  }
}
