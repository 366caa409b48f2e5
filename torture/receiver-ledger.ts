/** The ledger of one message to one receiver: once, or with a reason not at all; and what nobody knows is not tried again. Pure. */
import type { Break } from './faults/blow.js';
import type { Showing } from './journal.js';
import { saysYes, type WayName, wayOf } from './receivers.js';
import type { StoredDelivery } from './rows.js';
import type { WireTry } from './wire.js';

/** What is known of it. */
export interface Received {
  way: WayName;
  delivery: StoredDelivery | undefined;
  shown: readonly Showing[];
  tries: readonly WireTry[];
  /** When it was asked for, in real milliseconds since the epoch. */
  askedAt: number;
  breaks: readonly Break[];
  /** What a right clock showed at a real time. */
  toWorld(realAt: number): number;
}

const FINAL = ['sent', 'failed', 'cancelled', 'unknown'];
/** A request that was under way when something broke had begun this long before, at most. */
const UNDER_WAY_MS = 5000;
/**
 * With these a process ends, sleeps or is cut off with what it has in hand, so that nobody else can know what became of it; or a request
 * breaks off before it is whole.
 */
const CUTS_SHORT = [
  ...['kill', 'start', 'elsewhere', 'freeze', 'upgrade', 'backup', 'restore', 'damage', 'wire'],
  ...['cut', 'apart', 'restart', 'readonly', 'connections'],
];
const MINUTE_MS = 60_000;
/** Time passes in leaps, of which a rest may need several. */
const MOST_STILL_MINUTES = 90;
/** Not by HTTP, so the wire knows nothing of it. */
const UNWIRED: readonly WayName[] = ['mail'];

/** Everything that is not as promised, one sentence each. */
export function judgeReceiver(received: Received): string[] {
  const { delivery, shown } = received;
  if (!delivery) {
    return ['no delivery was made'];
  }
  if (!FINAL.includes(delivery.state)) {
    return [`the delivery is still ${delivery.state}`];
  }
  if (delivery.state !== 'sent' && delivery.lastReason === '') {
    return [`${delivery.state} without a reason`];
  }
  if (delivery.state === 'sent' && shown.length === 0) {
    const tries = delivery.attempts.map((attempt) => JSON.stringify(attempt)).join(' ');
    return [`recorded as sent, and nobody saw it: ${tellTimes(received)}; its trace: ${tries}`];
  }
  const { dropsRepeats } = wayOf(received.way);
  const most = dropsRepeats ? 1 : Math.max(1, delivery.attempts.length) + countForgotten(received);
  const isStrict = !isForgotten(received);
  return [
    ...(shown.length > most
      ? [`showed ${shown.length} times, ${most} at most could be: ${tellTimes(received)}`]
      : []),
    ...(isStrict && !dropsRepeats ? findRepeats(received) : []),
    ...(isStrict ? findUntraced(received, delivery) : []),
    ...findStandstill(received),
    ...(delivery.state === 'unknown' && !couldBeUnknown(received)
      ? [`unknown, and its fate was known: ${JSON.stringify(received.tries)}`]
      : []),
  ];
}

/** When it showed and was tried, by the world's time after it was asked for, and what broke meanwhile. */
function tellTimes({ shown, tries, breaks, askedAt, toWorld }: Received): string {
  const seconds = (at: number): string => `${((toWorld(at) - toWorld(askedAt)) / 1000).toFixed(1)} s`;
  const last = Math.max(...[...shown, ...tries].map(({ at }) => at));
  const around = breaks.filter(({ from, to }) => to >= askedAt && from <= last);
  return [
    `shown ${shown.map(({ at }) => seconds(at)).join(', ')}`,
    `tried ${tries.map(({ at, answer }) => `${seconds(at)} ${answer?.status ?? 'unseen'}`).join(', ')}`,
    `broken ${around.map(({ kind, from, to }) => `${kind} ${seconds(from)} to ${seconds(to)}`).join(', ')}`,
  ].join('; ');
}

/** Where repeats show, nothing is sent again that was answered with yes, or whose answer nobody saw. */
function findRepeats(received: Received): string[] {
  const { way, tries } = received;
  if (wayOf(way).isRatherTwice && diedNear(received)) {
    // What was answered to a process that died of it nobody knows, and it was chosen that it comes again then.
    return [];
  }
  return tries.slice(0, -1).flatMap(({ answer, asksForCheck }) => {
    if (asksForCheck) {
      return [];
    }
    if (answer === null) {
      return wayOf(way).isRatherTwice
        ? []
        : ['tried again although nobody knew what had become of the last try'];
    }
    return saysYes(way, answer) ? ['tried again after the answer that it is there'] : [];
  });
}

/** What may have shown is in the trace. A try may take several calls: those that were refused are no showing. */
function findUntraced({ way, tries }: Received, delivery: StoredDelivery): string[] {
  const grave = tries.filter(({ answer }) => answer === null || saysYes(way, answer)).length;
  const traced = delivery.attempts.length;
  return grave > traced ? [`${grave} tries may have shown it, and the trace has ${traced}`] : [];
}

/** Nothing stands still for long once what was broken is mended; the longest rest of a queue is ten minutes. */
function findStandstill({ tries, askedAt, breaks, toWorld }: Received): string[] {
  const [first] = tries;
  const mended = Math.max(
    askedAt,
    ...breaks.flatMap(({ from, to }) => (first && from <= first.at ? [Math.min(to, first.at)] : [])),
  );
  const waited = first ? Math.round((toWorld(first.at) - toWorld(mended)) / MINUTE_MS) : 0;
  return waited > MOST_STILL_MINUTES ? [`stood still for ${waited} minutes before its first try`] : [];
}

function couldBeUnknown(received: Received): boolean {
  const { way, tries } = received;
  return UNWIRED.includes(way) || tries.some(({ answer }) => answer === null) || diedNear(received);
}

/** Whether what a process had in hand may be lost with it: around the tries, or at any time where the wire saw none. */
function diedNear({ tries, breaks }: Received): boolean {
  return breaks.some(({ kind, from, to }) => {
    const isNear = tries.some(({ at }) => at >= from - UNDER_WAY_MS && at <= to + UNDER_WAY_MS);
    return CUTS_SHORT.includes(kind) && (isNear || tries.length === 0);
  });
}

/** A database that was put back knows nothing of what was sent since its backup was made. */
function isForgotten(received: Received): boolean {
  return countForgotten(received) > 0;
}

function countForgotten({ shown, tries, breaks }: Received): number {
  const times = [...shown, ...tries].map(({ at }) => at);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return breaks.filter(
    ({ kind, from, to }) => kind === 'restore' && from <= last && to >= first - UNDER_WAY_MS,
  ).length;
}
