/** Apps over the management API: made with everything they need or not at all, seen by their owner only. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { APP_LIMITS } from '#src/core/apps.js';
import { type ApiWorld, openApiWorld, START, WECHAT_REFUSAL } from './api-world.js';

let w: ApiWorld;

beforeAll(async () => {
  w = await openApiWorld();
});
afterAll(() => w.close());
beforeEach(() => {
  w.wechat.refuses = null;
});

describe('making an app', () => {
  it('answers exactly the six fields, with a token that sends', async () => {
    const made = await w.call('POST', '/api/v1/apps', {
      body: { name: ' 告警 ', callbackUrl: 'https://dev.example/hook' },
    });
    expect(made.status).toBe(201);
    expect(Object.keys(made.body).sort()).toEqual([
      'appToken',
      'callbackSecret',
      'id',
      'name',
      'qrcodeUrl',
      'subscribeUrl',
    ]);
    expect(made.body).toMatchObject({
      name: '告警',
      appToken: expect.stringMatching(/^AT_\w{32}$/),
      callbackSecret: expect.stringMatching(/^whsec_/),
      qrcodeUrl: expect.stringMatching(/^http:\/\/weixin\.qq\.com\/q\//),
      subscribeUrl: expect.stringMatching(/^https:\/\/push\.example\/s\/\w{12}$/),
    });
    const found = await w.core.apps.findAppByToken(String(made.body.appToken));
    expect(found?.id).toBe(made.body.id);
    expect(await w.core.callbacks.findCallback(Number(made.body.id))).toMatchObject({
      url: 'https://dev.example/hook',
      secret: made.body.callbackSecret,
    });
  });

  it('makes a callback secret even without a callback URL', async () => {
    expect((await w.makeApp({ name: 'quiet' })).callbackSecret).toMatch(/^whsec_/);
  });

  it('keeps every text of the app', async () => {
    const texts = {
      description: 'd',
      contact: 'c@example.com',
      followTip: '欢迎',
      settingUrl: 'https://dev.example/set',
    };
    const { id } = await w.makeApp({ name: 'full', ...texts, settingSecret: 'hush' });
    const { body, text } = await w.call('GET', `/api/v1/apps/${id}`);
    expect(body).toMatchObject({ id, name: 'full', ...texts, hasSettingSecret: true, createdAt: START });
    expect(text).not.toContain('hush');
    expect(text).not.toContain('whsec_');
  });

  it('leaves nothing behind when WeChat refuses the QR code, and says what to do', async () => {
    const before = await countRows();
    w.wechat.refuses = WECHAT_REFUSAL;
    const refused = await w.call('POST', '/api/v1/apps', {
      body: { name: 'unlucky', callbackUrl: 'https://dev.example/' },
    });
    expect(refused.status).toBe(502);
    expect(refused.body.error).toMatchObject({
      code: 'wechat_failed',
      message: expect.stringContaining('加入白名单'),
    });
    expect(await countRows()).toEqual(before);
  });

  it.each([
    ['no name', {}, 'bad_request', 'name'],
    ['a name of another type', { name: 7 }, 'bad_request', 'name'],
    ['a blank name', { name: '  ' }, 'bad_field', 'name'],
    ['a long name', { name: 'x'.repeat(APP_LIMITS.name + 1) }, 'field_too_long', 'name'],
    ['a long tip', { name: 'a', followTip: '长'.repeat(601) }, 'field_too_long', 'followTip'],
    ['a null', { name: 'a', contact: null }, 'bad_request', 'contact'],
    ['a callback that is no URL', { name: 'a', callbackUrl: 'ftp://x/' }, 'bad_url', 'callbackUrl'],
    ['a private callback', { name: 'a', callbackUrl: 'http://10.0.0.1/' }, 'blocked_target', 'private'],
    ['a setting URL that runs', { name: 'a', settingUrl: 'javascript:alert(1)' }, 'bad_url', 'settingUrl'],
    ['a list', [{ name: 'a' }], 'bad_request', 'body'],
  ])('refuses %s with 400 and writes nothing', async (_, body, code, word) => {
    const before = await countRows();
    const refused = await w.call('POST', '/api/v1/apps', { body });
    expect(refused.status).toBe(400);
    expect(refused.body.error?.code).toBe(code);
    expect(refused.body.error?.message).toContain(word);
    expect(await countRows()).toEqual(before);
  });
});

describe('changing an app', () => {
  it('changes what is given, clears with an empty text, and keeps the rest', async () => {
    const { id, callbackSecret } = await w.makeApp({ name: 'old', contact: 'me', description: 'stays' });
    const changed = await w.call('PATCH', `/api/v1/apps/${id}`, {
      body: { name: 'new', contact: '', callbackUrl: 'https://dev.example/2' },
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      name: 'new',
      contact: '',
      description: 'stays',
      callbackUrl: 'https://dev.example/2',
    });
    expect((await w.core.callbacks.findCallback(id))?.secret).toBe(callbackSecret);
  });

  it('changes nothing at all when one field is refused', async () => {
    const { id } = await w.makeApp({ name: 'whole', callbackUrl: 'https://dev.example/' });
    const answers = [
      await w.call('PATCH', `/api/v1/apps/${id}`, {
        body: { name: 'half', callbackUrl: 'http://10.1.1.1/' },
      }),
      await w.call('PATCH', `/api/v1/apps/${id}`, {
        body: { name: '', callbackUrl: 'https://dev.example/3' },
      }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([400, 400]);
    expect((await w.call('GET', `/api/v1/apps/${id}`)).body).toMatchObject({
      name: 'whole',
      callbackUrl: 'https://dev.example/',
    });
  });

  it('replaces the token: the old one is dead, the new one sends', async () => {
    const { id, appToken } = await w.makeApp({ name: 'token' });
    const replaced = await w.call('POST', `/api/v1/apps/${id}/token`);
    expect(replaced.status).toBe(200);
    expect(replaced.body).toEqual({ id, appToken: expect.stringMatching(/^AT_/) });
    expect(await w.core.apps.findAppByToken(appToken)).toBeNull();
    expect((await w.core.apps.findAppByToken(String(replaced.body.appToken)))?.id).toBe(id);
  });

  it('deletes an app for good: its token, its page and its code lead nowhere', async () => {
    const { id, appToken, qrcodeUrl } = await w.makeApp({ name: 'doomed' });
    const scene = qrcodeUrl.split('/').at(-1) ?? '';
    expect(await w.core.qrcodes.findByScene(scene)).not.toBeNull();
    const deleted = await w.call('DELETE', `/api/v1/apps/${id}`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect(await w.core.apps.findAppByToken(appToken)).toBeNull();
    expect(await w.core.qrcodes.findByScene(scene)).toBeNull();
    expect((await w.call('GET', `/api/v1/apps/${id}`)).status).toBe(404);
    expect((await w.call('DELETE', `/api/v1/apps/${id}`)).status).toBe(404);
  });
});

describe('whose apps', () => {
  it('shows a developer the own apps, newest first and paged, and the operator all', async () => {
    const dev = await w.developer('lister');
    const names = ['one', 'two', 'three'];
    for (const name of names) {
      await w.makeApp({ name }, dev.token);
    }
    const first = await w.call('GET', '/api/v1/apps?page=1&pageSize=2', { token: dev.token });
    const second = await w.call('GET', '/api/v1/apps?page=2&pageSize=2', { token: dev.token });
    expect(first.body).toMatchObject({ total: 3, items: [{ name: 'three' }, { name: 'two' }] });
    expect(second.body).toMatchObject({ total: 3, items: [{ name: 'one' }] });
    const all = await w.call('GET', '/api/v1/apps?pageSize=100');
    expect(Number(all.body.total)).toBeGreaterThan(3);
    expect(all.text).not.toContain('AT_');
  });

  it('has no other developer’s app, whatever the call', async () => {
    const [owner, other] = await Promise.all([w.developer('owner'), w.developer('other')]);
    const { id } = await w.makeApp({ name: 'mine' }, owner.token);
    const calls = [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/token'],
      ['GET', '/topics'],
      ['GET', '/subscribers'],
      ['GET', '/callback'],
      ['POST', '/callback/test'],
    ] as const;
    for (const [method, rest] of calls) {
      const body = method === 'PATCH' ? { name: 'stolen' } : undefined;
      const answer = await w.call(method, `/api/v1/apps/${id}${rest}`, { token: other.token, body });
      expect([method, rest, answer.status, answer.body.error?.code]).toEqual([
        method,
        rest,
        404,
        'not_found',
      ]);
    }
    expect((await w.call('GET', `/api/v1/apps/${id}`, { token: owner.token })).body.name).toBe('mine');
    expect((await w.call('GET', `/api/v1/apps/${id}`)).status).toBe(200);
  });

  it.each(['0', '-1', '1.5', '1e3', 'abc', '%20', '2147483648', '9007199254740993', '9'.repeat(40)])(
    'answers 404 for an app called %s',
    async (id) => {
      expect((await w.call('GET', `/api/v1/apps/${id}`)).status).toBe(404);
    },
  );
});

it('the first calls of a person open one account, also those of one moment', async () => {
  const { token } = await w.developer('newcomer');
  const before = await w.db.account.count();
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => w.call('GET', '/api/v1/apps', { token })),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(await w.db.account.count()).toBe(before + 1);
});

async function countRows() {
  const { db } = w;
  return Promise.all([db.app.count(), db.appToken.count(), db.callback.count(), db.qrCode.count()]);
}
