/** Reads the rows of the database at the end, when no server runs. */
import type { Attempt } from '#src/core/types.js';
import { openStore } from '#src/store/open.js';

/** A message's row. */
export interface StoredMessage {
  id: number;
  text: string;
  total: number;
  /** Deliveries that came to their end, by how. */
  ended: number;
}

/** A delivery's row. */
export interface StoredDelivery {
  uid: string;
  state: string;
  attempts: readonly Attempt[];
  /** Why its last try did not go well; empty where it did. */
  lastReason: string;
}

/** What the ledger asks of the database. */
export interface Rows {
  messages: StoredMessage[];
  deliveriesOf: Map<number, StoredDelivery[]>;
  /** UIDs by openid. */
  uidOf: Map<string, string>;
  /** Rows that should have come to an end, a sentence for each kind. */
  unended: string[];
}

/** How a delivery ends. */
const ENDS = ['sent', 'failed', 'cancelled', 'unknown'];

/** Opens the database, reads, and closes it. */
export async function readRows(databaseUrl: string): Promise<Rows> {
  const store = await openStore(databaseUrl);
  try {
    const { db } = store;
    const messages = await db.message.findMany();
    const deliveries = await db.delivery.findMany({ where: { messageId: { not: null } } });
    const people = new Map((await db.person.findMany()).map(({ id, uid }) => [id, uid]));
    const identities = await db.identity.findMany();
    const counts = [
      ['messages', await db.message.count({ where: { state: { notIn: ['done', 'cancelled'] } } })],
      ['deliveries', await db.delivery.count({ where: { state: { notIn: ENDS } } })],
      ['events', await db.event.count({ where: { state: 'new' } })],
    ] as const;
    const deliveriesOf = new Map<number, StoredDelivery[]>();
    for (const row of deliveries) {
      const id = Number(row.messageId);
      const attempts = JSON.parse(row.attempts) as Attempt[];
      const last = attempts.at(-1);
      const lastReason =
        last && last.outcome !== 'sent' ? `${last.code ?? ''} ${last.detail ?? ''}`.trim() : '';
      const uid = people.get(row.personId ?? 0n) ?? '';
      const delivery = { uid, state: row.state, attempts, lastReason };
      const others = deliveriesOf.get(id);
      if (others) {
        others.push(delivery);
      } else {
        deliveriesOf.set(id, [delivery]);
      }
    }
    return {
      messages: messages.map((row) => {
        const { id, title, summary, body, total, sent, failed, cancelled, unknown } = row;
        const ended = sent + failed + cancelled + unknown;
        return { id: Number(id), text: `${title} ${summary} ${body}`, total, ended };
      }),
      deliveriesOf,
      uidOf: new Map(identities.map((row) => [row.externalId, people.get(row.personId) ?? ''])),
      unended: counts.flatMap(([what, count]) => (count > 0 ? [`${count} ${what} have come to no end`] : [])),
    };
  } finally {
    await store.close();
  }
}
