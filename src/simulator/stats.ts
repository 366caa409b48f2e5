/** Counts the platform calls by path, cheaply enough for a million of them. */

/** Hostile callers may invent paths; beyond so many they are counted together. */
const MAX_PATHS = 2_000;
const OTHER = '(other)';

/** The counters of one path. */
export interface CallCounts {
  count: number;
  /** Non-zero errcodes and statuses outside 200..299. */
  errors: number;
  /** Distinct client_msg_ids among the calls that were understood. */
  distinct: number;
}

/** The counters of one simulator. */
export interface Stats {
  /** Counts a call as begun; call the answer when it is over. */
  begin(path: string): (ending: { isError: boolean; clientMsgId?: string }) => void;
  /** Adds to a counter of its own, such as the pushes sent. */
  add(name: string, by?: number): void;
  /** All counters, as the control API shows them. */
  read(): { calls: Record<string, CallCounts>; inflightMax: Record<string, number> } & Record<
    string,
    unknown
  >;
  /** Back to zero. */
  clear(): void;
}

interface PathCounts extends CallCounts {
  inflight: number;
  inflightMax: number;
  seen: Set<number> | undefined;
}

/** Makes the counters, all zero. */
export function createStats(): Stats {
  let paths = new Map<string, PathCounts>();
  let extras = new Map<string, number>();
  return {
    begin: (path) => {
      const counts = countsOf(paths, path);
      counts.count += 1;
      counts.inflight += 1;
      counts.inflightMax = Math.max(counts.inflightMax, counts.inflight);
      return ({ isError, clientMsgId }) => {
        counts.inflight -= 1;
        counts.errors += isError ? 1 : 0;
        if (clientMsgId !== undefined) {
          counts.seen ??= new Set();
          counts.seen.add(hashText(clientMsgId));
        }
      };
    },
    add: (name, by = 1) => {
      extras.set(name, (extras.get(name) ?? 0) + by);
    },
    read: () => {
      const calls: Record<string, CallCounts> = {};
      const inflightMax: Record<string, number> = {};
      for (const [path, counts] of paths) {
        calls[path] = { count: counts.count, errors: counts.errors, distinct: counts.seen?.size ?? 0 };
        inflightMax[path] = counts.inflightMax;
      }
      return { calls, inflightMax, ...Object.fromEntries(extras) };
    },
    clear: () => {
      paths = new Map();
      extras = new Map();
    },
  };
}

function countsOf(paths: Map<string, PathCounts>, path: string): PathCounts {
  const known = paths.get(path);
  if (known) {
    return known;
  }
  if (paths.size >= MAX_PATHS && path !== OTHER) {
    return countsOf(paths, OTHER);
  }
  const fresh = { count: 0, errors: 0, distinct: 0, inflight: 0, inflightMax: 0, seen: undefined };
  paths.set(path, fresh);
  return fresh;
}

/**
 * A 53-bit number for a text: a fixed hash, not a secure one. Among a million different texts the chance of two equal
 * numbers is about one in 18,000, and a set of numbers is several times smaller than a set of texts.
 */
export function hashText(text: string): number {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x85ebca77);
    high = Math.imul(high ^ unit, 0xc2b2ae3d);
  }
  low = Math.imul(low ^ (low >>> 16), 0x735a2d97) ^ Math.imul(high ^ (high >>> 15), 0xcaf649a9);
  high = Math.imul(high ^ (high >>> 16), 0x735a2d97) ^ Math.imul(low ^ (low >>> 15), 0xcaf649a9);
  return (high >>> 11) * 0x100000000 + (low >>> 0);
}
