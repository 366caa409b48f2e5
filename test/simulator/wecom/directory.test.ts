/** What an app may read about itself, members and departments. */
import { describe, expect, it } from 'vitest';
import { simulatedWecom } from '#src/simulator/index.js';
import { openSim, type SimWorld } from '../sim-world.js';
import { refusalText, wecom } from './wecom-world.js';

const { agentId, narrowAgentId, narrowSecret } = simulatedWecom;

async function read(sim: SimWorld, path: string, query: Record<string, string> = {}, secret?: string) {
  return (await wecom(sim, `/cgi-bin/${path}`, { query, secret })).body;
}

function namesIn(list: unknown, name: string): unknown[] {
  return Array.isArray(list) ? list.map((item) => item[name]) : [];
}

it.each<[string, string, Record<string, string>, string | undefined, number]>([
  ['an app without a number', 'agent/get', {}, undefined, 41011],
  ['an unknown app', 'agent/get', { agentid: '1000009' }, undefined, 40056],
  ['an app that is no number', 'agent/get', { agentid: 'x' }, undefined, 40056],
  ['another app', 'agent/get', { agentid: String(narrowAgentId) }, undefined, 301002],
  ['no member', 'user/get', {}, undefined, 40003],
  ['a member id that cannot be', 'user/get', { userid: '-lisi' }, undefined, 40003],
  ['an unknown member', 'user/get', { userid: 'ghost' }, undefined, 60111],
  ['a member out of sight', 'user/get', { userid: 'zhangsan' }, narrowSecret, 60011],
  ['members of no department', 'user/list', {}, undefined, 40058],
  ['members of something else', 'user/list', { department_id: 'x' }, undefined, 40058],
  ['members of an unknown department', 'user/list', { department_id: '9' }, undefined, 60003],
  ['members out of sight', 'user/list', { department_id: '2' }, narrowSecret, 60011],
  ['an unknown department', 'department/list', { id: '9' }, undefined, 60003],
  ['a department out of sight', 'department/simplelist', { id: '1' }, narrowSecret, 60011],
])('refuses to show %s', async (_name, path, query, secret, errcode) => {
  const sim = await openSim();
  expect(await read(sim, path, query, secret)).toEqual({
    errcode,
    errmsg: expect.stringMatching(refusalText(sim, errcode)),
  });
});

describe('an app sees', () => {
  it('itself and its range', async () => {
    const sim = await openSim();
    const whole = await read(sim, 'agent/get', { agentid: String(agentId) });
    expect(whole).toMatchObject({ errcode: 0, errmsg: 'ok', agentid: agentId, name: '青鸟', close: 0 });
    expect(whole.allow_userinfos).toEqual({
      user: [{ userid: 'zhangsan' }, { userid: 'lisi' }, { userid: 'wangwu' }],
    });
    expect(whole.allow_partys).toEqual({ partyid: [1] });
    const narrow = await read(sim, 'agent/get', { agentid: String(narrowAgentId) }, narrowSecret);
    expect(narrow).toMatchObject({ allow_userinfos: { user: [] }, allow_partys: { partyid: [3] } });
  });

  it('a member in any case of letters, without what new apps do not get', async () => {
    const sim = await openSim();
    const member = await read(sim, 'user/get', { userid: 'WangWu' });
    expect(member).toMatchObject({
      errcode: 0,
      userid: 'wangwu',
      name: '王五',
      department: [2, 3],
      status: 1,
    });
    expect(Object.keys(member)).not.toContain('mobile');
  });

  it('departments one level at a time', async () => {
    const sim = await openSim();
    expect(await read(sim, 'department/list')).toMatchObject({
      department: [
        { id: 1, name: '模拟公司', parentid: 0 },
        { id: 2, name: '研发部', parentid: 1 },
        { id: 3, name: '运维部', parentid: 1 },
      ],
    });
    expect(namesIn((await read(sim, 'department/list', { id: '2' })).department, 'id')).toEqual([2]);
    const simple = await read(sim, 'department/simplelist', {}, narrowSecret);
    expect(simple.department_id).toEqual([{ id: 3, parentid: 1, order: 3 }]);
  });

  it('the members right in a department', async () => {
    const sim = await openSim();
    const of = async (id: string) =>
      namesIn((await read(sim, 'user/list', { department_id: id })).userlist, 'userid');
    expect([await of('1'), await of('2'), await of('3')]).toEqual([
      ['zhangsan'],
      ['lisi', 'wangwu'],
      ['wangwu'],
    ]);
    const { userlist } = await read(sim, 'user/simplelist', { department_id: '1' });
    expect(userlist).toEqual([{ userid: 'zhangsan', name: '张三', department: [1], open_userid: '' }]);
  });
});
