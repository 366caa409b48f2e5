/** Access keys: had for a secret, over after two hours, and the way of a program from the first key to a message's end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Account, askAccessKey, openCast, type Said, toSaid } from './cast.js';

const MINUTE = 60_000;
let w: Awaited<ReturnType<typeof openCast>>;
let ming: Account;
beforeAll(async () => {
  w = await openCast();
  ming = await w.account('Ming');
});
afterAll(() => w.close());

const use = async (accessKey: string, path = '/user/token'): Promise<Said> =>
  toSaid(await w.call(`/api/open${path}`, { headers: { 'access-key': accessKey } }));
const renew = async (): Promise<string> => {
  const said = await askAccessKey(w, { token: ming.token, secretKey: ming.secret });
  return (said.data as { accessKey: string }).accessKey;
};

it('walks from the access key to the end of a message', async () => {
  const said = await askAccessKey(w, { token: ming.token, secretKey: ming.secret });
  expect(said).toMatchObject({ code: 200, msg: '请求成功' });
  expect(said.data).toEqual({ accessKey: expect.stringMatching(/^[\da-f]{32}$/), expiresIn: 7200 });
  const added = await ming.open('/token/add', { name: 'nas', expireTime: '2035-05-09 22:34:00' });
  expect(added).toMatchObject({ code: 200, msg: '执行成功', data: expect.stringMatching(/^[\da-f]{32}$/) });
  const sent = await w.call('/send', { body: { token: added.data, title: '硬盘', content: '满了' } });
  const shortCode = (sent.json as Said).data;
  const row = { topicName: '', messageType: 1, title: '硬盘', shortCode, channel: 'wechat' };
  const list = (await ming.open('/message/list', { current: 1, pageSize: 20 })).data;
  expect(list).toMatchObject({ pageNum: 1, pageSize: 20, total: 1, pages: 1, list: [row] });
  const result = `/message/sendMessageResult?shortCode=${shortCode}`;
  const updateTime = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect((await ming.open(result)).data).toEqual({ status: 0, errorMessage: '', updateTime });
  await w.drain();
  expect((await ming.open(result)).data).toEqual({ status: 2, errorMessage: '', updateTime });
  expect((await w.phone('Ming').cards()).length).toBe(1);
  expect((await ming.open('/user/sendCount')).data).toMatchObject({ wechatSendCount: 1, cpSendCount: 0 });
  const gone = await ming.open(`/message/deleteMessage?shortCode=${shortCode}`, undefined, 'DELETE');
  expect(gone).toMatchObject({ code: 200, data: '删除成功' });
  expect((await ming.open(result)).msg).toBe('消息不存在');
  expect((await ming.open('/message/list', {})).data).toMatchObject({ total: 0, pages: 0, list: [] });
});

it('tells why a message reached nobody', async () => {
  const yun = await w.account('Yun');
  const sent = await w.call('/send', { body: { token: yun.token, content: 'hello' } });
  await w.phone('Yun').unfollows();
  await w.drain();
  const result = await yun.open(`/message/sendMessageResult?shortCode=${(sent.json as Said).data}`);
  expect(result.data).toMatchObject({ status: 3, errorMessage: expect.stringMatching(/./) });
});

describe('an access key', () => {
  it('works for two hours, and beside its successor for five minutes more', async () => {
    const first = await renew();
    const second = await renew();
    expect([(await use(first)).code, (await use(second)).code]).toEqual([200, 200]);
    w.clock.advance(5 * MINUTE - 1);
    expect((await use(first)).code).toBe(200);
    w.clock.advance(1);
    expect([(await use(first)).code, (await use(second)).code]).toEqual([401, 200]);
    w.clock.advance(115 * MINUTE - 1);
    expect((await use(second)).code).toBe(200);
    w.clock.advance(1);
    expect(await use(second)).toEqual({ code: 401, msg: expect.any(String) });
  });

  it('that was renewed at its very end does not outlive its time', async () => {
    const first = await renew();
    w.clock.advance(119 * MINUTE);
    await renew();
    w.clock.advance(MINUTE);
    expect((await use(first)).code).toBe(401);
  });

  it('ends with the secret that brought it', async () => {
    const key = await renew();
    ming.secret = (await w.core.openAccess.replaceSecret(ming.personId)).secret;
    expect((await use(key)).code).toBe(401);
    expect((await use(await renew())).code).toBe(200);
  });

  it.each(['', 'x', '0'.repeat(32), '青鸟', "' OR 1=1 --"])('is not %j', async (key) => {
    expect((await use(encodeURIComponent(key))).code).toBe(401);
  });

  it('is needed for unknown calls too, and is nothing that sends', async () => {
    expect((await use('', '/no/such')).code).toBe(401);
    const key = await renew();
    expect(await use(key, '/no/such')).toMatchObject({ code: 999, msg: '接口不存在' });
    expect((await use(key, '/token/add')).msg).toBe('请求方式应为 POST');
    const sent = await w.call('/send', { body: { token: key, content: 'x' } });
    expect((sent.json as Said).code).toBe(903);
    const { items } = (await w.admin(`/users/${ming.uid}/keys`)).json as { items: { kind: string }[] };
    expect(items.map(({ kind }) => kind)).not.toContain('access');
  });
});

describe('asking for one', () => {
  it.each(['GET', 'PUT', 'DELETE'])('is told the right method instead of %s', async (method) => {
    const { status, json } = await w.call('/api/common/openApi/getAccessKey', { method });
    expect([status, json]).toEqual([200, { code: 999, msg: '请求方式应为 POST' }]);
  });

  it('is refused without the right token and secret', async () => {
    const hua = await w.account('Hua');
    const messageToken = (await hua.open('/token/add', { name: 'nas' })).data;
    for (const [body, code] of [
      [{ token: ming.token, secretKey: hua.secret }, 401],
      [{ token: ming.token, secretKey: '' }, 999],
      [{ token: ming.token }, 999],
      [{ secretKey: ming.secret }, 999],
      [{ token: 'f'.repeat(32), secretKey: ming.secret }, 903],
      [{ token: messageToken, secretKey: hua.secret }, 903],
      [{ token: { a: 1 }, secretKey: [] }, 999],
      [[1], 999],
    ] as const) {
      expect([body, (await askAccessKey(w, body)).code]).toEqual([body, code]);
    }
    const { keyId = 0 } = (await w.core.keys.findOwner('pushplus', hua.token)) ?? {};
    await w.core.keys.revokeKey(hua.personId, keyId);
    expect((await askAccessKey(w, { token: hua.token, secretKey: hua.secret })).code).toBe(903);
  });

  it.each([
    [['10.0.0.1'], 403],
    [['10.0.0.0/8', '::2'], 403],
    [['127.0.0.1'], 200],
    [['127.0.0.0/8'], 200],
    [['0.0.0.0/0'], 200],
    [[], 200],
  ])('from addresses outside %j answers %i', async (ips, code) => {
    await w.core.openAccess.setAllowedIps(ming.personId, ips);
    expect((await askAccessKey(w, { token: ming.token, secretKey: ming.secret })).code).toBe(code);
  });

  it.each(['x', '1.2.3', '1.2.3.4/33', '1.2.3.4/8/8', '::1/129', 'fe80::1%eth0', ''])(
    'cannot be allowed from %j',
    async (ip) => {
      await expect(w.core.openAccess.setAllowedIps(ming.personId, [ip])).rejects.toMatchObject({
        code: 'bad_field',
      });
    },
  );
});

it('access keys are made so many a minute, and the one in use goes on working', async () => {
  await w.core.limits.saveLimits({ 'access-key-person-minute': 3 });
  const hua = await w.account('Who asks often');
  const codes: number[] = [];
  let last = '';
  for (let at = 0; at < 4; at += 1) {
    const { code, data } = await askAccessKey(w, { token: hua.token, secretKey: hua.secret });
    codes.push(code);
    last = (data as { accessKey?: string } | undefined)?.accessKey ?? last;
  }
  expect(codes).toEqual([200, 200, 900, 900]);
  expect((await use(last)).code).toBe(200);
  w.clock.advance(MINUTE);
  expect((await askAccessKey(w, { token: hua.token, secretKey: hua.secret })).code).toBe(200);
  await w.core.limits.saveLimits({ 'access-key-person-minute': null });
});
