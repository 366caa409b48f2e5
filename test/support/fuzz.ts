/**
 * Property tests. Each makes a few hundred tries by a seed that stays; `FUZZ_MINUTES=60` makes them for so long in all, by a seed of
 * its own. The seed is printed, and `FUZZ_SEED` repeats it.
 */
import fc from 'fast-check';
import { it } from 'vitest';

const MINUTES = Number(process.env.FUZZ_MINUTES ?? 0);
const STEADY_SEED = 20_261_130;
/** How many properties share the minutes. */
const PROPERTIES = 11;
const MINUTE_MS = 60_000;

/** All tries of this run follow from it. */
export const FUZZ_SEED =
  Number(process.env.FUZZ_SEED ?? 0) || (MINUTES > 0 ? Math.floor(Math.random() * 2 ** 31) : STEADY_SEED);

let hasPrinted = false;

/** Declares a test that tries a property. `runs`: how many tries a short run makes. */
export function holds<T>(
  name: string,
  property: fc.IPropertyWithHooks<T> | fc.IAsyncPropertyWithHooks<T>,
  { runs = 300 } = {},
): void {
  const limitMs = (MINUTES * MINUTE_MS) / PROPERTIES;
  it(name, { timeout: limitMs * 2 + 2 * MINUTE_MS }, async () => {
    if (MINUTES > 0 && !hasPrinted) {
      hasPrinted = true;
      process.stdout.write(`fuzzing by FUZZ_SEED=${FUZZ_SEED} for ${MINUTES} minutes\n`);
    }
    await fc.assert(property, {
      seed: FUZZ_SEED,
      ...(MINUTES > 0
        ? {
            numRuns: Number.MAX_SAFE_INTEGER,
            interruptAfterTimeLimit: limitMs,
            markInterruptAsFailure: false,
          }
        : { numRuns: runs }),
    });
  });
}

/** What has hurt somebody before: controls, halves of pairs, joined and mirrored signs, what templates and addresses mean by themselves. */
const HURTS = [
  '',
  '\u0000',
  '\ud83d',
  '\udc4d\ud83d',
  '\u202eabc\u202c',
  '👨‍👩‍👧‍👦',
  'é'.normalize('NFD'),
  '\ufeff',
  '\u2028',
  ']]>',
  '<![CDATA[',
  '&#0;',
  '&amp;lt;',
  '{{title.DATA}}',
  '{{content}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of somebody.
  '${1}',
  '%00',
  '%zz',
  '../',
  '__proto__',
  'constructor',
  'toString',
  '#1',
  '＃１',
  '1e999',
  '-0',
  'NaN',
  '9007199254740993',
  '\r\nX: 1',
  '"\\',
  '٠١٢',
  '京A·12345',
];

/** Any text, whole or broken, long or short. */
export const anyText = (maxLength = 200): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength }) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength }) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.nat(0xffff), { maxLength })
        .map((units) => units.map((unit) => String.fromCharCode(unit)).join('')),
    },
    {
      weight: 3,
      arbitrary: fc
        .array(fc.oneof(fc.constantFrom(...HURTS), fc.string({ maxLength: 8 })), { maxLength: 8 })
        .map((parts) => parts.join('').slice(0, maxLength)),
    },
  );
