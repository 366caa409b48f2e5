/** The death of an access token: replaced once, by one request, and never in an endless loop. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { card, type FakeWechat, openFakeWechat, openPlatform } from './fake-wechat.js';

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

describe('a token that dies', () => {
  it.each([40001, 40014, 42001])('is replaced once and the call repeated (%d)', async (errcode) => {
    let refusals = 1;
    fake.on('/message/template/send', () => {
      refusals -= 1;
      if (refusals < 0) {
        return { errcode: 0, msgid: 1 };
      }
      fake.killToken();
      return { errcode };
    });
    const { platform } = openPlatform(fake, cleanups);
    expect(await platform.sendTemplate(card())).toEqual({ msgId: '1' });
    expect(fake.count('/stable_token')).toBe(2);
    expect(fake.last('/message/template/send')?.query.get('access_token')).toBe('TOKEN_2');
  });

  it('is replaced once for all calls that met its death together', async () => {
    const { platform } = openPlatform(fake, cleanups);
    await platform.sendTemplate(card());
    fake.killToken();
    await Promise.all([
      platform.sendTemplate(card('a')),
      platform.sendText('b', 'text'),
      platform.createQrcode({ scene: 'x' }).catch((error) => expect(error.kind).toBe('decode')),
    ]);
    expect(fake.count('/stable_token')).toBe(2);
  });

  it('costs one request a death, also when it keeps dying under load', async () => {
    const uses = new Map<string, number>();
    let deaths = 0;
    fake.on('/message/template/send', (seen) => {
      const token = seen.query.get('access_token') ?? '';
      const used = (uses.get(token) ?? 0) + 1;
      uses.set(token, used);
      if (used === 20) {
        deaths += 1;
        fake.killToken();
      }
      return { errcode: 0, msgid: used };
    });
    const { platform } = openPlatform(fake, cleanups);
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 10 }, () => platform.sendTemplate(card())));
    }
    expect(deaths).toBeGreaterThanOrEqual(9);
    expect(fake.count('/stable_token')).toBeLessThanOrEqual(deaths + 1);
  });

  it('is an error after one repetition when the new one is refused too', async () => {
    fake.on('/message/template/send', () => REFUSED);
    const { platform } = openPlatform(fake, cleanups);
    await expect(platform.sendTemplate(card())).rejects.toMatchObject({
      name: 'PlatformError',
      platform: 'wechat',
      kind: 'api',
      code: 40001,
      call: 'message/template/send',
      retryable: true,
      uncertain: false,
    });
    expect(fake.count('/message/template/send')).toBe(2);
  });

  it('works the same for calls that go through the library', async () => {
    fake.on('/message/custom/send', () => REFUSED);
    const { platform } = openPlatform(fake, cleanups);
    await expect(platform.sendText('oPERSON', 'hi')).rejects.toMatchObject({
      name: 'PlatformError',
      code: 40001,
      call: 'message/custom/send',
    });
    expect(fake.count('/message/custom/send')).toBe(2);
  });

  it('is forced out when the platform gives it again', async () => {
    const { platform } = openPlatform(fake, cleanups);
    await platform.sendTemplate(card());
    // Dead for calls, and yet what stable_token gives unless forced.
    fake.tokens.alive.clear();
    const forces: boolean[] = [];
    fake.on('/stable_token', (seen) => {
      const force: boolean = JSON.parse(seen.body).force_refresh;
      forces.push(force);
      if (force) {
        fake.makeToken();
      }
      return { access_token: fake.tokens.current, expires_in: 7200 };
    });
    await platform.sendTemplate(card());
    expect(forces).toEqual([false, true]);
  });

  it('stops fetching tokens when none is accepted', async () => {
    fake.on('/message/template/send', () => {
      fake.killToken();
      return REFUSED;
    });
    const { platform, clock } = openPlatform(fake, cleanups);
    for (let at = 0; at < 20; at++) {
      await expect(platform.sendTemplate(card())).rejects.toMatchObject({ code: 40001 });
    }
    expect(fake.count('/stable_token')).toBe(5);
    clock.at += 2_000;
    fake.on('/message/template/send', () => ({ errcode: 0, msgid: 7 }));
    expect(await platform.sendTemplate(card())).toEqual({ msgId: '7' });
  });
});
