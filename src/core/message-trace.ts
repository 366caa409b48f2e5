/** What became of one message, for those who manage: all it says, who it is for, and its deliveries in pages. */
import type { Message as MessageRow } from '#src/store/generated/client.js';
import { type DeliveryPlace, pickDeliveries } from '#src/store/message-deliveries.js';
import { readAttempts } from './attempts.js';
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';
import { type MessageState, toMessageState } from './message-state.js';
import type { PageLinks } from './page-links.js';
import type { Attempt, DeliveryState, Format, Target } from './types.js';
import { findWaits, type Wait } from './waits.js';

/** A message in full, without its deliveries. */
export interface MessageTrace {
  id: number;
  appId: number | null;
  senderId: number | null;
  source: string;
  title: string;
  summary: string;
  body: string;
  format: Format;
  url: string;
  pageUrl: string;
  isUrgent: boolean;
  /** What the sender asked for by name; empty: each receiver's own route. */
  channels: readonly string[];
  targets: readonly Target[];
  state: MessageState;
  /** What is being done with it now. */
  stage: 'waiting' | 'spreading' | 'sending' | 'stopping' | 'ended';
  /** Deliveries made so far. */
  total: number;
  /** It is still being spread: there will be more. */
  isMore: boolean;
  sent: number;
  failed: number;
  cancelled: number;
  /** Of how many nobody knows whether they arrived. */
  unknown: number;
  /** How many of its deliveries were read. */
  read: number;
  createdAt: Date;
  sendAt: Date | null;
  expiresAt: Date | null;
  finishedAt: Date | null;
  deletedAt: Date | null;
}

/** One delivery of it. */
export interface TracedDelivery {
  uid: string;
  nickname: string;
  /** The app owner's own words on the person. */
  remark: string;
  channel: string;
  /** The channel that the sender asked for. */
  slot: string;
  state: DeliveryState;
  nextTryAt: Date | null;
  waits: Wait | null;
  attempts: Attempt[];
  finishedAt: Date | null;
  readAt: Date | null;
}

/** A page of deliveries, in the order of their people. */
export interface TracedDeliveries {
  items: TracedDelivery[];
  /** Where the next page begins; empty: there is none. */
  next: string;
}

/** Which deliveries to list. */
export interface TraceFilter {
  messageId: number;
  /** `open`: not ended yet. */
  state?: 'open' | 'sent' | 'failed' | 'cancelled' | 'unknown';
  /** Those of one person. */
  uid?: string;
  /** The `next` of the page before. */
  after?: string;
  take: number;
}

/** Makes the verbs. */
export function createMessageTrace({ db, clock }: Pick<CoreDeps, 'db' | 'clock'>, links: PageLinks) {
  /** A message in full; throws not_found. */
  async function getTrace(id: number): Promise<MessageTrace> {
    const row = await db.message.findUnique({
      where: { id: Number.isSafeInteger(id) && id > 0 ? BigInt(id) : 0n },
    });
    if (!row) {
      throw notFound('消息 Message');
    }
    return { ...toTrace(row), pageUrl: links.urlOf(id), isMore: row.state === 'spreading' };
  }

  /**
   * A page of a message's deliveries. Those that failed are found by an index of their own, however few of many they are;
   * another state is looked for among a bounded number of deliveries: follow `next` for the others.
   */
  async function traceDeliveries(filter: TraceFilter): Promise<TracedDeliveries> {
    const { messageId, state, uid, take } = filter;
    const after = readCursor(filter.after ?? '');
    const person = uid === undefined ? null : await db.person.findUnique({ where: { uid } });
    if (uid !== undefined && !person) {
      return { items: [], next: '' };
    }
    const personId = person ? Number(person.id) : null;
    const { ids, next } = await pickDeliveries(db, {
      messageId,
      personId,
      take,
      after,
      ...(state ? { state } : {}),
    });
    return { items: await readDeliveries(ids), next: next ? `${next.personId}~${next.slot}` : '' };
  }

  async function readDeliveries(ids: readonly bigint[]): Promise<TracedDelivery[]> {
    const rows = await db.delivery.findMany({
      where: { id: { in: [...ids] } },
      orderBy: [{ personId: 'asc' }, { slot: 'asc' }],
    });
    const personIds = rows.flatMap((row) => row.personId ?? []);
    const appId = rows[0]?.appId;
    const [people, relations, waitOf] = await Promise.all([
      db.person.findMany({
        where: { id: { in: personIds } },
        select: { id: true, uid: true, nickname: true },
      }),
      appId
        ? db.subscription.findMany({
            where: { appId, topicId: 0, personId: { in: personIds }, remark: { not: '' } },
            select: { personId: true, remark: true },
          })
        : [],
      findWaits(db, rows, clock.now()),
    ]);
    const personOf = new Map(people.map((person) => [person.id, person]));
    const remarkOf = new Map(relations.map(({ personId, remark }) => [personId, remark]));
    return rows.map((row) => ({
      uid: personOf.get(row.personId ?? 0n)?.uid ?? '',
      nickname: personOf.get(row.personId ?? 0n)?.nickname ?? '',
      remark: remarkOf.get(row.personId ?? 0n) ?? '',
      channel: row.channel,
      slot: row.slot,
      state: row.state as DeliveryState,
      nextTryAt: row.state === 'due' ? row.dueAt : null,
      waits: waitOf.get(row.id) ?? null,
      attempts: readAttempts(row),
      finishedAt: row.finishedAt,
      readAt: row.readAt,
    }));
  }

  return { getTrace, traceDeliveries };
}

const STAGES: Readonly<Record<string, MessageTrace['stage']>> = {
  accepted: 'waiting',
  spreading: 'spreading',
  expanded: 'sending',
  cancelling: 'stopping',
};

function toTrace(row: MessageRow) {
  const { appId, source, title, summary, body, url, total, sent, failed, cancelled, unknown, read } = row;
  const { createdAt, sendAt, expiresAt, finishedAt, deletedAt } = row;
  return {
    id: Number(row.id),
    appId,
    senderId: row.senderId === null ? null : Number(row.senderId),
    source,
    title,
    summary,
    body,
    format: row.format as Format,
    url,
    isUrgent: row.priority > 0,
    channels: row.channels === null ? [] : (JSON.parse(row.channels) as string[]),
    targets: JSON.parse(row.targets) as Target[],
    state: toMessageState(row),
    stage: STAGES[row.state] ?? ('ended' as const),
    total,
    sent,
    failed,
    cancelled,
    unknown,
    read,
    createdAt,
    sendAt,
    expiresAt,
    finishedAt,
    deletedAt,
  };
}

/** `person~slot`; anything else is the beginning. */
function readCursor(text: string): DeliveryPlace {
  const [, person = '', slot = ''] = /^(\d{1,16})~(.{0,64})$/.exec(text) ?? [];
  return person === '' ? { personId: 0, slot: '' } : { personId: Number(person), slot };
}
