/** Keeps the platforms' access tokens, sealed, where all processes find them. */
import type { SecretBox } from '#src/lib/secret-box.js';
import type { TokenStore } from '#src/platforms/wechat/index.js';
import { type Db, providerOf } from '#src/store/db.js';
import { doAlone } from '#src/store/leases.js';

/** Makes the keeper. */
export function createPlatformTokens(db: Db, box: SecretBox): TokenStore {
  return {
    ...(providerOf(db) === 'postgresql'
      ? { alone: <T>(name: string, work: () => Promise<T>) => doAlone(db, `token:${name}`, work) }
      : {}),
    read: async (name) => {
      const row = await db.platformToken.findUnique({ where: { name } });
      return row ? { value: box.open(row.value), expiresAt: row.expiresAt.getTime() } : null;
    },
    write: async (name, token) => {
      const data = { value: box.seal(token.value), expiresAt: new Date(token.expiresAt) };
      await db.platformToken.upsert({ where: { name }, create: { name, ...data }, update: data });
    },
    clear: async (name, used) => {
      const row = await db.platformToken.findUnique({ where: { name } });
      if (row && box.open(row.value) === used) {
        await db.platformToken.deleteMany({ where: { name, value: row.value } });
      }
    },
  };
}

/** How long each platform's token still lives, by its name, in seconds; below 0 for one that nobody renews. */
export async function listTokenLives(db: Db, now: number): Promise<{ name: string; seconds: number }[]> {
  const rows = await db.platformToken.findMany({ select: { name: true, expiresAt: true } });
  return rows.map(({ name, expiresAt }) => ({
    name,
    seconds: Math.round((expiresAt.getTime() - now) / 1000),
  }));
}
