/** The WeCom client against a small host: tokens, calls, members, the check of a form, and its errors. */
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '#src/lib/logger.js';
import { createWecomPlatform, PlatformError, WECOM_CODES } from '#src/platforms/wecom/index.js';
import { answering, type Cleanups, cleanUp, openPeer, type PeerAnswer } from '#test/channels/http-peer.js';
import { createMemoryStore } from '#test/platforms/wechat/fake-wechat.js';
import { createTestClock } from '#test/support/clock.js';
import { APP, openFakeWecom } from './fake-wecom.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

const TEXT = { touser: 'lisi', msgtype: 'text', text: { content: '你好' } };

async function failureOf(promise: Promise<unknown>): Promise<PlatformError> {
  const error = await promise.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof PlatformError)) {
    throw new Error(`no PlatformError: ${String(error)}`);
  }
  return error;
}

describe('a message', () => {
  it('goes out with the number of the app and tells whom it missed', async () => {
    const fake = await openFakeWecom(cleanups);
    fake.on('message/send', { msgid: 'M1', invaliduser: 'a|b', unlicenseduser: 'c' });
    expect(await fake.platform.sendMessage(APP, TEXT)).toEqual({
      msgId: 'M1',
      invalidUsers: ['a', 'b'],
      unlicensedUsers: ['c'],
    });
    expect(fake.last('gettoken')?.query.get('corpsecret')).toBe(APP.secret);
    expect(fake.last('message/send')?.body).toBe(
      '{"touser":"lisi","msgtype":"text","text":{"content":"你好"},"agentid":1000002}',
    );
  });

  it('is taken back by its id', async () => {
    const fake = await openFakeWecom(cleanups);
    await fake.platform.recall(APP, 'M1');
    expect(fake.last('message/recall')?.body).toBe('{"msgid":"M1"}');
  });
});

describe('tokens', () => {
  it('are fetched once for many messages at once, and one for each secret', async () => {
    const fake = await openFakeWecom(cleanups);
    const other = { ...APP, agentId: '1000003', secret: 'another' };
    await Promise.all([APP, APP, other, APP, other].map((app) => fake.platform.sendMessage(app, TEXT)));
    expect(fake.count('gettoken')).toBe(2);
    expect(fake.tokens.kept.size).toBe(2);
    expect(JSON.stringify([...fake.tokens.kept.keys()])).not.toContain(APP.secret);
  });

  it.each([40014, 42001])('that are refused with %i are replaced, once', async (errcode) => {
    const fake = await openFakeWecom(cleanups);
    fake.on('message/send', (query) =>
      query.get('access_token') === 'TOKEN_1' ? { errcode, errmsg: 'dead' } : { msgid: 'M2' },
    );
    expect(await fake.platform.sendMessage(APP, TEXT)).toMatchObject({ msgId: 'M2' });
    fake.on('message/send', { errcode, errmsg: 'dead' });
    expect(await failureOf(fake.platform.sendMessage(APP, TEXT))).toMatchObject({ code: errcode });
    expect(fake.count('message/send')).toBe(4);
  });

  it('of a secret that was reset fail by the secret', async () => {
    const fake = await openFakeWecom(cleanups);
    await fake.platform.sendMessage(APP, TEXT);
    fake.on('message/send', { errcode: 42001, errmsg: 'expired' });
    fake.on('gettoken', { errcode: 40001, errmsg: 'invalid credential' });
    const error = await failureOf(fake.platform.sendMessage(APP, TEXT));
    expect(error).toMatchObject({ code: 40001, call: 'gettoken', advice: expect.stringContaining('Secret') });
  });

  it('without a text or a life are no tokens', async () => {
    const fake = await openFakeWecom(cleanups);
    fake.on('gettoken', { expires_in: 7200 });
    expect(await failureOf(fake.platform.getAgent(APP))).toMatchObject({ kind: 'decode' });
  });
});

