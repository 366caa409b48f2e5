/** Small facts that the server remembers for itself between runs. */
import type { CoreDeps } from './deps.js';

/** The verbs of settings. */
export type Settings = ReturnType<typeof createSettings>;

/** Makes the verbs of settings. */
export function createSettings({ db, clock }: CoreDeps) {
  return {
    /** What was saved under a key, or null. */
    async read(key: string): Promise<string | null> {
      return (await db.setting.findUnique({ where: { key } }))?.value ?? null;
    },
    /** Saves a value under a key. */
    async save(key: string, value: string): Promise<void> {
      const data = { value, updatedAt: new Date(clock.now()) };
      await db.setting.upsert({ where: { key }, create: { key, ...data }, update: data });
    },
  };
}
