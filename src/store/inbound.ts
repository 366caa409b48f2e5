/** Set-based statements that make each inbound push count once. */
import { commitOne, commitRows, read, write } from './group-commit.js';
import type { Db } from './open.js';
import { toSqlJson } from './sql-json.js';

/** What a claim found. */
export interface ClaimRow {
  key: string;
  owner: string;
  done: boolean;
  reply: string | null;
}

/**
 * Claims keys for `owner` with one commit. A key that another process began and never finished (it died: SQLite has one
 * process, so any other owner is a dead one; elsewhere `staleBefore` tells) is claimed anew. Rows come back as they stand.
 */
export async function claimInbound(
  db: Db,
  claims: readonly { key: string; owner: string; at: number }[],
  staleBefore: number,
): Promise<Map<string, ClaimRow>> {
  const json = toSqlJson(claims);
  const rows = await commitRows<{ key: string; owner: string; doneAt: unknown; reply: string | null }>(db, [
    write(
      `INSERT INTO "Inbound" ("key", "owner", "claimedAt")
     SELECT value->>'key', value->>'owner', value->>'at' FROM json_each(?) WHERE true
     ON CONFLICT ("key") DO UPDATE SET "owner" = excluded."owner", "claimedAt" = excluded."claimedAt"
       WHERE "Inbound"."doneAt" IS NULL AND "Inbound"."claimedAt" < ?`,
      json,
      staleBefore,
    ),
    read(
      `SELECT "key", "owner", "doneAt", "reply" FROM "Inbound" WHERE "key" IN (SELECT value->>'key' FROM json_each(?))`,
      json,
    ),
  ]);
  return new Map(
    rows.map((row) => [
      row.key,
      { key: row.key, owner: row.owner, done: row.doneAt !== null, reply: row.reply },
    ]),
  );
}

/** Marks pushes as done and keeps the reply for a repeat. */
export async function finishInbound(
  db: Db,
  rows: readonly { key: string; reply: string | null; at: number }[],
): Promise<void> {
  await commitOne(
    db,
    `UPDATE "Inbound" SET "doneAt" = j.at, "reply" = j.reply
     FROM (SELECT value->>'key' AS key, value->>'reply' AS reply, value->>'at' AS at FROM json_each(?)) j
     WHERE "Inbound"."key" = j.key`,
    toSqlJson(rows),
  );
}

/** Gives claimed keys back that nobody finished, so that a repeat of the push is worked on anew. */
export async function releaseInbound(db: Db, keys: readonly string[]): Promise<void> {
  await commitOne(
    db,
    `DELETE FROM "Inbound" WHERE "doneAt" IS NULL AND "key" IN (SELECT value FROM json_each(?))`,
    toSqlJson(keys),
  );
}
