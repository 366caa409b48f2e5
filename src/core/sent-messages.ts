/** Messages that a person's own key sent, as their sender asks for them: by a read key, or counted for a quota. */
import { equalsInConstantTime, keyedHash } from '#src/lib/hash.js';
import type { CoreDeps } from './deps.js';
import type { Attempt, MessageExtras } from './types.js';

/** A sent message with how it fared. */
export interface SentMessage {
  id: number;
  /** The dialect's name. */
  source: string;
  /** Empty when the page was taken down, as is the body. */
  title: string;
  body: string;
  extras: MessageExtras;
  createdAt: Date;
  /** When the last delivery ended; the time of making while none has. */
  updatedAt: Date;
  deliveries: SentDelivery[];
}

/** One delivery of it, in the order they were made. */
export interface SentDelivery {
  channel: string;
  state: string;
  /** The platform's own id of the message; empty while it has none. */
  ref: string;
  attempts: Attempt[];
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** About 119 bits. */
const READ_KEY_LENGTH = 20;
/** More channels than these no message has. */
const MAX_DELIVERIES = 20;

/** Makes the verbs; `hashKey` is the server's own. */
export function createSentMessages({ db, hashKey }: CoreDeps) {
  /** What the sender of a message shows to ask for it again: letters and digits, nothing that is stored. */
  function readKeyOf(messageId: number): string {
    const digits = Buffer.from(keyedHash(hashKey, `read:${messageId}`), 'hex');
    return [...digits.subarray(0, READ_KEY_LENGTH)]
      .map((byte) => ALPHABET[byte % ALPHABET.length] ?? '')
      .join('');
  }

  /** The message that a read key belongs to; null for a wrong key, and when the message is gone. */
  async function findSent(messageId: number, readKey: string): Promise<SentMessage | null> {
    if (!Number.isSafeInteger(messageId) || !equalsInConstantTime(readKeyOf(messageId), readKey)) {
      return null;
    }
    const id = BigInt(messageId);
    const row = await db.message.findUnique({ where: { id } });
    if (!row) {
      return null;
    }
    const rows = await db.delivery.findMany({
      where: { messageId: id },
      orderBy: { id: 'asc' },
      take: MAX_DELIVERIES,
    });
    const ends = rows.flatMap((delivery) => delivery.finishedAt?.getTime() ?? []);
    return {
      id: messageId,
      source: row.source,
      title: row.title,
      body: row.body,
      extras: readExtras(row.extras),
      createdAt: row.createdAt,
      updatedAt: new Date(Math.max(row.createdAt.getTime(), ...ends)),
      deliveries: rows.map(({ channel, state, ref, attempts }) => ({
        channel,
        state,
        ref: ref ?? '',
        attempts: JSON.parse(attempts) as Attempt[],
      })),
    };
  }

  /** How many messages a person's own keys sent by one dialect since a moment (milliseconds). */
  function countSent(senderId: number, source: string, since: number): Promise<number> {
    return db.message.count({
      where: { senderId: BigInt(senderId), source, createdAt: { gte: new Date(since) } },
    });
  }

  return { readKeyOf, findSent, countSent };
}

/** The parameters that the door in kept with a message; none where it kept none. */
export function readExtras(stored: string | null): MessageExtras {
  return stored === null ? {} : (JSON.parse(stored) as MessageExtras);
}
