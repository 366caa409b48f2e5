/** Set-based statements for people and how the platforms know them. */
import { commitOne, commitRows, read, write } from './group-commit.js';
import type { Db } from './open.js';
import { toSqlJson } from './sql-json.js';

/** A person who shows up on a platform. `personId` and `uid` are used only if the platform's name is new. */
export interface Arrival {
  platform: string;
  account: string;
  externalId: string;
  personId: number;
  uid: string;
  /** Whether the person follows the account now; null leaves that as it is (new names: not following). */
  following: boolean | null;
  /** Milliseconds since the epoch. */
  at: number;
  /** When the platform saw them following, by its own clock; `at` where it does not say. */
  seenAt?: number;
}

/** A person behind a platform's name. */
export interface ArrivedPerson {
  personId: number;
  uid: string;
  following: boolean;
  paused: boolean;
  /** Whether the person had a route of their own before they came now. */
  hasRoute: boolean;
}

/** Pushes come out of order: word of a follow counts only if it is not older than the last leave. */
const STANDS = `excluded."following" AND ("Identity"."leftAt" IS NULL OR excluded."followedAt" >= "Identity"."leftAt")`;

/**
 * Makes sure that each platform name has a person, with one commit, and returns the people in the order asked. A name
 * that is known keeps its person and UID for ever.
 */
export async function upsertPeople(db: Db, arrivals: readonly Arrival[]): Promise<ArrivedPerson[]> {
  const json = toSqlJson(arrivals);
  const rows = await commitRows<{
    key: bigint;
    personId: bigint;
    uid: string;
    following: unknown;
    paused: unknown;
    hasRoute: unknown;
  }>(db, [
    write(
      `INSERT INTO "Person" ("id", "uid", "createdAt")
       SELECT min(value->>'personId'), value->>'uid', value->>'at' FROM json_each(?) j
       WHERE NOT EXISTS (SELECT 1 FROM "Identity" i WHERE i."platform" = j.value->>'platform'
         AND i."account" = j.value->>'account' AND i."externalId" = j.value->>'externalId')
       GROUP BY value->>'platform', value->>'account', value->>'externalId'`,
      json,
    ),
    write(
      `INSERT INTO "Identity" ("platform", "account", "externalId", "personId", "following", "followedAt")
       SELECT value->>'platform', value->>'account', value->>'externalId', value->>'personId', coalesce(value->>'following', 0),
              CASE WHEN value->>'following' THEN coalesce(value->>'seenAt', value->>'at') END
       FROM json_each(?) WHERE true ORDER BY value->>'personId'
       ON CONFLICT ("platform", "account", "externalId") DO UPDATE SET
         "followedAt" = CASE WHEN ${STANDS} THEN max(coalesce("Identity"."followedAt", 0), excluded."followedAt") ELSE "Identity"."followedAt" END,
         "following" = "Identity"."following" OR (${STANDS})`,
      json,
    ),
    read(
      `SELECT j.key AS "key", p."id" AS "personId", p."uid", i."following", p."pausedAt" IS NOT NULL AS "paused", p."route" <> '' AS "hasRoute"
     FROM json_each(?) j
     JOIN "Identity" i ON i."platform" = j.value->>'platform' AND i."account" = j.value->>'account' AND i."externalId" = j.value->>'externalId'
     JOIN "Person" p ON p."id" = i."personId" ORDER BY j.key`,
      json,
    ),
  ]);
  return rows.map((row) => ({
    personId: Number(row.personId),
    uid: row.uid,
    following: Boolean(row.following),
    paused: Boolean(row.paused),
    hasRoute: Boolean(row.hasRoute),
  }));
}

/** Somebody who left. */
export interface Leave {
  platform: string;
  account: string;
  externalId: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** `at` is the platform's own time, so a follow that the platform saw later stands. */
  isDated?: boolean;
}

/** Marks platform names as no longer following. */
export async function markLeft(db: Db, leaves: readonly Leave[]): Promise<void> {
  await commitOne(
    db,
    `UPDATE "Identity" SET "following" = false, "leftAt" = j.at
     FROM (SELECT value->>'platform' AS platform, value->>'account' AS account, value->>'externalId' AS externalId, value->>'at' AS at, value->>'isDated' AS isDated FROM json_each(?)) j
     WHERE "Identity"."platform" = j.platform AND "Identity"."account" = j.account AND "Identity"."externalId" = j.externalId AND "Identity"."following"
       AND (j.isDated IS NULL OR "Identity"."followedAt" IS NULL OR "Identity"."followedAt" <= j.at)`,
    toSqlJson(leaves),
  );
}

/** A UID that a caller named, seen from an app. */
export interface UidLookup {
  personId: number;
  uid: string;
  /** Whether the person follows the app and is not blocked there. */
  subscribed: boolean;
  blocked: boolean;
}

/** Looks up UIDs, each from the view of an app; unknown UIDs are missing from the answer. */
export async function lookUpUids(
  db: Db,
  asked: readonly { uid: string; appId: number }[],
): Promise<Map<string, UidLookup>> {
  const rows = await db.$queryRawUnsafe<
    {
      appId: bigint | number;
      personId: bigint;
      uid: string;
      subscriptionId: bigint | null;
      blocked: unknown;
    }[]
  >(
    `SELECT j.value->>'appId' AS "appId", p."id" AS "personId", p."uid", s."id" AS "subscriptionId", s."blocked"
     FROM json_each(?) j JOIN "Person" p ON p."uid" = j.value->>'uid'
     LEFT JOIN "Subscription" s ON s."personId" = p."id" AND s."appId" = j.value->>'appId' AND s."topicId" = 0`,
    toSqlJson(asked),
  );
  return new Map(
    rows.map((row) => [
      `${Number(row.appId)} ${row.uid}`,
      {
        personId: Number(row.personId),
        uid: row.uid,
        subscribed: row.subscriptionId !== null && !row.blocked,
        blocked: Boolean(row.blocked),
      },
    ]),
  );
}
