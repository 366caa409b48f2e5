/** The life of an access token: fetched once, shared, renewed early, kept over a restart. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  APP_SECRET,
  card,
  createMemoryStore,
  type FakeWechat,
  openFakeWechat,
  openPlatform,
} from './fake-wechat.js';

const cleanups: (() => unknown)[] = [];
let fake: FakeWechat;
beforeEach(async () => {
  fake = await openFakeWechat(cleanups);
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) {
    await clean();
  }
});

const REFUSED = { errcode: 40001, errmsg: 'invalid credential' };

describe('getting a token', () => {
  it('asks once however many callers there are', async () => {
    const { platform } = openPlatform(fake, cleanups);
    await Promise.all(Array.from({ length: 50 }, () => platform.sendTemplate(card())));
    expect(fake.count('/stable_token')).toBe(1);
    expect(fake.count('/message/template/send')).toBe(50);
  });

  it('asks stable_token without force, with id and secret in the body and not in the address', async () => {
    const { platform } = openPlatform(fake, cleanups);
    await platform.sendText('oPERSON', 'hi');
    const asked = fake.last('/stable_token');
    expect(asked?.method).toBe('POST');
    expect(String(asked?.query)).toBe('');
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      grant_type: 'client_credential',
      appid: 'wxtest',
      secret: APP_SECRET,
      force_refresh: false,
    });
  });

  it.each([
    ['has no such path', 404, 'not found'],
    ['calls it an invalid url', 200, { errcode: 40066, errmsg: 'invalid url' }],
  ])('asks /cgi-bin/token where the platform %s', async (_name, status, answer) => {
    fake.on('/stable_token', (_seen, res) => {
      res.statusCode = status;
      return answer;
    });
    fake.on('/token', () => {
      fake.makeToken();
      return { access_token: fake.tokens.current, expires_in: 7200 };
    });
    const { platform } = openPlatform(fake, cleanups);
    await platform.sendTemplate(card());
    const asked = fake.last('/cgi-bin/token');
    expect(asked?.method).toBe('GET');
    expect(asked?.query.get('secret')).toBe(APP_SECRET);
    expect(fake.count('/cgi-bin/token')).toBe(1);
  });

  it.each([
    ['nothing', {}],
    ['an empty token', { access_token: '', expires_in: 7200 }],
    ['a token that is no text', { access_token: 5, expires_in: 7200 }],
    ['a token without a life', { access_token: 'TOKEN_1' }],
    ['a token with no time left', { access_token: 'TOKEN_1', expires_in: 0 }],
  ])('treats %s as an error and sends nothing', async (_name, answer) => {
    fake.on('/stable_token', () => answer);
    const { platform, tokens } = openPlatform(fake, cleanups);
    await expect(platform.sendTemplate(card())).rejects.toMatchObject({
      kind: 'decode',
      call: 'stable_token',
    });
    expect(fake.count('/message/template/send')).toBe(0);
    expect(await tokens.read('wechat:wxtest')).toBe(null);
  });

  it('tries again when the platform is busy or the connection breaks', async () => {
    const answers = [
      (res: { destroy(): void }) => void res.destroy(),
      () => ({ errcode: -1, errmsg: 'system error' }),
      () => {
        fake.makeToken();
        return { access_token: fake.tokens.current, expires_in: 7200 };
      },
    ];
    fake.on('/stable_token', (_seen, res) => answers.shift()?.(res));
    const { platform } = openPlatform(fake, cleanups);
    await platform.sendTemplate(card());
    expect(fake.count('/stable_token')).toBe(3);
  });

  it('says that the secret is wrong, and does not try again', async () => {
    fake.on('/stable_token', () => REFUSED);
    const { platform } = openPlatform(fake, cleanups);
    await expect(platform.sendTemplate(card())).rejects.toMatchObject({
      kind: 'api',
      code: 40001,
      call: 'stable_token',
      retryable: false,
      advice: expect.stringContaining('WECHAT_APP_SECRET'),
    });
    expect(fake.count('/stable_token')).toBe(1);
  });

  it('tells a used-up token quota, and asks no more for a while', async () => {
    fake.on('/stable_token', () => ({ errcode: 45009, errmsg: 'reach max api daily quota limit' }));
    const { platform, clock } = openPlatform(fake, cleanups);
    const quota = expect.objectContaining({ kind: 'api', code: 45009, retryable: true, pause: 'day' });
    await expect(platform.sendTemplate(card())).rejects.toEqual(quota);
    await expect(platform.sendTemplate(card())).rejects.toEqual(quota);
    expect(fake.count('/stable_token')).toBe(1);
    clock.at += 10_000;
    await expect(platform.sendTemplate(card())).rejects.toEqual(quota);
    expect(fake.count('/stable_token')).toBe(2);
  });

  it('names the address to allow', async () => {
    fake.on('/stable_token', () => ({
      errcode: 40164,
      errmsg:
        'invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 6385c6c1-0fcadca1-22c1fc91',
    }));
    const { platform } = openPlatform(fake, cleanups);
    await expect(platform.sendTemplate(card())).rejects.toMatchObject({
      code: 40164,
      retryable: false,
      advice: expect.stringContaining(' 203.0.113.9。'),
    });
  });
});

describe('time', () => {
  it('renews five minutes early without making anybody wait', async () => {
    const { platform, clock } = openPlatform(fake, cleanups);
    await platform.sendTemplate(card());
    fake.tokens.current = '';
    clock.at += 7_000_000;
    await platform.sendTemplate(card());
    expect(fake.last('/message/template/send')?.query.get('access_token')).toBe('TOKEN_1');
    while (platform.tokenState().expiresAt !== clock.at + 7_200_000) {
      await nextTurn();
    }
    await platform.sendTemplate(card());
    expect(fake.last('/message/template/send')?.query.get('access_token')).toBe('TOKEN_2');
    expect(fake.count('/stable_token')).toBe(2);
  });

  it('goes on with the old token when the early renewal fails', async () => {
    const { platform, clock } = openPlatform(fake, cleanups);
    await platform.sendTemplate(card());
    fake.on('/stable_token', () => ({ errcode: 40164, errmsg: 'invalid ip 1.2.3.4' }));
    clock.at += 7_000_000;
    await Promise.all(Array.from({ length: 5 }, () => platform.sendTemplate(card())));
    await platform.close();
    expect(fake.count('/stable_token')).toBe(2);
    expect(fake.count('/message/template/send')).toBe(6);
  });

  it('fetches a new token once the old one is over', async () => {
    const { platform, clock } = openPlatform(fake, cleanups);
    await platform.sendTemplate(card());
    fake.tokens.current = '';
    clock.at += 7_200_000;
    await platform.sendTemplate(card());
    expect(fake.last('/message/template/send')?.query.get('access_token')).toBe('TOKEN_2');
  });

  it('says when the token dies', async () => {
    const { platform, clock } = openPlatform(fake, cleanups);
    expect(platform.tokenState()).toEqual({ expiresAt: null });
    await platform.sendTemplate(card());
    expect(platform.tokenState()).toEqual({ expiresAt: clock.at + 7_200_000 });
  });
});

describe('the store', () => {
  it('gives a restarted process its token', async () => {
    const tokens = createMemoryStore();
    await openPlatform(fake, cleanups, { tokens }).platform.sendTemplate(card());
    await openPlatform(fake, cleanups, { tokens }).platform.sendTemplate(card());
    expect(fake.count('/stable_token')).toBe(1);
    expect(tokens.kept.get('wechat:wxtest')?.value).toBe('TOKEN_1');
  });

  it('gives the token that another process fetched after a death', async () => {
    const tokens = createMemoryStore();
    const [one, other] = [openPlatform(fake, cleanups, { tokens }), openPlatform(fake, cleanups, { tokens })];
    await one.platform.sendTemplate(card());
    await other.platform.sendTemplate(card());
    fake.killToken();
    await one.platform.sendTemplate(card());
    await other.platform.sendTemplate(card());
    expect(fake.count('/stable_token')).toBe(2);
    expect(tokens.kept.get('wechat:wxtest')?.value).toBe('TOKEN_2');
  });

  it('is not believed when its token is over', async () => {
    const tokens = createMemoryStore();
    tokens.kept.set('wechat:wxtest', { value: 'OLD', expiresAt: 1 });
    await openPlatform(fake, cleanups, { tokens }).platform.sendTemplate(card());
    expect(fake.last('/message/template/send')?.query.get('access_token')).toBe('TOKEN_1');
  });

  it('may fail altogether', async () => {
    const broken = () => Promise.reject(new Error('database is gone'));
    const tokens = { read: broken, write: broken, clear: broken };
    const { platform } = openPlatform(fake, cleanups, { tokens });
    await platform.sendTemplate(card());
    fake.killToken();
    await platform.sendTemplate(card());
    expect(fake.count('/stable_token')).toBe(2);
  });
});
