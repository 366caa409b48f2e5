/** The ledger: holds what was answered and what was seen against the rows of the database. Pure. */
import type { Break } from './blows.js';
import type { Showing } from './journal.js';
import { COMMANDS_HOOK, FOLLOWS_HOOK, type Receiver } from './people.js';
import type { Rows, StoredDelivery, StoredMessage } from './rows.js';
import type { Book, Sending } from './traffic.js';

/** All that is known at the end. */
export interface Evidence {
  book: Book;
  rows: Rows;
  showings: readonly Showing[];
  breaks: readonly Break[];
}

const MARKER = /m\d+x\d+z/;
/** A request that was under way when something broke had begun this long before, at most. */
const UNDER_WAY_MS = 5000;
const FINAL = ['sent', 'failed', 'cancelled'];

/** Everything that is not as promised, one sentence each. */
export function findProblems({ book, rows, showings, breaks }: Evidence): string[] {
  const byMarker = groupBy(rows.messages, ({ text }) => MARKER.exec(text)?.[0] ?? '');
  const seen = groupBy(showings, ({ where, text }) => `${where} ${MARKER.exec(text)?.[0] ?? ''}`);
  return [
    ...rows.unended,
    ...book.sendings.flatMap((sending) => {
      const stored = byMarker.get(sending.marker) ?? [];
      return checkSending(sending, { stored, seen, rows, breaks });
    }),
    ...checkDeeds(book, rows, showings),
  ];
}

interface Around {
  stored: readonly StoredMessage[];
  seen: ReadonlyMap<string, readonly Showing[]>;
  rows: Rows;
  breaks: readonly Break[];
}

function checkSending(sending: Sending, around: Around): string[] {
  const name = `${sending.marker} (${sending.door}, ${sending.answer})`;
  const isRefused = sending.answer === 'refused';
  const dishonest =
    isRefused && !sending.isForNow ? [`${name}: refused without 503 and Retry-After: ${sending.said}`] : [];
  const [message, ...more] = around.stored;
  if (!message) {
    const shown = sending.to.flatMap(
      (person) => around.seen.get(`${placeOf(person)} ${sending.marker}`) ?? [],
    );
    return [
      ...dishonest,
      ...(sending.answer === 'accepted' ? [`${name}: answered with success, and there is no row`] : []),
      ...(shown.length > 0 ? [`${name}: ${shown.length} showed, and there is no row`] : []),
    ];
  }
  const deliveries = around.rows.deliveriesOf.get(message.id) ?? [];
  const { sent, failed, cancelled, total } = message;
  // Over a line that was cut nobody knows what became of a commit.
  const isHalfDone = isRefused && !around.breaks.some(({ kind }) => kind === 'cut');
  return [
    ...dishonest,
    ...(isHalfDone ? [`${name}: refused, and there is a row`] : []),
    ...(more.length > 0 ? [`${name}: ${more.length + 1} rows for one call`] : []),
    ...(sent + failed + cancelled === total && total === deliveries.length
      ? []
      : [
          `${name}: counts ${sent} + ${failed} + ${cancelled} of ${total}, with ${deliveries.length} deliveries`,
        ]),
    ...sending.to.flatMap((person) => {
      const delivery = deliveries.find(({ uid }) => uid === person.uid);
      const shown = around.seen.get(`${placeOf(person)} ${sending.marker}`) ?? [];
      return checkReceiver(`${name} to ${placeOf(person)}`, {
        person,
        delivery,
        shown,
        breaks: around.breaks,
      });
    }),
  ];
}

interface Received {
  person: Receiver;
  delivery: StoredDelivery | undefined;
  shown: readonly Showing[];
  breaks: readonly Break[];
}

/** Once, or with a reason not at all. Only a webhook may see a message twice, when something broke in between. */
function checkReceiver(name: string, { person, delivery, shown, breaks }: Received): string[] {
  if (!delivery) {
    return [`${name}: no delivery was made`];
  }
  if (!FINAL.includes(delivery.state)) {
    return [`${name}: the delivery is still ${delivery.state}`];
  }
  if (delivery.state !== 'sent' && delivery.lastReason === '') {
    return [`${name}: ${delivery.state} without a reason`];
  }
  if (delivery.state === 'sent' && shown.length === 0) {
    return [`${name}: recorded as sent, and nobody saw it`];
  }
  const most = person.hook === null ? 1 : Math.max(1, delivery.tries) + countBreaks(shown, breaks);
  return shown.length > most ? [`${name}: showed ${shown.length} times, ${most} at most could be`] : [];
}

function countBreaks(shown: readonly Showing[], breaks: readonly Break[]): number {
  const times = shown.map(({ at }) => at);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return breaks.filter(({ from, to }) => from <= last && to >= first - UNDER_WAY_MS).length;
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

function placeOf({ hook, openid }: Receiver): string {
  return hook ?? openid;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
