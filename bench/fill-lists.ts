/** Fills a database with a month of messages, set by set: what the lists of a busy server have to look through. */
import { firstIdAt, ID_STRIDE } from '#src/lib/ids.js';
import { commitOne } from '#src/store/group-commit.js';
import type { Db } from '#src/store/open.js';
import { both, query, type Words } from '#src/store/sql.js';

/** How much to write. */
export interface ListsOrder {
  messages: number;
  /** Receivers of the newest message, a broadcast, of whom `failures` got nothing. */
  receivers: number;
  failures: number;
  /** Subscribers of the first app. */
  subscribers: number;
  account: { platform: string; account: string };
  /** The end of the month, in milliseconds since the epoch. */
  now: number;
}

/** What was written. */
export interface FilledLists {
  broadcastId: number;
  /** An app with most of the messages, and one with few. */
  busyAppId: number;
  rareAppId: number;
  /** A number of a message, and the UID of one of its receivers. */
  messageId: number;
  uid: string;
}

const MONTH_MS = 30 * 86_400_000;
const ROWS_PER_COMMIT = 50_000;
const APPS = 100;
/** One message in so many is of the last app, fails, was stopped, or comes by a rare door. */
const RARE = 1000;

/** Writes it all; a million messages take a minute or two. */
export async function fillLists(db: Db, order: ListsOrder): Promise<FilledLists> {
  const { messages, receivers, failures, subscribers, account } = order;
  const stepMs = Math.floor(MONTH_MS / messages);
  const firstAt = order.now - messages * stepMs;
  const firstId = firstIdAt(firstAt);
  const perMs = firstIdAt(firstAt + 1) - firstId;
  const apps = await makeApps(db, firstAt);
  const write = async (count: number, toText: (q: Words) => string): Promise<void> => {
    const sql = both((q) => `${toText(q)}`);
    for (let from = 0; from < count; from += ROWS_PER_COMMIT) {
      await commitOne(db, sql, from, Math.min(count, from + ROWS_PER_COMMIT) - 1);
    }
  };
  const personId = (i: string): string =>
    `${firstId - 2 * (receivers + subscribers) * ID_STRIDE} + ${i} * ${ID_STRIDE}`;
  const messageId = (i: string): string => `${firstId} + ${i} * ${stepMs * perMs}`;
  const made = (q: Words, i: string): string => q.time(`${firstAt} + ${i} * ${stepMs}`);
  const appOf = `CASE WHEN i % ${RARE} = 3 THEN ${apps.rare} WHEN i % 20 = 0 THEN NULL ELSE ${apps.first} + i % ${APPS - 1} END`;
  await write(
    subscribers,
    (q) => `INSERT INTO "Person" ("id", "uid", "nickname", "createdAt")
     ${NUMBERS} SELECT ${personId('i')}, 'UID_bench' || i, '收件人 ' || i, ${q.time(String(firstAt))} FROM n`,
  );
  await write(
    subscribers,
    (
      q,
    ) => `INSERT INTO "Identity" ("platform", "account", "externalId", "personId", "following", "followedAt")
     ${NUMBERS} SELECT '${account.platform}', '${account.account}', 'obench' || i, ${personId('i')}, true, ${q.time(String(firstAt))} FROM n`,
  );
  await write(
    subscribers,
    (
      q,
    ) => `INSERT INTO "Subscription" ("id", "personId", "appId", "topicId", "source", "extra", "remark", "createdAt")
     ${NUMBERS} SELECT ${personId('i')} + 1, ${personId('i')}, ${apps.first}, 0, 'scan', 'desk=' || i % 50, CASE WHEN i % ${RARE} = 0 THEN '备注 ' || i ELSE '' END, ${q.time(String(firstAt))} FROM n`,
  );
  await write(
    messages,
    (
      q,
    ) => `INSERT INTO "Message" ("id", "appId", "senderId", "source", "title", "body", "format", "audience", "targets", "state", "total", "sent", "failed", "cancelled", "createdAt", "finishedAt")
     ${NUMBERS} SELECT ${messageId('i')}, ${appOf}, ${personId('0')}, CASE WHEN i % ${RARE} = 7 THEN 'gotify' ELSE 'wxpusher' END,
       '告警 Disk ' || i, '服务器磁盘空间不足，请尽快处理。The disk of a server is nearly full.', 'text', '{"people":[],"topics":[]}', '[]', 'done', 2,
       CASE WHEN i % ${RARE} IN (11, 13) THEN 0 ELSE 2 END, CASE WHEN i % ${RARE} = 11 THEN 2 ELSE 0 END, CASE WHEN i % ${RARE} = 13 THEN 2 ELSE 0 END,
       ${made(q, 'i')}, ${made(q, 'i')} FROM n`,
  );
  for (const receiver of [0, 1]) {
    await write(
      messages,
      (q) => `INSERT INTO "Delivery" (${COLUMNS})
     ${NUMBERS} SELECT ${messageId('i')} + ${(receiver + 1) * ID_STRIDE}, ${messageId('i')}, ${personId(`((i * 2 + ${receiver}) % ${subscribers})`)}, ${appOf}, 'wechat', 'wechat',
       CASE i % ${RARE} WHEN 11 THEN 'failed' WHEN 13 THEN 'cancelled' ELSE 'sent' END, ${made(q, 'i')}, 1, '${ATTEMPTS}', 'bench:' || i * 2 + ${receiver}, ${made(q, 'i')}, ${made(q, 'i')} FROM n`,
    );
  }
  const broadcastId = firstIdAt(order.now);
  const at = (q: Words): string => q.time(String(order.now));
  await write(
    1,
    (
      q,
    ) => `INSERT INTO "Message" ("id", "appId", "source", "title", "body", "format", "audience", "targets", "state", "total", "sent", "failed", "createdAt", "finishedAt")
     ${NUMBERS} SELECT ${broadcastId} + i, ${apps.first}, 'console', '全员通知', '明天停机维护。', 'text', '{"people":[],"topics":[1]}', '[]', 'done', ${receivers}, ${receivers - failures}, ${failures}, ${at(q)}, ${at(q)} FROM n`,
  );
  await write(
    receivers,
    (q) => `INSERT INTO "Delivery" (${COLUMNS})
     ${NUMBERS} SELECT ${broadcastId} + (i + 1) * ${ID_STRIDE}, ${broadcastId}, ${personId('i')}, ${apps.first}, 'wechat', 'wechat#bulk',
       CASE WHEN i % ${Math.floor(receivers / failures)} = ${Math.floor(receivers / failures) - 1} THEN 'failed' ELSE 'sent' END, ${at(q)}, 1, '${ATTEMPTS}', 'bulk:' || i, ${at(q)}, ${at(q)} FROM n`,
  );
  const [middle] = await query<{ id: bigint }>(
    db,
    `SELECT "id" FROM "Message" WHERE "id" >= ? ORDER BY "id" LIMIT 1`,
    firstIdAt(firstAt + MONTH_MS / 2),
  );
  return {
    broadcastId,
    busyAppId: apps.first,
    rareAppId: apps.rare,
    messageId: Number(middle?.id ?? 0),
    uid: 'UID_bench100',
  };
}

/** The numbers from its first parameter to its second. */
const NUMBERS = `WITH RECURSIVE n(i) AS (SELECT CAST(? AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < CAST(? AS BIGINT))`;
const COLUMNS = `"id", "messageId", "personId", "appId", "channel", "queue", "state", "dueAt", "tries", "attempts", "ref", "createdAt", "finishedAt"`;
const ATTEMPTS = '[{"at":1790000000000,"outcome":"sent","tookMs":50}]';

async function makeApps(db: Db, at: number): Promise<{ first: number; rare: number }> {
  const made = Array.from({ length: APPS }, (_, place) => ({
    name: `应用 ${place}`,
    subscribeCode: `bench-lists-${place}`,
    createdAt: new Date(at),
  }));
  await db.app.createMany({ data: made });
  const rows = await db.app.findMany({
    where: { subscribeCode: { startsWith: 'bench-lists-' } },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  return { first: rows[0]?.id ?? 0, rare: rows.at(-1)?.id ?? 0 };
}
