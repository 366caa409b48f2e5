/** The lists of followers in both forms, ending a relation, and blocking one. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { START } from '#test/dialects/open-door.js';
import { type Answer, type Cast, openCast } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
  const ming = await cast.core.people.getByUid(cast.uids.ming);
  await cast.subscribe(ming, cast.appId, cast.topics.ops);
  await cast.subscribe(ming, cast.appId, cast.topics.sales);
});
afterAll(() => cast.close());

const get = (path: string, fields: Record<string, string> = {}): Promise<Answer> =>
  cast.call(`${path}?${new URLSearchParams({ appToken: cast.token, ...fields })}`, {
    type: 'application/json',
  });
const V1 = '/api/fun/wxuser';
const V2 = '/api/fun/wxuser/v2';
type Row = Record<string, unknown>;
const rowsOf = (answer: Answer): Row[] => answer.data.records as Row[];

describe('the second form', () => {
  it('has a row for each relation, with the fields that remove and reject need', async () => {
    const answer = await get(V2, { page: '1', pageSize: '10', uid: cast.uids.ming });
    const row = (fields: Row): Row => ({
      uid: cast.uids.ming,
      headImg: '',
      createTime: START,
      nickName: '',
      reject: false,
      id: expect.any(Number),
      payEndTime: 0,
      ...fields,
    });
    expect(answer).toEqual({
      code: 1000,
      msg: '处理成功',
      data: {
        total: 3,
        page: 1,
        pageSize: 10,
        records: [
          row({ appOrTopicId: cast.topics.sales, type: 1, target: '销售' }),
          row({ appOrTopicId: cast.topics.ops, type: 1, target: '运维' }),
          row({ appOrTopicId: cast.appId, type: 0, target: '告警' }),
        ],
      },
      success: true,
    });
  });

  it.each<[Record<string, string>, number]>([
    [{}, 5],
    [{ uid: '', isBlock: '', type: '' }, 5],
    [{ type: '0' }, 3],
    [{ type: '1' }, 2],
    [{ isBlock: 'true' }, 1],
    [{ isBlock: 'false' }, 4],
    [{ isBlock: 'true', type: '1' }, 0],
    [{ uid: 'UID_nobody' }, 0],
  ])('filters by %j', async (fields, total) => {
    const answer = await get(V2, fields);
    expect(answer.data).toMatchObject({ total, page: 1, pageSize: 20 });
    expect(rowsOf(answer)).toHaveLength(total);
  });

  it('shows who is blocked', async () => {
    const rows = rowsOf(await get(V2, { isBlock: 'true' }));
    expect(rows).toEqual([expect.objectContaining({ uid: cast.uids.lei, reject: true })]);
  });

  it('pages from 1, without gaps or repeats', async () => {
    const pages = await Promise.all(['1', '2', '3', '4'].map((page) => get(V2, { page, pageSize: '2' })));
    expect(pages.map((page) => rowsOf(page).length)).toEqual([2, 2, 1, 0]);
    expect(new Set(pages.flatMap(rowsOf).map((row) => row.id)).size).toBe(5);
    expect(pages.map((page) => page.data.total)).toEqual([5, 5, 5, 5]);
  });

  it("never shows another app's followers", async () => {
    const rows = rowsOf(await get(V2, { appToken: cast.otherToken }));
    expect(rows.map((row) => row.uid)).toEqual([cast.uids.yun]);
  });
});

describe('the first form', () => {
  it('has the five old fields of the followers of the app itself', async () => {
    expect(await get(V1, { page: '1', pageSize: '1', uid: cast.uids.ming })).toEqual({
      code: 1000,
      msg: '处理成功',
      data: {
        page: 1,
        pageSize: 1,
        total: 1,
        records: [{ uid: cast.uids.ming, createTime: START, enable: true, headImg: '', nickName: '' }],
      },
      success: true,
    });
  });

  it('says of each whether messages reach them', async () => {
    const hua = await cast.core.people.getByUid(cast.uids.hua);
    await cast.core.people.setPaused(hua.personId, true);
    const gone = await cast.person('gone');
    await cast.subscribe(gone, cast.appId);
    await cast.core.people.leave({ ...cast.core.account, externalId: 'openid-gone' });
    const enabled = new Map(rowsOf(await get(V1)).map((row) => [row.uid, row.enable]));
    expect(enabled).toEqual(
      new Map([
        [cast.uids.ming, true],
        [cast.uids.hua, false],
        [cast.uids.lei, false],
        [gone.uid, false],
      ]),
    );
  });
});

describe('one relation', () => {
  let id: string;
  let fan: { personId: number; uid: string };
  beforeEach(async () => {
    fan = await cast.person('fan');
    await cast.subscribe(fan, cast.appId);
    id = String(rowsOf(await get(V2, { uid: fan.uid }))[0]?.id);
  });

  const change = (method: string, path: string, fields: Record<string, string>): Promise<Answer> => {
    const query = new URLSearchParams({ appToken: cast.token, id, ...fields });
    return cast.call(`${path}?${query}`, { method, type: 'application/json' });
  };
  const done = { code: 1000, msg: '处理成功', data: '删除成功', success: true };
  const rowOfSend = async (): Promise<Row | undefined> => {
    const body = { appToken: cast.token, content: '你好', uids: [fan.uid] };
    return (await cast.call('/api/send/message', { body })).data[0];
  };

  it('is ended, and may begin again', async () => {
    expect(await change('DELETE', '/api/fun/remove', {})).toEqual(done);
    expect(await rowOfSend()).toMatchObject({ code: 1001 });
    await cast.subscribe(fan, cast.appId);
    expect(await rowOfSend()).toMatchObject({ code: 1000 });
  });

  it('is blocked, cannot begin again, and is let back in', async () => {
    expect(await change('PUT', '/api/fun/reject', { reject: 'true' })).toEqual(done);
    await cast.subscribe(fan, cast.appId);
    expect(await rowOfSend()).toMatchObject({ code: 1001, status: '用户已被应用拉黑' });
    expect(await change('PUT', '/api/fun/reject', { reject: 'false' })).toEqual(done);
    expect(await rowOfSend()).toMatchObject({ code: 1000 });
  });

  it("is out of another app's reach", async () => {
    const foreign = { appToken: cast.otherToken };
    expect(await change('DELETE', '/api/fun/remove', foreign)).toMatchObject({ code: 1001, data: null });
    expect(await change('PUT', '/api/fun/reject', { ...foreign, reject: 'true' })).toMatchObject({
      code: 1001,
    });
    expect(await rowOfSend()).toMatchObject({ code: 1000 });
  });
});

it('says that nobody has paid for anything', async () => {
  expect(await get('/api/product/query-pay-end-time', { uid: cast.uids.ming, prodId: '1' })).toEqual({
    code: 1000,
    msg: '处理成功',
    data: [],
    success: true,
  });
});
