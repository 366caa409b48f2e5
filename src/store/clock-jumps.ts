/** Mends what a clock that was set back left in the database: times that were meant to come soon and now lie far ahead. */
import type { Db } from './db.js';
import { commit, commitOne, write } from './group-commit.js';
import { both, query } from './sql.js';

const EARLIER_DUE = both(
  (
    q,
  ) => `UPDATE "Delivery" SET "dueAt" = ${q.time(q.greater(q.param('int'), `${q.ms('"dueAt"')} - ${q.param('int')}`))}
     WHERE "state" = 'due' AND "dueAt" > ${q.time()}`,
);
const EARLIER_PAUSES = both(
  (q) =>
    `UPDATE "Pause" SET "until" = ${q.time(`${q.ms('"until"')} - ${q.param('int')}`)} WHERE "until" > ${q.time()}`,
);

/**
 * Brings what waits for a time forward by what the clock was set back. Whatever was planned before comes early: a try that is too
 * early finds out, one that is hours late does not.
 */
export async function bringForward(db: Db, { byMs, now }: { byMs: number; now: number }): Promise<void> {
  await commit(db, [write(EARLIER_DUE, now, byMs, now), write(EARLIER_PAUSES, byMs, now)]);
}

const KEY = 'clock-seen';
const NOTE = both(
  (
    q,
  ) => `INSERT INTO "Setting" ("key", "value", "updatedAt") VALUES ('${KEY}', ${q.param('text')}, ${q.time()})
     ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value", "updatedAt" = excluded."updatedAt"`,
);

/** Notes what the clock says, for the next start. */
export async function noteClock(db: Db, now: number): Promise<void> {
  await commitOne(db, NOTE, String(now), now);
}

/** What the clock said when it was last noted, in milliseconds since the epoch; null: never. */
export async function readNotedClock(db: Db): Promise<number | null> {
  const [row] = await query<{ value: string }>(db, `SELECT "value" FROM "Setting" WHERE "key" = '${KEY}'`);
  return row ? Number(row.value) : null;
}
