/** Messages: reading what was accepted, its state, its page, and taking the page down. */
import { ID_STRIDE } from '#src/lib/ids.js';
import type { Message as MessageRow } from '#src/store/generated/client.js';
import { type RareState, readPart } from '#src/store/message-deliveries.js';
import { query } from '#src/store/sql.js';
import { readAttempts } from './attempts.js';
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';
import { createMessageControl } from './message-control.js';
import { createMessageList } from './message-list.js';
import { createMessageReads } from './message-reads.js';
import { type MessageState, toMessageState, toTakenDown } from './message-state.js';
import { createMessageTrace } from './message-trace.js';
import type { PageLinks } from './page-links.js';
import { createSentMessages, readExtras } from './sent-messages.js';
import { SEQUENCE_MS } from './sequence-span.js';
import type { Attempt, Format, MessageExtras, Target } from './types.js';
import { findWaits, type Wait } from './waits.js';

/** A message's head. */
export interface MessageHead {
  id: number;
  appId: number | null;
  /** The person whose key sent it, where no app did. */
  senderId: number | null;
  state: MessageState;
  total: number;
  sent: number;
  failed: number;
  cancelled: number;
  /** Of how many nobody knows whether they arrived. */
  unknown: number;
  /** How many of its deliveries were read. */
  read: number;
  createdAt: Date;
  /** When it is to go out, where its sender named a time. */
  sendAt: Date | null;
}

/** One line of a message's trace. */
export interface DeliveryRow {
  uid: string;
  channel: string;
  state: string;
  nextTryAt: Date | null;
  /** Why it is not under way; null when nothing holds it up. */
  waits: Wait | null;
  attempts: Attempt[];
  /** When its receiver first opened the message's page; null: not yet, as far as anybody knows. */
  readAt: Date | null;
}

/** What a message page shows. */
export interface MessagePage {
  title: string;
  appName: string;
  sentAt: Date;
  format: Format;
  body: string;
  url: string;
  /** What the door in kept with it, for shown messages. */
  extras?: MessageExtras;
  /** This address was sent to one receiver, and opening it tells the sender so. */
  tellsReading: boolean;
  state: 'shown' | 'deleted' | 'expired';
}

/** How long a message can be read and traced. WxPusher's retention is seven days; ours is longer. */
export const RETENTION_DAYS = 30;

/** The most targets of one call; a record id lies at most so many steps behind its message. */
const MAX_TARGETS = 4096;

/** The verbs of messages. */
export type Messages = ReturnType<typeof createMessages>;

