// A bug on purpose: what was sent by a clock that ran ahead counts until that time is reached.
import { roomFor } from '#src/store/window-entries.js';

export * from '#src/store/window-entries.js';

export function asOf(entries) {
  return entries;
}

export function takeFrom(entries, wish) {
  const kept = entries.filter(([at]) => at >= wish.keepFrom);
  const room = Math.min(wish.wanted, roomFor(kept, wish.rules));
  const granted = room < (wish.least ?? 1) ? 0 : room;
  const last = kept.at(-1);
  const at = Math.max(wish.at, last?.[0] ?? 0);
  return { granted, entries: granted > 0 ? [...kept, [at, granted]] : kept };
}
