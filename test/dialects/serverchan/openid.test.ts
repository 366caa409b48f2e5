/** `openid` names who gets a message on the two channels that take it, and the status call tells of each channel. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

const WECOM = {
  corpId: 'wwsim0000000001',
  agentId: '1000002',
  secret: 'simwecomsecret',
  receivers: 'zhangsan',
};

let w: World;
let uid: string;
let key: string;
let channel: number;
beforeAll(async () => {
  w = await openWorld();
  const ming = w.phone('Ming');
  await ming.follows();
  uid = await ming.uid();
  key = ((await w.admin(`/users/${uid}/keys`, { kind: 'sendkey' })).json as { key: string }).key;
  const made = await w.admin(`/users/${uid}/channels`, { kind: 'wecom-app', code: 'app', config: WECOM });
  channel = (made.json as { id: number }).id;
});
afterAll(() => w.close());

interface Arrived {
  rendered: string;
  request: { body: string | { touser: string } };
}

/** Whom the newest message went to. */
async function newestReceivers(): Promise<string> {
  const [newest] = ((await w.sim('/inboxes/wecom')).json as { items: Arrived[] }).items;
  const body = newest?.request.body ?? { touser: '' };
  return (typeof body === 'string' ? (JSON.parse(body) as { touser: string }) : body).touser;
}

const send = (fields: Record<string, string>) =>
  w.call(`/${key}.send`, { body: { title: 'disk full', ...fields } });

describe('openid', () => {
  it('addresses those whom it names, instead of the channel’s own receivers', async () => {
    expect((await send({ channel: '66', openid: 'lisi|wangwu' })).json).toMatchObject({ code: 0 });
    await w.drain();
    expect(await newestReceivers()).toBe('lisi|wangwu');
    await send({ channel: '66' });
    await w.drain();
    expect(await newestReceivers()).toBe('zhangsan');
  });

  it('copies them in where the channel says so', async () => {
    await w.admin(`/users/${uid}/channels/${channel}`, { config: { named: 'copy' } }, 'PATCH');
    await send({ channel: '66', openid: 'lisi' });
    await w.drain();
    expect(await newestReceivers()).toBe('zhangsan|lisi');
    await w.admin(`/users/${uid}/channels/${channel}`, { config: { named: '' } }, 'PATCH');
  });

  it.each(['9', ''])('is refused where no channel takes it: %j', async (named) => {
    const before = await w.db.message.count();
    const refused = await send({ channel: named, openid: 'lisi' });
    expect([refused.status, refused.json]).toMatchObject([
      400,
      { code: 20_001, info: expect.stringContaining('openid') },
    ]);
    expect(await w.db.message.count()).toBe(before);
  });
});

it('the status of a message by two channels tells of both', async () => {
  await w.sim('/faults', { path: '/wecom/cgi-bin/message/send', errcode: 81_013, count: 1 });
  const sent = (await send({ channel: '9|66' })).json as { data: { pushid: string; readkey: string } };
  const readStatus = async () => {
    const { pushid, readkey } = sent.data;
    const got = (await w.call(`/push?id=${pushid}&readkey=${readkey}`)).json as {
      data: { wxstatus: string };
    };
    return got.data.wxstatus;
  };
  expect(await readStatus()).toBe('');
  await w.drain();
  const { channels = [], ...first } = JSON.parse(await readStatus());
  expect(first).toMatchObject({ errcode: 0, errmsg: 'ok', msgid: expect.any(Number) });
  expect(channels).toHaveLength(2);
  expect(channels).toEqual(
    expect.arrayContaining([
      { channel: '9', ...first },
      { channel: '66', errcode: 81_013, errmsg: expect.stringContaining('81013') },
    ]),
  );
});
