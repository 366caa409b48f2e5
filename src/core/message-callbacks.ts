/** The endpoints that single messages name to hear of their end: one row for each address that an app's messages ever named. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import { makeCallbackSecret } from './callback-secrets.js';
import { appsOf, type CodeBudget } from './code-budget.js';
import type { CoreDeps } from './deps.js';
import type { Limits } from './limits.js';

/** An endpoint may be removed a month after its last message, so what is remembered of it stays far below that. */
const TTL_MS = 10 * 60_000;

/** The verbs of these endpoints. */
export type MessageCallbacks = ReturnType<typeof createMessageCallbacks>;

/** Makes the verbs. `checkUrl` throws bad_url, blocked_target for an address that may not be called. */
export function createMessageCallbacks(
  { db, clock, box }: CoreDeps,
  checkUrl: (url: string) => void,
  { limits, budget }: { limits: Limits; budget: CodeBudget },
) {
  /** Promises, so that the messages of one moment make one row. */
  const ids = new LRUCache<string, Promise<number>>({ ...atMost(10_000), ttl: TTL_MS });

  /** The number of an app's endpoint for messages at this address, made on the first call; it gets its events in `style`. */
  function getId(appId: number, url: string, style: string): Promise<number> {
    const key = `${appId} ${style} ${url}`;
    const known = ids.get(key);
    if (known) {
      return known;
    }
    const found = findOrCreate({ appId, url, style, scope: 'message' });
    ids.set(key, found);
    found.catch(() => ids.delete(key));
    return found;
  }

  async function findOrCreate(endpoint: {
    appId: number;
    url: string;
    style: string;
    scope: string;
  }): Promise<number> {
    checkUrl(endpoint.url);
    const found = await db.callback.findFirst({ where: endpoint, select: { id: true } });
    if (found) {
      return found.id;
    }
    const payer = await budget.findPayerOf(endpoint.appId);
    const data = { ...endpoint, secret: box.seal(makeCallbackSecret()), createdAt: new Date(clock.now()) };
    const made = await limits.makeOne('callback', {
      count: async (who) => {
        const owner = payer !== null && who === 'person' ? { app: appsOf(payer) } : {};
        return payer === null ? null : db.callback.count({ where: owner });
      },
      make: () => db.callback.create({ data }),
      undo: ({ id }) => db.callback.delete({ where: { id } }),
    });
    return made.id;
  }

  return { getId };
}
