/** Faults of what the servers write to: the disk of SQLite, the server of PostgreSQL and the lines to it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#torture/database.js';
import type { Kept } from '#torture/processes.js';
import type { World } from '#torture/world.js';
import { type Away, drawAway, type Fault } from './blow.js';
import { serverOf } from './processes.js';

/** Full to the last byte, which SQLite's log survives while it has room of its own; or every write of the process is refused. */
export const disk: Fault<Away & { how: 'full' | 'refuses' }> = {
  databases: ['sqlite'],
  draw: ({ random }) => ({ how: random.pick(['full', 'refuses'] as const), ...drawAway(random) }),
  fall: async (world, { how, ...away }) => {
    const isFull = how === 'full' && world.disk.canFill;
    if (isFull) {
      world.disk.fill();
    } else {
      limitFiles(world, true);
    }
    const found = await stayAway(world, away, isFull ? [] : world.servers);
    world.disk.free();
    limitFiles(world, false);
    return found;
  },
};

/** The lines of all servers to PostgreSQL break, and nothing takes their place for a while. */
export const cut: Fault<Away> = {
  databases: ['postgresql'],
  draw: ({ random }) => drawAway(random),
  fall: (world, away) => cutLines(world, [...world.lines.keys()], away),
};

/** One server alone is cut off from PostgreSQL: the others go on, and take over when its leases end. */
export const apart: Fault<Away & { target: number }> = {
  databases: ['postgresql'],
  draw: ({ random, processes }) => ({ target: random.between(0, processes - 1), ...drawAway(random) }),
  fall: (world, { target, ...away }) => cutLines(world, [target % world.lines.length], away),
};

/** PostgreSQL ends every connection and is not to be reached for a while: it is started again. */
export const restart: Fault<Away> = {
  databases: ['postgresql'],
  draw: ({ random }) => drawAway(random),
  fall: async (world, away) => {
    await world.database?.endAll();
    return cutLines(world, [...world.lines.keys()], away);
  },
};

/** PostgreSQL takes no writes, as one that became a standby. */
export const readonly: Fault<Away> = {
  databases: ['postgresql'],
  draw: ({ random }) => drawAway(random),
  fall: (world, away) =>
    whileBroken(world, away, {
      breakIt: (database) => database.makeReadOnly(),
      helpless: world.servers,
    }),
};

/** PostgreSQL has fewer connections left than the servers want. */
export const connections: Fault<Away & { count: number }> = {
  databases: ['postgresql'],
  draw: ({ random }) => ({ count: random.between(0, 4), ...drawAway(random) }),
  fall: (world, { count, ...away }) =>
    whileBroken(world, away, {
      breakIt: (database) => database.limit(count),
      helpless: count === 0 ? world.servers : [],
    }),
};

/** An outage that lasts so long in real time must be known to whoever asks for readiness. */
const KNOWN_AFTER_MS = 2000;

/**
 * Half of the real time, then the time that nobody waits for, then the rest. Servers that cannot write and say that they are ready
 * in the end are a problem.
 */
async function stayAway(
  world: World,
  { forMs, passMs }: Away,
  helpless: readonly Kept[],
): Promise<readonly string[]> {
  const lives = helpless.map((server) => ({ server, pid: server.pid() }));
  await sleep(forMs / 2);
  await world.time.pass(passMs);
  await sleep(forMs / 2);
  if (forMs < KNOWN_AFTER_MS) {
    return [];
  }
  const ready = await Promise.all(
    // One that was started anew is in other straits.
    lives.map(async ({ server, pid }) => (await server.isReady()) && pid === server.pid()),
  );
  return ready.includes(true) ? ['a server says that it is ready, and can write nothing'] : [];
}

async function cutLines(world: World, which: readonly number[], away: Away): Promise<readonly string[]> {
  for (const at of which) {
    world.lines[at]?.cut();
  }
  const found = await stayAway(
    world,
    away,
    which.map((at) => serverOf(world, at)),
  );
  for (const at of which) {
    world.lines[at]?.mend();
  }
  return found;
}

async function whileBroken(
  world: World,
  away: Away,
  { breakIt, helpless }: { breakIt(database: Database): Promise<void>; helpless: readonly Kept[] },
): Promise<readonly string[]> {
  if (!world.database) {
    return [];
  }
  await breakIt(world.database);
  const found = await stayAway(world, away, helpless);
  await world.database.mend();
  return found;
}

function limitFiles(world: World, isLimited: boolean): void {
  for (const server of world.servers) {
    server.limitFiles(isLimited);
  }
}
