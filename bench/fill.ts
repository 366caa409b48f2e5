/** Fills a database through the store's own statements: a million subscribers over HTTP would take an hour. */
import { ID_STRIDE, type NewId, randomText } from '#src/lib/ids.js';
import { insertSubscriptions } from '#src/store/events.js';
import { insertMessages, type NewMessage } from '#src/store/messages.js';
import type { Db } from '#src/store/open.js';
import { upsertPeople } from '#src/store/people.js';
import { expandTopic, finishExpansion } from '#src/store/spreading.js';

/** What filling is done with. */
export interface FillDeps {
  db: Db;
  newId: NewId;
  account: { platform: string; account: string };
}

/** A person in the database. */
export interface FilledPerson {
  personId: number;
  uid: string;
  openid: string;
}

const ROWS_PER_COMMIT = 5000;

/** Writes people who follow the account and subscribe to the app (`topicId` 0) or a topic of it. */
export async function fillSubscribers(
  { db, newId, account }: FillDeps,
  openids: readonly string[],
  to: { appId: number; topicId: number },
): Promise<FilledPerson[]> {
  const people: FilledPerson[] = [];
  const at = Date.now();
  for (let from = 0; from < openids.length; from += ROWS_PER_COMMIT) {
    const part = openids.slice(from, from + ROWS_PER_COMMIT);
    const rows = await upsertPeople(
      db,
      part.map((openid) => ({
        ...account,
        externalId: openid,
        personId: newId(),
        uid: `UID_${randomText(28)}`,
        following: true,
        at,
      })),
    );
    await insertSubscriptions(
      db,
      rows.map((row) => ({
        id: newId(),
        personId: row.personId,
        ...to,
        source: 'qrcode',
        extra: '',
        createdAt: at,
      })),
      [],
    );
    people.push(...rows.map((row, index) => ({ ...row, openid: part[index] ?? '' })));
  }
  return people;
}

/** A message as the front desk would have written it. */
export function toMessage(
  id: number,
  message: { appId: number; body: string; people?: number[]; topics?: number[] },
): NewMessage {
  const { appId, body, people = [], topics = [] } = message;
  return {
    id,
    appId,
    senderId: null,
    source: 'wxpusher',
    title: '',
    summary: '',
    body,
    format: 'text',
    url: '',
    audience: JSON.stringify({ people, topics }),
    targets: JSON.stringify(topics.map((topicId) => ({ topicId }))),
    priority: 0,
    channels: null,
    extras: null,
    dedupeKey: null,
    createdAt: Date.now(),
    sendAt: null,
    expiresAt: null,
  };
}

/** Writes accepted single messages, to these people in turn. */
export async function fillSingles(
  { db, newId }: FillDeps,
  people: readonly FilledPerson[],
  order: { appId: number; count: number },
): Promise<void> {
  for (let from = 0; from < order.count; from += ROWS_PER_COMMIT) {
    const size = Math.min(ROWS_PER_COMMIT, order.count - from);
    const rows = Array.from({ length: size }, (_, index) => {
      const to = people[(from + index) % people.length];
      const body = `消息 ${from + index}：服务器磁盘空间不足，请尽快处理。`;
      return toMessage(newId(2), { appId: order.appId, body, people: to ? [to.personId] : [] });
    });
    await insertMessages(db, rows);
  }
}

/** Writes a broadcast that is spread already: as many deliveries are due as the topic has subscribers. */
export async function fillPending(
  { db, newId, account }: FillDeps,
  broadcast: { appId: number; topicId: number },
): Promise<void> {
  const { appId, topicId } = broadcast;
  const id = newId(2);
  await insertMessages(db, [toMessage(id, { appId, body: '给所有人的通知。', topics: [topicId] })]);
  const message = { id, appId, audience: '', cursor: '', channels: null, priority: 0, expiresAt: null };
  for (let after = 0, isEnd = false; !isEnd; ) {
    const slice = {
      message,
      topicId,
      after,
      limit: ROWS_PER_COMMIT,
      firstId: newId(ROWS_PER_COMMIT),
      idStride: ID_STRIDE,
      channel: 'wechat',
      queue: 'wechat#bulk',
    };
    const end = await expandTopic(db, slice, { ...account, now: Date.now() });
    after = end.last;
    isEnd = end.isEnd;
  }
  await finishExpansion(db, [id], Date.now());
}
