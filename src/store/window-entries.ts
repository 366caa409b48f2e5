/** What counts against a limit, as a short list of moments: pure reckoning, the same in memory and in the database. */

/** At most `count` within any `perMs` milliseconds. */
export interface CountedWindow {
  count: number;
  perMs: number;
}

/** So many began at this time (milliseconds since the epoch). */
export type Entry = readonly [at: number, count: number];

/** A wish for places under one name. Times are milliseconds since the epoch. */
export interface Wish {
  name: string;
  wanted: number;
  /** Fewer than these are of no use; one unless told. */
  least?: number;
  /** At most `count` that began at `from` or later. */
  rules: readonly { count: number; from: number }[];
  /** The time that is noted for what is granted. */
  at: number;
  /** Entries before this are forgotten. */
  keepFrom: number;
  /** From then on nothing of it counts any more. */
  until: number;
  /** What counts already where nothing is noted yet. */
  before?: number;
}

/** What was granted, and all that counts now. */
export interface Room {
  granted: number;
  entries: readonly Entry[];
}

/** A list of moments is this fine at most: above it neighbours are noted as one. */
const FINE = 100;

/** A wish for places in windows that end now. Large windows are noted coarsely, up to a hundredth of their length late. */
export function wishInWindows(
  name: string,
  { wanted = 1, windows, now }: { wanted?: number; windows: readonly CountedWindow[]; now: number },
): Wish {
  const spans = windows.map(({ perMs }) => perMs);
  const longest = Math.max(...spans);
  const isLarge = Math.min(...windows.map(({ count }) => count)) > FINE;
  const step = isLarge ? Math.max(1, Math.floor(Math.min(...spans) / FINE)) : 1;
  return {
    name,
    wanted,
    rules: windows.map(({ count, perMs }) => ({ count, from: now - perMs + 1 })),
    at: Math.ceil(now / step) * step,
    keepFrom: now - longest + 1,
    until: now + longest + step,
  };
}

const DAY_MS = 86_400_000;

/** A wish for one place of a day, which begins at `day`; `before`: what counts where nothing is noted yet. */
export function wishOfDay(
  name: string,
  { day, limit, before = 0 }: { day: number; limit: number; before?: number },
): Wish {
  const rules = [{ count: limit, from: day }];
  return { name, wanted: 1, rules, at: day, keepFrom: day, until: day + DAY_MS, before };
}

/** How many more the rules allow. */
export function roomFor(entries: readonly Entry[], rules: Wish['rules']): number {
  const rooms = rules.map(({ count, from }) => count - countFrom(entries, from));
  return Math.max(0, Math.min(Number.POSITIVE_INFINITY, ...rooms));
}

/** Milliseconds until `count` more fit all windows; 0 means now. `count` must fit each of them. */
export function waitFor(
  entries: readonly Entry[],
  { count, windows, now }: { count: number; windows: readonly CountedWindow[]; now: number },
): number {
  const waits = windows.map((window) => {
    let tooMany = countFrom(entries, now - window.perMs + 1) + count - window.count;
    if (tooMany <= 0) {
      return 0;
    }
    // The window has room again once so many of the oldest have left it.
    const last = entries.find(([at, began]) => {
      tooMany -= at > now - window.perMs ? began : 0;
      return tooMany <= 0;
    });
    return last ? Math.max(0, last[0] + window.perMs - now) : 0;
  });
  return Math.max(0, ...waits);
}

/** How many began at this time or later. */
export function countFrom(entries: readonly Entry[], from: number): number {
  return entries.reduce((sum, [at, count]) => (at >= from ? sum + count : sum), 0);
}

/**
 * The entries as they stand at a time: what lies ahead of it was noted by a clock that was set back since, and counts as of now.
 * Else one use noted at a wrong hour would hold its name up until that hour comes.
 */
export function asOf(entries: readonly Entry[], at: number): readonly Entry[] {
  const ahead = entries.reduce((sum, [noted, count]) => (noted > at ? sum + count : sum), 0);
  const past = entries.filter(([noted]) => noted <= at);
  return ahead === 0 ? entries : addEntry(past, at, ahead);
}

/** Takes what a wish can get of a name's entries. */
export function takeFrom(entries: readonly Entry[], wish: Wish): Room {
  const kept = asOf(entries, wish.at).filter(([at]) => at >= wish.keepFrom);
  const known: Entry[] = kept.length === 0 && wish.before ? [[wish.at, wish.before]] : kept;
  const room = Math.min(wish.wanted, roomFor(known, wish.rules));
  const granted = room < (wish.least ?? 1) ? 0 : room;
  return { granted, entries: granted > 0 ? addEntry(known, wish.at, granted) : known };
}

/** Takes back one of the latest. */
export function giveBackTo(entries: readonly Entry[]): Entry[] {
  const last = entries.at(-1);
  if (!last) {
    return [];
  }
  const [at, count] = last;
  return count > 1 ? [...entries.slice(0, -1), [at, count - 1]] : entries.slice(0, -1);
}

function addEntry(entries: readonly Entry[], at: number, granted: number): Entry[] {
  const last = entries.at(-1);
  return last && last[0] >= at
    ? [...entries.slice(0, -1), [last[0], last[1] + granted]]
    : [...entries, [at, granted]];
}

/** As it is stored: JSON, with the time after which the row is of no use. */
export function writeEntries(entries: readonly Entry[], until: number): string {
  return JSON.stringify({ until, entries });
}

/** Reads what was stored; nothing for what has another shape. */
export function readEntries(text: string | undefined): Entry[] {
  const stored: unknown = JSON.parse(text ?? 'null');
  return isStored(stored) ? [...stored.entries] : [];
}

function isStored(value: unknown): value is { entries: readonly Entry[] } {
  return typeof value === 'object' && value !== null && 'entries' in value && Array.isArray(value.entries);
}
