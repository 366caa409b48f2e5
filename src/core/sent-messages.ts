/** Messages that a person's own key sent, as their sender asks for them: by a read key, or counted for a quota. */
import { equalsInConstantTime, keyedHash } from '#src/lib/hash.js';
import type { Message as MessageRow } from '#src/store/generated/client.js';
import { both, query, type Sql } from '#src/store/sql.js';
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';
import { type MessageState, toMessageState, toTakenDown } from './message-state.js';
import type { Attempt, Audience, MessageExtras } from './types.js';

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

/** What a person's own keys sent by one dialect. */
export interface Sender {
  personId: number;
  /** The dialect's name. */
  source: string;
}

/** One line of the list of what somebody sent. */
export interface SentHead {
  id: number;
  title: string;
  /** The topics it went to. */
  topicIds: readonly number[];
  state: MessageState;
  extras: MessageExtras;
  /** When its last delivery ended; the time of making while it is under way. */
  updatedAt: Date;
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

/** Makes the verbs. */
export function createSentMessages({ db, clock, box }: CoreDeps) {
  /** What the sender of a message shows to ask for it again: letters and digits, nothing that is stored. */
  function readKeyOf(messageId: number): string {
    return readKeysOf(messageId)[0] ?? '';
  }

  /** The first is told, all of them are understood. */
  function readKeysOf(messageId: number): string[] {
    return box.keysFor('hash').map((key) => spellReadKey(keyedHash(key, `read:${messageId}`)));
  }

  /** The message that a read key belongs to; null for a wrong key, and when the message is gone. */
  async function findSent(messageId: number, readKey: string): Promise<SentMessage | null> {
    if (
      !Number.isSafeInteger(messageId) ||
      !readKeysOf(messageId).some((own) => equalsInConstantTime(own, readKey))
    ) {
      return null;
    }
    const id = BigInt(messageId);
    const row = await db.message.findUnique({ where: { id } });
    if (!row) {
      return null;
    }
    const rows = await findDeliveries(id);
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

  function findDeliveries(messageId: bigint) {
    return db.delivery.findMany({ where: { messageId }, orderBy: { id: 'asc' }, take: MAX_DELIVERIES });
  }

  /** A page of what a person sent and has not taken down, newest first. */
  async function listSent({ personId, source }: Sender, page: { skip: number; take: number }) {
    const where = { senderId: BigInt(personId), source, deletedAt: null };
    const [total, rows] = await Promise.all([
      db.message.count({ where }),
      db.message.findMany({ where, orderBy: { id: 'desc' }, ...page }),
    ]);
    return { total, items: rows.map(toHead) };
  }

  /**
   * One message that a person sent and has not taken down, and why nobody got it; empty where somebody did or still may.
   * Throws not_found.
   */
  async function getSent(sender: Sender, messageId: number): Promise<SentHead & { why: string }> {
    const row = await db.message.findFirst({ where: toWhere(sender, messageId) });
    if (!row) {
      throw notFound('消息 Message');
    }
    const head = toHead(row);
    const isLost = head.state === 'failed' || head.state === 'cancelled' || head.state === 'unknown';
    return { ...head, why: isLost ? whyOf(await findDeliveries(row.id)) : '' };
  }

  /** Takes the page of a message down for all receivers; what was delivered stays. Throws not_found. */
  async function takeDown(sender: Sender, messageId: number): Promise<void> {
    // Quotas count by the channel in the extras, and who pays for a text message stands there; no text does.
    const { extras: _kept, ...blank } = toTakenDown(clock.now());
    const { count } = await db.message.updateMany({
      where: toWhere(sender, messageId),
      data: blank,
    });
    if (count === 0) {
      throw notFound('消息 Message');
    }
  }

  /** How many messages somebody sent since a moment (milliseconds), by the channel that their door kept in its extras. */
  async function countByChannel({ personId, source }: Sender, since: number): Promise<Map<string, number>> {
    const rows = await query<{ channel: string | null; count: bigint | number }>(
      db,
      countByChannelOf(source),
      personId,
      source,
      since,
    );
    return new Map(rows.map(({ channel, count }) => [channel ?? '', Number(count)]));
  }

  return { readKeyOf, findSent, countSent, listSent, getSent, takeDown, countByChannel };
}

/** The door's name comes from the code, never from a caller. */
function countByChannelOf(source: string): Sql {
  return both(
    (q) => `SELECT ${q.pick('"extras"', [source, 'channel'])} AS "channel", count(*) AS "count" FROM "Message"
       WHERE "senderId" = ? AND "source" = ? AND "createdAt" >= ${q.time()} GROUP BY 1`,
  );
}

function toWhere({ personId, source }: Sender, messageId: number) {
  const id = Number.isSafeInteger(messageId) && messageId > 0 ? BigInt(messageId) : 0n;
  return { id, senderId: BigInt(personId), source, deletedAt: null };
}

function toHead(row: MessageRow): SentHead {
  const audience = JSON.parse(row.audience) as Audience;
  return {
    id: Number(row.id),
    title: row.title,
    topicIds: audience.topics,
    state: toMessageState(row),
    extras: readExtras(row.extras),
    updatedAt: row.finishedAt ?? row.createdAt,
  };
}

/** What the last try of the first delivery that says anything came to. */
function whyOf(deliveries: readonly { attempts: string }[]): string {
  const lasts = deliveries.flatMap(({ attempts }) => (JSON.parse(attempts) as Attempt[]).at(-1) ?? []);
  const said = lasts.map(({ code = '', detail = '' }) => detail || code).find((text) => text !== '');
  return said ?? '消息没有发出 It was not sent';
}

/** The parameters that the door in kept with a message; none where it kept none. */
export function readExtras(stored: string | null): MessageExtras {
  return stored === null ? {} : (JSON.parse(stored) as MessageExtras);
}

function spellReadKey(hash: string): string {
  return [...Buffer.from(hash, 'hex').subarray(0, READ_KEY_LENGTH)]
    .map((byte) => ALPHABET[byte % ALPHABET.length] ?? '')
    .join('');
}
