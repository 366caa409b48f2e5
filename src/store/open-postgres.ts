/** Opens a PostgreSQL database: migrates it, joins the other processes on it, and hands out Prisma's client. */
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlQuery, SqlQueryable } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { createTurns } from '#src/lib/turns.js';
import { type Db, nameProvider } from './db.js';
import { applyMigrations, type MigrationConnection, planMigrations } from './migrate.js';
import type { Store } from './open.js';
import { openSession } from './session.js';
import { query } from './sql.js';

/** Connections of one process besides its lasting one, unless the address says `connection_limit`. */
const CONNECTIONS = 10;
/** Fewer would wait for each other: some work holds one while it uses others. */
const LEAST_CONNECTIONS = 3;
const CONNECT_TIMEOUT_MS = 5000;
/**
 * A process that stops in the middle of a transaction holds its locks no longer than this, and one that is cut off is
 * noticed by the server in half a minute.
 */
const OPTIONS = [
  'idle_in_transaction_session_timeout=20s',
  'lock_timeout=20s',
  'TimeZone=UTC',
  'tcp_keepalives_idle=15',
  'tcp_keepalives_interval=5',
  'tcp_keepalives_count=3',
];

const NOW = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "now"';

/** Opens `postgresql://…`, migrating it when needed. Throws what the driver throws when it cannot be had. */
export async function openPostgres(url: string): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: url,
    max: readLimit(url),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'qingniao',
    options: OPTIONS.map((option) => `-c ${option}`).join(' '),
  });
  // An idle connection that breaks is replaced by the next that is asked for.
  pool.on('error', () => {});
  const clients = new Set<pg.PoolClient>();
  pool.on('connect', (client) => {
    clients.add(client);
    // One that breaks between two statements of a transaction has nobody else to tell, and would end the process; the next
    // statement fails by itself.
    client.on('error', () => {});
  });
  pool.on('remove', (client) => clients.delete(client));
  const adapter = new MendingPg(pool, { disposeExternalPool: true });
  let migrated: { applied: readonly string[]; isNew: boolean } = { applied: [], isNew: false };
  try {
    const session = await openSession(url, {
      migrate: async () => {
        migrated = await migrate(url);
      },
      onSilence: () => {
        for (const client of clients) {
          endNow(client);
        }
      },
    });
    const { PrismaClient } = await import('./generated-postgresql/client.js');
    // One model, two generated clients: they differ in nothing that is used here, but their types don't know it.
    const db = new PrismaClient({ adapter }) as unknown as Db;
    nameProvider(db, 'postgresql');
    return {
      db,
      provider: 'postgresql',
      ...migrated,
      restored: null,
      session,
      readTime: async () => {
        const [row] = await query<{ now: number }>(db, NOW);
        return Number(row?.now);
      },
      close: async () => {
        await session.close();
        await db.$disconnect();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** While processes are exchanged one by one an older build works on what a newer has made, so strange migrations are no reason to end. */
async function migrate(url: string): Promise<{ applied: string[]; isNew: boolean }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // An error that nobody waits for would end the process; who waits for a statement hears of it.
  client.on('error', () => {});
  await client.connect();
  try {
    const connection: MigrationConnection = {
      provider: 'postgresql',
      run: async (statement) => void (await client.query(statement)),
      query: async (text) => (await client.query({ text, rowMode: 'array' })).rows,
    };
    const plan = await planMigrations(connection);
    return { applied: await applyMigrations(connection, plan), isNew: plan.isNew };
  } finally {
    await client.end();
  }
}

/** How many connections the address allows: `connection_limit`, as Prisma names it. */
function readLimit(url: string): number {
  const asked = /[?&]connection_limit=([^&]*)/.exec(url)?.[1];
  const limit = asked === undefined ? CONNECTIONS : Number(asked);
  if (!Number.isInteger(limit) || limit < LEAST_CONNECTIONS) {
    throw new Error(`connection_limit must be a whole number from ${LEAST_CONNECTIONS} on`);
  }
  return limit;
}

/** Ends a connection that hangs, and with it its statement: a client that waits for an answer closes its socket. */
function endNow(client: pg.PoolClient): void {
  if ('end' in client && typeof client.end === 'function') {
    client.end(() => {});
  }
}

/** PostgreSQL refuses a NUL in a text; like half surrogate pairs it becomes U+FFFD, as on SQLite. */
class MendingPg extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (level) => oneByOne(mendTexts(await start(level)));
    return mendTexts(adapter);
  }
}

/** Prisma asks for the parts of a large write at once, and a connection that has a statement of its own takes no second one. */
function oneByOne<T extends SqlQueryable>(queryable: T): T {
  const queryRaw = queryable.queryRaw.bind(queryable);
  const executeRaw = queryable.executeRaw.bind(queryable);
  const inTurn = createTurns();
  queryable.queryRaw = (query) => inTurn(() => queryRaw(query));
  queryable.executeRaw = (query) => inTurn(() => executeRaw(query));
  return queryable;
}

function mendTexts<T extends SqlQueryable>(queryable: T): T {
  const queryRaw = queryable.queryRaw.bind(queryable);
  const executeRaw = queryable.executeRaw.bind(queryable);
  queryable.queryRaw = (query) => queryRaw(mendQuery(query));
  queryable.executeRaw = (query) => executeRaw(mendQuery(query));
  return queryable;
}

function mendQuery(query: SqlQuery): SqlQuery {
  return query.args.some(hasNul) ? { ...query, args: query.args.map(mendArg) } : query;
}

function hasNul(arg: unknown): boolean {
  return typeof arg === 'string' && arg.includes('\0');
}

function mendArg(arg: unknown): unknown {
  return typeof arg === 'string' ? arg.replaceAll('\0', '\ufffd') : arg;
}
