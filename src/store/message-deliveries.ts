/** Picks a message's deliveries of one state, in the order of their people, quick however many there are. */
import { setImmediate } from 'node:timers/promises';
import type { Db } from './db.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** The states that an index of their own finds, however few deliveries of many are in them. */
export type RareState = 'failed' | 'unknown';

/** A delivery's place among those of its message. */
export interface DeliveryPlace {
  personId: number;
  slot: string;
}

/** Which ones to pick. */
export interface DeliveryPick {
  messageId: number;
  /** Those of one person; null: of all. */
  personId: number | null;
  /** `open`: not ended yet. */
  state?: 'open' | 'sent' | 'cancelled' | RareState;
  after: DeliveryPlace;
  take: number;
}

/** What was picked, and behind which place to go on; null: there is no more. */
export interface PickedDeliveries {
  ids: bigint[];
  next: DeliveryPlace | null;
}

interface Row {
  id: bigint;
  personId: bigint;
  slot: string;
  state: string;
}

/** So many are looked at in one go, so that other work slips in between. */
const SLICE = 5000;
/** So many goes make a page, however few are wanted. */
const SLICES = 10;
/** Where no more than these are open in all, a message's are found among them. */
const FEW_OPEN = 2000;

const COLUMNS = '"id", "personId", "slot", "state"';
const BEHIND = '("personId", "slot") > (?, ?) ORDER BY "personId", "slot" LIMIT ?';
const OF_MESSAGE = both(() => `SELECT ${COLUMNS} FROM "Delivery" WHERE "messageId" = ? AND ${BEHIND}`);
const OF_PERSON = both(
  () => `SELECT ${COLUMNS} FROM "Delivery" WHERE "messageId" = ? AND "personId" = ? AND ${BEHIND}`,
);
/** The same words as in the index on each. */
const rare = (state: RareState) =>
  both(
    () => `SELECT ${COLUMNS} FROM "Delivery" WHERE "messageId" = ? AND "state" = '${state}' AND ${BEHIND}`,
  );
const RARE = { failed: rare('failed'), unknown: rare('unknown') };
const COUNT_OPEN = `SELECT count(*) AS "open" FROM (SELECT 1 FROM "Delivery" WHERE "state" IN ('due', 'claimed') LIMIT ${FEW_OPEN + 1}) d`;
/** The open ones lead. */
const OPEN = both(
  (
    q,
  ) => `SELECT ${COLUMNS} FROM "Delivery" WHERE "state" IN ('due', 'claimed') AND ${q.noIndex('"messageId"')} = ?
     AND ("personId", "slot") > (?, ?) ORDER BY "personId", "slot" LIMIT ?`,
);
/** Those of some states in one slice. */
const WANTED = both(
  (q) => `SELECT ${COLUMNS} FROM (SELECT ${COLUMNS} FROM "Delivery" WHERE "messageId" = ? AND ${BEHIND}) d
     WHERE ${q.isIn('"state"', 'text')} ORDER BY "personId", "slot" LIMIT ?`,
);
const END_OF_SLICE = both(
  () => `SELECT "personId", "slot" FROM "Delivery" WHERE "messageId" = ? AND ("personId", "slot") > (?, ?)
     ORDER BY "personId", "slot" LIMIT 1 OFFSET ?`,
);
const PART = both(
  () => `SELECT "id" FROM "Delivery" WHERE "messageId" = ? ORDER BY "personId", "slot" LIMIT ? OFFSET ?`,
);
const rarePart = (state: RareState) =>
  both(
    () =>
      `SELECT "id" FROM "Delivery" WHERE "messageId" = ? AND "state" = '${state}' ORDER BY "personId", "slot" LIMIT ? OFFSET ?`,
  );
const RARE_PARTS = { failed: rarePart('failed'), unknown: rarePart('unknown') };

/** A numbered part of a message's deliveries, or of those that failed or are in doubt. What is skipped is skipped in an index. */
export async function readPart(
  db: Db,
  part: { messageId: number; state?: RareState; skip: number; take: number },
): Promise<bigint[]> {
  const rows = await query<{ id: bigint }>(
    db,
    part.state ? RARE_PARTS[part.state] : PART,
    part.messageId,
    part.take,
    part.skip,
  );
  return rows.map(({ id }) => id);
}

/** Picks a page. Failed ones and those in doubt are met at once; for another state a bounded number of deliveries is looked through. */
export async function pickDeliveries(db: Db, pick: DeliveryPick): Promise<PickedDeliveries> {
  const { messageId, personId, state, take } = pick;
  const { after } = pick;
  const page = [after.personId, after.slot, take + 1];
  if (personId !== null) {
    const rows = await query<Row>(db, OF_PERSON, messageId, personId, ...page);
    return toPage(
      rows.filter((row) => state === undefined || statesOf(state).includes(row.state)),
      take,
    );
  }
  if (state === undefined) {
    return toPage(await query<Row>(db, OF_MESSAGE, messageId, ...page), take);
  }
  if (state === 'failed' || state === 'unknown') {
    return toPage(await query<Row>(db, RARE[state], messageId, ...page), take);
  }
  if (state === 'open' && (await hasFewOpen(db))) {
    return toPage(await query<Row>(db, OPEN, messageId, ...page), take);
  }
  return lookThrough(db, pick, statesOf(state));
}

async function hasFewOpen(db: Db): Promise<boolean> {
  const [row] = await query<{ open: bigint | number }>(db, COUNT_OPEN);
  return Number(row?.open ?? 0) <= FEW_OPEN;
}

async function lookThrough(
  db: Db,
  { messageId, take, after }: DeliveryPick,
  states: readonly string[],
): Promise<PickedDeliveries> {
  const wanted: Row[] = [];
  let at = after;
  for (let slice = 0; slice < SLICES; slice += 1) {
    const from = [messageId, at.personId, at.slot];
    const left = take + 1 - wanted.length;
    wanted.push(...(await query<Row>(db, WANTED, ...from, SLICE, toSqlJson(states), left)));
    const [last] = await query<Pick<Row, 'personId' | 'slot'>>(db, END_OF_SLICE, ...from, SLICE - 1);
    if (wanted.length > take || !last) {
      return toPage(wanted, take);
    }
    at = toPlace(last);
    await setImmediate();
  }
  return { ids: wanted.map(({ id }) => id), next: at };
}

function toPage(rows: readonly Row[], take: number): PickedDeliveries {
  const shown = rows.slice(0, take);
  const last = rows.length > take ? shown.at(-1) : undefined;
  return { ids: shown.map(({ id }) => id), next: last ? toPlace(last) : null };
}

function toPlace({ personId, slot }: Pick<Row, 'personId' | 'slot'>): DeliveryPlace {
  return { personId: Number(personId), slot };
}

function statesOf(state: NonNullable<DeliveryPick['state']>): readonly string[] {
  return state === 'open' ? ['due', 'claimed'] : [state];
}
