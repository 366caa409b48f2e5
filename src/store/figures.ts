/** The numbers of each hour: added to in one statement, read by the hour. */
import type { Db } from './db.js';
import { commitOne } from './group-commit.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** A number of an hour. Names that begin with `most:` keep the highest, with `last:` the latest; others add up. */
export interface FigureRow {
  /** The hour's first millisecond since the epoch. */
  hour: number;
  name: string;
  value: number;
}

const ADD_FIGURES = both(
  (q) => `INSERT INTO "HourFigure" ("hour", "name", "value")
     SELECT j."hour", j."name", j."value" FROM ${q.rows('j', { hour: 'time', name: 'text', value: 'float' })} WHERE true ORDER BY j."name"
     ON CONFLICT ("hour", "name") DO UPDATE SET "value" = CASE substr("HourFigure"."name", 1, 5)
       WHEN 'most:' THEN ${q.greater('"HourFigure"."value"', 'excluded."value"')} WHEN 'last:' THEN excluded."value"
       ELSE "HourFigure"."value" + excluded."value" END`,
);
const READ_FIGURES = both(
  (q) => `SELECT ${q.ms('f."hour"')} AS "hour", f."name", f."value" FROM ${q.values('h', 'int')}
     JOIN "HourFigure" f ON f."hour" = ${q.time('h.value')} AND f."name" < 'scan:'`,
);

/** Writes numbers down, all with one statement. */
export async function addFigures(db: Db, rows: readonly FigureRow[]): Promise<void> {
  await commitOne(db, ADD_FIGURES, toSqlJson(rows));
}

/** The numbers of these hours; those of scans, one for each code, are not among them. */
export async function readFigures(db: Db, hours: readonly number[]): Promise<FigureRow[]> {
  const rows = await query<{ hour: bigint | number; name: string; value: number }>(
    db,
    READ_FIGURES,
    toSqlJson(hours),
  );
  return rows.map(({ hour, name, value }) => ({ hour: Number(hour), name, value: Number(value) }));
}

/** The sum of one figure since a time, in milliseconds since the epoch. */
export async function sumFigure(db: Db, name: string, from: number): Promise<number> {
  const { _sum } = await db.hourFigure.aggregate({
    where: { name, hour: { gte: new Date(from) } },
    _sum: { value: true },
  });
  return _sum.value ?? 0;
}

const COUNT_UNREACHED = both(
  (
    q,
  ) => `SELECT count(*) AS "unreached" FROM (SELECT 1 FROM "Delivery" WHERE "state" = 'failed' AND "queue" IN ('wechat', 'wechat#bulk')
     AND "dueAt" >= ${q.time()} AND "dueAt" < ${q.time()} AND "tries" = 0 LIMIT ?) d`,
);

/** How many receivers did not follow when their messages spread in this time, so that nothing was tried; up to `most`. */
export async function countUnreached(
  db: Db,
  span: { from: number; to: number },
  most: number,
): Promise<number> {
  const [row] = await query<{ unreached: bigint | number }>(db, COUNT_UNREACHED, span.from, span.to, most);
  return Number(row?.unreached ?? 0);
}
