/** Counts sends of each account against the windows that its remote side allows, so that we wait instead of being refused. */
import { LRUCache } from 'lru-cache';
import type { SendWindow } from '#src/channels/channel.js';
import type { Clock } from '#src/lib/clock.js';

/** What the remote side of each kind of channel allows one account. */
export type ChannelLimits = Readonly<Record<string, { inFlight: number; windows?: readonly SendWindow[] }>>;

/** The kind of channel of a queue: `wecom-bot` of `wecom-bot:1f2e…`. */
export function kindOf(queue: string): string {
  return queue.split(/[:#]/)[0] ?? queue;
}

/** Makes the counter. Accounts that have not sent for long are forgotten. */
export function createSendWindows(limits: ChannelLimits, clock: Clock) {
  const sends = new LRUCache<string, number[]>({ max: 20_000 });
  const windowsOf = (queue: string): readonly SendWindow[] => limits[kindOf(queue)]?.windows ?? [];

  return {
    /** How many sends of this queue its windows still allow now; Infinity without windows. */
    free(queue: string): number {
      const now = clock.now();
      const times = sends.get(queue) ?? [];
      const rooms = windowsOf(queue).map(
        ({ count, perMs }) => count - times.filter((at) => at > now - perMs).length,
      );
      return Math.max(0, Math.min(Number.POSITIVE_INFINITY, ...rooms));
    },
    /** Notes a send that begins now. */
    note(queue: string): void {
      const windows = windowsOf(queue);
      if (windows.length > 0) {
        const oldest = clock.now() - Math.max(...windows.map(({ perMs }) => perMs));
        const times = (sends.get(queue) ?? []).filter((at) => at > oldest);
        sends.set(queue, [...times, clock.now()]);
      }
    },
  };
}
