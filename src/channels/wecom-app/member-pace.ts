/** Paces what each member of an app is sent: WeCom drops what goes beyond its limits without an error. */
import type { SendWindow } from '#src/channels/channel.js';

/** What WeCom lets one app send one member (message/send, 2025-09). */
export const MEMBER_WINDOWS: readonly SendWindow[] = [
  { count: 30, perMs: 60_000 },
  { count: 1000, perMs: 3_600_000 },
];

const MOST_AT_ONCE = Math.min(...MEMBER_WINDOWS.map((window) => window.count));

/** Takes `count` places under each name or none at all; milliseconds until all have them, 0 where they were taken. */
export type TakePlaces = (
  names: readonly string[],
  asked: { count: number; windows: readonly SendWindow[] },
) => Promise<number>;

/** Keeps the pace. */
export interface MemberPace {
  /** Counts `count` messages to each of the members; else the milliseconds to wait before asking again. */
  take(members: readonly string[], count: number): Promise<number>;
}

/** Makes the keeper. Names must tell the app too. */
export function createMemberPace(takePlaces: TakePlaces): MemberPace {
  return {
    take: (members, count) =>
      takePlaces(
        // Two of a list may be one member.
        [...new Set(members)].map((member) => `wecom member ${member}`),
        // What never fits a window goes out as soon as the window is empty.
        { count: Math.min(count, MOST_AT_ONCE), windows: MEMBER_WINDOWS },
      ),
  };
}
