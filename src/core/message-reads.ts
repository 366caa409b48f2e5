/** Who read what: notes it when the address that one receiver was sent is opened. */
import { LRUCache } from 'lru-cache';
import { createBatcher } from '#src/lib/batcher.js';
import { atMost } from '#src/lib/cache-size.js';
import { type DeliveryRead, markRead } from '#src/store/reads.js';
import type { CoreDeps } from './deps.js';
import type { PageLinks } from './page-links.js';

/** A broadcast is opened by many within the same moment. */
const READS_PER_COMMIT = 500;
/** Pages are opened again and again: what was noted lately is not asked of the database. */
const KNOWN_READS = 50_000;

/** Makes the verb. */
export function createMessageReads({ db, clock }: CoreDeps, links: PageLinks) {
  const known = new LRUCache<number, true>(atMost(KNOWN_READS));
  const note = createBatcher<DeliveryRead, void>({
    maxItems: READS_PER_COMMIT,
    run: async (reads) => {
      await markRead(db, reads, clock.now());
      return reads.map(() => undefined);
    },
  });

  /** Notes, once, that the receiver of a page's personal address has read it. Any other key tells nothing. */
  async function noteRead(key: string): Promise<void> {
    const messageId = links.readKey(key);
    const deliveryId = links.readDelivery(key);
    if (messageId === null || deliveryId === null || known.has(deliveryId)) {
      return;
    }
    await note({ messageId, deliveryId });
    known.set(deliveryId, true);
  }

  return { noteRead };
}
