/** The handle on the database, and which of the two databases it is. */
import type { PrismaClient } from './generated/client.js';
import type { SqliteClient } from './sqlite-client.js';

/** The databases that the product runs on; each has its own folder of migrations. */
export type Provider = 'sqlite' | 'postgresql';

/** Prisma's client; the only handle on the database. */
export type Db = PrismaClient;

const providers = new WeakMap<Db, Provider>();
const connections = new WeakMap<Db, SqliteClient>();

/** Remembers which database a handle opens, with SQLite's own connection for the set-based statements. */
export function nameProvider(db: Db, provider: Provider, connection?: SqliteClient): void {
  providers.set(db, provider);
  if (connection) {
    connections.set(db, connection);
  }
}

/** Which database a handle opens. */
export function providerOf(db: Db): Provider {
  return providers.get(db) ?? 'sqlite';
}

/** SQLite's connection beneath a handle; null on PostgreSQL, whose pool is Prisma's. */
export function connectionOf(db: Db): SqliteClient | null {
  return connections.get(db) ?? null;
}