describe('a failure', () => {
  it.each(Object.keys(WECOM_CODES).map(Number))('of %i says in Chinese what to do', async (errcode) => {
    const fake = await openFakeWecom(cleanups);
    fake.on('message/send', { errcode, errmsg: 'said so' });
    const error = await failureOf(fake.platform.sendMessage(APP, TEXT));
    expect(error).toMatchObject({ platform: 'wecom', kind: 'api', code: errcode });
    expect(error.message).toContain('said so');
    expect(error.advice).toMatch(/\p{Script=Han}{4}/u);
  });

  it('of a refused address names the address', async () => {
    const fake = await openFakeWecom(cleanups);
    const errmsg =
      'not allow to access from your ip, hint: [1688706313500611129503023], from ip: 203.0.113.9, more info at https://open.work.weixin.qq.com/devtool/query?e=60020';
    fake.on('message/send', { errcode: 60020, errmsg });
    expect((await failureOf(fake.platform.sendMessage(APP, TEXT))).advice).toContain('加入 203.0.113.9');
  });

  it('never holds the secret or a token', async () => {
    const fake = await openFakeWecom(cleanups);
    fake.on('message/send', (query) => ({
      errcode: 40058,
      errmsg: `bad ${query.get('access_token')} ${APP.secret} ${encodeURIComponent(APP.secret)}`,
    }));
    const error = await failureOf(fake.platform.sendMessage(APP, TEXT));
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toMatch(/TOKEN_1|topsecret/);
  });

  it.each([
    ['a failing server', answering(502, ''), { kind: 'http', status: 502, retryable: true }],
    ['a proxy that says 404', answering(404, '{"a":1}'), { kind: 'http', status: 404, retryable: false }],
    ['no JSON', answering(200, '<html>'), { kind: 'decode', retryable: true }],
    ['JSON without a code', answering(200, '{}'), { kind: 'decode', retryable: true }],
    ['a connection that breaks', (res) => res.destroy(), { kind: 'network', retryable: true }],
    ['silence', () => undefined, { kind: 'timeout', retryable: true }],
  ] satisfies [string, PeerAnswer, object][])('of %s is told as such', async (_, answer, expected) => {
    const peer = await openPeer(cleanups, answer);
    const platform = createWecomPlatform({
      // Only silence is waited for: on a busy machine everything else takes its time, too.
      config: { apiBase: peer.url, timeoutMs: expected.kind === 'timeout' ? 200 : 10_000 },
      tokens: createMemoryStore(),
      clock: createTestClock(),
      log: silentLogger,
    });
    cleanups.push(() => platform.close());
    const error = await failureOf(platform.sendMessage(APP, TEXT));
    expect(error).toMatchObject({ platform: 'wecom', ...expected });
    expect(error.message).not.toContain('127.0.0.1');
  });
});

describe('members', () => {
  it('are those of the departments in the range and those named one by one, each once', async () => {
    const fake = await openFakeWecom(cleanups);
    fake.on('agent/get', {
      agentid: 1000002,
      name: '告警',
      close: 0,
      allow_userinfos: { user: [{ userid: 'solo' }, { userid: 'ZhangSan' }] },
      allow_partys: { partyid: [1] },
    });
    fake.on('department/simplelist', {
      department_id: [
        { id: 1, parentid: 0 },
        { id: 2, parentid: 1 },
      ],
    });
    fake.on('user/list', (query) => ({
      userlist:
        query.get('department_id') === '1'
          ? [{ userid: 'zhangsan', name: '张三', department: [1, 2] }]
          : [
              { userid: 'zhangsan', name: '张三', department: [1, 2] },
              { userid: 'lisi', name: '李四', department: [2] },
            ],
    }));
    expect(await fake.platform.listMembers(APP)).toEqual([
      { userId: 'lisi', name: '李四', departmentIds: [2] },
      { userId: 'solo', name: '', departmentIds: [] },
      { userId: 'zhangsan', name: '张三', departmentIds: [1, 2] },
    ]);
  });
});

describe('the check of a form', () => {
  async function openGood() {
    const fake = await openFakeWecom(cleanups);
    fake.on('agent/get', { agentid: 1000002, name: '告警', allow_userinfos: { user: [{ userid: 'LiSi' }] } });
    fake.on('message/send', { errcode: 44004, errmsg: 'empty content' });
    return fake;
  }

  it('passes good credentials and receivers, and sends nobody a word', async () => {
    const fake = await openGood();
    fake.on('user/get', { userid: 'wangwu', name: '王五' });
    const agent = await fake.platform.checkCredentials(APP, ['lisi', 'wangwu']);
    expect(agent).toMatchObject({ name: '告警', agentId: '1000002' });
    expect(JSON.parse(fake.last('message/send')?.body ?? '')).toMatchObject({
      touser: '',
      text: { content: '' },
    });
    expect(fake.count('user/get')).toBe(1);
    await expect(fake.platform.checkCredentials(APP, ['@all'])).resolves.toMatchObject({ name: '告警' });
  });

  it('asks for the secret past every cache', async () => {
    const fake = await openGood();
    await fake.platform.getAgent(APP);
    fake.on('gettoken', { errcode: 40001, errmsg: 'invalid credential' });
    expect(await failureOf(fake.platform.checkCredentials(APP, []))).toMatchObject({ code: 40001 });
  });

  it.each([
    ['gettoken', 40013, '企业 ID'],
    ['agent/get', 301002, '同一个应用'],
    ['message/send', 60020, '可信 IP'],
    ['message/send', 48002, '权限'],
  ])('fails when %s says %i', async (call, errcode, advice) => {
    const fake = await openGood();
    fake.on(call, { errcode, errmsg: 'no' });
    expect(await failureOf(fake.platform.checkCredentials(APP, ['lisi']))).toMatchObject({
      code: errcode,
      advice: expect.stringContaining(advice),
    });
  });

  it('fails on an app that is switched off', async () => {
    const fake = await openGood();
    fake.on('agent/get', { name: '告警', close: 1 });
    expect(await failureOf(fake.platform.checkCredentials(APP, []))).toMatchObject({ code: 50003 });
  });

  it.each([60111, 60011, 40003])('names the receivers that cannot be seen (%i)', async (errcode) => {
    const fake = await openGood();
    fake.on('user/get', (query) => (query.get('userid') === 'ghost' ? { errcode, errmsg: 'no' } : {}));
    const error = await failureOf(fake.platform.checkCredentials(APP, ['lisi', 'wangwu', 'ghost']));
    expect(error.code).toBe(81013);
    expect(error.advice).toMatch(/：ghost。/);
  });
});
