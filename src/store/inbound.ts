/** Set-based statements that make each inbound push count once. */
import type { Db } from './db.js';
import { commitOne, commitRows, read, write } from './group-commit.js';
import { both } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** What a claim found. */
export interface ClaimRow {
  key: string;
  owner: string;
  done: boolean;
  reply: string | null;
}

const CLAIM = both(
  (q) => `INSERT INTO "Inbound" ("key", "owner", "claimedAt")
     SELECT j."key", j."owner", j."at" FROM ${q.rows('j', { key: 'text', owner: 'text', at: 'time' })} WHERE true ORDER BY j."key"
     ON CONFLICT ("key") DO UPDATE SET "owner" = excluded."owner", "claimedAt" = excluded."claimedAt"
       WHERE "Inbound"."doneAt" IS NULL AND "Inbound"."claimedAt" < ${q.time()}`,
);
const FIND = both(
  (q) => `SELECT "key", "owner", "doneAt", "reply" FROM "Inbound" WHERE ${q.isIn('"key"', 'text')}`,
);

/**
 * Claims keys for `owner` with one commit. A key that another process began and never finished (it died: SQLite has one
 * process, so any other owner is a dead one; elsewhere `staleBefore` tells) is claimed anew. Rows come back as they stand.
 */
export async function claimInbound(
  db: Db,
  claims: readonly { key: string; owner: string; at: number }[],
  staleBefore: number,
): Promise<Map<string, ClaimRow>> {
  // One statement may meet each key once; the first of several at the same moment has it.
  const first = new Map(claims.toReversed().map((claim) => [claim.key, claim]));
  const rows = await commitRows<{ key: string; owner: string; doneAt: unknown; reply: string | null }>(db, [
    write(CLAIM, toSqlJson([...first.values()]), staleBefore),
    read(FIND, toSqlJson([...first.keys()])),
  ]);
  return new Map(
    rows.map((row) => [
      row.key,
      { key: row.key, owner: row.owner, done: row.doneAt !== null, reply: row.reply },
    ]),
  );
}

const FINISH = both(
  (q) => `UPDATE "Inbound" SET "doneAt" = j."at", "reply" = j."reply"
     FROM ${q.rows('j', { key: 'text', reply: 'text', at: 'time' })} WHERE "Inbound"."key" = j."key"`,
);
const RELEASE = both((q) => `DELETE FROM "Inbound" WHERE "doneAt" IS NULL AND ${q.isIn('"key"', 'text')}`);

/** Marks pushes as done and keeps the reply for a repeat. */
export async function finishInbound(
  db: Db,
  rows: readonly { key: string; reply: string | null; at: number }[],
): Promise<void> {
  await commitOne(db, FINISH, toSqlJson(rows));
}

/** Gives claimed keys back that nobody finished, so that a repeat of the push is worked on anew. */
export async function releaseInbound(db: Db, keys: readonly string[]): Promise<void> {
  await commitOne(db, RELEASE, toSqlJson(keys));
}

const SPEND = both(
  (q) => `INSERT INTO "Inbound" ("key", "owner", "claimedAt", "doneAt")
     SELECT j."key", j."owner", j."at", j."at" FROM ${q.rows('j', { key: 'text', owner: 'text', at: 'time' })} WHERE true
     ORDER BY j."key" ON CONFLICT ("key") DO NOTHING`,
);
const OWNERS = both((q) => `SELECT "key", "owner" FROM "Inbound" WHERE ${q.isIn('"key"', 'text')}`);

/** Gives each key to the first owner that comes with it, for good and in one commit; answers with the owner of each. */
export async function spendInbound(
  db: Db,
  spends: readonly { key: string; owner: string; at: number }[],
): Promise<Map<string, string>> {
  const keys = [...new Set(spends.map(({ key }) => key))];
  const rows = await commitRows<{ key: string; owner: string }>(db, [
    write(SPEND, toSqlJson(spends)),
    read(OWNERS, toSqlJson(keys)),
  ]);
  return new Map(rows.map(({ key, owner }) => [key, owner]));
}
