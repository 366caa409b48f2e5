/** The simple push: a receiver's own token is all it takes. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Cast, openCast } from './cast.js';

const POST = '/api/send/message/simple-push';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.close());
beforeEach(async () => {
  await cast.taken();
});

const personOf = async (uid: string): Promise<number> => (await cast.core.people.getByUid(uid)).personId;

it('answers with the receiver in the envelope and rows of the standard push', async () => {
  const answer = await cast.call(POST, {
    body: { spt: cast.spt.ming, content: '<i>你好</i>', contentType: 2 },
  });
  const [message] = await cast.taken();
  expect(message).toMatchObject({
    appId: null,
    body: '<i>你好</i>',
    format: 'html',
    audience: { people: [await personOf(cast.uids.ming)], topics: [] },
  });
  expect(answer).toEqual({
    code: 1000,
    msg: '处理成功',
    data: [
      {
        uid: cast.uids.ming,
        topicId: null,
        messageId: expect.any(Number),
        messageContentId: message?.id,
        sendRecordId: expect.any(Number),
        code: 1000,
        status: '创建发送任务成功',
      },
    ],
    success: true,
  });
});

it.each(['spt', 'sptList', 'simplePushToken', 'simplePushTokenList'])(
  'takes tokens by the name %s',
  async (name) => {
    for (const value of [cast.spt.ming, [cast.spt.ming], ` ${cast.spt.ming} `]) {
      const answer = await cast.call(POST, { body: { [name]: value, content: '你好' } });
      expect(answer.data.map((row) => row.uid)).toEqual([cast.uids.ming]);
    }
  },
);

it('sends to each receiver once, and an unknown token fails alone', async () => {
  const second = await cast.core.keys.createKey(await personOf(cast.uids.ming), 'spt');
  const answer = await cast.call(`${POST}/`, {
    body: { spt: cast.spt.yun, sptList: ['SPT_x', cast.spt.ming, second.key, cast.spt.yun], content: '你好' },
  });
  const [message, ...more] = await cast.taken();
  expect(more).toEqual([]);
  expect(message?.audience.people).toEqual([await personOf(cast.uids.yun), await personOf(cast.uids.ming)]);
  expect(answer.data.map((row) => [row.uid, row.code, row.status])).toEqual([
    [cast.uids.yun, 1000, '创建发送任务成功'],
    [null, 1001, 'SPT不正确'],
    [cast.uids.ming, 1000, '创建发送任务成功'],
    [cast.uids.ming, 1000, '创建发送任务成功'],
  ]);
  const accepted = answer.data.filter((row) => row.code === 1000);
  expect(new Set(accepted.map((row) => row.sendRecordId)).size).toBe(3);
});

it('reaches a person whom an app has blocked', async () => {
  const lei = await personOf(cast.uids.lei);
  const { key } = await cast.core.keys.createKey(lei, 'spt');
  await cast.call(POST, { body: { spt: key, content: '你好' } });
  expect((await cast.taken()).map((message) => message.audience.people)).toEqual([[lei]]);
});

it('stops at once when the receiver revokes the token', async () => {
  const ming = await personOf(cast.uids.ming);
  const { id, key } = await cast.core.keys.createKey(ming, 'spt');
  expect((await cast.call(POST, { body: { spt: key, content: '1' } })).code).toBe(1000);
  await cast.core.keys.revokeKey(ming, id);
  expect((await cast.call(POST, { body: { spt: key, content: '2' } })).code).toBe(1001);
});

const PATHS: [string, string, string][] = [
  ['Chinese', encodeURIComponent('你好，世界'), '你好，世界'],
  ['an encoded slash', 'a%2Fb%2f', 'a/b/'],
  ['plain slashes', 'a/b//c', 'a/b//c'],
  ['a question mark and a number sign', 'a%3Fb%23c', 'a?b#c'],
  ['a plus and a blank', 'a+b%20c', 'a+b c'],
  ['a percent sign that encodes nothing', '100%', '100%'],
  ['an encoded percent sign', '100%2525', '100%25'],
  ['a line end', 'a%0Ab', 'a\nb'],
  ['what looks like the other call', 'simple-push', 'simple-push'],
];

it.each(PATHS)('takes content with %s from the path', async (_name, encoded, content) => {
  const answer = await cast.call(`/api/send/message/${cast.spt.ming}/${encoded}`);
  expect(answer).toMatchObject({ code: 1000, data: [{ uid: cast.uids.ming, code: 1000 }] });
  const [message] = await cast.taken();
  expect(message).toMatchObject({ body: content, format: 'text', appId: null });
});

it('takes an encoded token from the path', async () => {
  const encoded = [...cast.spt.ming].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('');
  expect((await cast.call(`/api/send/message/${encoded}/hi`)).code).toBe(1000);
});
