/** How many people may follow a person's own space, and each group in it: as the plan of its owner says. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import type { CoreDeps } from './deps.js';
import type { DialectPlan, DialectPlanVerbs } from './dialect-plans.js';

/** The numbers that PushPlus publishes: friends of an account, and users of each of its groups. */
export const SPACE_LIMITS: Readonly<
  Partial<Record<DialectPlan<'pushplus'>, { friends: number; usersPerGroup: number }>>
> = {
  'real-name': { friends: 1000, usersPerGroup: 100 },
  member: { friends: 20_000, usersPerGroup: 500 },
};

/** Somebody who wishes to follow an app (topicId 0) or a topic. */
export interface Place {
  personId: number;
  appId: number;
  topicId: number;
}

/** Says, in their order, which of these wishes find their place full. Who is there already never does. */
export type FindFull = (wishes: readonly Place[]) => Promise<boolean[]>;

/** Makes the verb. Only spaces have such limits; who owns an app never changes. */
export function createFindFull({ db }: CoreDeps, plans: Pick<DialectPlanVerbs, 'findPlan'>): FindFull {
  const owners = new LRUCache<number, number>(atMost(10_000));

  /** The owner of a space; 0 for any other app. */
  async function findOwner(appId: number): Promise<number> {
    const known = owners.get(appId);
    if (known !== undefined) {
      return known;
    }
    const app = await db.app.findUnique({ where: { id: appId }, select: { ownerId: true } });
    const owner = Number(app?.ownerId ?? 0);
    owners.set(appId, owner);
    return owner;
  }

  /** How many more a place takes. */
  async function countRoom({ appId, topicId }: Place): Promise<number> {
    const owner = await findOwner(appId);
    const limits = owner === 0 ? undefined : SPACE_LIMITS[await plans.findPlan('pushplus', owner)];
    if (!limits) {
      return Number.POSITIVE_INFINITY;
    }
    const count = await db.subscription.count({ where: { appId, topicId, blocked: false } });
    return (topicId === 0 ? limits.friends : limits.usersPerGroup) - count;
  }

  async function isThere({ personId, appId, topicId }: Place): Promise<boolean> {
    return (await db.subscription.count({ where: { personId: BigInt(personId), appId, topicId } })) > 0;
  }

  return async (wishes) => {
    const rooms = new Map<string, number>();
    const full: boolean[] = [];
    for (const wish of wishes) {
      const name = `${wish.appId} ${wish.topicId}`;
      const room = rooms.get(name) ?? (await countRoom(wish));
      const isLimited = Number.isFinite(room) && !(await isThere(wish));
      rooms.set(name, isLimited ? room - 1 : room);
      full.push(isLimited && room <= 0);
    }
    return full;
  };
}
