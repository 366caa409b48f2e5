/** The platform's calendar: quotas begin anew at midnight and at the start of the month in China. */

const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** The number of the day in China that this moment belongs to. */
export function chinaDay(nowMs: number): number {
  return Math.floor((nowMs + OFFSET_MS) / DAY_MS);
}

/** The month in China that this moment belongs to, as `2026-11`. */
export function chinaMonth(nowMs: number): string {
  return new Date(nowMs + OFFSET_MS).toISOString().slice(0, 7);
}
