/** Spaces: a person's own app, in which the groups they made and their friends live. Made when it is first needed. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import { randomText } from '#src/lib/ids.js';
import type { Db } from '#src/store/db.js';
import { APP_LIMITS, type App, type Apps } from './apps.js';
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';
import { rememberMs } from './remember.js';

/** What a space is called when its person has no name. */
const DEFAULT_NAME = '我的推送';

/** The verbs of spaces. */
export type Spaces = ReturnType<typeof createSpaces>;

/** Makes the verbs of spaces. */
export function createSpaces({ db, clock }: CoreDeps, apps: Pick<Apps, 'findApp'>) {
  const appIds = new LRUCache<number, number>({ ...atMost(10_000), ttl: rememberMs(db) });

  /** A person's space, or null while they have none. */
  async function findSpace(personId: number): Promise<App | null> {
    const known = appIds.get(personId);
    const space = known === undefined ? null : await apps.findApp(known);
    if (space) {
      return space;
    }
    const row = await db.app.findFirst({
      where: { ownerId: BigInt(personId), deletedAt: null },
      select: { id: true },
    });
    return row ? await remember(personId, row.id) : null;
  }

  /** A person's space, made on the first call. Their account manages it; it opens none, and waits where there is none yet. */
  async function getSpace(personId: number): Promise<App> {
    return (await findSpace(personId)) ?? (await createSpace(personId));
  }

  async function createSpace(personId: number): Promise<App> {
    const ownerId = BigInt(personId);
    const person = await db.person.findUnique({ where: { id: ownerId }, select: { nickname: true } });
    const [{ id }] = await db.$transaction([
      db.app.upsert({
        where: { ownerId },
        create: {
          ownerId,
          name: [...(person?.nickname.trim() ?? '')].slice(0, APP_LIMITS.name).join('') || DEFAULT_NAME,
          subscribeCode: randomText(12),
          createdAt: new Date(clock.now()),
        },
        // Somebody who deleted their space gets it back empty.
        update: { deletedAt: null },
      }),
      linkSpace(db, ownerId),
    ]);
    return remember(personId, id);
  }

  async function remember(personId: number, appId: number): Promise<App> {
    appIds.set(personId, appId);
    const app = await apps.findApp(appId);
    if (!app) {
      throw notFound('应用 App');
    }
    return app;
  }

  return { findSpace, getSpace };
}

/** Hands a person's space to their account, as far as there are both. Runs beside whatever made either. */
export function linkSpace(db: Db, personId: bigint) {
  return db.$executeRaw`UPDATE "App" SET "accountId" = (SELECT a."id" FROM "Account" a WHERE a."personId" = "App"."ownerId")
    WHERE "ownerId" = ${personId}`;
}
