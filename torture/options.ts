/** What the command line asks for. */
import { parseArgs } from 'node:util';

/** A read command line. */
export interface Options {
  seed: number;
  minutes: number;
  /** `postgresql://…` of a server on which a database may be made; null: SQLite. */
  database: string | null;
}

/** Reads the arguments; throws RangeError with a sentence that says what is wrong. */
export function readOptions(args: readonly string[], newSeed: () => number): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string', default: '1' },
      database: { type: 'string' },
    },
    strict: true,
  });
  const seed = values.seed === undefined ? newSeed() : Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError('--seed must be a whole number');
  }
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 24 * 60)) {
    throw new RangeError('--minutes must be above 0 and at most 1440');
  }
  const database = values.database ?? null;
  if (database !== null && !/^postgres(ql)?:\/\/./.test(database)) {
    throw new RangeError('--database must start with postgresql://');
  }
  return { seed, minutes, database };
}
