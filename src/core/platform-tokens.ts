/** Keeps the platforms' access tokens, sealed, where all processes find them. */
import type { SecretBox } from '#src/lib/secret-box.js';
import type { TokenStore } from '#src/platforms/wechat/index.js';
import type { Db } from '#src/store/open.js';

/** Makes the keeper. */
export function createPlatformTokens(db: Db, box: SecretBox): TokenStore {
  return {
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
