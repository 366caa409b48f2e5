/** What will go wrong in a run, when, and how: drawn from the seed before anything starts. */
import type { Random } from './random.js';

/** A fault of the simulator, as its control API takes it. */
export interface PlatformFault {
  path: string;
  count: number;
  errcode?: number;
  status?: number;
  hang?: number;
  drop?: boolean;
  latencyMs?: number;
  /** It does what was asked, and then fails: nobody can know. */
  after?: boolean;
}

/** Something that goes wrong. Times are milliseconds. */
export type Blow =
  | { kind: 'kill'; target: number }
  | { kind: 'freeze'; target: number; forMs: number }
  | { kind: 'platform'; fault: PlatformFault }
  | { kind: 'clock'; byMs: number }
  | { kind: 'disk'; how: 'full' | 'refuses'; forMs: number }
  | { kind: 'cut'; forMs: number };

/** The kinds of blow. */
export type BlowKind = Blow['kind'];

/** A blow and when it falls, counted from the start of the traffic. */
export type PlannedBlow = Blow & { atMs: number };

/** All kinds that a database allows: a disk that fills up is SQLite's own, a cut line needs one. */
export function kindsFor(database: 'sqlite' | 'postgresql'): readonly BlowKind[] {
  return [
    'kill',
    'platform',
    database === 'sqlite' ? 'disk' : 'cut',
    'clock',
    'platform',
    'freeze',
    'platform',
  ];
}

/** The clock is never further off than this: platforms refuse what is ten minutes old. */
const MOST_OFF_MS = 180_000;
const EVERY_MS = 2000;

const SEND = '/wechat/cgi-bin/message/template/send';
const TOKEN = '/wechat/cgi-bin/stable_token';
const HOOKS = '/webhook/';

/** Draws the blows of a run: each kind in turn, at uneven times. */
export function planBlows(
  random: Random,
  run: { trafficMs: number; kinds: readonly BlowKind[]; processes: number },
): PlannedBlow[] {
  const count = run.kinds.length === 0 ? 0 : Math.max(run.kinds.length, Math.floor(run.trafficMs / EVERY_MS));
  const gap = run.trafficMs / (count + 1);
  const order = random.sample(run.kinds, run.kinds.length);
  let offMs = 0;
  return Array.from({ length: count }, (_, at) => {
    const kind = order[at % order.length] ?? 'kill';
    const blow = drawBlow(random, { kind, processes: run.processes, offMs, gap });
    offMs += blow.kind === 'clock' ? blow.byMs : 0;
    return { ...blow, atMs: Math.round(gap * (at + 0.5 + random.next())) };
  });
}

function drawBlow(
  random: Random,
  at: { kind: BlowKind; processes: number; offMs: number; gap: number },
): Blow {
  const forMs = Math.round(random.between(300, 1500) * Math.min(1, at.gap / 1000));
  switch (at.kind) {
    case 'kill':
      return { kind: 'kill', target: random.between(0, at.processes - 1) };
    case 'freeze':
      return { kind: 'freeze', target: random.between(0, at.processes - 1), forMs };
    case 'platform':
      return { kind: 'platform', fault: drawFault(random) };
    case 'clock': {
      const wanted = at.offMs + random.between(-90, 120) * 1000;
      return { kind: 'clock', byMs: Math.max(-MOST_OFF_MS, Math.min(MOST_OFF_MS, wanted)) - at.offMs };
    }
    case 'disk':
      return { kind: 'disk', how: random.pick(['full', 'refuses']), forMs };
    case 'cut':
      return { kind: 'cut', forMs };
  }
}

function drawFault(random: Random): PlatformFault {
  const count = random.between(3, 25);
  const faults: readonly PlatformFault[] = [
    { path: SEND, count, latencyMs: random.between(50, 1200) },
    { path: SEND, count, drop: true },
    { path: SEND, count, drop: true, after: true },
    { path: SEND, count, hang: random.between(200, 1500) },
    { path: SEND, count, hang: random.between(200, 1500), after: true },
    { path: SEND, count, status: random.pick([500, 502, 503, 429, 404]) },
    // Success by its status, and a body that is no answer.
    { path: SEND, count, status: 200, after: random.pick([true, false]) },
    { path: TOKEN, count: random.between(1, 4), status: 200 },
    // Busy, an ended token, one of nobody, and a number that no list knows.
    { path: SEND, count, errcode: random.pick([-1, 42001, 40001, -424242]) },
    { path: TOKEN, count: random.between(1, 4), errcode: -1 },
    { path: TOKEN, count: random.between(1, 4), drop: true },
    { path: HOOKS, count, drop: true, after: random.pick([true, false]) },
    { path: HOOKS, count, status: random.pick([500, 503, 404, 429]) },
    { path: HOOKS, count, hang: random.between(200, 1500), after: true },
  ];
  return random.pick(faults);
}
