/** Time as China counts it: UTC+8 all year. Platforms reset their quotas by it. */

const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** The midnight (China time) that began the day of `now`; both in milliseconds since the epoch. */
export function chinaDayStart(now: number): number {
  return Math.floor((now + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS;
}

/** The next midnight (China time) after `now`; both in milliseconds since the epoch. */
export function nextChinaMidnight(now: number): number {
  return chinaDayStart(now) + DAY_MS;
}

/** `2026-11-23 18:05:00` in China time, for cards and pages. */
export function formatChinaTime(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** Reads `2026-11-23 18:05:00`, or a day alone for its first moment, as China time; null for anything else. */
export function parseChinaTime(text: string): Date | null {
  const [, day = '', time = '00:00:00'] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?$/.exec(text.trim()) ?? [];
  const at = new Date(`${day}T${time}+08:00`);
  // Days that no month has, such as 30 February, would come out as others.
  return !Number.isNaN(at.getTime()) && formatChinaTime(at) === `${day} ${time}` ? at : null;
}
