/** Reads what there is of a sequence: messages of which a later one takes the place of the earlier. */
import type { Db } from './db.js';
import { both, query } from './sql.js';

/** More than these do not wait: each stops those before it. */
const MOST_OPEN = 100;

const OPEN = `SELECT "id" FROM "Message" WHERE "sequence" = ? AND "id" < ? AND "state" IN ('accepted', 'spreading', 'expanded')
     ORDER BY "id" DESC LIMIT ?`;

/** The messages of a sequence that have not all left, those before one message where one is named. */
export async function listOpen(
  db: Db,
  sequence: string,
  before = Number.MAX_SAFE_INTEGER,
): Promise<number[]> {
  const rows = await query<{ id: bigint }>(db, OPEN, sequence, before, MOST_OPEN);
  return rows.map((row) => Number(row.id));
}

/** Another delivery of a sequence to the same person by the same channel. */
export interface Sibling {
  messageId: number;
  /** `due` and `claimed` may still become a card, `sent` is one. */
  state: 'due' | 'claimed' | 'sent';
}

const SIBLINGS = both(
  (q) => `SELECT m."id" AS "messageId", d."state" FROM "Message" t
     JOIN "Message" m ON m."sequence" = t."sequence" AND m."id" <> t."id" AND m."deletedAt" IS NULL
     JOIN "Delivery" d ON d."messageId" = m."id" AND d."personId" = ? AND d."channel" = ? AND ${q.noIndex('d."state"')} IN ('due', 'claimed', 'sent')
     WHERE t."id" = ? AND t."sequence" = ?
       AND ${q.ms('coalesce(m."sendAt", m."createdAt")')} BETWEEN ${q.ms('coalesce(t."sendAt", t."createdAt")')} - ? AND ${q.ms('coalesce(t."sendAt", t."createdAt")')} + ?`,
);

/** The others of a message's sequence that went, or may go, to a person by a channel within a span around it. */
export async function listSiblings(
  db: Db,
  of: { messageId: number; sequence: string; personId: number; channel: string; spanMs: number },
): Promise<Sibling[]> {
  const { messageId, sequence, personId, channel, spanMs } = of;
  const rows = await query<{ messageId: bigint; state: Sibling['state'] }>(
    db,
    SIBLINGS,
    personId,
    channel,
    messageId,
    sequence,
    spanMs,
    spanMs,
  );
  return rows.map(({ messageId: id, state }) => ({ messageId: Number(id), state }));
}
