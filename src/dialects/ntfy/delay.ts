/** Understands when a delayed ntfy message is due. */
import { NtfyRefusal } from './errors.js';
import { readPhrase } from './phrases.js';

const SHORTEST_MS = 10_000;
const LONGEST_MS = 3 * 86_400_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION =
  /^(?:in\s+)?(\d{1,7})\s*(s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)(?:,?\s+from\s+now)?$/i;

/**
 * The due time of `30m`, `2 hours`, a Unix time in seconds, or a phrase of English such as `tomorrow, 10am`. Throws
 * NtfyRefusal 40004, 40005 (under ten seconds, or past), 40006 (over three days).
 */
export function readDelay(text: string, nowMs: number): Date {
  const dueMs = parseDelay(text.trim(), nowMs);
  if (dueMs === null) {
    throw new NtfyRefusal(40004);
  }
  if (dueMs - nowMs < SHORTEST_MS) {
    throw new NtfyRefusal(40005);
  }
  if (dueMs - nowMs > LONGEST_MS) {
    throw new NtfyRefusal(40006);
  }
  return new Date(dueMs);
}

function parseDelay(text: string, nowMs: number): number | null {
  if (/^\d{1,12}$/.test(text)) {
    return Number(text) * 1000;
  }
  const match = DURATION.exec(text);
  const unit = UNITS[match?.[2]?.[0]?.toLowerCase() ?? ''];
  return match && unit ? nowMs + Number(match[1]) * unit : readPhrase(text, nowMs);
}
