/** Reads where people are reached, for a batch of deliveries at once. */
import type { Db } from './db.js';
import { both, query } from './sql.js';
import { toSqlJson } from './sql-json.js';

/** Where a person is reached. */
export interface Address {
  uid: string;
  /** The platform's name of the person; empty where it never met them. */
  address: string;
  following: boolean;
  /** Whether the person has stopped all messages. */
  paused: boolean;
  /** The person's id in WeCom; empty where they are no member. */
  member: string;
  /** The verified contacts, sealed; empty where there are none. */
  email: string;
  phone: string;
  /** Minutes of the day in China between which only urgent messages go out; null: none. */
  quiet: { from: number; to: number } | null;
}

interface Row {
  personId: bigint;
  uid: string;
  address: string | null;
  following: unknown;
  paused: unknown;
  member: string | null;
  email: string;
  phone: string;
  quietFrom: number | null;
  quietTo: number | null;
}

const ADDRESSES = both(
  (
    q,
  ) => `SELECT p."id" AS "personId", p."uid", i."externalId" AS "address", i."following", p."pausedAt" IS NOT NULL AS "paused",
       p."quietFrom", p."quietTo", p."email", p."phone", (SELECT w."externalId" FROM "Identity" w WHERE w."personId" = p."id" AND w."platform" = 'wecom' LIMIT 1) AS "member"
     FROM "Person" p LEFT JOIN "Identity" i ON i."personId" = p."id" AND i."platform" = ? AND i."account" = ?
     WHERE ${q.isIn('p."id"', 'int')}`,
);

/** Where claimed deliveries of messages go: the platform's name of each person. */
export async function loadAddresses(
  db: Db,
  personIds: readonly number[],
  platform: string,
  account: string,
): Promise<Map<number, Address>> {
  const rows = await query<Row>(db, ADDRESSES, platform, account, toSqlJson(personIds));
  return new Map(
    rows.map((row) => [
      Number(row.personId),
      {
        uid: row.uid,
        address: row.address ?? '',
        following: Boolean(row.following),
        paused: Boolean(row.paused),
        member: row.member ?? '',
        email: row.email,
        phone: row.phone,
        quiet:
          row.quietFrom === null || row.quietTo === null
            ? null
            : { from: Number(row.quietFrom), to: Number(row.quietTo) },
      },
    ]),
  );
}
