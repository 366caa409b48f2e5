/** Counts sends of each account against the windows that its remote side allows, so that we wait instead of being refused. */
import { LRUCache } from 'lru-cache';
import type { SendWindow } from '#src/channels/channel.js';
import { atMost } from '#src/lib/cache-size.js';
import type { Clock } from '#src/lib/clock.js';
import type { Db } from '#src/store/db.js';
import { takeRooms } from '#src/store/shared-windows.js';
import { asOf, type Entry, roomFor, takeFrom, wishInWindows } from '#src/store/window-entries.js';

/** What the remote side of each kind of channel allows one account. */
export type ChannelLimits = Readonly<Record<string, { inFlight: number; windows?: readonly SendWindow[] }>>;

/** The kind of channel of a queue: `wecom-bot` of `wecom-bot:1f2e…`. */
export function kindOf(queue: string): string {
  return queue.split(/[:#]/)[0] ?? queue;
}

/**
 * Makes the counter. Accounts that have not sent for long are forgotten.
 * @param isShared several processes send by the same accounts: places are taken in the database when work is claimed
 */
export function createSendWindows(limits: ChannelLimits, clock: Clock, isShared = false) {
  const sends = new LRUCache<string, readonly Entry[]>(atMost(20_000));
  /** Places that were taken in the database and not used yet. */
  const reserved = new Map<string, number>();
  const windowsOf = (queue: string): readonly SendWindow[] => limits[kindOf(queue)]?.windows ?? [];

  return {
    /** How many sends of this queue its windows still allow now; Infinity without windows. */
    free(queue: string): number {
      const windows = windowsOf(queue);
      if (windows.length === 0) {
        return Number.POSITIVE_INFINITY;
      }
      const { rules, at } = wishInWindows(queue, { windows, now: clock.now() });
      const known = sends.get(queue) ?? [];
      const entries = asOf(known, at);
      if (entries !== known) {
        sends.set(queue, entries);
      }
      return roomFor(entries, rules) + (reserved.get(queue) ?? 0);
    },
    /** Notes a send that begins now. */
    note(queue: string): void {
      const windows = windowsOf(queue);
      if (windows.length === 0) {
        return;
      }
      if (isShared) {
        useReserved(queue);
        return;
      }
      const wish = wishInWindows(queue, { windows, now: clock.now() });
      sends.set(queue, takeFrom(sends.get(queue) ?? [], wish).entries);
    },
    /** Takes places for claimed work in the windows that processes share; how many it got, by queue. */
    async reserve(db: Db, claimed: readonly { queue: string }[]): Promise<Map<string, number>> {
      const wanted = new Map<string, number>();
      for (const { queue } of isShared ? claimed : []) {
        if (windowsOf(queue).length > 0) {
          wanted.set(queue, (wanted.get(queue) ?? 0) + 1);
        }
      }
      const taken = await Promise.all(
        [...wanted].map(async ([queue, count]) => {
          const asked = { wanted: count, windows: windowsOf(queue), now: clock.now() };
          const [room] = await takeRooms(db, { wishes: [wishInWindows(queue, asked)] });
          sends.set(queue, room?.entries ?? []);
          reserved.set(queue, room?.granted ?? 0);
          return [queue, room?.granted ?? 0] as const;
        }),
      );
      return new Map(taken);
    },
  };

  function useReserved(queue: string): void {
    const left = (reserved.get(queue) ?? 0) - 1;
    if (left > 0) {
      reserved.set(queue, left);
    } else {
      reserved.delete(queue);
    }
  }
}
