/** The standard push: the rows of its answer, the limits of a plan, and taking a page down. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Cast, openCast } from './cast.js';

const PATH = '/api/send/message';
let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.close());
beforeEach(async () => {
  await cast.taken();
});

const query = (fields: Record<string, string>): string => `?${new URLSearchParams(fields)}`;

describe('rows', () => {
  it('come in the order of naming, UIDs before topics, each failing alone', async () => {
    const { token, uids, topics } = cast;
    const answer = await cast.call(PATH, {
      body: {
        appToken: token,
        content: '你好',
        topicIds: [topics.sales, 999_999, String(topics.ops), topics.foreign, topics.sales, -1],
        uids: [uids.hua, 'UID_nobody', uids.lei, uids.ming, uids.yun, uids.hua],
      },
    });
    const [message] = await cast.taken();
    expect(answer.code).toBe(1000);
    expect(answer.data.map((row) => [row.uid ?? row.topicId, row.code, row.status])).toEqual([
      [uids.hua, 1000, '创建发送任务成功'],
      ['UID_nobody', 1001, 'UID不存在，或用户没有关注该应用'],
      [uids.lei, 1001, '用户已被应用拉黑'],
      [uids.ming, 1000, '创建发送任务成功'],
      [uids.yun, 1001, 'UID不存在，或用户没有关注该应用'],
      [topics.sales, 1000, '创建发送任务成功'],
      [999_999, 1001, '主题不存在'],
      [topics.ops, 1000, '创建发送任务成功'],
      [topics.foreign, 1001, '主题不存在'],
      [-1, 1001, '主题不存在'],
    ]);
    const accepted = answer.data.filter((row) => row.code === 1000).map((row) => row.sendRecordId);
    expect(new Set(accepted).size).toBe(4);
    expect(answer.data.every((row) => row.messageContentId === message?.id)).toBe(true);
    expect(answer.data.every((row) => row.messageId === row.sendRecordId)).toBe(true);
    expect(answer.data.filter((row) => row.code !== 1000).every((row) => row.sendRecordId === 0)).toBe(true);
    expect(message?.audience.people).toHaveLength(2);
    expect(message?.audience.topics).toEqual([topics.sales, topics.ops]);
  });

  it('all failed publish nothing, and the call itself is still fine', async () => {
    const answer = await cast.call(PATH, {
      body: { appToken: cast.token, content: '你好', uids: ['UID_nobody'] },
    });
    expect(answer).toEqual({
      code: 1000,
      msg: '处理成功',
      data: [
        {
          uid: 'UID_nobody',
          topicId: null,
          messageId: 0,
          messageContentId: 0,
          sendRecordId: 0,
          code: 1001,
          status: 'UID不存在，或用户没有关注该应用',
        },
      ],
      success: true,
    });
    expect(await cast.taken()).toEqual([]);
  });

  it('of a GET to a topic name the topic', async () => {
    const answer = await cast.call(
      PATH + query({ appToken: cast.token, content: '你好', topicId: String(cast.topics.ops) }),
    );
    expect(answer.data).toEqual([
      expect.objectContaining({ uid: null, topicId: cast.topics.ops, code: 1000 }),
    ]);
  });

  it('of 2000 UIDs and 5 topics fit one call, ids staying exact in JSON numbers', async () => {
    const strangers = Array.from({ length: 1999 }, (_, at) => `UID_${at}`);
    const answer = await cast.call(PATH, {
      body: {
        appToken: cast.token,
        content: '你好',
        uids: [...strangers, cast.uids.ming],
        topicIds: [1, 2, 3, 4, 5],
      },
    });
    expect(answer.data).toHaveLength(2005);
    expect(answer.data.every((row) => Number.isSafeInteger(row.sendRecordId))).toBe(true);
  });
});

describe('a plan', () => {
  it('limits the calls of its app', async () => {
    const plan = await cast.db.plan.create({
      data: { code: 'small', name: '小', limits: '{"callsPerTenSeconds":2}' },
    });
    const { app, appToken } = await cast.core.apps.createApp({ name: '限量' }, null);
    await cast.db.app.update({ where: { id: app.id }, data: { planId: plan.id } });
    await cast.subscribe(await cast.person('ming'), app.id);
    const send = () => cast.call(PATH, { body: { appToken, content: '你好', uids: [cast.uids.ming] } });
    expect([(await send()).code, (await send()).code]).toEqual([1000, 1000]);
    expect(await send()).toEqual({
      code: 1001,
      msg: expect.stringContaining('发送过于频繁'),
      data: null,
      success: false,
    });
    expect(await cast.taken()).toHaveLength(2);
    cast.clock.at += 10_000;
    expect((await send()).code).toBe(1000);
  });
});

describe('deleting', () => {
  const remove = (id: unknown, token = cast.token) =>
    cast.call(`${PATH}?messageContentId=${id}&appToken=${token}`, {
      method: 'DELETE',
      type: 'application/json',
    });

  it('takes the page down for all receivers', async () => {
    await cast.call(PATH, { body: { appToken: cast.token, content: '你好', uids: [cast.uids.ming] } });
    const [message] = await cast.taken();
    expect(await remove(message?.id)).toEqual({ code: 1000, msg: '处理成功', data: true, success: true });
    const key = cast.core.pageLinks.urlOf(message?.id ?? 0).split('/m/')[1] ?? '';
    expect(await cast.core.messages.findPage(key)).toMatchObject({ state: 'deleted', body: '' });
  });

  it("refuses another app's message and unknown ones", async () => {
    await cast.call(PATH, { body: { appToken: cast.token, content: '你好', uids: [cast.uids.ming] } });
    const [message] = await cast.taken();
    const refused = { code: 1001, msg: expect.stringContaining('不存在'), data: null, success: false };
    expect(await remove(message?.id, cast.otherToken)).toEqual(refused);
    expect(await remove(123)).toEqual(refused);
    expect(await remove('')).toEqual(refused);
    expect(await remove(message?.id, 'AT_wrong')).toMatchObject({ code: 1001, msg: 'appToken不正确' });
    const key = cast.core.pageLinks.urlOf(message?.id ?? 0).split('/m/')[1] ?? '';
    expect(await cast.core.messages.findPage(key)).toMatchObject({ state: 'shown', body: '你好' });
  });
});
