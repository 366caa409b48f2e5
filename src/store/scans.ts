/** Counts scans of QR codes: in all, and for each day, so that they can be drawn over time. */
import type { Db } from './db.js';
import { commit, write } from './group-commit.js';
import { both } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** How often a scene was scanned, and by whom last. */
export interface SceneScans {
  scene: string;
  personId: number;
  scans: number;
}

/** The name under which a scene's scans of a day are kept among the figures. */
export function scanFigure(scene: string): string {
  return `scan:${scene}`;
}

const COUNT_CODES = both(
  (
    q,
  ) => `UPDATE "QrCode" SET "scans" = "QrCode"."scans" + j."scans", "lastPersonId" = j."personId", "lastScanAt" = ${q.time()}
       FROM ${q.rows('j', { scene: 'text', personId: 'int', scans: 'int' })}
       WHERE "QrCode"."scene" = j."scene"`,
);
const COUNT_DAY = both(
  (q) => `INSERT INTO "HourFigure" ("hour", "name", "value")
       SELECT ${q.time()}, j."name", j."scans" FROM ${q.rows('j', { name: 'text', scans: 'int' })} WHERE true ORDER BY j."name"
       ON CONFLICT ("hour", "name") DO UPDATE SET "value" = "HourFigure"."value" + excluded."value"`,
);

/** Adds scans with one commit. `day` is the moment at which the day of `now` began, in milliseconds since the epoch. */
export async function countScans(
  db: Db,
  rows: readonly SceneScans[],
  { now, day }: { now: number; day: number },
): Promise<void> {
  const figures = rows.map(({ scene, scans }) => ({ name: scanFigure(scene), scans }));
  await commit(db, [write(COUNT_CODES, now, toSqlJson(rows)), write(COUNT_DAY, day, toSqlJson(figures))]);
}
