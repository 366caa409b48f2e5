/** Small facts that the server remembers for itself between runs. */
import { LRUCache } from 'lru-cache';
import type { CoreDeps } from './deps.js';
import { rememberMs } from './remember.js';

/** The verbs of settings. */
export type Settings = ReturnType<typeof createSettings>;

/** Makes the verbs of settings. What was read once is remembered. */
export function createSettings({ db, clock }: CoreDeps) {
  const known = new LRUCache<string, { value: string | null }>({ max: 1000, ttl: rememberMs(db) });

  /** What was saved under a key, or null. */
  async function read(key: string): Promise<string | null> {
    const remembered = known.get(key);
    if (remembered) {
      return remembered.value;
    }
    const value = (await db.setting.findUnique({ where: { key } }))?.value ?? null;
    // A save may have been quicker than the look.
    const newer = known.get(key);
    if (newer) {
      return newer.value;
    }
    known.set(key, { value });
    return value;
  }

  /** Saves a value under a key. */
  async function save(key: string, value: string): Promise<void> {
    const data = { value, updatedAt: new Date(clock.now()) };
    await db.setting.upsert({ where: { key }, create: { key, ...data }, update: data });
    known.set(key, { value });
  }

  return { read, save };
}
