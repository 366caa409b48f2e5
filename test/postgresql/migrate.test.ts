/** Migrations on PostgreSQL: a process that is killed at any statement leaves what the next start goes on from. */
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyMigrations, type MigrationConnection, planMigrations } from '#src/store/migrate.js';
import { listMigrations, splitStatements } from '#src/store/migrations.js';
import { openStore } from '#src/store/open.js';
import { openPostgresDatabase, type TestDatabase } from '#test/support/database.js';

const TIMEOUT_MS = 180_000;
const MIGRATIONS = listMigrations('postgresql');
const NAMES = MIGRATIONS.map(({ name }) => name);

let database: TestDatabase;
beforeEach(async () => {
  database = await openPostgresDatabase();
  await empty();
});
afterEach(() => database.drop());

async function withClient<T>(use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** A connection on which the server ends this session before the statement of this number, as it does when its process is killed. */
function connectionOf(client: pg.Client, killedAt = Number.POSITIVE_INFINITY): MigrationConnection {
  let left = killedAt;
  return {
    provider: 'postgresql',
    run: async (statement) => {
      if (left === 0) {
        await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
      }
      left -= 1;
      await client.query(statement);
    },
    query: async (text) => (await client.query({ text, rowMode: 'array' })).rows,
  };
}

const bringUp = async (connection: MigrationConnection): Promise<string[]> =>
  applyMigrations(connection, await planMigrations(connection));

const readTables = (): Promise<unknown[]> =>
  withClient(async (client) => {
    const { rows } = await client.query(
      `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, a.attnum`,
    );
    return rows;
  });

const empty = () => withClient((client) => client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public'));

it(
  'before any statement of any migration',
  async () => {
    for (const { name } of MIGRATIONS) {
      const before = await readTables();
      let isDone = false;
      for (let killedAt = 0; !isDone; killedAt += 1) {
        isDone = await withClient(async (client) => {
          const connection = connectionOf(client, killedAt);
          const plan = await planMigrations(connection);
          expect([plan.missing[0]?.name, plan.begun.size]).toEqual([name, 0]);
          await applyMigrations(connection, { ...plan, missing: plan.missing.slice(0, 1) });
        }).then(
          () => true,
          (error: Error) => {
            expect(error.message).toMatch(/terminating connection/);
            return false;
          },
        );
        if (!isDone) {
          expect(await readTables()).toEqual(before);
        }
      }
    }
    const store = await openStore(database.url);
    expect(store.applied).toEqual([]);
    await store.close();
  },
  TIMEOUT_MS,
);

it(
  'of an older build, which ran each for itself',
  async () => {
    await withClient((client) => bringUp(connectionOf(client)));
    const whole = await readTables();
    for (const [at, { name, sql }] of MIGRATIONS.entries()) {
      const statements = splitStatements(sql);
      const steps = at === 0 ? [1, 20, statements.length] : statements.map((_, step) => step + 1);
      for (const done of steps) {
        await empty();
        await withClient(async (client) => {
          const connection = connectionOf(client);
          await applyMigrations(connection, {
            ...{ missing: MIGRATIONS.slice(0, Math.max(at, 1)), begun: new Set() },
            ...{ strange: [], isNew: true },
          });
          if (at === 0) {
            await dropAllButPrismas(client);
            await client.query('DELETE FROM "_prisma_migrations"');
          }
          await client.query(
            `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name") VALUES ('x', 'x', '${name}')`,
          );
          for (const statement of statements.slice(0, done)) {
            await client.query(statement);
          }
        });
        const store = await openStore(database.url);
        expect(store.applied).toEqual(NAMES.slice(at));
        await store.close();
        expect(await readTables()).toEqual(whole);
      }
    }
  },
  TIMEOUT_MS,
);

async function dropAllButPrismas(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
  );
  await client.query(rows.map(({ name }) => `DROP TABLE "${name}" CASCADE`).join(';'));
}

it('an older build works on what a newer one made, while processes are exchanged one by one', async () => {
  await withClient((client) => bringUp(connectionOf(client)));
  await withClient((client) =>
    client.query(
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at") VALUES ('x', 'x', '9999_new', now())`,
    ),
  );
  const store = await openStore(database.url);
  expect(store.applied).toEqual([]);
  await store.close();
});
