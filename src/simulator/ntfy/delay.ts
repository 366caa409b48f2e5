/** Understands when a delayed ntfy message is due. */
import { NtfyError } from './errors.js';

const SHORTEST_MS = 10_000;
const LONGEST_MS = 3 * 86_400_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d{1,6})\s*(s|m|h|d)(?:ec|in|our|ay)?(?:ond|ute)?s?$/i;

/**
 * The due time in ms since the epoch of `30m`, `2 hours`, `tomorrow` or a Unix time. Throws NtfyError 40004 when it is
 * none of these, 40005 under ten seconds, 40006 over three days.
 */
export function readDelay(text: string, nowMs: number): number {
  const dueMs = parseDelay(text.trim(), nowMs);
  if (dueMs === null) {
    throw new NtfyError(40004);
  }
  if (dueMs - nowMs < SHORTEST_MS) {
    throw new NtfyError(40005);
  }
  if (dueMs - nowMs > LONGEST_MS) {
    throw new NtfyError(40006);
  }
  return dueMs;
}

function parseDelay(text: string, nowMs: number): number | null {
  if (/^\d{9,11}$/.test(text)) {
    return Number(text) * 1000;
  }
  if (text.toLowerCase() === 'tomorrow') {
    return nowMs + 86_400_000;
  }
  const match = DURATION.exec(text);
  const unit = UNITS[match?.[2]?.toLowerCase() ?? ''];
  return match && unit ? nowMs + Number(match[1]) * unit : null;
}
