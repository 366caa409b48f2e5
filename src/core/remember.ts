/** How long what was read may be remembered: another process may change it. */
import { type Db, providerOf } from '#src/store/db.js';

/** What another process changed is known everywhere after this: a revoked token works no longer than so. */
const SHARED_MS = 2000;

/**
 * The time to live of a cache, in milliseconds; 0: for ever, since the one process forgets by itself what it changes.
 * @param most what the cache allows anyway
 */
export function rememberMs(db: Db, most = 0): number {
  return providerOf(db) === 'sqlite' ? most : SHARED_MS;
}
