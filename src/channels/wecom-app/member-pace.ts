/** Counts what each member of an app was sent: WeCom drops what goes beyond its limits without an error. */
import { LRUCache } from 'lru-cache';
import type { SendWindow } from '#src/channels/channel.js';

/** What WeCom lets one app send one member (message/send, 2025-09). */
export const MEMBER_WINDOWS: readonly SendWindow[] = [
  { count: 30, perMs: 60_000 },
  { count: 1000, perMs: 3_600_000 },
];

const KEPT_MEMBERS = 20_000;
const LONGEST_MS = Math.max(...MEMBER_WINDOWS.map((window) => window.perMs));
const MOST_KEPT = Math.max(...MEMBER_WINDOWS.map((window) => window.count));

/** Keeps count in memory, of one process. */
export interface MemberPace {
  /** Milliseconds until each of the members can get `count` messages more; 0 means now. */
  waitMs(members: readonly string[], count: number, now: number): number;
  /** Counts one message to each of the members. */
  note(members: readonly string[], now: number): void;
}

/** Makes the counts. Names must tell the app too. */
export function createMemberPace(): MemberPace {
  const sentAt = new LRUCache<string, number[]>({ max: KEPT_MEMBERS });
  return {
    waitMs: (members, count, now) =>
      Math.max(0, ...members.map((member) => waitOf(sentAt.get(member) ?? [], count, now))),
    note: (members, now) => {
      for (const member of members) {
        const recent = (sentAt.get(member) ?? []).filter((at) => at > now - LONGEST_MS);
        sentAt.set(member, [...recent.slice(-MOST_KEPT + 1), now]);
      }
    },
  };
}

function waitOf(times: readonly number[], count: number, now: number): number {
  const waits = MEMBER_WINDOWS.map((window) => {
    const inside = times.filter((at) => at > now - window.perMs);
    const tooMany = inside.length + Math.min(count, window.count) - window.count;
    const last = inside[tooMany - 1];
    return last === undefined ? 0 : last + window.perMs - now;
  });
  return Math.max(...waits);
}
