/** The one source of chance of a run: the same seed gives the same numbers, and each part draws from a branch of its own. */

/** Draws from one seed. */
export interface Random {
  /** 0 up to 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** One of them. Throws for an empty list. */
  pick<T>(items: readonly T[]): T;
  /** Different ones of them, in the order drawn. */
  sample<T>(items: readonly T[], count: number): T[];
  /** Numbers of their own for a part, whatever the other parts draw. */
  branch(name: string): Random;
}

/** Makes the numbers of a seed. */
export function createRandom(seed: number | string): Random {
  let state = hash(String(seed));

  /** Mulberry32 by Tommy Ettinger, public domain. */
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));

  function pick<T>(items: readonly T[]): T {
    const [item] = items.slice(between(0, items.length - 1));
    if (item === undefined) {
      throw new RangeError('nothing to pick from');
    }
    return item;
  }

  function sample<T>(items: readonly T[], count: number): T[] {
    const left = [...items];
    const taken: T[] = [];
    while (taken.length < count && left.length > 0) {
      taken.push(...left.splice(between(0, left.length - 1), 1));
    }
    return taken;
  }

  return { next, between, pick, sample, branch: (name) => createRandom(`${seed}/${name}`) };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const unit of text) {
    value = Math.imul(value ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  }
  return value;
}
