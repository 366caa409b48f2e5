/** Faults of server processes: killed, killed again while they start, gone for long, frozen, out of descriptors, on a wrong clock. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kept } from '#torture/processes.js';
import type { Random } from '#torture/random.js';
import type { World } from '#torture/world.js';
import { type Away, BOTH, drawAway, type Fault } from './blow.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Summer time, a calendar in local time that was taken for UTC, an empty battery, a wrong day, month and year. */
const WRONG_MS = [HOUR_MS, 8 * HOUR_MS, 26 * HOUR_MS, 31 * DAY_MS, 365 * DAY_MS];

/** SIGKILL; the keeper starts it again. */
export const kill: Fault<{ target: number; passMs: number }> = {
  databases: BOTH,
  draw: ({ random, processes }) => ({
    target: random.between(0, processes - 1),
    passMs: drawAway(random).passMs,
  }),
  fall: async (world, { target, passMs }) => {
    const server = serverOf(world, target);
    if (passMs === 0) {
      server.kill();
    } else {
      await server.halt('SIGKILL');
      await world.time.pass(passMs);
      server.go();
    }
    await server.ready();
    return [];
  },
};

/** Killed, and started on a machine whose calendar is wrong until its time service corrects it. */
export const elsewhere: Fault<{ target: number; wrongMs: number; forMs: number }> = {
  databases: BOTH,
  draw: ({ random, processes }) => ({
    target: random.between(0, processes - 1),
    wrongMs: drawWrong(random),
    forMs: random.between(500, 2500),
  }),
  fall: async (world, { target, wrongMs, forMs }) => {
    const at = target % world.servers.length;
    const server = serverOf(world, at);
    const before = world.time.wrongOf(at);
    await server.halt('SIGKILL');
    world.time.setWrong(before + wrongMs, at);
    server.go();
    await server.ready();
    await sleep(forMs);
    world.time.setWrong(before, at);
    return [];
  },
};

/** Killed, and killed again so many milliseconds after each of its next starts. */
export const start: Fault<{ target: number; afterMs: readonly number[] }> = {
  databases: BOTH,
  draw: ({ random, processes }) => ({
    target: random.between(0, processes - 1),
    afterMs: [random.between(50, 2000), random.between(50, 2000)],
  }),
  fall: async (world, { target, afterMs }) => {
    const server = serverOf(world, target);
    await server.halt('SIGKILL');
    for (const ms of afterMs) {
      await server.tryStart(() => sleep(ms));
    }
    server.go();
    await server.ready();
    return [];
  },
};

/** SIGSTOP for a while; time may go by that it sleeps through. */
export const freeze: Fault<Away & { target: number }> = {
  databases: BOTH,
  draw: ({ random, processes }) => ({ target: random.between(0, processes - 1), ...drawAway(random) }),
  fall: async (world, { target, forMs, passMs }) => {
    const frozen = serverOf(world, target).freeze(forMs);
    await sleep(forMs / 2);
    await world.time.pass(passMs);
    await frozen;
    return [];
  },
};

/** A process may open nothing more, and every connection breaks that it has to the outside: it wants new ones. */
export const descriptors: Fault<{ target: number; forMs: number }> = {
  databases: BOTH,
  draw: ({ random, processes }) => ({
    target: random.between(0, processes - 1),
    forMs: random.between(500, 2500),
  }),
  fall: async (world, { target, forMs }) => {
    const server = serverOf(world, target);
    server.limitDescriptors(true);
    world.wire.hangUp();
    await sleep(forMs);
    server.limitDescriptors(false);
    return [];
  },
};

/** A machine's calendar jumps, and jumps back after a while or stays so (then it is small: platforms refuse what is ten minutes old). */
export const clock: Fault<{ byMs: number; forMs: number | null; target: number | null }> = {
  databases: BOTH,
  draw: ({ random, processes }) => {
    const target = random.pick([null, random.between(0, processes - 1)]);
    return random.next() < 0.4
      ? { byMs: random.between(-120, 120) * 1000, forMs: null, target }
      : { byMs: drawWrong(random), forMs: random.between(500, 2500), target };
  },
  fall: async (world, { byMs, forMs, target }) => {
    const before = world.servers.map((_, at) => world.time.wrongOf(at));
    const targets = target === null ? [...before.keys()] : [target % before.length];
    for (const at of targets) {
      world.time.setWrong(forMs === null ? byMs : (before[at] ?? 0) + byMs, at);
    }
    if (forMs !== null) {
      await sleep(forMs);
      for (const at of targets) {
        world.time.setWrong(before[at] ?? 0, at);
      }
    }
    return [];
  },
};

function drawWrong(random: Random): number {
  return random.pick(WRONG_MS) * random.pick([1, 1, -1]);
}

/** The server of that number, counted around. */
export function serverOf(world: World, target: number): Kept {
  const server = world.servers[target % world.servers.length];
  if (!server) {
    throw new Error('no server runs');
  }
  return server;
}
