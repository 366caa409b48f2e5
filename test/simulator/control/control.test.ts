/** The control API: people, time, inboxes, live events, and every mistake in asking. */
import { describe, expect, it } from 'vitest';
import { ask, itemsOf, openServerUrl, openSim } from '../sim-world.js';

const INFO = '/cgi-bin/getcallbackip';

describe('mistakes', () => {
  it.each([
    ['GET', '/nothing', undefined, 404],
    ['PUT', '/quota', undefined, 405],
    ['GET', '/followers/oNobody/inbox', undefined, 404],
    ['POST', '/followers/oNobody/follow', {}, 404],
    ['POST', '/followers/%E0%A4%A/follow', {}, 400],
    ['POST', '/followers', { nickname: '' }, 400],
    ['POST', '/followers', { name: 'x' }, 400],
    ['POST', '/followers', [], 400],
    ['POST', '/followers/bulk', { count: 0 }, 400],
    ['POST', '/followers/bulk', { count: '5' }, 400],
    ['POST', '/followers/bulk', { count: 1, scan: 'http://weixin.qq.com/q/x' }, 404],
    ['POST', '/faults', { path: '/wechat' }, 400],
    ['POST', '/faults', { path: 'wechat', errcode: -1 }, 400],
    ['POST', '/faults', { path: '/wechat', status: 99 }, 400],
    ['POST', '/faults', { path: '/wechat', errcode: -1, rate: 2 }, 400],
    ['POST', '/faults', { path: '/wechat', drop: false }, 400],
    ['DELETE', '/faults/7', undefined, 404],
    ['POST', '/quota', {}, 400],
    ['POST', '/quota', { on: 'yes' }, 400],
    ['POST', '/webhook/a/answer', {}, 400],
    ['POST', '/webhook/a/answer', { status: 200, headers: { 'x-a': 'b\nc' } }, 400],
    ['POST', '/clock', { advanceMs: -1 }, 400],
    ['POST', '/tokens', { dieAfterCalls: 0 }, 400],
    ['GET', '/inboxes/telegram', undefined, 404],
  ])('%s %s %j is answered %i', async (method, path, body, status) => {
    const answer = await (await openSim()).api(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error: { code: expect.any(String), message: expect.any(String) } });
  });

  it('is a body that is no JSON, or too large', async () => {
    const sim = await openSim();
    for (const [body, status] of [
      ['{', 400],
      ['x'.repeat(1024 * 1024 + 1), 413],
    ] as const) {
      expect((await ask(`${sim.base}/api/followers`, { method: 'POST', body })).status).toBe(status);
    }
  });

  it('is to refuse a template that does not exist, or to ask from another site', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    expect((await sim.api('POST', `/followers/${openid}/refuse`, { templateId: 'x' })).status).toBe(404);
    const init = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
    expect((await ask(`${sim.base}/api/reset`, init)).status).toBe(403);
  });

  it('is a platform that does not exist', async () => {
    const sim = await openSim();
    for (const path of ['/unknown', '/wecom-bot/cgi-bin/webhook/send']) {
      expect(await ask(`${sim.base}${path}`)).toMatchObject({
        status: 404,
        body: { error: { code: 'not_found' } },
      });
    }
  });
});

