/** Lets the planned blows fall, and notes when each began and ended: within such a time a message may show twice elsewhere. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedBlow } from './plan.js';
import type { World } from './world.js';

/** A time within which a process may have forgotten what it did (milliseconds since the epoch). */
export interface Break {
  kind: string;
  from: number;
  to: number;
}

/** Strikes at the planned times; resolves when all of it is over. */
export async function strike(world: World, blows: readonly PlannedBlow[]): Promise<Break[]> {
  const startedAt = Date.now();
  const breaks: Break[] = [];
  let offMs = 0;
  for (const blow of [...blows].sort((a, b) => a.atMs - b.atMs)) {
    await sleep(Math.max(0, startedAt + blow.atMs - Date.now()));
    const from = Date.now();
    offMs += blow.kind === 'clock' ? blow.byMs : 0;
    await fall(world, blow, offMs);
    if (blow.kind !== 'platform') {
      breaks.push({ kind: blow.kind, from, to: Date.now() });
    }
  }
  return breaks;
}

async function fall(world: World, blow: PlannedBlow, offMs: number): Promise<void> {
  switch (blow.kind) {
    case 'kill': {
      const server = world.servers[blow.target % world.servers.length];
      server?.kill();
      await server?.ready().catch(() => {});
      return;
    }
    case 'freeze':
      await world.servers[blow.target % world.servers.length]?.freeze(blow.forMs);
      return;
    case 'platform':
      await world.sim('/faults', blow.fault);
      return;
    case 'clock':
      world.setClock(offMs);
      return;
    case 'disk':
      await breakDisk(world, blow);
      return;
    case 'cut':
      world.line?.cut();
      await sleep(blow.forMs);
      world.line?.mend();
      return;
  }
}

/** Full to the last byte, which SQLite's log survives while it has room of its own; or every write of the process is refused. */
async function breakDisk(
  world: World,
  { how, forMs }: { how: 'full' | 'refuses'; forMs: number },
): Promise<void> {
  const isFull = how === 'full' && world.disk.canFill;
  if (isFull) {
    world.disk.fill();
  } else {
    limitFiles(world, true);
  }
  await sleep(forMs);
  world.disk.free();
  limitFiles(world, false);
}

function limitFiles(world: World, isLimited: boolean): void {
  for (const server of world.servers) {
    server.limitFiles(isLimited);
  }
}
