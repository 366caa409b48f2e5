/** What is watched in a long run at a rate: the servers' memory, and whether the operator's pages tell each fault within a minute. */
import { readFileSync } from 'node:fs';
import type { Break } from './faults/blow.js';
import { watchPages } from './operator.js';
import type { World } from './world.js';

/** Someone who watches such a run. */
export interface Watch {
  /** Looks at everything that was noted, and says what is not as promised, a sentence each. */
  finish(breaks: readonly Break[]): string[];
}

const MINUTE_MS = 60_000;
/** Memory is flat when the last quarter's middle is no more than this above the second quarter's; the first one is for warming up. */
const MOST_GROWTH_MB = 60;
/** Nothing is broken by these that an operator should hear of: one call here and there. */
const UNTOLD = ['platform', 'wire'];

/** Begins to watch; says once a minute what it sees. */
export async function watchHour(world: World, say: (text: string) => void): Promise<Watch> {
  const operator = await watchPages(world);
  const samples: number[][] = [];
  const startedAt = Date.now();
  const timer = setInterval(() => {
    const megabytes = world.servers.map((server) => readResidentMb(server.pid()));
    samples.push(megabytes);
    const minutes = Math.round((Date.now() - startedAt) / MINUTE_MS);
    say(`minute ${minutes}: ${megabytes.map((one) => `${Math.round(one)} MB`).join(', ')}`);
  }, MINUTE_MS);
  return {
    finish: (breaks) => {
      clearInterval(timer);
      operator.stop();
      const untold = breaks
        .filter(({ kind }) => !UNTOLD.includes(kind))
        .flatMap(({ kind, from }) => {
          const told = operator.listTellings(from).find(({ at }) => at <= from + MINUTE_MS);
          say(
            `${kind}: ${told ? `told after ${Math.round((told.at - from) / 1000)} s: ${told.what.slice(0, 80)}` : 'not told'}`,
          );
          return told ? [] : [`${kind} was not to be seen on the operator's pages within a minute`];
        });
      return [...untold, ...findGrowth(samples)];
    },
  };
}

function findGrowth(samples: readonly number[][]): string[] {
  const quarter = Math.floor(samples.length / 4);
  if (quarter === 0) {
    return [];
  }
  return (samples[0] ?? []).flatMap((_, at) => {
    const middleOf = (from: number): number => {
      const sorted = samples
        .slice(from, from + quarter)
        .map((row) => row[at] ?? 0)
        .sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)] ?? 0;
    };
    const [early, late] = [middleOf(quarter), middleOf(samples.length - quarter)];
    return late > early + MOST_GROWTH_MB
      ? [`server ${at} grew from ${Math.round(early)} to ${Math.round(late)} MB`]
      : [];
  });
}

/** Linux tells; elsewhere, and between two lives, it is 0. */
function readResidentMb(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
