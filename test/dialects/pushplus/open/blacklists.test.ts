/** Blacklists of friends and of groups: who is on one gets nothing, sends nothing and comes back only when let. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Account, openCast } from './cast.js';

let w: Awaited<ReturnType<typeof openCast>>;
let ming: Account;
let hua: Account;
let topicId = 0;
const DONE = { code: 200, msg: '执行成功', data: null };

beforeAll(async () => {
  w = await openCast();
  [ming, hua] = [await w.account('Ming'), await w.account('Hua')];
  const group = { topicCode: 'ops', topicName: '运维', contact: '100', introduction: '机房' };
  topicId = (await ming.open('/topic/add', group)).data as number;
});
afterAll(() => w.close());

interface Row {
  id: number;
  token: string;
}
const rowsOf = async (who: Account, path: string, body: object = {}): Promise<Row[]> =>
  ((await who.open(path, body)).data as { list: Row[] }).list;
const friendsOf = (who: Account): Promise<Row[]> => rowsOf(who, '/friend/list');
const usersOf = (path: string): Promise<Row[]> => rowsOf(ming, path, { params: { topicId } });
const post = (who: Account, path: string) => who.open(path, undefined, 'POST');

/** Somebody scans the code of an account, or of a group of its; gives what the chat said. */
async function scan(name: string, owner: Account, topic?: number): Promise<string> {
  // WeChat tells of one scan a second at most; the same scan within it would be a repeat.
  w.clock.advance(1000);
  const space = await w.core.spaces.getSpace(owner.personId);
  const code = await w.core.qrcodes.getDefault(space.id, topic);
  return (await w.phone(name).scans(code.url)).text;
}

async function cardsOf(name: string): Promise<string> {
  await w.drain();
  return (await w.phone(name).cards()).map((card) => card.rendered).join('\n');
}

const sendTo = async (who: Account, fields: object) =>
  (await w.call('/send', { body: { token: who.token, content: 'x', ...fields } })).json;

describe('a friend', () => {
  let friend: Row;
  let back: Row;
  beforeAll(async () => {
    await scan('Hua', ming);
    await scan('Ming', hua);
    [friend = { id: 0, token: '' }] = await friendsOf(ming);
    [back = { id: 0, token: '' }] = await friendsOf(hua);
  });

  it('on the blacklist is a friend no more, on either side, and the list tells since when', async () => {
    expect(await post(ming, `/friend/addBlacklist?friendId=${friend.id}`)).toEqual(DONE);
    expect([await friendsOf(ming), await friendsOf(hua)]).toEqual([[], []]);
    const gone = { code: 999, msg: '服务端验证错误', data: '好友不存在' };
    expect(await sendTo(ming, { title: '给黑名单', to: friend.token })).toEqual(gone);
    expect(await sendTo(hua, { title: '来自黑名单', to: back.token })).toEqual(gone);
    expect([await cardsOf('Hua'), await cardsOf('Ming')].join()).not.toContain('黑名单');
    expect((await ming.open('/friend/blacklistList', { current: 1, pageSize: 20 })).data).toEqual({
      pageNum: 1,
      pageSize: 20,
      total: 1,
      pages: 1,
      list: [
        {
          id: friend.id,
          friendId: friend.id,
          nickName: expect.any(String),
          headImgUrl: '',
          createTime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
        },
      ],
    });
  });

  it('stays there when the server starts anew, and comes back by no scan', async () => {
    await w.restart();
    expect(await scan('Hua', ming)).toMatch(/停止了向你推送/);
    expect(await friendsOf(ming)).toEqual([]);
  });

  it('is none again by leaving the list, but may scan the code anew', async () => {
    expect((await post(ming, `/friend/removeBlacklist?id=${friend.id + 1}`)).msg).toBe('黑名单记录不存在');
    expect(await post(ming, `/friend/removeBlacklist?id=${friend.id}`)).toEqual(DONE);
    expect(await rowsOf(ming, '/friend/blacklistList')).toEqual([]);
    expect(await friendsOf(ming)).toEqual([]);
    await scan('Hua', ming);
    const [again] = await friendsOf(ming);
    expect(await sendTo(ming, { title: '又是好友', to: again?.token })).toMatchObject({ code: 200 });
    expect(await cardsOf('Hua')).toContain('又是好友');
  });
});

