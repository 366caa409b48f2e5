/** One run: makes a world, lets traffic and blows loose on it, brings everything to its end, and reads the ledger. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Break, strike } from './blows.js';
import { keepJournal } from './journal.js';
import { findProblems } from './ledger.js';
import { makeCast } from './people.js';
import { type BlowKind, kindsFor, type PlannedBlow, planBlows } from './plan.js';
import { createRandom } from './random.js';
import { type Rows, readRows } from './rows.js';
import { runTraffic } from './traffic.js';
import { openWorld, type World } from './world.js';

/** What to run. */
export interface RunOptions {
  seed: number;
  /** How long traffic runs; bringing it to its end comes on top. */
  trafficMs: number;
  /** A PostgreSQL server; null: SQLite. */
  database: string | null;
  /** A bug to plant, of those in broken/. For tests of the harness. */
  bug?: string;
  people?: number;
  /** The kinds of blow, where not all. */
  kinds?: readonly BlowKind[];
  /** These very blows instead of what the seed draws. For tests of the harness. */
  blows?: readonly PlannedBlow[];
  say?: (text: string) => void;
}

/** How a run ended. */
export interface RunResult {
  problems: string[];
  counts: {
    accepted: number;
    refused: number;
    unknown: number;
    deeds: number;
    showings: number;
    blows: number;
  };
  /** What the refusals said, the most frequent first. */
  refusals: string[];
  /** The last lines of the servers. */
  lines: string[];
}

const PEOPLE = 12;
const LOOK_MS = 300;
/** So long without any progress, and the clock is moved on to the next tries. The server's figures are up to 3 s old. */
const STILL_MS = 3500;
const LEAP_MS = 6 * 60_000;
/** What has come to no end after so many starts never will. */
const MOST_ROUNDS = 4;
/** Two days: more than any message is tried. */
const MOST_LEAPS = 480;

/** Runs it. Throws only where the world itself cannot be made. */
export async function runTorture(options: RunOptions): Promise<RunResult> {
  const { seed, trafficMs, database, bug = null, say = () => {} } = options;
  const random = createRandom(seed);
  const world = await openWorld({ database, bug });
  try {
    await world.start();
    const cast = await makeCast(world, options.people ?? PEOPLE);
    const kinds = options.kinds ?? kindsFor(database === null ? 'sqlite' : 'postgresql');
    const plan = { trafficMs, kinds, processes: world.servers.length };
    const blows = options.blows ?? planBlows(random.branch('blows'), plan);
    say(
      `${blows.length} blows: ${blows.map(({ kind, atMs }) => `${kind} ${(atMs / 1000).toFixed(1)} s`).join(', ')}`,
    );
    if (!world.disk.canFill) {
      say('no small disk can be mounted here (that needs root): writes are refused instead');
    }
    const journal = keepJournal(world, cast.people);
    const [book, breaks] = await Promise.all([
      runTraffic(world, cast, { random: random.branch('traffic'), forMs: trafficMs }),
      strike(world, blows),
    ]);
    await world.clearFaults();
    const end = await bringToEnd(world, lastOffset(blows), say);
    const showings = await journal.finish();
    breaks.push(...end.breaks);
    const count = (answer: string): number => book.sendings.filter((one) => one.answer === answer).length;
    return {
      problems: [...end.problems, ...findProblems({ book, rows: end.rows, showings, breaks })],
      counts: {
        accepted: count('accepted'),
        refused: count('refused'),
        unknown: count('unknown'),
        deeds: book.deeds.length,
        showings: showings.length,
        blows: blows.length,
      },
      refusals: countTexts(book.sendings.flatMap(({ said }) => (said === '' ? [] : [said]))),
      lines: end.lines,
    };
  } finally {
    await world.stop().catch(() => []);
    await world.close();
  }
}

interface End {
  rows: Rows;
  problems: string[];
  /** When the clock leapt or the servers were started anew. */
  breaks: Break[];
  lines: string[];
}

/**
 * Lets everything come to its end, and stops the servers in good order. What a process could not record comes back when its
 * lease has ended, or at the next start: so the servers start again, later by the clock, until no row is left.
 */
async function bringToEnd(world: World, offsetMs: number, say: (text: string) => void): Promise<End> {
  const problems: string[] = [];
  const breaks: Break[] = [];
  const lines: string[] = [];
  for (let round = 1; ; round += 1) {
    await settle(world, { offsetMs, say, breaks });
    lines.push(...world.servers.flatMap((server) => server.lines.slice(-40)));
    problems.push(...(await world.stop()));
    const rows = await readRows(world.databaseUrl);
    if (rows.unended.length === 0 || round === MOST_ROUNDS) {
      return { rows, problems, breaks, lines };
    }
    say(`${rows.unended.join(', ')}: the servers start again`);
    leap(world, { offsetMs, breaks });
    await world.start();
  }
}

interface Settling {
  offsetMs: number;
  breaks: Break[];
  say: (text: string) => void;
}

/** Waits until nothing is due; moves the clock on to tries that are far off. */
async function settle(world: World, { offsetMs, breaks, say }: Settling): Promise<void> {
  await world.ready();
  let last = '';
  let changedAt = Date.now();
  while (breaks.length < MOST_LEAPS) {
    const state = await readState(world);
    const isStill = Date.now() - changedAt > STILL_MS;
    if (state.isQuiet && isStill) {
      return;
    }
    if (state.text !== last) {
      last = state.text;
      changedAt = Date.now();
    } else if (isStill) {
      say(`${state.text}; the clock leaps to the next tries`);
      leap(world, { offsetMs, breaks });
      changedAt = Date.now();
    }
    await sleep(LOOK_MS);
  }
}

function leap(world: World, { offsetMs, breaks }: Omit<Settling, 'say'>): void {
  breaks.push({ kind: 'clock', from: Date.now(), to: Date.now() });
  world.setClock(offsetMs + breaks.length * LEAP_MS);
}

/** What still waits, and what has shown. */
async function readState(world: World): Promise<{ text: string; isQuiet: boolean }> {
  const answer = await fetch(`${world.url}/metrics`).catch(() => null);
  const due = /^qingniao_queue_due (\d+)$/m.exec((await answer?.text()) ?? '')?.[1];
  const { shown } = await world.sim<{ shown: number }>('/cards');
  return { text: `${due ?? '?'} wait, ${shown} cards`, isQuiet: due === '0' };
}

function lastOffset(blows: readonly { kind: string; byMs?: number }[]): number {
  return blows.reduce((sum, { byMs = 0 }) => sum + byMs, 0);
}

function countTexts(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([text, count]) => `${count} × ${text}`);
}
