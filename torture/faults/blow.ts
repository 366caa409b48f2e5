/** What a fault is to the harness: something drawn from the seed that falls at its time, and says what it saw that must not be. */
import type { Random } from '#torture/random.js';
import type { World } from '#torture/world.js';

/** Where a blow is drawn for. */
export interface DrawInput {
  random: Random;
  database: 'sqlite' | 'postgresql';
  /** Server processes. */
  processes: number;
}

/** A time in which something was broken, in real milliseconds since the epoch. */
export interface Break {
  kind: string;
  from: number;
  to: number;
}

/** A kind of fault. `B` are its particulars. */
export interface Fault<B> {
  /** The databases that know it. */
  databases: readonly ('sqlite' | 'postgresql')[];
  /** Falls while no other does. `world`: callers wait as well. */
  alone?: 'blows' | 'world';
  draw(input: DrawInput): B;
  /** Falls, and ends when everything is as it should be again; what it saw that must not be, a sentence each. */
  fall(world: World, blow: B): Promise<readonly string[]>;
}

/** Both databases. */
export const BOTH = ['sqlite', 'postgresql'] as const;

const MINUTE_MS = 60_000;

/** How long something is away: some real time, and often time that nobody waits for, up to twenty minutes. */
export interface Away {
  forMs: number;
  passMs: number;
}

/** Draws how long: a moment, seconds, less than WeChat remembers repeats, more. */
export function drawAway(random: Random): Away {
  const long = [random.between(5, 90) * 1000, 8 * MINUTE_MS, random.between(11, 20) * MINUTE_MS];
  return { forMs: random.between(300, 2500), passMs: random.pick([0, 0, ...long]) };
}
