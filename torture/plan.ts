/** What will go wrong in a run, when, and how: drawn from the seed before anything starts. */
import type { DrawInput } from './faults/blow.js';
import { drawSimple, SIMPLE_KINDS, type SimpleBlow, type SimpleKind, traitsOf } from './faults/simple.js';
import type { Random } from './random.js';

/** Something that goes wrong: one fault; two at once; or one in the middle of the recovery from another. */
export type Blow =
  | SimpleBlow
  | { kind: 'two'; blows: readonly [SimpleBlow, SimpleBlow] }
  | { kind: 'again'; blows: readonly [SimpleBlow, SimpleBlow]; afterMs: number };

/** The kinds of blow. */
export type BlowKind = SimpleKind | 'two' | 'again';

/** A blow and when it falls, counted from the start of the traffic. */
export type PlannedBlow = Blow & { atMs: number };

/** All kinds. */
export const BLOW_KINDS: readonly BlowKind[] = [...SIMPLE_KINDS, 'two', 'again'];

/** All kinds that a database knows. */
export function kindsFor(database: DrawInput['database']): readonly BlowKind[] {
  return BLOW_KINDS.filter(
    (kind) => kind === 'two' || kind === 'again' || traitsOf(kind).databases.includes(database),
  );
}

const EVERY_MS = 2000;

/** Draws the blows of a run: each kind in turn, at uneven times. */
export function planBlows(
  random: Random,
  run: Omit<DrawInput, 'random'> & { forMs: number; kinds: readonly BlowKind[]; everyMs?: number },
): PlannedBlow[] {
  const { forMs, kinds, everyMs = EVERY_MS } = run;
  // Those that leave a mark on nobody's messages by themselves fall oftener.
  const usual = kinds.filter((kind) => kind === 'platform' || kind === 'wire' || kind === 'kill');
  const order = random.sample([...kinds, ...usual], kinds.length + usual.length);
  const count = order.length === 0 ? 0 : Math.max(1, Math.floor(forMs / everyMs));
  const gap = forMs / (count + 1);
  return Array.from({ length: count }, (_, at) => {
    const kind = order[at % order.length] ?? 'kill';
    return {
      ...drawBlow(kind, { ...run, random }, kinds),
      atMs: Math.round(gap * (at + 0.5 + random.next())),
    };
  });
}

function drawBlow(kind: BlowKind, input: DrawInput, kinds: readonly BlowKind[]): Blow {
  if (kind !== 'two' && kind !== 'again') {
    return drawSimple(kind, input);
  }
  const { random } = input;
  // What must fall alone is no part of a pair.
  const pairable = SIMPLE_KINDS.filter((one) => {
    const { alone, databases } = traitsOf(one);
    return !alone && databases.includes(input.database) && (kinds.includes(one) || kinds.length < 3);
  });
  const [first, second] = random.sample(pairable, 2);
  const blows = [drawSimple(first ?? 'kill', input), drawSimple(second ?? 'platform', input)] as const;
  return kind === 'two' ? { kind, blows } : { kind, blows, afterMs: random.between(200, 3000) };
}

/** A blow in a few words, for the log of a run. */
export function describe(blow: Blow): string {
  if (blow.kind === 'two' || blow.kind === 'again') {
    return `${blow.kind} (${blow.blows.map(({ kind }) => kind).join(' + ')})`;
  }
  return blow.kind;
}
