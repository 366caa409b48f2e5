/** Everything that goes wrong on the way becomes one typed error that keeps secrets to itself. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlatformError, type WechatPlatform } from '#src/platforms/wechat/index.js';
import {
  APP_SECRET,
  card,
  createMemoryStore,
  type FakeWechat,
  HANG,
  openFakeWechat,
  openPlatform,
  type Script,
} from './fake-wechat.js';

const cleanups: (() => unknown)[] = [];
let fake: FakeWechat;
let platform: WechatPlatform;
/** Gives up soon; has its token already, so that the short time is the call's own. */
let hasty: WechatPlatform;
beforeEach(async () => {
  fake = await openFakeWechat(cleanups);
  ({ platform } = openPlatform(fake, cleanups));
  fake.makeToken();
  const tokens = createMemoryStore();
  tokens.kept.set('wechat:wxtest', { value: 'TOKEN_1', expiresAt: Number.MAX_SAFE_INTEGER });
  hasty = openPlatform(fake, cleanups, { tokens, timeoutMs: 200 }).platform;
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) {
    await clean();
  }
});

const SEND = '/message/template/send';
const hang: Script = () => HANG;
const cut: Script = (_seen, res) => {
  res.destroy();
  return HANG;
};
const withStatus =
  (status: number, body: unknown): Script =>
  (_seen, res) => {
    res.statusCode = status;
    return body;
  };

