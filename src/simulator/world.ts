/** What every simulated platform shares: time, settings, the log, the live stream, and the injected faults. */
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import type { Arrival } from './arrivals.js';
import { createFaults, type Faults } from './faults.js';
import { createLiveEvents, type LiveEvents } from './live-events.js';
import { createMemory, type Memory } from './memory.js';
import { realDelay, type Settings, type SimulatorOptions, toSettings } from './options.js';
import { createStats, type Stats } from './stats.js';

/** A clock that a control call may set ahead. */
export interface WorldClock extends Clock {
  /** Sets the simulated time ahead. */
  advance(ms: number): void;
  /** Goes back to the real time. */
  reset(): void;
}

/** The shared ground of one simulator. */
export interface World {
  readonly settings: Settings;
  readonly clock: WorldClock;
  readonly log: Logger;
  /** Waits in real time, or as the tests want it. */
  readonly delay: (ms: number) => Promise<void>;
  readonly live: LiveEvents;
  readonly faults: Faults;
  readonly stats: Stats;
  readonly memory: Memory;
  /** Whether the platforms' rate and day limits are in force; off at first, so that load can be tried. */
  readonly limits: { isOn: boolean };
  /** What arrived by inbox name, newest first: each platform with an inbox puts its own list here. */
  readonly inboxes: Map<string, () => readonly Arrival[]>;
  /** The next number for anything that needs one: inbox items, requests. Grows by one. */
  nextId(): number;
  /** Forgets faults, counters and the set-ahead time, and turns the limits off. */
  reset(): void;
}

/** Makes the shared ground. Throws RangeError when the options' AES key is none. */
export function createWorld(options: SimulatorOptions): World {
  const clock = createWorldClock(options.clock);
  const faults = createFaults();
  const stats = createStats();
  const limits = { isOn: false };
  let lastId = 0;
  return {
    settings: toSettings(options),
    clock,
    log: options.log.child('simulator'),
    delay: options.delay ?? realDelay,
    live: createLiveEvents(),
    faults,
    stats,
    memory: createMemory(options.memory),
    limits,
    inboxes: new Map(),
    nextId: () => {
      lastId += 1;
      return lastId;
    },
    reset: () => {
      faults.clear();
      stats.clear();
      clock.reset();
      limits.isOn = false;
    },
  };
}

function createWorldClock(clock: Clock): WorldClock {
  let aheadMs = 0;
  return {
    now: () => clock.now() + aheadMs,
    advance: (ms) => {
      aheadMs += ms;
    },
    reset: () => {
      aheadMs = 0;
    },
  };
}
