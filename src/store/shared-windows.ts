/** Windows that several processes share: how many sends or calls of the last seconds count against a limit. */
import type { Db } from './db.js';
import { commitOne } from './group-commit.js';
import { both, wordsOf } from './sql.js';

/** At most `count` within any `perMs` milliseconds. */
export interface CountedWindow {
  count: number;
  perMs: number;
}

/** What was granted, and when all that count now began (milliseconds since the epoch). */
export interface Room {
  granted: number;
  times: readonly number[];
}

/** How many more these windows allow, of which the times are known. */
export function roomIn(times: readonly number[], windows: readonly CountedWindow[], now: number): number {
  const rooms = windows.map(({ count, perMs }) => count - times.filter((at) => at > now - perMs).length);
  return Math.max(0, Math.min(Number.POSITIVE_INFINITY, ...rooms));
}

/** Takes up to `wanted` places in the windows of this name. One process at a time looks at a name. */
export async function takeRoom(
  db: Db,
  name: string,
  { wanted, windows, now }: { wanted: number; windows: readonly CountedWindow[]; now: number },
): Promise<Room> {
  const oldest = now - Math.max(...windows.map(({ perMs }) => perMs));
  await commitOne(
    db,
    `INSERT INTO "SharedWindow" ("name", "times") VALUES (?, '[]') ON CONFLICT DO NOTHING`,
    name,
  );
  return db.$transaction(async (held) => {
    const [row] = await held.$queryRawUnsafe<{ times: string }[]>(
      `SELECT "times" FROM "SharedWindow" WHERE "name" = $1 ${wordsOf(db).shared('FOR UPDATE')}`,
      name,
    );
    const times = (JSON.parse(row?.times ?? '[]') as number[]).filter((at) => at > oldest);
    const granted = Math.min(wanted, roomIn(times, windows, now));
    const next = [...times, ...Array.from({ length: granted }, () => now)];
    if (granted > 0) {
      await held.sharedWindow.updateMany({ where: { name }, data: { times: JSON.stringify(next) } });
    }
    return { granted, times: next };
  });
}

const COUNT_USE = both(
  (q) => `INSERT INTO "HourFigure" ("hour", "name", "value") SELECT ${q.time()}, ?, 1 WHERE ? > 0
     ON CONFLICT ("hour", "name") DO UPDATE SET "value" = "HourFigure"."value" + 1 WHERE "HourFigure"."value" < ?`,
);

/** Counts a use on a day (its first millisecond); false where the day's limit is reached, and then nothing is counted. */
export async function countUse(
  db: Db,
  { name, day, limit }: { name: string; day: number; limit: number },
): Promise<boolean> {
  return (await commitOne(db, COUNT_USE, day, `use:${name}`, limit, limit)) > 0;
}