describe('a user of a group', () => {
  it('on the blacklist gets nothing of it and cannot join, and the others go on', async () => {
    await w.account('Lei');
    await scan('Hua', ming, topicId);
    await scan('Lei', ming, topicId);
    const users = await usersOf('/topicUser/subscriberList');
    const huaOpenid = (await w.core.people.findWechatName(hua.personId))?.pseudonym ?? '?';
    const id = users.find((one) => JSON.stringify(one).includes(huaOpenid))?.id ?? 0;
    w.clock.advance(60_000);
    expect(await post(ming, `/topicUser/addBlacklist?topicRelationId=${id}`)).toEqual(DONE);
    expect(await usersOf('/topicUser/subscriberList')).toHaveLength(1);
    expect(await usersOf('/topicUser/blacklistList')).toEqual([
      {
        id,
        userId: id,
        nickName: expect.any(String),
        openId: huaOpenid,
        headImgUrl: '',
        // Of being blacklisted, not of joining a minute earlier.
        createTime: new Date(w.clock.now() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' '),
      },
    ]);
    expect(await sendTo(ming, { title: '群组消息', topic: 'ops' })).toMatchObject({ code: 200 });
    expect(await cardsOf('Lei')).toContain('群组消息');
    expect(await cardsOf('Hua')).not.toContain('群组消息');
    expect(await scan('Hua', ming, topicId)).toMatch(/停止了向你推送/);
    expect((await hua.open('/topic/list', { params: { topicType: 1 } })).data).toMatchObject({ list: [] });

    expect(await post(ming, `/topicUser/removeBlacklist?id=${id}`)).toEqual(DONE);
    expect(await usersOf('/topicUser/subscriberList')).toHaveLength(1);
    await scan('Hua', ming, topicId);
    expect(await sendTo(ming, { title: '回来以后', topic: 'ops' })).toMatchObject({ code: 200 });
    expect(await cardsOf('Hua')).toContain('回来以后');
  });
});

describe('refuses', () => {
  it('oneself, strangers, other people’s, a kind for the other, and what is there already', async () => {
    await scan('Ming', ming, topicId);
    const openid = (await w.core.people.findWechatName(ming.personId))?.pseudonym ?? '?';
    const users = await usersOf('/topicUser/subscriberList');
    const own = users.find((one) => JSON.stringify(one).includes(openid))?.id ?? 0;
    const [friend = { id: 0 }] = await friendsOf(ming);
    const say = async (who: Account, path: string): Promise<string> => (await post(who, path)).msg;
    expect(await say(ming, `/topicUser/addBlacklist?topicRelationId=${own}`)).toBe('不能将自己加入黑名单');
    expect(await say(hua, `/friend/addBlacklist?friendId=${friend.id}`)).toBe('好友不存在');
    expect(await say(ming, `/friend/addBlacklist?friendId=${own}`)).toBe('好友不存在');
    expect(await say(ming, `/topicUser/addBlacklist?topicRelationId=${friend.id}`)).toBe('用户不存在');
    expect(await say(ming, `/friend/removeBlacklist?id=${friend.id}`)).toBe('黑名单记录不存在');
    expect(await say(ming, '/friend/addBlacklist')).toBe('friendId不能为空');
    expect((await ming.open('/topicUser/blacklistList', {})).msg).toBe('topicId不能为空');
    await post(ming, `/friend/addBlacklist?friendId=${friend.id}`);
    expect(await say(ming, `/friend/addBlacklist?friendId=${friend.id}`)).toBe('好友不存在');
    expect(await say(hua, `/friend/removeBlacklist?id=${friend.id}`)).toBe('黑名单记录不存在');
    expect(await say(ming, `/topicUser/removeBlacklist?id=${friend.id}`)).toBe('黑名单记录不存在');
  });
});
