/** Statements that remove what is past its time, in chunks small enough that sending goes on meanwhile; messages are in retention.ts. */
import type { Db } from './db.js';
import { commitOne } from './group-commit.js';
import { removeEndedWindows } from './shared-windows.js';
import { both } from './sql.js';

/** How old things may get, in milliseconds since the epoch: older ones go. */
export interface UpkeepLimits {
  now: number;
  /** Endpoints that nothing kept names, made before this. */
  keepFrom: number;
  /** Inbound keys, receipts and codes older than this: a day, for which codes are counted. */
  keepInboundFrom: number;
}

const CHUNK = 2000;
/** Figures and scans are drawn over a month. */
const KEEP_FIGURES_MS = 40 * 86_400_000;
/** As long as signing out everywhere ends what a session left behind (core/sessions.ts). */
const KEEP_SESSIONS_MS = 7 * 86_400_000;

/** Removes one chunk of everything that is past its time; returns how many rows went. Call again until it is 0. */
export async function removeExpired(db: Db, limits: UpkeepLimits): Promise<number> {
  const now = new Date(limits.now);
  const inbound = new Date(limits.keepInboundFrom);
  const small = await Promise.all([
    db.qrCode.deleteMany({
      // The usual ones stay with their app: their pictures, which may hang anywhere, show the code that works now.
      where: { permanent: false, usual: false, expiresAt: { lt: new Date(limits.keepInboundFrom) } },
    }),
    db.contactCheck.deleteMany({ where: { sentAt: { lt: inbound } } }),
    db.oneTimeLink.deleteMany({ where: { expiresAt: { lt: inbound } } }),
    db.signInCode.deleteMany({ where: { expiresAt: { lt: inbound } } }),
    db.session.deleteMany({ where: { expiresAt: { lte: new Date(limits.now - KEEP_SESSIONS_MS) } } }),
    db.conversation.deleteMany({ where: { until: { lt: now } } }),
    db.pause.deleteMany({ where: { until: { lt: now } } }),
    db.hourFigure.deleteMany({
      where: { hour: { lt: new Date(limits.now - KEEP_FIGURES_MS) } },
    }),
  ]);
  const chunks = [
    await commitOne(db, OLD_INBOUND, limits.keepInboundFrom),
    await commitOne(db, OLD_RECEIPTS, limits.keepInboundFrom),
    await commitOne(db, IDLE_ENDPOINTS, limits.keepFrom),
    await removeEndedWindows(db, limits.now),
  ];
  return small.reduce((sum, { count }) => sum + count, 0) + chunks.reduce((sum, count) => sum + count, 0);
}

const removeChunk = (table: string, key: string, where: (before: string) => string) =>
  both(
    (q) =>
      `DELETE FROM "${table}" WHERE "${key}" IN (SELECT "${key}" FROM "${table}" WHERE ${where(q.time())} LIMIT ${CHUNK})`,
  );
const OLD_INBOUND = removeChunk('Inbound', 'key', (before) => `"claimedAt" < ${before}`);
const OLD_RECEIPTS = removeChunk('Receipt', 'ref', (before) => `"at" < ${before}`);
/**
 * Endpoints that messages named, and that no message under way names, none that has just ended, and no callback that is
 * still kept: somebody may give each message an address of its own.
 */
const IDLE_ENDPOINTS = removeChunk(
  'Callback',
  'id',
  (before) => `"scope" = 'message' AND "createdAt" < ${before}
     AND NOT EXISTS (SELECT 1 FROM "Delivery" d WHERE d."callbackId" = "Callback"."id")
     AND NOT EXISTS (SELECT 1 FROM "Message" m WHERE m."state" IN ('accepted', 'spreading', 'expanded') AND m."callbackId" = "Callback"."id")
     AND NOT EXISTS (SELECT 1 FROM "Event" e JOIN "Message" m ON m."id" = e."id" WHERE e."state" = 'new' AND m."callbackId" = "Callback"."id")`,
);
