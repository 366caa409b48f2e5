/** Set-based statements for people and how the platforms know them. */
import type { Db } from './db.js';
import { commitOne, commitRows, read, write } from './group-commit.js';
import { both, query, type Words } from './sql.js';
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

const NAME = { platform: 'text', account: 'text', externalId: 'text' } as const;
const IS_NAMED = `i."platform" = j."platform" AND i."account" = j."account" AND i."externalId" = j."externalId"`;
const arrivals = (q: Words): string =>
  q.rows('j', {
    at: 'time',
    seenAt: 'time',
    place: 'int',
    personId: 'int',
    uid: 'text',
    following: 'bool',
    ...NAME,
  });

/** Pushes come out of order: word of a follow counts only if it is not older than the last leave. */
const STANDS = `excluded."following" AND ("Identity"."leftAt" IS NULL OR excluded."followedAt" >= "Identity"."leftAt")`;

const INSERT_PEOPLE = both(
  (q) => `INSERT INTO "Person" ("id", "uid", "createdAt")
       SELECT j."personId", j."uid", j."at" FROM ${arrivals(q)}
       WHERE NOT EXISTS (SELECT 1 FROM "Identity" i WHERE ${IS_NAMED})`,
);
const UPSERT_IDENTITIES = both(
  (q) => `INSERT INTO "Identity" ("platform", "account", "externalId", "personId", "following", "followedAt")
       SELECT j."platform", j."account", j."externalId", j."personId", coalesce(j."following", false),
              CASE WHEN j."following" THEN coalesce(j."seenAt", j."at") END
       FROM ${arrivals(q)} WHERE true ORDER BY j."externalId"
       ON CONFLICT ("platform", "account", "externalId") DO UPDATE SET
         "followedAt" = CASE WHEN ${STANDS} THEN coalesce(${q.greater('"Identity"."followedAt"', 'excluded."followedAt"')}, excluded."followedAt") ELSE "Identity"."followedAt" END,
         "following" = "Identity"."following" OR (${STANDS})`,
);
const FIND_PEOPLE = both(
  (
    q,
  ) => `SELECT j."place", p."id" AS "personId", p."uid", i."following", p."pausedAt" IS NOT NULL AS "paused", p."route" <> '' AS "hasRoute"
     FROM ${arrivals(q)} JOIN "Identity" i ON ${IS_NAMED} JOIN "Person" p ON p."id" = i."personId" ORDER BY j."place"`,
);
const REMOVE_STRAYS = both((q) =>
  q.shared(
    `DELETE FROM "Person" p USING ${arrivals(q)} WHERE p."id" = j."personId" AND NOT EXISTS (SELECT 1 FROM "Identity" i WHERE i."personId" = p."id")`,
  ),
);

/**
 * Makes sure that each platform name has a person, with one commit, and returns the people in the order asked. A name
 * that is known keeps its person and UID for ever.
 */
export async function upsertPeople(db: Db, arrived: readonly Arrival[]): Promise<ArrivedPerson[]> {
  const placed = arrived.map((arrival, place) => ({ ...arrival, place }));
  const writes = toRounds(placed).flatMap((round) => {
    const json = toSqlJson(round);
    return [write(INSERT_PEOPLE, json), write(UPSERT_IDENTITIES, json), write(REMOVE_STRAYS, json)];
  });
  const rows = await commitRows<{
    personId: bigint;
    uid: string;
    following: unknown;
    paused: unknown;
    hasRoute: unknown;
  }>(db, [...writes, read(FIND_PEOPLE, toSqlJson(placed))]);
  return rows.map((row) => ({
    personId: Number(row.personId),
    uid: row.uid,
    following: Boolean(row.following),
    paused: Boolean(row.paused),
    hasRoute: Boolean(row.hasRoute),
  }));
}

/** One statement may meet each name once: who shows up twice at the same moment does so in two rounds. */
function toRounds<T extends Arrival>(arrived: readonly T[]): T[][] {
  const rounds: T[][] = [];
  const seen = new Map<string, number>();
  for (const arrival of arrived) {
    const name = JSON.stringify([arrival.platform, arrival.account, arrival.externalId]);
    const round = seen.get(name) ?? 0;
    seen.set(name, round + 1);
    rounds[round] = [...(rounds[round] ?? []), arrival];
  }
  return rounds;
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

const MARK_LEFT = both(
  (q) => `UPDATE "Identity" SET "following" = false, "leftAt" = j."at"
     FROM ${q.rows('j', { at: 'time', isDated: 'bool', ...NAME })}
     WHERE "Identity"."platform" = j."platform" AND "Identity"."account" = j."account" AND "Identity"."externalId" = j."externalId" AND "Identity"."following"
       AND (j."isDated" IS NULL OR "Identity"."followedAt" IS NULL OR "Identity"."followedAt" <= j."at")`,
);

/** Marks platform names as no longer following. */
export async function markLeft(db: Db, leaves: readonly Leave[]): Promise<void> {
  await commitOne(db, MARK_LEFT, toSqlJson(leaves));
}

/** A UID that a caller named, seen from an app. */
export interface UidLookup {
  personId: number;
  uid: string;
  /** Whether the person follows the app and is not blocked there. */
  subscribed: boolean;
  blocked: boolean;
}

interface LookupRow {
  appId: bigint | number;
  personId: bigint;
  uid: string;
  subscriptionId: bigint | null;
  blocked: unknown;
}

const LOOK_UP_UIDS = both(
  (q) => `SELECT j."appId", p."id" AS "personId", p."uid", s."id" AS "subscriptionId", s."blocked"
     FROM ${q.rows('j', { uid: 'text', appId: 'int' })} JOIN "Person" p ON p."uid" = j."uid"
     LEFT JOIN "Subscription" s ON s."personId" = p."id" AND s."appId" = j."appId" AND s."topicId" = 0`,
);

/** Looks up UIDs, each from the view of an app; unknown UIDs are missing from the answer. */
export async function lookUpUids(
  db: Db,
  asked: readonly { uid: string; appId: number }[],
): Promise<Map<string, UidLookup>> {
  const rows = await query<LookupRow>(db, LOOK_UP_UIDS, toSqlJson(asked));
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
