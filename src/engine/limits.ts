/** How much of each queue may be under way at once, and which queues must rest. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import { type Clock, systemClock } from '#src/lib/clock.js';
import { type Db, providerOf } from '#src/store/db.js';
import { type ChannelLimits, createSendWindows, kindOf } from './send-windows.js';

/** The queue of pushes to few people on the server's own WeChat account. */
export const WECHAT_QUEUE = 'wechat';
/** The queue of broadcasts on the same account; it leaves slots to the other. */
export const WECHAT_BULK_QUEUE = 'wechat#bulk';

/** Slots that broadcasts never take, so that a single message finds one free at once. */
const RESERVED_FOR_SINGLES = 8;
/** At most so many requests to one callback endpoint at once. */
const PER_ENDPOINT = 4;
/** To one whose last answer was a failure or silence: it must not hold slots that others could use. */
const PER_FAILING_ENDPOINT = 1;
/** At most so many callbacks in all: more dead endpoints than this are needed before others wait. */
const CALLBACKS = 1000;
/**
 * Of those at most so many that began within the last second. A thousand calls at once only wait for each other, until
 * endpoints that are well seem not to answer; one that hangs makes room for others after its first second.
 */
const YOUNG_CALLBACKS = 256;
const YOUNG_MS = 1000;
/** What is claimed ahead must last this many rounds of claiming: a platform that answers at once empties the slots within one. */
const AHEAD_ROUNDS = 2;
/** More than this is never claimed ahead: it would go out late when the platform grows slow. */
const MOST_AHEAD = 512;
/** So many failing endpoints are remembered. */
const MAX_FAILING = 20_000;

/** What other processes let rest is known after this. */
const REFRESH_MS = 1000;

/** A queue that rests, as people see it. */
export interface QueueRest {
  queue: string;
  until: Date;
  code: string;
  why: string;
}

/** Slots and rests. */
export type Limits = ReturnType<typeof createLimits>;

/** The account of a queue: `wechat` of `wechat#bulk`. Quotas and credentials belong to the account. */
export function accountOf(queue: string): string {
  return queue.split('#')[0] ?? queue;
}

/** Whether a queue is of broadcasts, which let single messages pass. */
export function isBulk(queue: string): boolean {
  return queue.endsWith('#bulk');
}

/**
 * Makes the limits.
 * @param inFlight how many sends of the server's own account may be under way
 * @param others what the other kinds of channel allow one account
 */
