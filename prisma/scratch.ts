/** Empty throw-away databases for comparing the schema with its migrations. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { QueryConfig } from 'pg';
import { runSql, startPostgres } from '#test/support/postgres.js';

/** What is done with a scratch database. */
export type UseScratch<T> = (adapter: SqlMigrationAwareDriverAdapterFactory) => Promise<T>;

/** Runs `use` with a new SQLite file that is removed afterwards. */
export async function withScratchFile<T>(use: UseScratch<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-scratch-'));
  try {
    return await use(new DescribingLibSql({ url: `file:${join(folder, 'scratch.db')}` }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `use` with a new PostgreSQL database that is removed afterwards; null where no server is to be had. */
export async function withScratchPostgres<T>(use: UseScratch<T>): Promise<T | null> {
  const server = await startPostgres();
  if (!server) {
    return null;
  }
  const name = `qingniao_scratch_${randomBytes(6).toString('hex')}`;
  try {
    await runSql(server.urlOf('postgres'), `CREATE DATABASE "${name}"`);
    return await use(new DescribingPg(server.urlOf(name)));
  } finally {
    await runSql(server.urlOf('postgres'), `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    await server.stop();
  }
}

/** The schema engine asks for a partial index with its name in double quotes, which libsql takes for a column's. */
export class DescribingLibSql extends PrismaLibSql {
  override async connect() {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = (query) =>
      queryRaw({ ...query, sql: query.sql.replace(/(FROM sqlite_master .* name = )"(\w+)"/, "$1'$2'") });
    return adapter;
  }
}

/** PostgreSQL's own one-byte type "char", and text. */
const CHAR = 18;
const TEXT = 25;

/** The adapter knows no "char", in which PostgreSQL's catalogue is written that the schema engine reads: here it is text. */
class DescribingPg extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    const pool = adapter.underlyingDriver();
    const query = pool.query.bind(pool);
    Object.assign(pool, {
      query: async (config: QueryConfig) => {
        const result = await query(config);
        for (const field of result.fields.filter(({ dataTypeID }) => dataTypeID === CHAR)) {
          field.dataTypeID = TEXT;
        }
        return result;
      },
    });
    return adapter;
  }
}
