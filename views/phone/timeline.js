/** Puts the chat and the page's own entries into one order. */
import { toMs } from './times.js';

const GAP_MS = 5 * 60_000;

/**
 * Merges the chat that the simulator keeps (oldest first) with the page's own entries (oldest first): notes, and
 * messages not yet in the chat. Each own entry remembers in `after` the newest item that was there when it was made:
 * clocks of the browser and the simulator may differ, the order not.
 */
export function mergeTimeline(items, entries) {
  const places = new Map(items.map((item, index) => [item.id, index]));
  const byPlace = new Map();
  for (const entry of entries) {
    const place = places.get(entry.after) ?? -1;
    if (!hasArrived(entry, items, place)) {
      byPlace.set(place, [...(byPlace.get(place) ?? []), entry]);
    }
  }
  const merged = [...(byPlace.get(-1) ?? [])];
  for (const [index, item] of items.entries()) {
    merged.push({ ...item, id: `chat-${item.id}` }, ...(byPlace.get(index) ?? []));
  }
  return merged;
}

/** A message is in the chat at once, long before its answer: then the page's own bubble has had its day. */
function hasArrived(entry, items, place) {
  return (
    entry.kind === 'mine' &&
    items.some((item, index) => index > place && item.kind === 'own' && item.text === entry.text)
  );
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