export function createLimits(
  db: Db,
  inFlight: number,
  others: ChannelLimits = {},
  clock: Clock = systemClock,
) {
  const isShared = providerOf(db) === 'postgresql';
  const windows = createSendWindows(others, clock, isShared);
  let loadedAt = Number.NEGATIVE_INFINITY;
  const running = new Map<string, number>();
  const rests = new Map<string, QueueRest>();
  /** Callbacks under way that began within the last second, oldest first. */
  const young: { queue: string; at: number }[] = [];
  const failing = new LRUCache<string, true>(atMost(MAX_FAILING));
  /** How many were started of each queue in this round of claiming, and in the one before. */
  let started = new Map<string, number>();
  let startedBefore = new Map<string, number>();
  const count = (name: string): number => running.get(name) ?? 0;

  function add(name: string, by: number): void {
    const next = count(name) + by;
    if (next > 0) {
      running.set(name, next);
    } else {
      running.delete(name);
    }
  }

  function freeCallbacks(): number {
    const since = clock.now() - YOUNG_MS;
    const old = young.findIndex(({ at }) => at > since);
    young.splice(0, old < 0 ? young.length : old);
    return Math.max(0, Math.min(YOUNG_CALLBACKS - young.length, CALLBACKS - count('callbacks')));
  }

  const groupOf = (queue: string): string => (queue.startsWith('callback:') ? 'callbacks' : accountOf(queue));

  return {
    /** How many more of this queue may start now. */
    freeSlots(queue: string): number {
      if (queue.startsWith('callback:')) {
        const most = failing.has(queue) ? PER_FAILING_ENDPOINT : PER_ENDPOINT;
        return Math.max(0, Math.min(most - count(queue), freeCallbacks()));
      }
      const other = others[kindOf(queue)];
      if (other) {
        return Math.max(0, Math.min(other.inFlight - count(queue), windows.free(queue)));
      }
      const reserved = isBulk(queue) ? Math.min(RESERVED_FOR_SINGLES, inFlight - 1) : 0;
      return Math.max(0, inFlight - reserved - count(accountOf(queue)));
    },
    /** Whether the pace that the other side allows is reached: what is due waits for its turn. */
    isFull(queue: string): boolean {
      return windows.free(queue) <= 0;
    },
    /** The slots that this queue shares with others of its kind, and how many of them are free; null where it shares none. */
    sharedSlots(queue: string): { name: string; free: number } | null {
      return queue.startsWith('callback:') ? { name: 'callbacks', free: freeCallbacks() } : null;
    },
    /** How many claimed rows of this queue may wait in memory for a slot. */
    readAhead(queue: string): number {
      if (kindOf(queue) === 'callback' || others[kindOf(queue)]) {
        return 0;
      }
      return Math.max(inFlight, Math.min(MOST_AHEAD, AHEAD_ROUNDS * (startedBefore.get(queue) ?? 0)));
    },
    /** A round of claiming begins: as much as was started in the last one will be wanted until the next. */
    beginRound(): void {
      startedBefore = started;
      started = new Map();
    },
    /** Of what was just claimed, what the windows that processes share have room for. */
    async reserve<T extends { queue: string }>(
      claimed: readonly T[],
    ): Promise<{ granted: T[]; refused: T[] }> {
      const roomOf = await windows.reserve(db, claimed);
      const isGranted = claimed.map(({ queue }) => {
        const room = roomOf.get(queue) ?? Number.POSITIVE_INFINITY;
        roomOf.set(queue, room - 1);
        return room > 0;
      });
      return {
        granted: claimed.filter((_, at) => isGranted[at]),
        refused: claimed.filter((_, at) => !isGranted[at]),
      };
    },
    /** Takes a slot. */
    take(queue: string): void {
      windows.note(queue);
      add(queue, 1);
      started.set(queue, (started.get(queue) ?? 0) + 1);
      if (groupOf(queue) !== queue) {
        add(groupOf(queue), 1);
      }
      if (groupOf(queue) === 'callbacks') {
        young.push({ queue, at: clock.now() });
      }
    },
    /** Gives a slot back. */
    give(queue: string): void {
      add(queue, -1);
      if (groupOf(queue) !== queue) {
        add(groupOf(queue), -1);
      }
      const at = young.findLastIndex((one) => one.queue === queue);
      if (at >= 0) {
        young.splice(at, 1);
      }
    },
    /** Notes how the last try of a callback endpoint went. */
    noteAnswer(queue: string, isGood: boolean): void {
      if (isGood) {
        failing.delete(queue);
      } else {
        failing.set(queue, true);
      }
    },
    /** Whether the queue's account rests now. */
    isResting(queue: string, now: number): boolean {
      return this.restOf(queue, now) !== null;
    },
    /** The rest of the queue's account; null when it does not rest. */
    restOf(queue: string, now: number): QueueRest | null {
      const rest = rests.get(accountOf(queue));
      return rest !== undefined && rest.until.getTime() > now ? rest : null;
    },
    /** When the first rest ends, in milliseconds since the epoch; null when nothing rests. */
    nextWakeAt(now: number): number | null {
      const ends = [...rests.values()].map((rest) => rest.until.getTime()).filter((until) => until > now);
      return ends.length > 0 ? Math.min(...ends) : null;
    },
    /** Lets the queue's whole account rest; kept in the database, so that a restart does not forget. */
    async rest(queue: string, rest: Omit<QueueRest, 'queue'>): Promise<void> {
      const account = accountOf(queue);
      const known = rests.get(account);
      if (known && known.until.getTime() >= rest.until.getTime()) {
        return;
      }
      rests.set(account, { queue: account, ...rest });
      await db.pause.upsert({ where: { queue: account }, create: { queue: account, ...rest }, update: rest });
    },
    /** Ends a rest early, when something got through or an operator says so. */
    async resume(queue: string): Promise<void> {
      rests.delete(accountOf(queue));
      // Another process may have let it rest.
      await db.pause.deleteMany({ where: { queue: accountOf(queue) } });
    },
    /** Reads anew what rests, where other processes may have said so; a second old at most. */
    async refresh(): Promise<void> {
      if (isShared && clock.now() >= loadedAt + REFRESH_MS) {
        await this.load();
      }
    },
    /** Reads what rests, at the start. */
    async load(): Promise<void> {
      loadedAt = clock.now();
      const rows = await db.pause.findMany();
      rests.clear();
      for (const row of rows) {
        rests.set(row.queue, row);
      }
    },
    /** What rests now. */
    listRests(now: number): QueueRest[] {
      return [...rests.values()].filter((rest) => rest.until.getTime() > now);
    },
    /** How many are under way, in all. */
    runningCount(): number {
      return [...running.entries()]
        .filter(([name]) => name === groupOf(name))
        .reduce((sum, [, n]) => sum + n, 0);
    },
  };
}
