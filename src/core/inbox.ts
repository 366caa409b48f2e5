/** The inbox: makes sure that each push of a platform is worked on once, also when the platform repeats it or we crash. */
import { createBatcher } from '#src/lib/batcher.js';
import { randomHex } from '#src/lib/ids.js';
import type { SecretBox } from '#src/lib/secret-box.js';
import { providerOf } from '#src/store/db.js';
import { claimInbound, finishInbound, releaseInbound, spendInbound } from '#src/store/inbound.js';
import { insertReceipts } from '#src/store/receipts.js';
import type { CoreDeps } from './deps.js';

/** What a claim says: work on it, or it is being worked on, or it is done with this reply. */
export type InboundClaim = { kind: 'mine' } | { kind: 'running' } | { kind: 'done'; reply: string | null };

/** A reply, and the platform's name of the person it was written for. */
export interface WrittenReply {
  to: string;
  text: string;
}

/** The verbs of the inbox. */
export type Inbox = ReturnType<typeof createInbox>;

const MAX_BATCH = 500;

/**
 * Where there are other processes, one that has not finished a push after this is taken for dead. A platform tries a second time
 * after five seconds and a last time after ten: that try must find the push free.
 */
const STALE_MS = 8_000;

/** Makes the verbs of the inbox. `bootedAt`: where there is one process, claims older than it belong to a dead one. */
export function createInbox({ db, clock, box, wake }: CoreDeps, bootedAt: number) {
  const isAlone = providerOf(db) === 'sqlite';
  const claims = createBatcher({
    run: async (items: { key: string; to: string; owner: string; at: number }[]): Promise<InboundClaim[]> => {
      const rows = await claimInbound(db, items, isAlone ? bootedAt : clock.now() - STALE_MS);
      return items.map(({ key, to, owner }) => {
        const row = rows.get(key);
        if (row?.done) {
          return { kind: 'done', reply: row.reply === null ? null : openReply(box, row.reply, to) };
        }
        return row?.owner === owner ? { kind: 'mine' } : { kind: 'running' };
      });
    },
    maxItems: MAX_BATCH,
  });
  const finishes = createBatcher({
    run: async (items: { key: string; reply: string | null; at: number }[]) => {
      await finishInbound(db, items);
      return items.map(() => undefined);
    },
    maxItems: MAX_BATCH,
  });
  const spends = createBatcher({
    run: async (items: { key: string; owner: string; at: number }[]) => {
      const owners = await spendInbound(db, items);
      return items.map(({ key, owner }) => owners.get(key) === owner);
    },
    maxItems: MAX_BATCH,
  });
  const receipts = createBatcher({
    run: async (items: { ref: string; status: string; at: number }[]) => {
      await insertReceipts(db, items);
      wake();
      return items.map(() => undefined);
    },
    maxItems: MAX_BATCH,
  });

  /**
   * Claims a push by its deduplication key before any work is done. The work that follows must be safe to repeat: it is,
   * after a crash. `to` is who sent the push: nobody else is given the reply that was kept for it.
   */
  function claim(key: string, to: string): Promise<InboundClaim> {
    return claims({ key, to, owner: randomHex(8), at: clock.now() });
  }

  /** Marks a claimed push as done; `reply` is what a repeat of it is answered. */
  async function finish(key: string, reply: WrittenReply | null): Promise<void> {
    await finishes({ key, reply: reply === null ? null : sealReply(box, reply), at: clock.now() });
  }

  /** Gives a claim back whose work failed, so that the platform's next try is worked on. */
  function release(key: string): Promise<void> {
    return releaseInbound(db, [key]);
  }

  /**
   * Whether a signature that covers no content came with this content the first time, here or at another process. The content
   * is given by its hash.
   */
  function serveOnce(signature: string, contentHash: string): Promise<boolean> {
    return spends({ key: `once|${signature}`, owner: contentHash, at: clock.now() });
  }

  /** Keeps a platform's later word on a send (`status` is `confirmed` or the reason of its denial). */
  async function keepReceipt(ref: string, status: string): Promise<void> {
    await receipts({ ref, status, at: clock.now() });
  }

  return { claim, finish, release, serveOnce, keepReceipt };
}

/** Sealed, since a reply may hold a link to somebody's keys; with its reader's name, which has no line breaks, before it. */
function sealReply(box: SecretBox, { to, text }: WrittenReply): string {
  return box.seal(`${to}\n${text}`);
}

/** The reply where it was written for this reader, and null for anybody else, whatever the key of the push says. */
function openReply(box: SecretBox, sealed: string, to: string): string | null {
  const kept = box.open(sealed);
  return kept.startsWith(`${to}\n`) ? kept.slice(to.length + 1) : null;
}
