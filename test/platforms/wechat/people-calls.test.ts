/** Calls about people and about the account itself: followers, sign-in, addresses and quotas. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WechatPlatform } from '#src/platforms/wechat/index.js';
import { type FakeWechat, openFakeWechat, openPlatform } from './fake-wechat.js';

const cleanups: (() => unknown)[] = [];
let fake: FakeWechat;
let platform: WechatPlatform;
beforeEach(async () => {
  fake = await openFakeWechat(cleanups);
  ({ platform } = openPlatform(fake, cleanups));
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) {
    await clean();
  }
});

const sent = (path: string) => JSON.parse(fake.last(path)?.body ?? 'null');

describe('people', () => {
  it('reads a follower', async () => {
    fake.on('/user/info', (seen) => ({
      subscribe: 1,
      openid: seen.query.get('openid'),
      subscribe_time: 1_700_000_000,
      unionid: 'u1',
      remark: '老王',
      subscribe_scene: 'ADD_SCENE_QR_CODE',
      qr_scene: 0,
      qr_scene_str: 'abc',
    }));
    expect(await platform.getUser('oA')).toEqual({
      openid: 'oA',
      subscribed: true,
      subscribedAt: new Date(1_700_000_000_000),
      unionId: 'u1',
      remark: '老王',
      scene: 'abc',
      source: 'ADD_SCENE_QR_CODE',
    });
    expect(fake.last('/user/info')?.query.get('lang')).toBe('zh_CN');
  });

  it('reads somebody who does not follow', async () => {
    fake.on('/user/info', () => ({ subscribe: 0, openid: 'oA' }));
    expect(await platform.getUser('oA')).toMatchObject({
      subscribed: false,
      subscribedAt: null,
      unionId: null,
    });
  });

  it('lets no openid change the address', async () => {
    fake.on('/user/info', () => ({ subscribe: 0 }));
    await platform.getUser('oA&lang=en&access_token=x#');
    expect(fake.last('/user/info')?.query.get('openid')).toBe('oA&lang=en&access_token=x#');
    expect(fake.last('/user/info')?.query.getAll('access_token')).toEqual(['TOKEN_1']);
  });

  it('pages through the followers until an empty page', async () => {
    const pages: Record<string, object> = {
      '': { total: 3, count: 2, data: { openid: ['a', 'b'] }, next_openid: 'b' },
      b: { total: 3, count: 1, data: { openid: ['c'] }, next_openid: 'c' },
      c: { total: 3, count: 0, next_openid: '' },
    };
    fake.on('/user/get', (seen) => pages[seen.query.get('next_openid') ?? '']);
    expect(await platform.listFollowers()).toEqual({ openids: ['a', 'b'], next: 'b', total: 3 });
    expect(await platform.listFollowers('b')).toEqual({ openids: ['c'], next: 'c', total: 3 });
    expect(await platform.listFollowers('c')).toEqual({ openids: [], next: null, total: 3 });
  });

  it('ends after a first page that holds everybody', async () => {
    fake.on('/user/get', () => ({ total: 1, count: 1, data: { openid: ['a'] }, next_openid: 'a' }));
    expect(await platform.listFollowers()).toEqual({ openids: ['a'], next: null, total: 1 });
  });
});

describe('sign-in', () => {
  it('builds the address in the order the platform wants', () => {
    expect(platform.oauthUrl({ redirectUri: 'https://q.example.com/s/a?b=1', state: 'St8' })).toBe(
      'https://open.example.com/connect/oauth2/authorize?appid=wxtest' +
        '&redirect_uri=https%3A%2F%2Fq.example.com%2Fs%2Fa%3Fb%3D1&response_type=code&scope=snsapi_base&state=St8#wechat_redirect',
    );
    expect(platform.oauthUrl({ redirectUri: 'x', state: '', scope: 'snsapi_userinfo' })).toContain(
      '&scope=snsapi_userinfo&state=#',
    );
  });

  it.each(['a b', 'a&b', 'a-b', '状态', 'x'.repeat(129)])('refuses the state %j', (state) => {
    expect(() => platform.oauthUrl({ redirectUri: 'x', state })).toThrow(RangeError);
  });

  it('trades a code for a person without an access token of the account', async () => {
    fake.on('/sns/oauth2/access_token', () => ({
      access_token: 'USERTOKEN',
      openid: 'oA',
      scope: 'snsapi_base',
    }));
    expect(await platform.exchangeOauthCode('C&1')).toEqual({ openid: 'oA' });
    const { query } = fake.last('/sns/oauth2/access_token') ?? {};
    expect(query?.get('code')).toBe('C&1');
    expect(query?.get('grant_type')).toBe('authorization_code');
    expect(fake.count('/stable_token')).toBe(0);
  });

  it('refuses the preview identity', async () => {
    fake.on('/sns/oauth2/access_token', () => ({ access_token: 'T', openid: 'oFake', is_snapshotuser: 1 }));
    await expect(platform.exchangeOauthCode('C')).rejects.toMatchObject({
      kind: 'api',
      retryable: false,
      advice: expect.stringContaining('快照'),
    });
  });

  it.each([40029, 40163])('says that a code is of no use (%d)', async (errcode) => {
    fake.on('/sns/oauth2/access_token', () => ({ errcode, errmsg: 'invalid code' }));
    await expect(platform.exchangeOauthCode('C')).rejects.toMatchObject({ code: errcode, retryable: false });
    expect(fake.count('/sns/oauth2/access_token')).toBe(1);
  });
});

describe('the account', () => {
  it('asks for addresses, checks, quotas and clears them', async () => {
    fake.on('/getcallbackip', () => ({ ip_list: ['203.0.113.1', '203.0.113.2'] }));
    fake.on('/callback/check', () => ({
      dns: [{ ip: '203.0.113.9', real_operator: 'UNICOM' }],
      ping: [{ ip: '203.0.113.9', from_operator: 'UNICOM', package_loss: '0%', time: '23.079ms' }],
    }));
    fake.on('/openapi/quota/get', () => ({ errcode: 0, quota: { daily_limit: 10, used: 3, remain: 7 } }));
    expect(await platform.callbackIps()).toEqual(['203.0.113.1', '203.0.113.2']);
    expect(await platform.checkCallback()).toEqual({
      dns: [{ ip: '203.0.113.9', operator: 'UNICOM' }],
      ping: [{ ip: '203.0.113.9', fromOperator: 'UNICOM', packageLoss: '0%', time: '23.079ms' }],
    });
    expect(await platform.quota('/cgi-bin/menu/create')).toEqual({ dailyLimit: 10, used: 3, remaining: 7 });
    expect(sent('/openapi/quota/get')).toEqual({ cgi_path: '/cgi-bin/menu/create' });
    await platform.clearQuota();
    expect(sent('/clear_quota')).toEqual({ appid: 'wxtest' });
  });

  it('keeps a path in its base address', async () => {
    const prefixed = openPlatform({ base: `${fake.base}/cgi-bin/` }, cleanups).platform;
    fake.on('/cgi-bin/stable_token', () => ({ access_token: 'P', expires_in: 7200 }));
    fake.tokens.alive.add('P');
    await prefixed.sendText('oA', 'x');
    expect(fake.seen.map(({ path }) => path)).toEqual([
      '/cgi-bin/cgi-bin/stable_token',
      '/cgi-bin/cgi-bin/message/custom/send',
    ]);
  });
});
