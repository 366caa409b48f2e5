/** Lets the planned blows fall, and notes when each began and ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Break } from './faults/blow.js';
import { fallSimple, type SimpleBlow, traitsOf } from './faults/simple.js';
import type { Blow, PlannedBlow } from './plan.js';
import { StartError } from './processes.js';
import type { World } from './world.js';

/** What came of the blows. */
export interface Struck {
  breaks: Break[];
  /** What the blows saw that must not be, a sentence each. */
  problems: string[];
  /** A server cannot be brought up any more: nothing else can be learned from it. */
  isBroken: boolean;
}

/** Strikes at the planned times; resolves when all of it is over. A blow that breaks the harness itself is a problem, too. */
export async function strike(
  world: World,
  blows: readonly PlannedBlow[],
  say: (text: string) => void = () => {},
): Promise<Struck> {
  const struck: Struck = { breaks: [], problems: [], isBroken: false };
  const startedAt = Date.now();
  for (const blow of [...blows].sort((a, b) => a.atMs - b.atMs)) {
    await sleep(Math.max(0, startedAt + blow.atMs - Date.now()));
    try {
      await fall(world, blow, struck);
    } catch (error) {
      struck.isBroken = error instanceof StartError;
      struck.problems.push(
        `${JSON.stringify(blow)}: ${error instanceof Error ? error.message : String(error)}`,
      );
      say(`broken off: ${struck.problems.at(-1)}`);
      return struck;
    }
  }
  return struck;
}

async function fall(world: World, blow: Blow, struck: Struck): Promise<void> {
  switch (blow.kind) {
    case 'two':
      await Promise.all(blow.blows.map((one) => fallOne(world, one, struck)));
      return;
    case 'again': {
      const [first, second] = blow.blows;
      const falling = fallOne(world, first, struck);
      await Promise.race([sleep(blow.afterMs), falling]);
      await Promise.all([falling, fallOne(world, second, struck)]);
      return;
    }
    default:
      await fallOne(world, blow, struck);
  }
}

async function fallOne(world: World, blow: SimpleBlow, struck: Struck): Promise<void> {
  const { alone } = traitsOf(blow.kind);
  const from = Date.now();
  const done = (): Promise<readonly string[]> => fallSimple(world, blow);
  const seen = await (alone === 'world'
    ? world.blows.alone(() => world.traffic.alone(done))
    : alone === 'blows'
      ? world.blows.alone(done)
      : world.blows.through(done));
  struck.breaks.push({ kind: blow.kind, from, to: Date.now() });
  struck.problems.push(...seen.map((text) => `${blow.kind}: ${text}`));
}
