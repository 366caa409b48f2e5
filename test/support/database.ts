/** A migrated empty database for one test: a SQLite file, or a database of the PostgreSQL server that the run started. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openStore } from '#src/store/open.js';
import { copyMigrated } from './migrated.js';
import { type PostgresServer, runSql } from './postgres.js';

/** A database of its own. */
export interface TestDatabase {
  url: string;
  /** Removes what is outside of the test's folder. */
  drop(): Promise<void>;
}

/** Where the run's server is told: an address with {database} in the place of the database's name. */
const SERVER = 'WORLD_POSTGRES_SERVER';
const TEMPLATE = 'qingniao_template';
const COPY_TRIES = 20;
const COPY_PAUSE_MS = 250;

/** Whether this run's worlds are on PostgreSQL. */
export const ON_POSTGRES = process.env.WORLD_DATABASE === 'postgresql';

/** Makes a database for a test whose files are in `folder`. */
export async function openDatabase(folder: string, name = 'qingniao.db'): Promise<TestDatabase> {
  if (ON_POSTGRES) {
    return openPostgresDatabase();
  }
  const path = join(folder, name);
  await copyMigrated(path);
  return { url: `file:${path}`, drop: async () => {} };
}

/** Makes a database on the run's PostgreSQL server. */
export async function openPostgresDatabase(): Promise<TestDatabase> {
  const name = `qingniao_test_${randomBytes(6).toString('hex')}`;
  await copyTemplate(name);
  const drop = async (): Promise<void> => {
    await runSql(urlOf('postgres'), `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  };
  return { url: urlOf(name), drop };
}

/** The template's last connection may still be ending when the first copy is made. */
async function copyTemplate(name: string): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await runSql(urlOf('postgres'), `CREATE DATABASE "${name}" TEMPLATE "${TEMPLATE}"`);
      return;
    } catch (error) {
      if (tried === COPY_TRIES) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, COPY_PAUSE_MS));
    }
  }
}

/** Tells the run of its server and makes the database that all others are copies of. */
export async function useServer(server: PostgresServer): Promise<void> {
  process.env[SERVER] = decodeURI(server.urlOf('{database}'));
  const url = server.urlOf(TEMPLATE);
  await runSql(server.urlOf('postgres'), `DROP DATABASE IF EXISTS "${TEMPLATE}" WITH (FORCE)`);
  await runSql(server.urlOf('postgres'), `CREATE DATABASE "${TEMPLATE}"`);
  const store = await openStore(url);
  await store.close();
}

function urlOf(database: string): string {
  const server = process.env[SERVER];
  if (!server) {
    throw new Error(`${SERVER} is not set: only the project "postgresql" starts a server`);
  }
  return server.replace('{database}', database);
}
