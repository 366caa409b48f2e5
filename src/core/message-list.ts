/** Lists of messages for those who manage: searched and filtered, newest first, quick whatever their number. */
import { setImmediate } from 'node:timers/promises';
import { query, wordsOf } from '#src/store/sql.js';
import type { CoreDeps } from './deps.js';
import { type IdRange, type MessageFilter, type Place, toPlace, toRange } from './message-places.js';

export type { MessageFilter, MessageScope } from './message-places.js';

import { type MessageState, toMessageState } from './message-state.js';

/** A line of the list. */
export interface MessageLine {
  id: number;
  appId: number | null;
  source: string;
  /** The title, else the summary, else how the body begins; empty where the page was taken down. */
  head: string;
  state: MessageState;
  total: number;
  sent: number;
  failed: number;
  cancelled: number;
  unknown: number;
  priority: number;
  createdAt: Date;
  sendAt: Date | null;
}

/** A page of the list. */
export interface MessageLines {
  items: MessageLine[];
  /** Where the next page begins; null: there is none. */
  next: number | null;
  /** How far back was looked where the page ended before it was full; null: it is full, or there is no more. */
  searchedTo: Date | null;
}

/** So many messages are looked at in one go, so that other work slips in between. */
const SLICE = 5000;
/** So many goes make a page, however few of the messages are wanted. */
const SLICES = 20;
const HEAD_LENGTH = 120;

interface LineRow extends Omit<MessageLine, 'id' | 'state' | 'createdAt' | 'sendAt'> {
  id: bigint;
  state: string;
  createdAt: bigint | number;
  sendAt: bigint | number | null;
}

/** Makes the verb; a page looks at no more than `slices` times `slice` messages. */
export function createMessageList(
  { db }: Pick<CoreDeps, 'db'>,
  { slice: size, slices } = { slice: SLICE, slices: SLICES },
) {
  /**
   * A page of messages, newest first. Each page costs a bounded look at the newest messages below `before`, slice by slice:
   * a search for what is rare ends with how far it came.
   */
  async function listMessages(filter: MessageFilter): Promise<MessageLines> {
    const person = filter.search?.startsWith('UID_') ? await findPersonId(filter.search) : null;
    const place = toPlace(wordsOf(db), filter, person);
    const shown = filter.take + 1;
    const count = place.isLoose ? Math.max(shown, Math.ceil(size / place.walks)) : shown;
    const range = toRange(filter);
    const items: MessageLine[] = [];
    for (let slice = 0; slice < slices; slice += 1) {
      const cut = await findCut(place, range, count);
      const left = { from: cut ?? range.from, below: range.below };
      items.push(...(await readLines(place, left, shown - items.length)));
      if (items.length === shown) {
        const page = items.slice(0, filter.take);
        return { items: page, next: page.at(-1)?.id ?? null, searchedTo: null };
      }
      if (cut === null) {
        return { items, next: null, searchedTo: null };
      }
      range.below = cut;
      await setImmediate();
    }
    return { items, next: range.below, searchedTo: await findTime(range.below) };
  }

  /** Where a slice ends that no walk leaves before: null where all walks come to their ends in it. */
  async function findCut(place: Place, range: IdRange, count: number): Promise<number | null> {
    const cut = place.cut?.(range, count);
    const [found] = cut
      ? await query<{ low: bigint | null }>(db, `SELECT max("low") AS "low" FROM (${cut.sql}) c`, ...cut.args)
      : [];
    return found?.low == null ? null : Number(found.low);
  }

  async function readLines(place: Place, range: IdRange, take: number): Promise<MessageLine[]> {
    const q = wordsOf(db);
    const picked = place.pick(range, take);
    const rows = await query<LineRow>(
      db,
      `SELECT m."id", m."appId", m."source", m."state", m."total", m."sent", m."failed", m."cancelled", m."unknown", m."priority",
         ${q.ms('m."createdAt"')} AS "createdAt", ${q.ms('m."sendAt"')} AS "sendAt",
         CASE WHEN m."title" <> '' THEN m."title" WHEN m."summary" <> '' THEN m."summary" ELSE substr(m."body", 1, ${HEAD_LENGTH}) END AS "head"
       FROM (SELECT "id" FROM (${picked.sql}) s ORDER BY "id" DESC LIMIT ?) c CROSS JOIN "Message" m
       WHERE m."id" = c."id" ORDER BY c."id" DESC`,
      ...picked.args,
      take,
    );
    return rows.map(toLine);
  }

  async function findTime(id: number): Promise<Date | null> {
    const row = await db.message.findUnique({ where: { id: BigInt(id) }, select: { createdAt: true } });
    return row?.createdAt ?? null;
  }

  async function findPersonId(uid: string): Promise<number> {
    const row = await db.person.findUnique({ where: { uid }, select: { id: true } });
    return Number(row?.id ?? 0);
  }

  return { listMessages };
}

function toLine(row: LineRow): MessageLine {
  const { total, sent, failed, cancelled, unknown, priority, appId } = row;
  return {
    ...row,
    id: Number(row.id),
    appId: appId === null ? null : Number(appId),
    state: toMessageState({
      state: row.state,
      sent: Number(sent),
      failed: Number(failed),
      cancelled: Number(cancelled),
      unknown: Number(unknown),
    }),
    total: Number(total),
    sent: Number(sent),
    failed: Number(failed),
    cancelled: Number(cancelled),
    unknown: Number(unknown),
    priority: Number(priority),
    createdAt: new Date(Number(row.createdAt)),
    sendAt: row.sendAt === null ? null : new Date(Number(row.sendAt)),
  };
}
