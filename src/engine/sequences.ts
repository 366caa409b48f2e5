/** Keeps a sequence to one card: where a channel cannot replace what it shows, a later message stands on its page alone. */
import { SEQUENCE_MS } from '#src/core/sequence-span.js';
import type { ClaimedDelivery } from '#src/store/claims.js';
import type { Db } from '#src/store/open.js';
import type { DeliveryResult } from '#src/store/outbox.js';
import { listSiblings } from '#src/store/sequences.js';
import { toReturned, toStopped } from './results.js';

/** So long a later message waits for the end of one that is being sent, in milliseconds. */
const WAIT_MS = 5_000;

const SHOWN = {
  state: 'cancelled',
  code: 'replaced',
  why: '同一序列已有一张卡片，它的页面显示最新的内容 A card of this sequence is there: its page shows what is newest',
} as const;

/**
 * What becomes of a delivery whose sequence has a card already, or may soon have one; null: it goes out. Of two that are
 * under way at once the older one goes.
 */
export async function holdForSequence(
  db: Db,
  { delivery, sequence, now }: { delivery: ClaimedDelivery; sequence: string; now: number },
): Promise<DeliveryResult | null> {
  const messageId = delivery.messageId ?? 0;
  const siblings = await listSiblings(db, {
    messageId,
    sequence,
    personId: delivery.personId ?? 0,
    channel: delivery.channel,
    spanMs: SEQUENCE_MS,
  });
  if (siblings.some(({ state }) => state === 'sent')) {
    return toStopped(delivery, { ...SHOWN, at: now });
  }
  const isBehind = siblings.some((one) => one.messageId < messageId);
  return isBehind ? { ...toReturned(delivery), dueAt: now + WAIT_MS } : null;
}
