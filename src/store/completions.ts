/** The statement that tells of a message's end, for the commit that ends it. */
import { type Statement, write } from './group-commit.js';
import { both, type Words } from './sql.js';

/** Whoever sends to many and has some fail has sent it: a message fails when nobody got it. */
const STATE = `CASE WHEN m."state" = 'cancelled' THEN 'cancelled' WHEN m."sent" > 0 THEN 'sent' WHEN m."unknown" > 0 THEN 'unknown' WHEN m."failed" > 0 THEN 'failed' WHEN m."cancelled" > 0 THEN 'cancelled' ELSE 'sent' END`;
const LAST = -1;
/** The reason of the first who did not get it, where nobody did. */
const whyOf = (
  q: Words,
): string => `CASE WHEN m."sent" > 0 THEN '' ELSE coalesce((SELECT ${q.pick('d."attempts"', [LAST, 'detail'])} FROM "Delivery" d
       WHERE d."messageId" = m."id" AND d."state" IN ('failed', 'cancelled', 'unknown') ORDER BY d."id" LIMIT 1),
       CASE WHEN m."state" = 'cancelled' THEN '发送前已取消 Cancelled before it was sent' ELSE '' END) END`;
const FIELDS = {
  state: STATE,
  total: 'm."total"',
  sent: 'm."sent"',
  failed: 'm."failed"',
  unknown: 'm."unknown"',
};
const WRITE_COMPLETIONS = both(
  (q) => `INSERT INTO "Event" ("id", "dedupeKey", "type", "appId", "personId", "data", "state", "createdAt")
     SELECT m."id", 'message:' || m."id", 'message.completed', m."appId", m."senderId",
       ${q.object({ messageId: 'm."id"', ...FIELDS, why: whyOf(q) })}, 'new', ${q.time()}
     FROM ${q.values('j', 'int')} CROSS JOIN "Message" m
     WHERE m."id" = j.value AND m."state" IN ('done', 'cancelled') AND m."appId" IS NOT NULL AND (m."callbackId" IS NOT NULL OR EXISTS (
       SELECT 1 FROM "Callback" c WHERE c."appId" = m."appId" AND c."scope" = 'app' AND c."completions" AND c."url" <> ''))
     ON CONFLICT ("dedupeKey") DO NOTHING`,
);

/**
 * Writes a `message.completed` for those of these messages (a JSON list of ids) that are done or stopped and of whose end somebody
 * wants to hear: an endpoint of their own, or their app's with `completions`. A message's event has the message's id, so
 * that it is written once however often its end is recorded. Each message costs two look-ups where nobody listens.
 */
export function writeCompletions(messageIds: string, now: number): Statement {
  return write(WRITE_COMPLETIONS, now, messageIds);
}
