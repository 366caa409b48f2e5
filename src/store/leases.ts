/** Leases: work that one process at a time does for all who share a database. SQLite has one process, which always may. */
import { type Db, providerOf } from './db.js';
import { commitOne } from './group-commit.js';
import { both } from './sql.js';

/** A wish to do something alone. Times are milliseconds since the epoch. */
export interface LeaseWish {
  name: string;
  owner: string;
  now: number;
  until: number;
}

const HOLD = both(
  (q) => `INSERT INTO "Lease" ("name", "owner", "until") VALUES (?, ?, ${q.time()})
     ON CONFLICT ("name") DO UPDATE SET "owner" = excluded."owner", "until" = excluded."until"
       WHERE "Lease"."owner" = excluded."owner" OR "Lease"."until" <= ${q.time()}`,
);

/** Takes a lease that is free or has ended, or holds its own for longer; returns whether it is held. */
export async function holdLease(db: Db, { name, owner, now, until }: LeaseWish): Promise<boolean> {
  return providerOf(db) === 'sqlite' || (await commitOne(db, HOLD, name, owner, until, now)) > 0;
}

/** Gives a lease back before its time. */
export async function releaseLease(db: Db, name: string, owner: string): Promise<void> {
  if (providerOf(db) !== 'sqlite') {
    await commitOne(db, `DELETE FROM "Lease" WHERE "name" = ? AND "owner" = ?`, name, owner);
  }
}

/** Who holds the lease of work that is done: nobody, until its time. */
const DONE = 'done';
const FINISH = both(
  (q) => `UPDATE "Lease" SET "owner" = '${DONE}', "until" = ${q.time()} WHERE "name" = ? AND "owner" = ?`,
);

/** Notes that the work of a lease is done, and need not be done anew before `until`. */
export async function finishLease(
  db: Db,
  { name, owner, until }: Pick<LeaseWish, 'name' | 'owner' | 'until'>,
): Promise<void> {
  if (providerOf(db) !== 'sqlite') {
    await commitOne(db, FINISH, until, name, owner);
  }
}

/** Whether the work of a lease is done, and need not be done now. */
export async function isFinished(db: Db, name: string, now: number): Promise<boolean> {
  const row = await db.lease.findUnique({ where: { name } });
  return row !== null && row.owner === DONE && row.until.getTime() > now;
}

/** The locks of work by name; see `doAlone`. */
const LOCK_SPACE = 0x716f;
/** Longer than the work may take: the platform's own time-outs are far below. */
const ALONE_MS = 60_000;

/** Does short work while no other process does work of this name: the next one begins when it has ended. */
export function doAlone<T>(db: Db, name: string, work: () => Promise<T>): Promise<T> {
  if (providerOf(db) === 'sqlite') {
    return work();
  }
  return db.$transaction(
    async (held) => {
      await held.$executeRawUnsafe('SELECT pg_advisory_xact_lock($1::int, hashtext($2))', LOCK_SPACE, name);
      return work();
    },
    { maxWait: ALONE_MS, timeout: ALONE_MS },
  );
}
