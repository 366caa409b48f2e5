/** What the command line asks for: which cases, and how large. */
import { parseArgs } from 'node:util';

/** How large the cases are: `small` ends within about ten minutes on two cores, `full` takes what it takes. */
export type Size = 'small' | 'full';

/** A read command line. */
export interface Options {
  size: Size;
  /** Empty: all. */
  cases: readonly string[];
  /** Where the database files of the run go; null: the system's folder for temporary files. */
  dir: string | null;
}

/** Reads the arguments; throws RangeError with a sentence that says what is wrong. */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: 'string', multiple: true, default: [] },
      size: { type: 'string', default: 'small' },
      dir: { type: 'string' },
    },
    strict: true,
  });
  const size = (['small', 'full'] as const).find((one) => one === values.size);
  if (!size) {
    throw new RangeError('--size must be small or full');
  }
  const strange = values.case.find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw new RangeError(`--case must be one of ${known.join(', ')}, not ${strange}`);
  }
  return { size, cases: values.case, dir: values.dir ?? null };
}
