/** What all management calls share: the sign-in, the refusals and their shape, and the official account's menu. */
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ERRORS } from '#src/core/errors.js';
import { ADMIN_TOKEN, type ApiWorld, openApiWorld, WECHAT_REFUSAL } from './api-world.js';

let w: ApiWorld;

beforeAll(async () => {
  w = await openApiWorld();
});
afterAll(() => w.close());
beforeEach(() => {
  w.wechat.refuses = null;
  w.lines.length = 0;
});

describe('the sign-in', () => {
  it.each([
    ['no token', null],
    ['an empty one', ''],
    ['a wrong one', 'wrong'],
    ['half of the right one', ADMIN_TOKEN.slice(0, 10)],
  ])('is refused with %s, saying how to sign in', async (_, token) => {
    const refused = await w.call('GET', '/api/v1/apps', { token });
    expect([refused.status, refused.body.error?.code]).toEqual([401, 'unauthorized']);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('is refused under another scheme', async () => {
    const headers = { authorization: `Basic ${ADMIN_TOKEN}` };
    expect((await w.call('GET', '/api/v1/apps', { token: null, headers })).status).toBe(401);
  });

  it('takes the word Bearer in any case', async () => {
    const headers = { authorization: `bearer ${ADMIN_TOKEN}` };
    expect((await w.call('GET', '/api/v1/apps', { token: null, headers })).status).toBe(200);
  });

  it('is over as soon as a personal token is revoked, and does not take other kinds of key', async () => {
    const dev = await w.developer('dev');
    expect((await w.call('GET', '/api/v1/apps', { token: dev.token })).status).toBe(200);
    const [key] = await w.core.keys.listKeys(dev.personId);
    await w.core.keys.revokeKey(dev.personId, key?.id ?? 0);
    expect((await w.call('GET', '/api/v1/apps', { token: dev.token })).status).toBe(401);
    const spt = await w.core.keys.createKey(dev.personId, 'spt');
    expect((await w.call('GET', '/api/v1/apps', { token: spt.key })).status).toBe(401);
  });

  it('comes before the body: a stranger’s is not read', async () => {
    expect((await w.call('POST', '/api/v1/apps', { token: null, raw: '{' })).status).toBe(401);
  });
});

describe('a body', () => {
  it.each([
    ['broken JSON', '{"name":', 400, 'bad_json'],
    ['another syntax', 'name=alarm', 400, 'bad_json'],
    ['nothing', '', 400, 'bad_request'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, 'bad_encoding'],
    ['more than 1 MiB', `{"name":"${'x'.repeat(1024 * 1024)}"}`, 413, 'too_large'],
  ])('of %s is refused', async (_, raw, status, code) => {
    const refused = await w.call('POST', '/api/v1/apps', { raw });
    expect([refused.status, refused.body.error?.code]).toEqual([status, code]);
    expect((await w.call('GET', '/api/v1/apps')).status).toBe(200);
  });

  it('of JSON is taken whatever its sender calls it', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await w.call('POST', '/api/v1/apps', { raw: '{"name":"curl"}', headers })).status).toBe(201);
  });

  it('with many wrong fields is told about them all', async () => {
    const refused = await w.call('POST', '/api/v1/apps', { body: { name: 1, contact: 2 } });
    expect(refused.body.error?.message).toContain('name: 无效输入');
    expect(refused.body.error?.message).toContain('contact: 无效输入');
  });

  it('is told in both languages what would be right', async () => {
    const refused = await w.call('POST', '/api/v1/users/UID_x/keys', { body: { kind: 'nope' } });
    const [zh, en] = (refused.body.error?.message ?? '').split(' / ');
    expect(zh).toMatch(/\p{Script=Han}.*"sendkey"\|.*\|"personal"/u);
    expect(en).toMatch(/^[^\p{Script=Han}]*"sendkey"\|.*\|"personal"$/u);
  });
});

describe('a refusal', () => {
  it('has one shape, Chinese first, and is not kept by caches', async () => {
    const refused = await w.call('GET', '/api/v1/apps/999');
    expect(refused.body).toEqual({
      error: { code: 'not_found', message: '应用不存在 / App not found' },
    });
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(refused.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    '/api/v1',
    '/api/v1/',
    '/api/v1/nothing',
    '/api/v1/notices',
    '/api/v1/users/UID_x/friends',
    '/api/v1/%zz',
  ])('meets the unknown path %s with 404', async (path) => {
    for (const method of ['GET', 'POST']) {
      const refused = await w.call(method, path, { body: method === 'POST' ? {} : undefined });
      expect([method, refused.status, refused.body.error?.code]).toEqual([method, 404, 'not_found']);
    }
  });

  it.each([
    ['PUT', '/api/v1/apps', 'POST, GET'],
    ['POST', '/api/v1/apps/1', 'GET, PATCH, DELETE'],
    ['GET', '/api/v1/wechat/menu', 'POST'],
    ['GET', '/api/v1/apps/1/token', 'POST'],
  ])('meets %s %s with 405 and says what is allowed', async (method, path, allowed) => {
    const refused = await w.call(method, path);
    expect([refused.status, refused.body.error?.code]).toEqual([405, 'method_not_allowed']);
    expect(refused.headers.get('allow')).toBe(allowed);
  });

  it('leaves what is not under /api/v1 to others', async () => {
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      request(`${w.base}/api/send/message`, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(answer).toBe(404);
    expect((await fetch(`${w.base}/api/v2/apps`)).headers.get('content-type')).not.toContain('json');
  });

  it('hides a bug from the caller and tells the log, without secrets', async () => {
    w.wechat.refuses = new Error(`the call with Bearer ${ADMIN_TOKEN} broke`);
    const refused = await w.call('POST', '/api/v1/wechat/menu');
    expect([refused.status, refused.body.error?.code]).toEqual([500, 'internal']);
    expect(refused.text).not.toContain('broke');
    expect(w.lines.join()).toContain('a management call failed');
    expect(w.lines.join()).not.toContain(ADMIN_TOKEN);
  });

  it('gives the status of the error table', async () => {
    w.wechat.refuses = WECHAT_REFUSAL;
    const refused = await w.call('POST', '/api/v1/wechat/menu');
    expect(refused.status).toBe(ERRORS.wechat_failed.status);
  });
});

describe('the menu of the official account', () => {
  it('is created by the operator', async () => {
    const before = w.wechat.menus;
    const made = await w.call('POST', '/api/v1/wechat/menu');
    expect([made.status, made.text, w.wechat.menus]).toEqual([204, '', before + 1]);
  });

  it('is no business of a developer', async () => {
    const { token } = await w.developer('dev');
    const before = w.wechat.menus;
    const refused = await w.call('POST', '/api/v1/wechat/menu', { token });
    expect([refused.status, refused.body.error?.code, w.wechat.menus]).toEqual([403, 'forbidden', before]);
  });

  it('answers a platform’s advice when the platform refuses', async () => {
    w.wechat.refuses = Object.assign(new Error('errcode 40164'), { advice: '把服务器 IP 加入白名单' });
    const refused = await w.call('POST', '/api/v1/wechat/menu');
    expect([refused.status, refused.body.error?.code]).toEqual([502, 'wechat_failed']);
    expect(refused.body.error?.message).toContain('加入白名单');
  });
});
