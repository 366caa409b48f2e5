/** Preferences: what a person chose in something that only one room knows, such as a dialect's settings. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import type { CoreDeps } from './deps.js';
import { rememberMs } from './remember.js';

/** The verbs of preferences. */
export type Preferences = ReturnType<typeof createPreferences>;

/** Makes the verbs of preferences. Values are JSON, sealed at rest; the room that owns a name knows its shape. */
export function createPreferences({ db, box }: CoreDeps) {
  /** Written JSON by person and name; an empty text where there is none. */
  const cache = new LRUCache<string, string>({ ...atMost(10_000), ttl: rememberMs(db) });

  /** What a person saved under a name, or null. */
  async function read(personId: number, name: string): Promise<unknown> {
    const key = `${personId} ${name}`;
    let json = cache.get(key);
    if (json === undefined) {
      const row = await db.preference.findUnique({
        where: { personId_name: { personId: BigInt(personId), name } },
      });
      json = row ? box.open(row.value) : '';
      cache.set(key, json);
    }
    return json === '' ? null : JSON.parse(json);
  }

  /** Saves a JSON value of a person under a name; null removes it. */
  async function save(personId: number, name: string, value: unknown): Promise<void> {
    const id = { personId: BigInt(personId), name };
    if (value === null) {
      await db.preference.deleteMany({ where: id });
      cache.set(`${personId} ${name}`, '');
      return;
    }
    const json = JSON.stringify(value);
    const sealed = box.seal(json);
    await db.preference.upsert({
      where: { personId_name: id },
      create: { ...id, value: sealed },
      update: { value: sealed },
    });
    cache.set(`${personId} ${name}`, json);
  }

  /** Drops what this process remembers of a person. */
  function forgetPerson(personId: number): void {
    for (const key of cache.keys()) {
      if (key.startsWith(`${personId} `)) {
        cache.delete(key);
      }
    }
  }

  return { read, save, forgetPerson };
}
