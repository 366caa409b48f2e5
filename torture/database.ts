/** A PostgreSQL database of a run's own, and all that can go wrong with its server. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { makeOlderPostgres } from './older-postgres.js';

/** A database under torture. */
export interface Database {
  /** For the harness: past the lines, by the role that may do everything. */
  url: string;
  /** Where its server listens. */
  server: { host: string; port: number };
  /** For the servers under test, by a port of this machine: a role that a limit of connections holds for. */
  urlBy(port: number): string;
  /** Runs statements in it, by the harness's role. */
  run(sql: string): Promise<unknown[]>;
  /** Ends all connections at once, with the words of a server that stops. */
  endAll(): Promise<void>;
  /** Takes reads only until `mend`, as a standby does. */
  makeReadOnly(): Promise<void>;
  /** Ends all connections and lets the servers have so many until `mend`. */
  limit(connections: number): Promise<void>;
  mend(): Promise<void>;
  /** Makes it that of up to so many migrations ago; no server may have it meanwhile. */
  makeOlder(back: number): Promise<void>;
  /** Lets its clock show that much more. */
  pass(ms: number): Promise<void>;
  drop(): Promise<void>;
}

const POSTGRES_PORT = 5432;

/** Makes it on a server where that is allowed. */
export async function makeDatabase(server: string): Promise<Database> {
  const name = `qingniao_torture_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(8).toString('hex');
  const inServer = (sql: string): Promise<unknown[]> => query(server, sql);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const urlBy = (port: number): string => {
    const appUrl = new URL(url.href);
    appUrl.username = name;
    appUrl.password = password;
    appUrl.hostname = '127.0.0.1';
    appUrl.port = String(port);
    return appUrl.href;
  };
  await inServer(`CREATE ROLE "${name}" LOGIN PASSWORD '${password}'`);
  await inServer(`CREATE DATABASE "${name}" OWNER "${name}"`);
  // The public schema is the owner's in new servers and everybody's in old ones.
  await query(url.href, `ALTER SCHEMA public OWNER TO "${name}"`);
  // The servers' role finds a clock of ours before the built-in one: time that nobody waits for goes by for it too.
  for (const statement of makeClock(name)) {
    await query(url.href, statement);
  }
  const endAll = async (): Promise<void> => {
    await inServer(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
    );
  };
  return {
    url: url.href,
    server: { host: url.hostname, port: Number(url.port || POSTGRES_PORT) },
    urlBy,
    run: (sql) => query(url.href, sql),
    endAll,
    makeReadOnly: async () => {
      await inServer(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
      await endAll();
    },
    limit: async (connections) => {
      await inServer(`ALTER ROLE "${name}" CONNECTION LIMIT ${connections}`);
      await endAll();
    },
    mend: async () => {
      await inServer(`ALTER DATABASE "${name}" RESET default_transaction_read_only`);
      await inServer(`ALTER ROLE "${name}" CONNECTION LIMIT -1`);
      // Those that were opened meanwhile stay as they were.
      await endAll();
    },
    makeOlder: async (back) => {
      await makeOlderPostgres(url.href, { role: name, back });
    },
    pass: async (ms) => {
      // Also while the servers may write nothing.
      await query(url.href, `BEGIN READ WRITE; UPDATE torture.clock SET "passed" = "passed" + ${ms}; COMMIT`);
    },
    drop: async () => {
      await inServer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      await inServer(`DROP ROLE IF EXISTS "${name}"`);
    },
  };
}

const makeClock = (role: string): string[] => [
  'CREATE SCHEMA torture',
  'CREATE TABLE torture.clock ("passed" bigint NOT NULL)',
  'INSERT INTO torture.clock VALUES (0)',
  `GRANT USAGE ON SCHEMA torture TO "${role}"`,
  `GRANT SELECT ON torture.clock TO "${role}"`,
  `CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
     $$ SELECT pg_catalog.clock_timestamp() + "passed" * interval '1 millisecond' FROM torture.clock $$`,
  `ALTER ROLE "${role}" SET search_path = public, pg_catalog`,
];

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client
    .query(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}
