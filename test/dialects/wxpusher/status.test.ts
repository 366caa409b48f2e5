/** The status queries: numbers and texts for each state that a record or a message can be in. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cast, openCast } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.close());

const WAITING = { code: 1000, msg: '等待发送', data: 1, success: true };
const SENT = { code: 1000, msg: '已发送', data: 2, success: true };
const FAILED = { code: 1000, msg: '发送失败', data: 3, success: true };

interface Sent {
  messageId: number;
  /** The record of Ming, of Hua, and of the topic. */
  records: number[];
}

async function send(): Promise<Sent> {
  const { token, uids, topics } = cast;
  const body = { appToken: token, content: '你好', uids: [uids.ming, uids.hua], topicIds: [topics.ops] };
  const { data } = await cast.call('/api/send/message', { body });
  return {
    messageId: Number(data[0]?.messageContentId),
    records: data.map((row) => Number(row.sendRecordId)),
  };
}

/** Writes the state of one person's delivery, as the engine does. */
async function deliver(messageId: number, uid: string, state: string): Promise<void> {
  const { personId } = await cast.core.people.getByUid(uid);
  const at = new Date(cast.clock.at);
  const key = { messageId: BigInt(messageId), personId: BigInt(personId), slot: '' };
  await cast.db.delivery.upsert({
    where: { messageId_personId_slot: key },
    create: {
      id: BigInt(messageId + personId),
      ...key,
      channel: 'wechat',
      queue: 'wechat',
      state,
      dueAt: at,
      createdAt: at,
    },
    update: { state },
  });
}

const byRecord = (id: unknown) => cast.call(`/api/send/query/status?sendRecordId=${id}`);
const byMessage = (id: unknown) => cast.call(`/api/send/query/${id}`);

it('says waiting right after the call, by any of its ids', async () => {
  const { messageId, records } = await send();
  for (const id of [messageId, ...records]) {
    expect(await byRecord(id)).toEqual(WAITING);
    expect(await byMessage(id)).toEqual(WAITING);
  }
});

it.each([
  ['due', WAITING],
  ['claimed', WAITING],
  ['sent', SENT],
  ['failed', FAILED],
  ['cancelled', FAILED],
])("tells a person's delivery that is %s", async (state, expected) => {
  const { messageId, records } = await send();
  await deliver(messageId, cast.uids.ming, state);
  expect(await byRecord(records[0])).toEqual(expected);
  expect(await byMessage(records[0])).toEqual(expected);
  expect(await byRecord(records[1])).toEqual(WAITING);
});

it.each([
  ['accepted', { total: 0, sent: 0, failed: 0, cancelled: 0 }, WAITING],
  ['expanded', { total: 2, sent: 1, failed: 0, cancelled: 0 }, WAITING],
  ['done', { total: 2, sent: 1, failed: 1, cancelled: 0 }, SENT],
  ['done', { total: 2, sent: 0, failed: 1, cancelled: 1 }, FAILED],
  ['done', { total: 2, sent: 0, failed: 0, cancelled: 2 }, FAILED],
  ['done', { total: 0, sent: 0, failed: 0, cancelled: 0 }, SENT],
])('tells a topic and a whole message that is %s with %j', async (state, counts, expected) => {
  const { messageId, records } = await send();
  await cast.db.message.update({ where: { id: BigInt(messageId) }, data: { state, ...counts } });
  expect(await byRecord(records[2])).toEqual(expected);
  expect(await byMessage(messageId)).toEqual(expected);
});

it('says failed for a person whom a finished message never reached', async () => {
  const { messageId, records } = await send();
  await deliver(messageId, cast.uids.ming, 'sent');
  const data = { state: 'done', total: 1, sent: 1 };
  await cast.db.message.update({ where: { id: BigInt(messageId) }, data });
  expect(await byRecord(records[0])).toEqual(SENT);
  expect(await byRecord(records[1])).toEqual(FAILED);
});

it('knows no record between or behind the ones it gave', async () => {
  const { messageId, records } = await send();
  const last = Math.max(...records);
  for (const id of [messageId + 1, last + 1, last + 16, -messageId, 0]) {
    expect(await byRecord(id)).toMatchObject({ code: 1001, data: null, success: false });
  }
});
