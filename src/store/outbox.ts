/** Set-based statements of the outbox: which queues have work, claiming it, recording how it went. */
import { commit, commitOne, commitRows, read, write } from './group-commit.js';
import type { Db } from './open.js';
import { toSqlJson } from './sql-json.js';

/** A delivery that this process has claimed. */
export interface ClaimedDelivery {
  id: number;
  messageId: number | null;
  personId: number | null;
  eventId: number | null;
  callbackId: number | null;
  channel: string;
  queue: string;
  /** The receiver's own settings for the channel; null: the server's. */
  configId: number | null;
  /** The steps that are left when this channel fails, as JSON; empty for none. */
  route: string;
  /** Tries including this one. */
  tries: number;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** A queue with due rows and when the first of them is due (milliseconds since the epoch). */
export interface QueueHead {
  queue: string;
  nextDueAt: number;
}

/** All queues with due rows, each with its earliest: one index seek a queue, however many rows wait. */
export async function listQueueHeads(db: Db): Promise<QueueHead[]> {
  const rows = await db.$queryRawUnsafe<{ queue: string; nextDueAt: bigint | number }[]>(
    `WITH RECURSIVE q(queue) AS (
       SELECT min("queue") FROM "Delivery" WHERE "state" = 'due'
       UNION ALL
       SELECT (SELECT min("queue") FROM "Delivery" WHERE "state" = 'due' AND "queue" > q.queue) FROM q WHERE q.queue IS NOT NULL)
     SELECT queue, (SELECT CAST(min("dueAt") AS INTEGER) FROM "Delivery" WHERE "state" = 'due' AND "queue" = q.queue) AS "nextDueAt"
     FROM q WHERE queue IS NOT NULL`,
  );
  return rows.map((row) => ({ queue: row.queue, nextDueAt: Number(row.nextDueAt) }));
}

/** How much to claim, for whom and until when. */
export interface ClaimRequest {
  queues: readonly { queue: string; limit: number }[];
  owner: string;
  now: number;
  leaseUntil: number;
}

/** SQLite allows 500 parts in a compound select; fewer keep the statement short. */
const QUEUES_PER_CLAIM = 100;

/** Claims the oldest due rows of each queue, up to its limit. */
export async function claimDue(db: Db, request: ClaimRequest): Promise<ClaimedDelivery[]> {
  const claimed: ClaimedDelivery[] = [];
  for (let at = 0; at < request.queues.length; at += QUEUES_PER_CLAIM) {
    const part = request.queues.slice(at, at + QUEUES_PER_CLAIM);
    const picks = part.map(
      () =>
        `SELECT "id" FROM (SELECT "id" FROM "Delivery" WHERE "state" = 'due' AND "queue" = ? AND "dueAt" <= ? ORDER BY "dueAt", "id" LIMIT ?)`,
    );
    const claim = read(
      `UPDATE "Delivery" SET "state" = 'claimed', "owner" = ?, "leaseUntil" = ?, "tries" = "tries" + 1
       WHERE "id" IN (${picks.join(' UNION ALL ')})
       RETURNING "id", "messageId", "personId", "eventId", "callbackId", "channel", "queue", "configId", "route", "tries", CAST("createdAt" AS INTEGER) AS "createdAt"`,
      request.owner,
      request.leaseUntil,
      ...part.flatMap(({ queue, limit }) => [queue, request.now, limit]),
    );
    const rows = await commitRows<Record<string, bigint | number | string | null>>(db, [claim]);
    claimed.push(...rows.map(toClaimed));
  }
  return claimed.sort((a, b) => a.id - b.id);
}

function toClaimed(row: Record<string, bigint | number | string | null>): ClaimedDelivery {
  const id = (value: unknown): number | null =>
    value === null || value === undefined ? null : Number(value);
  return {
    id: Number(row.id),
    messageId: id(row.messageId),
    personId: id(row.personId),
    eventId: id(row.eventId),
    callbackId: id(row.callbackId),
    channel: String(row.channel),
    queue: String(row.queue),
    configId: id(row.configId),
    route: String(row.route),
    tries: Number(row.tries),
    createdAt: Number(row.createdAt),
  };
}

/** How a claimed delivery goes on. */
export interface DeliveryResult {
  id: number;
  messageId: number | null;
  state: 'due' | 'sent' | 'failed' | 'cancelled';
  /** When to try again; only with state due. */
  dueAt: number | null;
  ref: string | null;
  /** The attempt to add to the log, as JSON; null adds none. */
  attempt: string | null;
  finishedAt: number | null;
  /** Where the delivery goes on, when a step of its route has failed; its tries begin anew. */
  next?: { channel: string; queue: string; configId: number | null; route: string };
  /** A claim given back untried does not count as a try. */
  untried?: boolean;
}

/**
 * Records results, each with its attempt in the same row, and counts them in their messages, all in one commit. Rows
 * that `owner` no longer holds (its lease ran out) are left as they are and not counted.
 */
export async function recordResults(
  db: Db,
  results: readonly DeliveryResult[],
  mark: { owner: string; batch: string; now: number },
): Promise<void> {
  const update = write(
    `UPDATE "Delivery" SET "state" = j.state, "dueAt" = coalesce(j.dueAt, "Delivery"."dueAt"), "leaseUntil" = NULL, "owner" = ?,
       "ref" = coalesce(j.ref, "Delivery"."ref"), "finishedAt" = j.finishedAt, "tries" = CASE WHEN j.channel IS NULL THEN "Delivery"."tries" - j.untried ELSE 0 END,
       "channel" = coalesce(j.channel, "Delivery"."channel"), "queue" = coalesce(j.queue, "Delivery"."queue"),
       "configId" = CASE WHEN j.channel IS NULL THEN "Delivery"."configId" ELSE j.configId END, "route" = coalesce(j.route, "Delivery"."route"),
       "attempts" = CASE WHEN j.attempt IS NULL THEN "Delivery"."attempts" ELSE json_insert("Delivery"."attempts", '$[#]', json(j.attempt)) END
     FROM (SELECT value->>'id' AS id, value->>'state' AS state, value->>'dueAt' AS dueAt, value->>'ref' AS ref, value->>'attempt' AS attempt,
                  value->>'finishedAt' AS finishedAt, coalesce(value->>'untried', 0) AS untried, value->>'$.next.channel' AS channel,
                  value->>'$.next.queue' AS queue, value->>'$.next.configId' AS configId, value->>'$.next.route' AS route FROM json_each(?)) j
     WHERE "Delivery"."id" = j.id AND +"Delivery"."state" = 'claimed' AND "Delivery"."owner" = ?`,
    mark.batch,
    toSqlJson(results),
    mark.owner,
  );
  const finished = results.filter((result) => result.state !== 'due' && result.messageId !== null);
  if (finished.length === 0) {
    await commit(db, [update]);
    return;
  }
  const count = write(
    `UPDATE "Message" SET "sent" = m."sent" + c.sent, "failed" = m."failed" + c.failed, "cancelled" = m."cancelled" + c.cancelled,
       "state" = CASE WHEN ${IS_DONE} THEN 'done' ELSE m."state" END, "finishedAt" = CASE WHEN ${IS_DONE} THEN ? END
     FROM (SELECT "messageId", sum("state" = 'sent') AS sent, sum("state" = 'failed') AS failed, sum("state" = 'cancelled') AS cancelled
           FROM "Delivery" WHERE "id" IN (SELECT value FROM json_each(?)) AND "owner" = ? AND "messageId" IS NOT NULL GROUP BY "messageId") c
     JOIN "Message" m ON m."id" = c."messageId"
     WHERE "Message"."id" = m."id"`,
    mark.now,
    toSqlJson(finished.map((result) => result.id)),
    mark.batch,
  );
  await commit(db, [update, count]);
}

/** Every delivery of a fully spread message has its final state. */
const IS_DONE = `m."state" = 'expanded' AND m."sent" + c.sent + m."failed" + c.failed + m."cancelled" + c.cancelled >= m."total"`;

/** Gives back claims: all of them (`before` null; a start of the only process), or those whose lease ended before. */
export async function releaseClaims(db: Db, before: number | null): Promise<number> {
  return commitOne(
    db,
    `UPDATE "Delivery" SET "state" = 'due', "owner" = NULL, "leaseUntil" = NULL
     WHERE "state" = 'claimed' AND (? IS NULL OR "leaseUntil" < ?)`,
    before,
    before,
  );
}

/** Where a person is reached. */
export interface Address {
  uid: string;
  /** The platform's name of the person; empty where it never met them. */
  address: string;
  following: boolean;
  /** Whether the person has stopped all messages. */
  paused: boolean;
  /** The person's id in WeCom; empty where they are no member. */
  member: string;
  /** Minutes of the day in China between which only urgent messages go out; null: none. */
  quiet: { from: number; to: number } | null;
}

/** Where claimed deliveries of messages go: the platform's name of each person. */
export async function loadAddresses(
  db: Db,
  personIds: readonly number[],
  platform: string,
  account: string,
): Promise<Map<number, Address>> {
  const rows = await db.$queryRawUnsafe<
    {
      personId: bigint;
      uid: string;
      address: string | null;
      following: unknown;
      paused: unknown;
      member: string | null;
      quietFrom: number | null;
      quietTo: number | null;
    }[]
  >(
    `SELECT p."id" AS "personId", p."uid", i."externalId" AS "address", i."following", p."pausedAt" IS NOT NULL AS "paused",
       p."quietFrom", p."quietTo", (SELECT w."externalId" FROM "Identity" w WHERE w."personId" = p."id" AND w."platform" = 'wecom' LIMIT 1) AS "member"
     FROM "Person" p LEFT JOIN "Identity" i ON i."personId" = p."id" AND i."platform" = ? AND i."account" = ?
     WHERE p."id" IN (SELECT value FROM json_each(?))`,
    platform,
    account,
    toSqlJson(personIds),
  );
  return new Map(
    rows.map((row) => [
      Number(row.personId),
      {
        uid: row.uid,
        address: row.address ?? '',
        following: Boolean(row.following),
        paused: Boolean(row.paused),
        member: row.member ?? '',
        quiet:
          row.quietFrom === null || row.quietTo === null
            ? null
            : { from: Number(row.quietFrom), to: Number(row.quietTo) },
      },
    ]),
  );
}
