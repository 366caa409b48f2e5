/** The handle on the database, and which of the two databases it is. */
import type { PrismaClient } from './generated/client.js';

/** The databases that the product runs on; each has its own folder of migrations. */
export type Provider = 'sqlite' | 'postgresql';

/** Prisma's client; the only handle on the database. */
export type Db = PrismaClient;

const providers = new WeakMap<Db, Provider>();

/** Remembers which database a handle opens. */
export function nameProvider(db: Db, provider: Provider): void {
  providers.set(db, provider);
}

/** Which database a handle opens. */
export function providerOf(db: Db): Provider {
  return providers.get(db) ?? 'sqlite';
}
