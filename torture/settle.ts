/** Brings everything to its end after the blows: waits, lets time pass, and starts the servers again until no row is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './processes.js';
import { type Rows, readRows } from './rows.js';
import type { World } from './world.js';

/** How it ended. */
export interface End {
  /** Null where the servers cannot be brought up any more. */
  rows: Rows | null;
  problems: string[];
  /** The servers' last words. */
  lines: string[];
}

const LOOK_MS = 300;
/** So long without any progress, and time passes: to where the server's figures are new, then to the next tries. */
const STILL_MS = 1500;
const FIGURES_MS = 3500;
/** So often by so much, with time for every process to come round in between: half a minute altogether. */
const WATCHED = 5;
const WATCH_MS = 6000;
const POLL_MS = 1100;
const LEAP_MS = 6 * 60_000;
/** Where nothing comes of it, the next leap is longer. */
const LONGEST_LEAP_MS = 24 * 3_600_000;
/** What has come to no end after so many starts never will. */
const MOST_ROUNDS = 4;
/** More than any message is tried. */
const MOST_PASSED_MS = 5 * 86_400_000;

/**
 * Lets everything come to its end, and stops the servers in good order. What a process could not record comes back when its
 * lease has ended, or at the next start: so the servers start again, later by every clock, until no row is left.
 */
export async function bringToEnd(world: World, say: (text: string) => void): Promise<End> {
  const end: End = { rows: null, problems: [], lines: [] };
  // Every calendar is right again, as a time service sees to.
  world.time.setWrong(0, null);
  try {
    await runToEnd(world, end, say);
  } catch (error) {
    if (!(error instanceof StartError)) {
      throw error;
    }
    end.problems.push(error.message);
  }
  return end;
}

async function runToEnd(world: World, end: End, say: (text: string) => void): Promise<void> {
  for (let round = 1; ; round += 1) {
    const isQuiet = await settle(world, say);
    end.lines.push(...world.servers.flatMap((server) => server.lines.slice(-40)));
    end.problems.push(...(await world.stop()));
    const rows = await readRows(world.databaseUrl);
    if (rows.unended.length === 0 || !isQuiet || round === MOST_ROUNDS) {
      end.rows = rows;
      return;
    }
    say(`${rows.unended.join(', ')}: the servers start again`);
    await world.time.pass(LEAP_MS);
    await world.start();
  }
}

/** Waits until nothing is due; lets time pass to tries that are far off. False where something waits for longer than anything may. */
async function settle(world: World, say: (text: string) => void): Promise<boolean> {
  await world.ready();
  const passedBefore = world.time.passedMs();
  let last = '';
  let changedAt = Date.now();
  let leapMs = LEAP_MS;
  while (world.time.passedMs() - passedBefore < MOST_PASSED_MS) {
    await sleep(LOOK_MS);
    const { text } = await readState(world);
    if (text !== last) {
      last = text;
      changedAt = Date.now();
      leapMs = LEAP_MS;
    } else if (Date.now() - changedAt > STILL_MS) {
      // Its figures are new now.
      await world.time.pass(FIGURES_MS);
      await watchTheDead(world);
      const { isQuiet, text: now } = await readState(world);
      if (isQuiet) {
        return true;
      }
      if (now === last) {
        say(`${now}; ${leapMs / 60_000} minutes pass`);
        await world.time.pass(leapMs);
        leapMs = Math.min(LONGEST_LEAP_MS, 2 * leapMs);
      }
      changedAt = Date.now();
    }
  }
  return false;
}

/** Processes that share a database watch for a while, without a long sleep, before they take another for dead. */
async function watchTheDead(world: World): Promise<void> {
  for (let looked = 0; world.database && looked < WATCHED; looked += 1) {
    await world.time.pass(WATCH_MS);
    await sleep(POLL_MS);
  }
}

/** What still waits, and what has shown. */
async function readState(world: World): Promise<{ text: string; isQuiet: boolean }> {
  const answer = await fetch(`${world.url}/metrics`).catch(() => null);
  const due = /^qingniao_queue_due (\d+)$/m.exec((await answer?.text()) ?? '')?.[1];
  const { shown } = await world.sim<{ shown: number }>('/cards');
  return { text: `${due ?? '?'} wait, ${shown} cards`, isQuiet: due === '0' };
}
