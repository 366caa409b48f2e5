/** What the command line asks for. */
import { parseArgs } from 'node:util';
import { BLOW_KINDS, type BlowKind } from './plan.js';

/** A read command line. */
export interface Options {
  seed: number;
  minutes: number;
  /** `postgresql://…` of a server on which a database may be made; null: SQLite. */
  database: string | null;
  /** The kinds of fault; null: all that the database knows. */
  faults: readonly BlowKind[] | null;
  /** So many messages a second, with a fault a minute; null: as many as six lanes send, with a fault every two seconds. */
  rate: number | null;
}

/** Reads the arguments; throws RangeError with a sentence that says what is wrong. */
export function readOptions(args: readonly string[], newSeed: () => number): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string', default: '1' },
      database: { type: 'string' },
      faults: { type: 'string', default: 'all' },
      rate: { type: 'string' },
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
  const rate = values.rate === undefined ? null : Number(values.rate);
  if (rate !== null && !(rate > 0 && rate <= 1000)) {
    throw new RangeError('--rate must be above 0 and at most 1000');
  }
  return { seed, minutes, database, faults: readFaults(values.faults), rate };
}

function readFaults(text: string): readonly BlowKind[] | null {
  if (text === 'all') {
    return null;
  }
  return text.split(',').map((name) => {
    const kind = BLOW_KINDS.find((known) => known === name.trim());
    if (!kind) {
      throw new RangeError(`--faults are all or some of ${BLOW_KINDS.join(', ')}`);
    }
    return kind;
  });
}