/** Makes the verbs of messages. */
export function createMessages(deps: CoreDeps, links: PageLinks) {
  const { db, clock } = deps;

  /** A message's head; throws not_found. */
  async function getMessage(id: number): Promise<MessageHead> {
    const row = await db.message.findUnique({ where: { id: toId(id) } });
    if (!row) {
      throw notFound('消息 Message');
    }
    return toHead(row);
  }

  /** The message that a record id belongs to, with the target it stands for; null for an unknown id. */
  async function findByRecord(
    recordId: number,
  ): Promise<{ head: MessageHead; target: Target; targetAt: number } | null> {
    if (!Number.isSafeInteger(recordId) || recordId <= 0) {
      return null;
    }
    const rows = await query<{ id: bigint }>(
      db,
      `SELECT "id" FROM "Message" WHERE "id" < ? AND "id" > ? AND "id" % ? = ? ORDER BY "id" DESC LIMIT 1`,
      recordId,
      recordId - MAX_TARGETS * ID_STRIDE,
      ID_STRIDE,
      recordId % ID_STRIDE,
    );
    const row = rows[0] ? await db.message.findUnique({ where: { id: rows[0].id } }) : null;
    if (!row) {
      return null;
    }
    const targetAt = (recordId - Number(row.id)) / ID_STRIDE - 1;
    const target = (JSON.parse(row.targets) as Target[])[targetAt];
    return target ? { head: toHead(row), target, targetAt } : null;
  }

  /** The state of one person's delivery of a message: null while there is none yet. */
  async function findDeliveryState(messageId: number, uid: string): Promise<string | null> {
    const person = await db.person.findUnique({ where: { uid } });
    const row = person
      ? await db.delivery.findFirst({ where: { messageId: toId(messageId), personId: person.id } })
      : null;
    return row?.state ?? null;
  }

  /** The message counts its deliveries; while it spreads, and where few failed, they are counted here. */
  async function countDeliveries(messageId: number, state: RareState | undefined): Promise<number> {
    const row = await db.message.findUnique({ where: { id: toId(messageId) } });
    if (row && row.state !== 'spreading' && row.state !== 'accepted') {
      return state === undefined ? row.total : row[state];
    }
    const where = { messageId: toId(messageId), ...(state === undefined ? {} : { state }) };
    return db.delivery.count({ where });
  }

  /** A page of a message's deliveries, or of those that failed or are in doubt, in the order of their people. */
  async function listDeliveries(messageId: number, page: { skip: number; take: number; state?: RareState }) {
    const { state, skip, take } = page;
    const [total, picked] = await Promise.all([
      countDeliveries(messageId, state),
      readPart(db, { messageId, skip, take, ...(state === undefined ? {} : { state }) }),
    ]);
    const rows = await db.delivery.findMany({
      where: { id: { in: picked } },
      orderBy: [{ personId: 'asc' }, { slot: 'asc' }],
    });
    const ids = rows.flatMap((row) => row.personId ?? []);
    const people = await db.person.findMany({ where: { id: { in: ids } }, select: { id: true, uid: true } });
    const waitOf = await findWaits(db, rows, clock.now());
    const uidOf = new Map(people.map((person) => [person.id, person.uid]));
    const items = rows.map(
      (row): DeliveryRow => ({
        uid: uidOf.get(row.personId ?? 0n) ?? '',
        channel: row.channel,
        state: row.state,
        nextTryAt: row.state === 'due' ? row.dueAt : null,
        waits: waitOf.get(row.id) ?? null,
        attempts: readAttempts(row),
        readAt: row.readAt,
      }),
    );
    return { total, items };
  }

  /** Takes a message's page down for all receivers; what was delivered stays. Throws not_found for another app's. */
  async function deletePage(id: number, appId: number): Promise<void> {
    const { count } = await db.message.updateMany({
      where: { id: toId(id), appId },
      data: toTakenDown(clock.now()),
    });
    if (count === 0) {
      throw notFound('消息 Message');
    }
  }

  /** What the page with this key shows; null for a key that was never made. Messages past retention show as expired. */
  async function findPage(key: string): Promise<MessagePage | null> {
    const id = links.readKey(key);
    if (id === null) {
      return null;
    }
    const row = await db.message.findUnique({ where: { id: toId(id) } });
    const app = row?.appId ? await db.app.findUnique({ where: { id: row.appId } }) : null;
    const empty = {
      title: '',
      appName: app?.name ?? '',
      sentAt: row?.createdAt ?? new Date(0),
      body: '',
      url: '',
      tellsReading: links.readDelivery(key) !== null,
    };
    if (!row) {
      return { ...empty, format: 'text', state: 'expired' };
    }
    if (row.deletedAt) {
      return { ...empty, format: 'text', state: 'deleted' };
    }
    const shown = (await findNewest(row)) ?? row;
    const { title, summary, body, url, createdAt: sentAt } = shown;
    const extras = readExtras(shown.extras);
    const format = shown.format as Format;
    return { ...empty, sentAt, title: title || summary, body, url, format, extras, state: 'shown' };
  }

  /** The newest message for which the card of this one speaks; null where there is none. */
  async function findNewest(row: MessageRow): Promise<MessageRow | null> {
    if (row.sequence === null) {
      return null;
    }
    const until = new Date((row.sendAt ?? row.createdAt).getTime() + SEQUENCE_MS);
    const now = new Date(clock.now());
    const dueAt = [
      { sendAt: null, createdAt: { lte: until } },
      { sendAt: { lte: until < now ? until : now } },
    ];
    return db.message.findFirst({
      where: {
        sequence: row.sequence,
        id: { gt: row.id },
        deletedAt: null,
        state: { notIn: ['cancelled', 'cancelling'] },
        OR: dueAt,
      },
      orderBy: { id: 'desc' },
    });
  }

  return {
    getMessage,
    findByRecord,
    findDeliveryState,
    listDeliveries,
    deletePage,
    findPage,
    ...createSentMessages(deps),
    ...createMessageControl(deps),
    ...createMessageList(deps),
    ...createMessageTrace(deps, links),
    ...createMessageReads(deps, links),
  };
}

function toId(id: number): bigint {
  return Number.isSafeInteger(id) && id > 0 ? BigInt(id) : 0n;
}

function toHead(row: MessageRow): MessageHead {
  const { appId, total, sent, failed, cancelled, unknown, read, createdAt, sendAt } = row;
  const senderId = row.senderId === null ? null : Number(row.senderId);
  return {
    id: Number(row.id),
    appId,
    senderId,
    state: toMessageState(row),
    total,
    sent,
    failed,
    cancelled,
    unknown,
    read,
    createdAt,
    sendAt,
  };
}
