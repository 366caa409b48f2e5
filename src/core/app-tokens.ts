/** App tokens as their owners see them: which one counts, never the token itself. */
import type { CoreDeps } from './deps.js';

/** The token that counts now. */
export interface AppTokenMark {
  /** Its first and last characters. */
  hint: string;
  createdAt: Date;
}

/** The verbs of app tokens. */
export type AppTokens = ReturnType<typeof createAppTokens>;

/** Makes the verbs of app tokens. */
export function createAppTokens({ db }: CoreDeps) {
  /** The mark of an app's token, or null while it has none (a person's own space). */
  async function findToken(appId: number): Promise<AppTokenMark | null> {
    return db.appToken.findFirst({
      where: { appId },
      orderBy: { createdAt: 'desc' },
      select: { hint: true, createdAt: true },
    });
  }

  return { findToken };
}
