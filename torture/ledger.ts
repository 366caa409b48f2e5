/** The ledger: holds what was answered and what was seen against the rows of the database. Pure. */
import type { Break } from './faults/blow.js';
import type { Showing } from './journal.js';
import { COMMANDS_HOOK, FOLLOWS_HOOK, type Receiver } from './people.js';
import { judgeReceiver } from './receiver-ledger.js';
import type { Rows, StoredMessage } from './rows.js';
import type { Book, Sending } from './traffic.js';
import type { WireTry } from './wire.js';

/** All that is known at the end. */
export interface Evidence {
  book: Book;
  rows: Rows;
  showings: readonly Showing[];
  /** What was sent, as the wire saw it. */
  tries: readonly WireTry[];
  breaks: readonly Break[];
  /** What a right clock showed at a real time. */
  toWorld(realAt: number): number;
}

const MARKER = /m\d+x\d+z/;
/** Over a line to the database that was cut nobody knows what became of a commit. */
const CUTS_LINES = ['cut', 'apart', 'restart', 'readonly', 'connections'];

/** Everything that is not as promised, one sentence each. */
export function findProblems({ book, rows, showings, tries, breaks, toWorld }: Evidence): string[] {
  const byMarker = groupBy(rows.messages, ({ text }) => MARKER.exec(text)?.[0] ?? '');
  const seen = groupBy(showings, ({ where, text }) => `${where} ${MARKER.exec(text)?.[0] ?? ''}`);
  const sent = groupBy(tries, ({ where, marker }) => `${where} ${marker}`);
  return [
    ...rows.unended,
    ...book.sendings.flatMap((sending) => {
      const stored = byMarker.get(sending.marker) ?? [];
      return checkSending(sending, { stored, seen, sent, rows, breaks, toWorld });
    }),
    ...checkDeeds(book, rows, showings),
  ];
}

interface Around {
  stored: readonly StoredMessage[];
  seen: ReadonlyMap<string, readonly Showing[]>;
  sent: ReadonlyMap<string, readonly WireTry[]>;
  rows: Rows;
  breaks: readonly Break[];
  toWorld(realAt: number): number;
}

function checkSending(sending: Sending, around: Around): string[] {
  const name = `${sending.marker} (${sending.door}, ${sending.answer})`;
  const isRefused = sending.answer === 'refused';
  const shownTo = (person: Receiver): readonly Showing[] =>
    around.seen.get(`${person.where} ${sending.marker}`) ?? [];
  const dishonest =
    isRefused && !sending.isForNow ? [`${name}: refused without 503 and Retry-After: ${sending.said}`] : [];
  const [message, ...more] = around.stored;
  if (!message) {
    const shown = sending.to.flatMap(shownTo);
    return [
      ...dishonest,
      ...(sending.answer === 'accepted' ? [`${name}: answered with success, and there is no row`] : []),
      ...(shown.length > 0 ? [`${name}: ${shown.length} showed, and there is no row`] : []),
    ];
  }
  const deliveries = around.rows.deliveriesOf.get(message.id) ?? [];
  const { ended, total } = message;
  const isHalfDone = isRefused && !around.breaks.some(({ kind }) => CUTS_LINES.includes(kind));
  return [
    ...dishonest,
    ...(isHalfDone ? [`${name}: refused, and there is a row`] : []),
    ...(more.length > 0 ? [`${name}: ${more.length + 1} rows for one call`] : []),
    ...(ended === total && total === deliveries.length
      ? []
      : [`${name}: ${ended} of ${total} are counted as ended, with ${deliveries.length} deliveries`]),
    ...sending.to.flatMap((person) => {
      const delivery = person.uid === '' ? deliveries[0] : deliveries.find(({ uid }) => uid === person.uid);
      const tries = around.sent.get(`${person.where} ${sending.marker}`) ?? [];
      const shown = shownTo(person);
      return judgeReceiver({
        ...{ way: person.way, delivery, shown, tries, askedAt: sending.at },
        ...{ breaks: around.breaks, toWorld: around.toWorld },
      }).map((text) => `${name} to ${person.where}: ${text}`);
    }),
  ];
}

/** Each deed's callback came at least once, always with the same id. */
function checkDeeds(book: Book, rows: Rows, showings: readonly Showing[]): string[] {
  const came = (hook: string, needle: string): Showing[] =>
    showings.filter(({ where, text }) => where === hook && text.includes(`"${needle}"`));
  return book.deeds.flatMap(({ kind, marker }) => {
    const uid = rows.uidOf.get(marker) ?? '';
    const found = kind === 'command' ? came(COMMANDS_HOOK, marker) : came(FOLLOWS_HOOK, uid);
    const ids = new Set(found.map(({ webhookId }) => webhookId));
    if (found.length === 0) {
      return [`${kind} of ${marker}: answered, and no callback came`];
    }
    return ids.size > 1 ? [`${kind} of ${marker}: callbacks with different ids ${[...ids].join(', ')}`] : [];
  });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) {
      group.push(item);
    } else {
      groups.set(key, [item]);
    }
  }
  return groups;
}
