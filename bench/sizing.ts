/** Reckons what a load needs from what bench/postgres.ts measured: `node --import tsx bench/sizing.ts 10000000 30`. */

/** Bytes of a finished delivery with its indexes, and of write-ahead log from its making to its end. */
const STORED = 1023;
const LOGGED = 2554;
/** Of what two cores delivered (claim and record), so much is planned with. */
const RATE = 6300;
const SHARE = 0.5;
const DAY_SECONDS = 86_400;
/** How much of a day's load comes in its busiest hour. */
const PEAK = 0.15;
const GIGABYTE = 1e9;

const perDay = Number(process.argv[2] ?? 10_000_000);
const keptDays = Number(process.argv[3] ?? 30);

const peak = (perDay * PEAK) / 3600;
console.table({
  'deliveries a day': perDay,
  'on average a second': Math.round(perDay / DAY_SECONDS),
  'in the busiest hour a second': Math.round(peak),
  'of what one small server does': `${Math.round((peak / (RATE * SHARE)) * 100)} %`,
  'kept, GB': Math.round((perDay * keptDays * STORED) / GIGABYTE),
  'write-ahead log a day, GB': Math.round((perDay * LOGGED) / GIGABYTE),
  'rows to remove a second': Math.round(perDay / DAY_SECONDS),
});