describe('people', () => {
  it('are made, listed, and paged', async () => {
    const sim = await openSim();
    const made = await sim.api('POST', '/followers', { nickname: '小明' });
    expect(made).toMatchObject({ status: 201, body: { openid: expect.stringMatching(/^o[a-z0-9]{27}$/) } });
    const follower = await sim.person();
    expect((await sim.api('GET', '/followers')).body.items).toEqual([
      { openid: made.body.openid, nickname: '小明', following: false },
      { openid: follower, nickname: '用户2', following: true },
    ]);
    expect((await sim.api('GET', '/followers?offset=1&limit=1')).body).toMatchObject({
      total: 2,
      items: [{ openid: follower }],
    });
  });

  it('come in bulk, each with one acknowledged event, a few at a time', async () => {
    let inflight = 0;
    let most = 0;
    const server = await openServerUrl(() => {
      inflight += 1;
      most = Math.max(most, inflight);
      setImmediate(() => {
        inflight -= 1;
      });
      return 'success';
    });
    const sim = await openSim({ pushTo: server.url });
    const action = { action_name: 'QR_LIMIT_STR_SCENE', action_info: { scene: { scene_str: 'a' } } };
    const { body: code } = await sim.wx('/cgi-bin/qrcode/create', { body: action });
    const answer = await sim.api('POST', '/followers/bulk', { count: 300, scan: code.url });
    expect(answer).toMatchObject({ status: 201, body: { count: 300 } });
    expect(new Set(server.pushes.map(({ query }) => query.get('openid'))).size).toBe(300);
    expect(most).toBeLessThanOrEqual(32);
    const items = itemsOf(await sim.api('GET', '/followers'));
    expect(answer.body.openids).toEqual([items[0]?.openid, items[299]?.openid]);
    expect(items.every(({ following }) => following === true)).toBe(true);
  });

  it('come in bulk without following, and failed events are counted', async () => {
    const sim = await openSim({ pushTo: 'http://127.0.0.1:1/' });
    expect((await sim.api('POST', '/followers/bulk', { count: 12_000 })).body).toMatchObject({
      count: 12_000,
    });
    const action = { action_name: 'QR_LIMIT_STR_SCENE', action_info: { scene: { scene_str: 'a' } } };
    const { body: code } = await sim.wx('/cgi-bin/qrcode/create', { body: action });
    expect((await sim.api('POST', '/followers/bulk', { count: 2, scan: code.url })).body).toMatchObject({
      count: 2,
      failed: 2,
    });
  });

  it('keep the newest two hundred messages', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    for (let nth = 1; nth <= 205; nth += 1) {
      const body = {
        touser: openid,
        template_id: 'sim-free-template',
        data: { keyword1: { value: `${nth}` } },
      };
      await sim.wx('/cgi-bin/message/template/send', { body });
    }
    const items = itemsOf(await sim.api('GET', `/followers/${openid}/inbox`));
    expect(items).toHaveLength(200);
    expect([items[0]?.data, items[199]?.data]).toMatchObject([
      { keyword1: { value: '205' } },
      { keyword1: { value: '6' } },
    ]);
    expect((await sim.api('GET', '/cards')).body).toEqual({ shown: 205, recipients: 1, duplicates: 0 });
  });
});

describe('time', () => {
  it('can be set ahead, which ends tokens', async () => {
    const sim = await openSim();
    const token = await sim.token();
    expect((await sim.api('POST', '/clock', { advanceMs: 7_200_000 })).body).toEqual({
      now: sim.now() + 7_200_000,
    });
    expect((await sim.wx(INFO, { query: { access_token: token } })).body.errcode).toBe(42001);
  });
});

describe('inboxes', () => {
  it.each([
    'wecom',
    'wecom-bot',
    'dingtalk',
    'feishu',
    'bark',
    'pushdeer',
    'ntfy',
    'gotify',
    'mail',
    'sms',
    'webhook/any',
  ])('of %s are empty at first', async (platform) => {
    expect(await (await openSim()).api('GET', `/inboxes/${platform}`)).toMatchObject({
      status: 200,
      body: { items: [] },
    });
  });
});

describe('live events', () => {
  it('tell what happens, as it happens', async () => {
    const sim = await openSim();
    const stream = await fetch(`${sim.base}/api/events`);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const openid = await sim.person();
    await sim.wx('/cgi-bin/message/custom/send', {
      body: { touser: openid, msgtype: 'text', text: { content: '在' } },
    });
    await sim.wx('/cgi-bin/menu/create', { body: { button: [{ type: 'click', name: '一', key: 'k' }] } });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('event: menu')) {
      text += (await reader?.read())?.value ?? '';
    }
    await reader?.cancel();
    const told = text
      .split('\n\n')
      .filter((part) => part.startsWith('event:'))
      .map((part) => part.split('\ndata: '));
    expect(told.map(([name, data]) => [name, JSON.parse(data ?? '')])).toEqual([
      ['event: follower', { openid, following: false }],
      ['event: follower', { openid, following: true }],
      ['event: inbox', { openid, id: expect.any(Number), kind: 'text' }],
      ['event: menu', {}],
    ]);
  });
});
