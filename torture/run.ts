/** One run: makes a world, lets traffic and blows loose on it, brings everything to its end, and reads the ledger. */
import { watchHour } from './hour.js';
import { keepJournal } from './journal.js';
import { findProblems } from './ledger.js';
import { type Cast, makeCast } from './people.js';
import { type BlowKind, describe, kindsFor, type PlannedBlow, planBlows } from './plan.js';
import { createRandom, type Random } from './random.js';
import { WAY_NAMES, type WayName } from './receivers.js';
import { bringToEnd, type End } from './settle.js';
import { strike } from './strike.js';
import { runTraffic } from './traffic.js';
import { openWorld, type World } from './world.js';

/** What to run. */
export interface RunOptions {
  seed: number;
  /** How long traffic runs at least; bringing it to its end comes on top. */
  trafficMs: number;
  /** A PostgreSQL server; null: SQLite. */
  database: string | null;
  /** A bug to plant, of those in broken/. For tests of the harness. */
  bug?: string;
  /** What the people receive by, a person each. */
  ways?: readonly WayName[];
  /** The kinds of blow, where not all. */
  kinds?: readonly BlowKind[];
  /** These very blows instead of what the seed draws. For tests of the harness. */
  blows?: readonly PlannedBlow[];
  /** The share of messages to people whose pace is slow, where not the usual one. For tests of the harness. */
  slowShare?: number | undefined;
  /** So many messages a second, with a fault a minute and an operator who watches; null: six lanes and a fault every two seconds. */
  rate?: number | null;
  say?: (text: string) => void;
}

/** How a run ended. */
export interface RunResult {
  problems: string[];
  counts: {
    accepted: number;
    refused: number;
    /** Calls whose answer nobody saw. */
    brokenOff: number;
    deeds: number;
    showings: number;
    /** Deliveries that ended unknown. */
    unknown: number;
    blows: number;
  };
  /** What the refusals said, the most frequent first. */
  refusals: string[];
  /** The last lines of the servers. */
  lines: string[];
}

/** Everybody: a person for each way, and one more with WeChat alone for every third of them. */
const EVERYBODY: readonly WayName[] = [
  ...WAY_NAMES,
  ...WAY_NAMES.filter((_, at) => at % 3 === 0).map((): WayName => 'wechat'),
];

const MINUTE_MS = 60_000;
const NO_END: End = { rows: null, problems: [], lines: [] };

/** Runs it. Throws only where the world itself cannot be made. */
export async function runTorture(options: RunOptions): Promise<RunResult> {
  const { database, bug = null } = options;
  const world = await openWorld({ database, bug });
  try {
    await world.start();
    world.cast = await makeCast(world, options.ways ?? EVERYBODY);
    return await torment(world, world.cast, options);
  } finally {
    await world.stop().catch(() => []);
    await world.close();
  }
}

/** All that falls on a world, and what the ledger says of it. */
async function torment(world: World, cast: Cast, options: RunOptions): Promise<RunResult> {
  const { seed, trafficMs, rate = null, slowShare, say = () => {} } = options;
  const random = createRandom(seed);
  const blows = options.blows ?? drawBlows(world, options, random.branch('blows'));
  say(
    `${blows.length} blows: ${blows.map((blow) => `${describe(blow)} ${(blow.atMs / 1000).toFixed(1)} s`).join(', ')}`,
  );
  if (!world.disk.canFill) {
    say('no small disk can be mounted here (that needs root): writes are refused instead');
  }
  const journal = keepJournal(world, [...cast.people, ...(cast.notify ? [cast.notify.members] : [])]);
  const watch = rate === null ? null : await watchHour(world, say);
  let isOver = false;
  const striking = strike(world, blows, say).finally(() => {
    isOver = true;
  });
  const drawn = random.branch('traffic');
  const traffic = { random: drawn, forMs: trafficMs, isOver: () => isOver, rate, slowShare };
  const [book, struck] = await Promise.all([runTraffic(world, cast, traffic), striking]);
  const hour = watch?.finish(struck.breaks) ?? [];
  await world.clearFaults();
  const end = struck.isBroken ? NO_END : await bringToEnd(world, say);
  const showings = await journal.finish();
  const known = {
    book,
    showings,
    tries: world.wire.tries,
    breaks: struck.breaks,
    toWorld: world.time.toWorld,
  };
  const found = end.rows ? findProblems({ ...known, rows: end.rows }) : [];
  const deliveries = [...(end.rows?.deliveriesOf.values() ?? [])].flat();
  const count = (answer: string): number => book.sendings.filter((one) => one.answer === answer).length;
  return {
    problems: [...struck.problems, ...hour, ...end.problems, ...found],
    counts: {
      accepted: count('accepted'),
      refused: count('refused'),
      brokenOff: count('unknown'),
      deeds: book.deeds.length,
      showings: showings.length,
      unknown: deliveries.filter(({ state }) => state === 'unknown').length,
      blows: blows.length,
    },
    refusals: countTexts(book.sendings.flatMap(({ said }) => (said === '' ? [] : [said]))),
    lines: end.lines,
  };
}

function drawBlows(
  world: World,
  { trafficMs, kinds, rate = null }: RunOptions,
  random: Random,
): PlannedBlow[] {
  const database = world.database ? 'postgresql' : 'sqlite';
  return planBlows(random, {
    ...{ forMs: trafficMs, database, processes: world.servers.length },
    kinds: kinds ?? kindsFor(database),
    ...(rate === null ? {} : { everyMs: MINUTE_MS }),
  });
}

function countTexts(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([text, count]) => `${count} × ${text}`);
}
