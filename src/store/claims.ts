/** Set-based statements of claims: making them, holding them for longer, and giving back those of the dead. */
import type { Db } from './db.js';
import { commitOne, commitRows, read } from './group-commit.js';
import { both, query, type Sql, type Words } from './sql.js';
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
  /** When the first try began of whose fate nobody knows; null: none is in doubt. */
  doubtAt: number | null;
  /** Milliseconds since the epoch. */
  createdAt: number;
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

/** One statement for each number of queues. What another process is about to claim is passed over. */
const claims = new Map<number, Sql>();

function claimFrom(queues: number): Sql {
  const known =
    claims.get(queues) ??
    both((q) => {
      const pick = `SELECT "id" FROM (SELECT "id" FROM "Delivery" WHERE "state" = 'due' AND "queue" = ? AND "dueAt" <= ${q.time()}
         ORDER BY "dueAt", "id" LIMIT ? ${q.shared('FOR UPDATE SKIP LOCKED')}) d`;
      const picks = Array.from({ length: queues }, () => pick).join(' UNION ALL ');
      return `UPDATE "Delivery" SET "state" = 'claimed', "owner" = ?, "leaseUntil" = ${q.time()}, "triedAt" = ${q.time()}, "tries" = "tries" + 1
       WHERE "id" IN (${picks})
       RETURNING ${claimedColumns(q)}`;
    });
  claims.set(queues, known);
  return known;
}

/**
 * Claims the oldest due rows of each queue, up to its limit. The claim writes down that a try begins: whatever happens to this
 * process afterwards, the row says that the message may have left.
 */
export async function claimDue(db: Db, request: ClaimRequest): Promise<ClaimedDelivery[]> {
  const claimed: ClaimedDelivery[] = [];
  for (let at = 0; at < request.queues.length; at += QUEUES_PER_CLAIM) {
    const part = request.queues.slice(at, at + QUEUES_PER_CLAIM);
    const claim = read(
      claimFrom(part.length),
      request.owner,
      request.leaseUntil,
      request.now,
      ...part.flatMap(({ queue, limit }) => [queue, request.now, limit]),
    );
    const rows = await commitRows<Record<string, bigint | number | string | null>>(db, [claim]);
    claimed.push(...rows.map(toClaimed));
  }
  return claimed.sort((a, b) => a.id - b.id);
}

/** The columns of a claimed delivery. */
export function claimedColumns(q: Words): string {
  return `"id", "messageId", "personId", "eventId", "callbackId", "channel", "queue", "configId", "route", "tries", ${q.ms('"doubtAt"')} AS "doubtAt", ${q.ms('"createdAt"')} AS "createdAt"`;
}

/** A row of those columns. */
export function toClaimed(row: Record<string, bigint | number | string | null>): ClaimedDelivery {
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
    doubtAt: id(row.doubtAt),
    createdAt: Number(row.createdAt),
  };
}

const EXTEND_CLAIMS = both(
  (q) =>
    `UPDATE "Delivery" SET "leaseUntil" = ${q.time()} WHERE ${q.isIn('"id"', 'int')} AND ${q.noIndex('"state"')} = 'claimed' AND "owner" = ?`,
);

/** Holds what `owner` has claimed, and knows of, for longer. */
export async function extendClaims(
  db: Db,
  { owner, ids, leaseUntil }: { owner: string; ids: readonly number[]; leaseUntil: number },
): Promise<void> {
  await commitOne(db, EXTEND_CLAIMS, leaseUntil, toSqlJson(ids), owner);
}

/** Whose claims are looked at: all whose lease ended before `now`, but for those that `owner` knows that it holds. */
export interface LapsedClaims {
  now: number;
  owner: string;
  held: readonly number[];
}

const LAPSED = (q: Words): string =>
  `"state" = 'claimed' AND "leaseUntil" < ${q.time()} AND NOT ("owner" = ? AND ${q.isIn('"id"', 'int')})`;
const LIST_LAPSED = both((q) => `SELECT DISTINCT "owner" FROM "Delivery" WHERE ${LAPSED(q)}`);
/** What a dead process had in hand may have left: its try stands in the log, and as a doubt. */
const RELEASE = (q: Words): string => {
  const lost = q.object({
    at: q.ms('"triedAt"'),
    outcome: `'unknown'`,
    code: `'lost'`,
    detail: `'服务中断，没有看到对方的应答 The server stopped and saw no answer'`,
  });
  return `UPDATE "Delivery" SET "state" = 'due', "owner" = NULL, "leaseUntil" = NULL, "triedAt" = NULL,
       "doubtAt" = coalesce("doubtAt", "triedAt"),
       "attempts" = CASE WHEN "triedAt" IS NULL THEN "attempts" ELSE ${q.append('"attempts"', lost)} END`;
};
const RELEASE_LAPSED = both((q) => `${RELEASE(q)} WHERE ${LAPSED(q)} AND ${q.isIn('"owner"', 'text')}`);
const RELEASE_ALL = both((q) => `${RELEASE(q)} WHERE "state" = 'claimed'`);

/** Who did not hold its claims for longer. */
export async function listLapsedOwners(db: Db, { now, owner, held }: LapsedClaims): Promise<string[]> {
  const rows = await query<{ owner: string }>(db, LIST_LAPSED, now, owner, toSqlJson(held));
  return rows.map((row) => row.owner);
}

/** Gives back the ended claims of these owners; returns how many. */
export async function releaseLapsed(
  db: Db,
  { now, owner, held }: LapsedClaims,
  owners: readonly string[],
): Promise<number> {
  return commitOne(db, RELEASE_LAPSED, now, owner, toSqlJson(held), toSqlJson(owners));
}

/** Gives back all claims, at a start of the only process; returns how many. */
export async function releaseClaims(db: Db): Promise<number> {
  return commitOne(db, RELEASE_ALL);
}
