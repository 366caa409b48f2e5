/** People: followers and members, each known to developers by a UID that never changes. */
import { LRUCache } from 'lru-cache';
import { createBatcher } from '#src/lib/batcher.js';
import { atMost } from '#src/lib/cache-size.js';
import { randomText } from '#src/lib/ids.js';
import {
  type ArrivedPerson,
  type Leave,
  lookUpUids,
  markLeft,
  type UidLookup,
  upsertPeople,
} from '#src/store/people.js';
import { versionOf } from '#src/store/row-versions.js';
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';
import { toPseudonym } from './pseudonyms.js';
import { storeRoute } from './routes.js';
import type { OutsideName } from './types.js';

/** A person as the other rooms see them. */
export type Person = ArrivedPerson;

/** The verbs of people. */
export type People = ReturnType<typeof createPeople>;

/** The most arrivals written with one commit. */
const MAX_BATCH = 500;

/** So many UIDs are remembered with what they are to an app, each about 200 bytes. */
const REMEMBERED = 20_000;

/** Makes the verbs of people. */
export function createPeople({ db, clock, newId, account, hashKey }: CoreDeps) {
  const arrive = createBatcher({
    run: (items: { name: OutsideName; following: boolean | null; seenAt?: number }[]) =>
      upsertPeople(
        db,
        items.map(({ name, following, seenAt }) => ({
          platform: name.platform,
          account: name.account,
          externalId: name.externalId,
          personId: newId(),
          uid: `UID_${randomText(28)}`,
          following,
          at: clock.now(),
          seenAt,
        })),
      ),
    maxItems: MAX_BATCH,
  });
  const leaveBatch = createBatcher({
    run: async (items: Leave[]) => {
      await markLeft(db, items);
      return items.map(() => undefined);
    },
    maxItems: MAX_BATCH,
  });
  /** Followers of apps, each true for as long as no subscription has changed since the version it was read at. */
  const remembered = new LRUCache<string, { lookup: UidLookup; version: number }>(atMost(REMEMBERED));
  const lookUp = createBatcher({
    run: async (items: { uid: string; appId: number }[][]) => {
      const version = versionOf(db, 'Subscription');
      const found = await lookUpUids(db, items.flat());
      if (version !== null) {
        for (const [key, lookup] of found) {
          remembered.set(key, { lookup, version });
        }
      }
      return items.map((part) => part.map(({ uid, appId }) => found.get(`${appId} ${uid}`) ?? null));
    },
    maxItems: 200,
    maxConcurrent: 2,
  });

  /**
   * Somebody follows the account (again): makes or finds the person and marks them as following, unless they left after
   * `seenAt`, the platform's own time in milliseconds (default now). The first meeting with a WeCom member leads their
   * route to the WeCom app.
   */
  async function follow(name: OutsideName, seenAt?: number): Promise<Person> {
    const person = await arrive({ name, following: true, seenAt });
    if (name.platform === 'wecom' && !person.hasRoute) {
      await storeRoute(db, person.personId);
    }
    return person;
  }

  /** Somebody shows up without following, such as by OAuth: makes or finds the person, changes nothing else. */
  function meet(name: OutsideName): Promise<Person> {
    return arrive({ name, following: null });
  }

  /**
   * Somebody left the account: they receive nothing until they come back, and keep their UID. `leftAt` is the platform's
   * own time in milliseconds: whoever came back after it stays.
   */
  async function leave(name: OutsideName, leftAt?: number): Promise<void> {
    await leaveBatch(
      leftAt === undefined ? { ...name, at: clock.now() } : { ...name, at: leftAt, isDated: true },
    );
  }

  /** Looks up UIDs from an app's view; unknown ones are null. */
  async function findByUids(uids: readonly string[], appId: number): Promise<(UidLookup | null)[]> {
    return recall(uids, appId) ?? (await lookUp(uids.map((uid) => ({ uid, appId }))));
  }

  /** What is remembered of all of these, or null. */
  function recall(uids: readonly string[], appId: number): UidLookup[] | null {
    const version = versionOf(db, 'Subscription');
    const known = uids.flatMap((uid) => remembered.get(`${appId} ${uid}`) ?? []);
    return known.length === uids.length && known.every((one) => one.version === version)
      ? known.map(({ lookup }) => lookup)
      : null;
  }

  /** The person with this UID; throws not_found. */
  async function getByUid(
    uid: string,
  ): Promise<{ personId: number; uid: string; nickname: string; paused: boolean; createdAt: Date }> {
    const row = await db.person.findUnique({ where: { uid } });
    if (!row) {
      throw notFound('用户 User');
    }
    const { nickname, createdAt } = row;
    return { personId: Number(row.id), uid, nickname, paused: row.pausedAt !== null, createdAt };
  }

  /** The person with this internal number; throws not_found. */
  async function getPerson(personId: number): Promise<{ personId: number; uid: string; paused: boolean }> {
    const row = await db.person.findUnique({ where: { id: BigInt(personId) } });
    if (!row) {
      throw notFound('用户 User');
    }
    return { personId, uid: row.uid, paused: row.pausedAt !== null };
  }

  /** What stands for how the server's own WeChat account knows a person, and whether they follow it; null when it never met them. */
  async function findWechatName(personId: number): Promise<{ pseudonym: string; following: boolean } | null> {
    const row = await db.identity.findFirst({ where: { personId: BigInt(personId), ...account } });
    return row ? { pseudonym: toPseudonym(hashKey, row), following: row.following } : null;
  }

  /** Whether a person is a member whom the server's own WeCom app reaches. */
  async function isWecomMember(personId: number): Promise<boolean> {
    const where = { personId: BigInt(personId), platform: 'wecom', following: true };
    return (await db.identity.findFirst({ where, select: { personId: true } })) !== null;
  }

  /** Stops or resumes all messages to a person, at their own wish. */
  async function setPaused(personId: number, paused: boolean): Promise<void> {
    await db.person.update({
      where: { id: BigInt(personId) },
      data: { pausedAt: paused ? new Date(clock.now()) : null },
    });
  }

  return {
    follow,
    meet,
    leave,
    findByUids,
    getByUid,
    getPerson,
    findWechatName,
    isWecomMember,
    setPaused,
  };
}
