/** Puts the account's messages and the person's own entries into one order. */
import { toMs } from './times.js';

const GAP_MS = 5 * 60_000;

/**
 * Merges the inbox (oldest first) with the page's own entries (oldest first). Each own entry remembers in `after` the
 * newest inbox item that was there when it was made: clocks of the browser and the simulator may differ, the order not.
 */
export function mergeTimeline(inbox, entries) {
  const known = new Set(inbox.map((item) => item.id));
  const byAnchor = new Map();
  for (const entry of entries) {
    const anchor = known.has(entry.after) ? entry.after : null;
    byAnchor.set(anchor, [...(byAnchor.get(anchor) ?? []), entry]);
  }
  const merged = [...(byAnchor.get(null) ?? [])];
  for (const item of inbox) {
    merged.push({ ...item, id: `inbox-${item.id}` }, ...(byAnchor.get(item.id) ?? []));
  }
  return merged;
}

/** Adds a `time` entry before the first entry and after each pause of more than five minutes. */
export function withTimes(entries) {
  const result = [];
  let lastMs = 0;
  for (const entry of entries) {
    const ms = toMs(entry.at);
    if (ms && Math.abs(ms - lastMs) > GAP_MS) {
      result.push({ id: `time-${entry.id}`, kind: 'time', at: ms });
      lastMs = ms;
    }
    result.push(entry);
    lastMs = ms || lastMs;
  }
  return result;
}