describe('a template send', () => {
  it.each<[string, Script, object]>([
    [
      'a 500 with a good body',
      withStatus(500, { errcode: 0, msgid: 1 }),
      { kind: 'http', status: 500, retryable: true, uncertain: true },
    ],
    [
      'a 502 page',
      withStatus(502, '<html>bad gateway</html>'),
      { kind: 'http', status: 502, retryable: true, uncertain: true },
    ],
    [
      'a 403',
      withStatus(403, 'forbidden'),
      { kind: 'http', status: 403, retryable: false, uncertain: false },
    ],
    ['a 429', withStatus(429, ''), { kind: 'http', status: 429, retryable: true, uncertain: false }],
    ['a page instead of JSON', () => '<html></html>', { kind: 'decode', retryable: true, uncertain: true }],
    ['an empty body', () => '', { kind: 'decode', uncertain: true }],
    ['an unreadable errcode', () => ({ errcode: 'many' }), { kind: 'decode', uncertain: true }],
    ['an answer over 1 MB', () => `{"a":"${'x'.repeat(1_100_000)}"}`, { kind: 'decode', uncertain: true }],
    ['a broken connection', cut, { kind: 'network', retryable: true, uncertain: true }],
    ['no answer', hang, { kind: 'timeout', retryable: true, uncertain: true }],
    [
      'a person who left',
      () => ({ errcode: 43004, errmsg: 'require subscribe' }),
      { kind: 'api', code: 43004, retryable: false, uncertain: false },
    ],
    ['an errcode as text', () => ({ errcode: '43101', errmsg: 'refused' }), { kind: 'api', code: 43101 }],
    [
      'a busy platform',
      () => ({ errcode: -1, errmsg: 'system error' }),
      { kind: 'api', code: -1, retryable: true },
    ],
    [
      'a used-up quota',
      () => ({ errcode: 45009, errmsg: 'reach max api daily quota limit' }),
      { code: 45009, pause: 'day', retryable: true },
    ],
  ])('fails on %s, after one try', async (_name, script, expected) => {
    fake.on(SEND, script);
    const sender = script === hang ? hasty : platform;
    const error = await sender.sendTemplate(card()).catch((caught) => caught);
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ platform: 'wechat', call: 'message/template/send', ...expected });
    expect(error.advice).toMatch(/\p{Script=Han}/u);
    expect(fake.count(SEND)).toBe(1);
  });

  it('does not follow a redirect', async () => {
    fake.on(SEND, (_seen, res) => {
      res.writeHead(302, { location: `${fake.base}/elsewhere` }).end();
    });
    await expect(platform.sendTemplate(card())).rejects.toMatchObject({ kind: 'http', status: 302 });
    expect(fake.count('/elsewhere')).toBe(0);
  });

  it('knows that nothing was sent when nobody listens', async () => {
    const tokens = createMemoryStore();
    tokens.kept.set('wechat:wxtest', { value: 'T', expiresAt: Number.MAX_SAFE_INTEGER });
    await new Promise((resolve) => fake.server.close(resolve));
    const { platform: cutOff } = openPlatform(fake, cleanups, { tokens });
    await expect(cutOff.sendTemplate(card())).rejects.toMatchObject({
      kind: 'network',
      retryable: true,
      uncertain: false,
      message: 'wechat message/template/send: network failure (ECONNREFUSED)',
      advice: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('does not let a hanging call hold up the others', async () => {
    fake.on(SEND, (seen) => (seen.body.includes('oHANG') ? HANG : { errcode: 0, msgid: 1 }));
    const hanging = hasty.sendTemplate(card('oHANG')).catch((error) => error.kind);
    await Promise.all(Array.from({ length: 50 }, () => platform.sendTemplate(card())));
    expect(await hanging).toBe('timeout');
  });
});

describe('trying again', () => {
  const failTwice = (path: string, good: object, script: Script) => {
    let failures = 0;
    fake.on(path, (seen, res) => {
      failures += 1;
      return failures <= 2 ? script(seen, res) : good;
    });
  };

  it.each<[string, Script]>([
    ['a busy platform', () => ({ errcode: -1, errmsg: 'system error' })],
    ['a 503', withStatus(503, '')],
    ['a broken connection', cut],
  ])('helps a harmless call over %s', async (_name, script) => {
    failTwice('/user/info', { subscribe: 0 }, script);
    expect(await platform.getUser('oA')).toMatchObject({ subscribed: false });
  });

  it('is not done for a text that may have arrived', async () => {
    failTwice('/message/custom/send', { errcode: 0 }, cut);
    await expect(platform.sendText('oA', 'x')).rejects.toMatchObject({ kind: 'network', uncertain: true });
    expect(fake.count('/message/custom/send')).toBe(1);
  });
});

describe('secrets', () => {
  const echo: Script = (seen) => ({
    errcode: 40003,
    errmsg: `bad ${seen.query.get('access_token')} ${APP_SECRET} ${encodeURIComponent(APP_SECRET)} ${seen.query.get('code')}`,
  });

  it.each<[string, string, Script, (at: WechatPlatform) => Promise<unknown>]>([
    ['time-out of a template', SEND, hang, (at) => at.sendTemplate(card())],
    ['time-out of a library call', '/message/custom/send', hang, (at) => at.sendText('oA', 'x')],
    ['time-out of a token', '/stable_token', hang, (at) => at.sendText('oA', 'x')],
    ['time-out of the older token call', '/token', hang, (at) => at.sendText('oA', 'x')],
    ['time-out of a sign-in', '/sns/oauth2/access_token', hang, (at) => at.exchangeOauthCode('CODE123')],
    ['broken connection', SEND, cut, (at) => at.sendTemplate(card())],
    ['broken sign-in', '/sns/oauth2/access_token', cut, (at) => at.exchangeOauthCode('CODE123')],
    ['500', SEND, withStatus(500, APP_SECRET), (at) => at.sendTemplate(card())],
    ['echoing page', SEND, () => `<html>${APP_SECRET}</html>`, (at) => at.sendTemplate(card())],
    ['echoing errmsg', SEND, echo, (at) => at.sendTemplate(card())],
    ['echoing errmsg in the library', '/message/custom/send', echo, (at) => at.sendText('oA', 'x')],
    ['echoing errmsg of the token call', '/stable_token', echo, (at) => at.sendText('oA', 'x')],
    [
      'echoing errmsg of a sign-in',
      '/sns/oauth2/access_token',
      echo,
      (at) => at.exchangeOauthCode('CODE123'),
    ],
  ])('are in no property of the error: %s', async (_name, path, script, run) => {
    if (path === '/token') {
      fake.on('/stable_token', withStatus(404, ''));
    }
    fake.on(path, script);
    const withoutToken = () => openPlatform(fake, cleanups, { timeoutMs: 200 }).platform;
    const impatient = path.endsWith('token') ? withoutToken() : hasty;
    const error = await run(script === hang ? impatient : platform).catch((caught) => caught);
    if (script === hang) {
      expect(error).toMatchObject({ kind: 'timeout' });
    }
    expect(error).toBeInstanceOf(PlatformError);
    const swept = sweep(error);
    for (const secret of [APP_SECRET, encodeURIComponent(APP_SECRET), 'TOKEN_1', 'CODE123']) {
      expect(swept).not.toContain(secret);
    }
  });
});

/** Every text reachable from an error: own properties, hidden ones too, and those of whatever they point to. */
function sweep(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  if (seen.has(value)) {
    return '';
  }
  seen.add(value);
  return Reflect.ownKeys(value)
    .map((key) => `${String(key)} ${sweep(Reflect.get(value, key), seen)}`)
    .join('\n');
}
