/** Statements that remove what is past its time, in chunks small enough that sending goes on meanwhile. */
import { commitOne } from './group-commit.js';
import type { Db } from './open.js';

/** How old things may get, in milliseconds since the epoch: older ones go. */
export interface UpkeepLimits {
  now: number;
  /** Messages, deliveries and events made before this. */
  keepFrom: number;
  /** Inbound keys and receipts older than this. */
  keepInboundFrom: number;
}

const CHUNK = 2000;

/** Removes one chunk of everything that is past its time; returns how many rows went. Call again until it is 0. */
export async function removeExpired(db: Db, limits: UpkeepLimits): Promise<number> {
  const now = new Date(limits.now);
  const inbound = new Date(limits.keepInboundFrom);
  const small = await Promise.all([
    db.qrCode.deleteMany({
      where: { permanent: false, expiresAt: { lt: new Date(limits.keepInboundFrom) } },
    }),
    db.oneTimeLink.deleteMany({ where: { expiresAt: { lt: inbound } } }),
    db.conversation.deleteMany({ where: { until: { lt: now } } }),
    db.pause.deleteMany({ where: { until: { lt: now } } }),
  ]);
  const chunks = [
    await removeChunk(db, `"Inbound" WHERE "claimedAt" < ?`, `"key"`, limits.keepInboundFrom),
    await removeChunk(db, `"Receipt" WHERE "at" < ?`, `"ref"`, limits.keepInboundFrom),
    await removeOldMessages(db, limits.keepFrom),
    await removeChunk(
      db,
      `"Event" WHERE "createdAt" < ? AND "state" = 'expanded' AND NOT EXISTS (SELECT 1 FROM "Delivery" d WHERE d."eventId" = "Event"."id")`,
      `"id"`,
      limits.keepFrom,
    ),
  ];
  return small.reduce((sum, { count }) => sum + count, 0) + chunks.reduce((sum, count) => sum + count, 0);
}

async function removeChunk(db: Db, from: string, key: string, before: number): Promise<number> {
  const table = from.split(' ')[0] ?? '';
  return commitOne(
    db,
    `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${from} LIMIT ${CHUNK})`,
    before,
  );
}

/** A message goes after its deliveries, so that a cut leaves nothing behind that nobody finds again. */
async function removeOldMessages(db: Db, before: number): Promise<number> {
  const gone = await commitOne(
    db,
    `DELETE FROM "Delivery" WHERE "id" IN (SELECT d."id" FROM "Message" m JOIN "Delivery" d ON d."messageId" = m."id"
     WHERE m."createdAt" < ? AND m."state" IN ('done', 'cancelled') LIMIT ${CHUNK})`,
    before,
  );
  const callbacks = await commitOne(
    db,
    `DELETE FROM "Delivery" WHERE "id" IN (SELECT d."id" FROM "Event" e JOIN "Delivery" d ON d."eventId" = e."id"
     WHERE e."createdAt" < ? AND d."state" NOT IN ('due', 'claimed') LIMIT ${CHUNK})`,
    before,
  );
  const messages = await commitOne(
    db,
    `DELETE FROM "Message" WHERE "id" IN (SELECT m."id" FROM "Message" m WHERE m."createdAt" < ? AND m."state" IN ('done', 'cancelled')
     AND NOT EXISTS (SELECT 1 FROM "Delivery" d WHERE d."messageId" = m."id") LIMIT ${CHUNK})`,
    before,
  );
  return gone + callbacks + messages;
}
