/** The DingTalk robot over real HTTP: every refusal, the signature, the limits, and what a person sees. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ask, itemsOf, openSim, type SimWorld } from '../sim-world.js';

const TEXT = { msgtype: 'text', text: { content: '告警 disk full' } };
const MINUTE = 60_000;

function signAt(timestamp: number | string, secret = 'SECsim'): Record<string, string> {
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  return { timestamp: String(timestamp), sign };
}

interface Sent {
  body?: unknown;
  raw?: string;
  query?: Record<string, string>;
  method?: string;
  token?: string;
}

function send(
  sim: SimWorld,
  { body = TEXT, raw, query, method = 'POST', token = 'sim-dingtalk' }: Sent = {},
) {
  const full = new URLSearchParams({ access_token: token, ...(query ?? signAt(sim.now())) });
  const content = method === 'POST' ? (raw ?? JSON.stringify(body)) : undefined;
  return ask(`${sim.base}/dingtalk/robot/send?${full}`, { method, body: content });
}

async function inbox(sim: SimWorld) {
  return itemsOf(await sim.api('GET', '/inboxes/dingtalk'));
}

describe('the robot whose token has the form of a real one', () => {
  const token = '0'.repeat(64);

  it.each([
    ['without a signature', {}],
    ['with one that it does not ask for', signAt(1)],
  ])('takes a call %s, also after a reset', async (_, query) => {
    const sim = await openSim();
    expect((await send(sim, { token, query })).body).toEqual({ errcode: 0, errmsg: 'ok' });
    expect(await inbox(sim)).toMatchObject([{ to: token, rendered: '告警 disk full' }]);
    await sim.api('POST', '/reset', {});
    expect((await send(sim, { token, query })).body).toEqual({ errcode: 0, errmsg: 'ok' });
  });

  it('has no brother of another number', async () => {
    const sim = await openSim();
    const refused = await send(sim, { token: `${'0'.repeat(63)}1`, query: {} });
    expect(refused.body).toMatchObject({ errcode: 300005 });
  });
});

describe('a signed call', () => {
  it('is answered compactly and shown with the exact bytes that came', async () => {
    const sim = await openSim();
    const answer = await send(sim);
    expect([answer.status, answer.text]).toEqual([200, '{"errcode":0,"errmsg":"ok"}']);
    expect(await inbox(sim)).toMatchObject([
      {
        to: 'sim-dingtalk',
        at: sim.now(),
        rendered: '告警 disk full',
        request: {
          method: 'POST',
          path: expect.stringMatching(/^\/dingtalk\/robot\/send\?access_token=/),
          body: JSON.stringify(TEXT),
        },
      },
    ]);
  });

  it.each([
    ['no signature', () => ({}), 'invalid timestamp'],
    ['seconds instead of ms', (now: number) => signAt(Math.floor(now / 1000)), 'invalid timestamp'],
    ['a time over an hour old', (now: number) => signAt(now - 3_600_001), 'invalid timestamp'],
    ['a time over an hour ahead', (now: number) => signAt(now + 3_600_001), 'invalid timestamp'],
    ['a time that is no number', () => signAt('abc'), 'invalid timestamp'],
    ['another secret', (now: number) => signAt(now, 'SECother'), 'sign not match'],
    ['a time and no sign', (now: number) => ({ timestamp: String(now) }), 'sign not match'],
    [
      'the sign of another time',
      (now: number) => ({ ...signAt(now - 1), timestamp: String(now) }),
      'sign not match',
    ],
  ])('is refused with %s', async (_name, query, words) => {
    const sim = await openSim();
    const { status, body } = await send(sim, { query: query(sim.now()) });
    expect([status, body.errcode]).toEqual([200, 310000]);
    expect(body.errmsg).toContain(words);
    expect(await inbox(sim)).toEqual([]);
  });

  it('is good for an hour on both sides', async () => {
    const sim = await openSim();
    expect((await send(sim, { query: signAt(sim.now() - 3_600_000) })).body.errcode).toBe(0);
    expect((await send(sim, { query: signAt(sim.now() + 3_600_000) })).body.errcode).toBe(0);
  });

  it('follows the published way to sign', async () => {
    const sim = await openSim({ clock: { now: () => 1_700_000_000_000 } });
    await sim.api('POST', '/dingtalk/robots', { token: 'sim-vector', secret: 'SECtest' });
    const query = { timestamp: '1700000000000', sign: 'aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g=' };
    expect((await send(sim, { token: 'sim-vector', query })).body).toEqual({ errcode: 0, errmsg: 'ok' });
  });
});

describe('a call is refused', () => {
  it.each<[string, Sent, number, string]>([
    ['for an unknown token', { token: 'sim-other' }, 300005, 'token is not exist'],
    ['without a token', { token: '' }, 300005, 'token is not exist'],
    ['as a GET', { method: 'GET' }, 43002, '需要POST请求'],
    [
      'over 20000 bytes',
      { raw: JSON.stringify({ ...TEXT, pad: 'x'.repeat(20_000) }) },
      460101,
      'message too long, exceed 20000 bytes',
    ],
    ['without a body', { raw: '' }, 40035, '缺少参数 json'],
    ['with a body that is no JSON', { raw: 'msgtype=text' }, 40035, '缺少参数 json'],
    ['with a list for a body', { raw: '[]' }, 40035, '缺少参数 json'],
    ['without a kind', { body: { text: { content: 'x' } } }, 40035, 'msgtype'],
    ['with an unknown kind', { body: { msgtype: 'html', html: {} } }, 40035, 'msgtype'],
    ['without the part of its kind', { body: { msgtype: 'text' } }, 40035, 'text'],
    ['with an empty text', { body: { msgtype: 'text', text: { content: ' ' } } }, 40035, 'content'],
    ['with a text of a wrong type', { body: { msgtype: 'text', text: { content: 7 } } }, 40035, 'content'],
    ['without a markdown title', { body: { msgtype: 'markdown', markdown: { text: 'x' } } }, 40035, 'title'],
    ['without a markdown text', { body: { msgtype: 'markdown', markdown: { title: 'x' } } }, 40035, 'text'],
    [
      'without a link address',
      { body: { msgtype: 'link', link: { title: 'a', text: 'b' } } },
      40035,
      'messageUrl',
    ],
    [
      'with a card without buttons',
      { body: { msgtype: 'actionCard', actionCard: { title: 'a', text: 'b' } } },
      40035,
      'btns',
    ],
    ['with a feed without links', { body: { msgtype: 'feedCard', feedCard: { links: [] } } }, 40035, 'links'],
  ])('%s', async (_name, sent, errcode, words) => {
    const sim = await openSim();
    const { status, body } = await send(sim, sent);
    expect([status, body.errcode]).toEqual([200, errcode]);
    expect(body.errmsg).toContain(words);
    expect(await inbox(sim)).toEqual([]);
  });

  it('at any other path', async () => {
    const sim = await openSim();
    expect((await ask(`${sim.base}/dingtalk/robot/other`, { method: 'POST', body: '{}' })).status).toBe(404);
  });

  it.each([-1, 400013, 400101, 410100, 430101])(
    'by an injected %i in the platform’s own form',
    async (errcode) => {
      const sim = await openSim();
      await sim.api('POST', '/faults', { path: '/dingtalk/robot/send', errcode, count: 1 });
      const { status, body } = await send(sim);
      expect([status, body]).toEqual([200, { errcode, errmsg: expect.stringMatching(/\S/) }]);
      expect(body.errmsg).not.toBe('unknown error');
      expect((await send(sim)).body.errcode).toBe(0);
      expect((await sim.api('GET', '/stats')).body.calls).toMatchObject({
        '/dingtalk/robot/send': { count: 2, errors: 1 },
      });
    },
  );
});

describe('the rules of a robot', () => {
  it('ask for a keyword anywhere in the message', async () => {
    const sim = await openSim();
    await sim.api('POST', '/dingtalk/robots', { token: 'sim-words', keywords: ['告警', 'alert'] });
    const say = async (body: unknown) => (await send(sim, { token: 'sim-words', query: {}, body })).body;
    expect(await say({ msgtype: 'text', text: { content: 'hello' } })).toEqual({
      errcode: 310000,
      errmsg: expect.stringContaining('keywords not in content'),
    });
    expect(await say({ msgtype: 'markdown', markdown: { title: 'an alert', text: 'x' } })).toMatchObject({
      errcode: 0,
    });
    expect(await say(TEXT)).toMatchObject({ errcode: 0 });
  });

  it('name the address that is not allowed', async () => {
    const sim = await openSim();
    await sim.api('POST', '/dingtalk/robots', { token: 'sim-dingtalk', allowedIps: ['10.0.0.1'] });
    expect((await send(sim)).body).toEqual({
      errcode: 310000,
      errmsg: expect.stringContaining('ip 127.0.0.1 not in whitelist'),
    });
  });

  it('switch a robot off, and a reset brings the first one back', async () => {
    const sim = await openSim();
    await sim.api('POST', '/dingtalk/robots', { token: 'sim-dingtalk', isEnabled: false });
    expect((await send(sim)).body.errcode).toBe(400102);
    await sim.api('POST', '/reset', {});
    expect((await send(sim)).body.errcode).toBe(0);
  });
});

describe('more than twenty calls in a minute', () => {
  it('close the robot for ten minutes', async () => {
    const sim = await openSim();
    await sim.api('POST', '/quota', { on: true });
    const codes: unknown[] = [];
    for (let call = 0; call < 22; call += 1) {
      codes.push((await send(sim)).body.errcode);
    }
    expect(codes).toEqual([...Array<number>(20).fill(0), 130101, 130101]);
    sim.advance(10 * MINUTE - 1);
    expect((await send(sim)).body).toEqual({
      errcode: 130101,
      errmsg: 'send too fast, exceed 20 times per minute',
    });
    sim.advance(1);
    expect((await send(sim)).body.errcode).toBe(0);
    expect(await inbox(sim)).toHaveLength(21);
  });

  it('pass while the limits are off', async () => {
    const sim = await openSim();
    for (let call = 0; call < 25; call += 1) {
      expect((await send(sim)).body.errcode).toBe(0);
    }
  });
});

it.each([
  [
    {
      msgtype: 'markdown',
      markdown: { title: '通知栏', text: '## 标题\n**粗** 和 [详情](http://a/x)\n> 引用\n- 一 <x>&lt;y>' },
    },
    { rendered: '标题\n粗 和 详情\n引用\n- 一 <y>', url: 'http://a/x' },
  ],
  [
    { msgtype: 'link', link: { title: '题', text: '文', messageUrl: 'http://a/', picUrl: '' } },
    { rendered: '题\n文', url: 'http://a/' },
  ],
  [
    {
      msgtype: 'actionCard',
      actionCard: { title: '题', text: '# 文', singleTitle: '看', singleURL: 'http://a/' },
    },
    { rendered: '文\n[看]', url: 'http://a/' },
  ],
  [
    {
      msgtype: 'actionCard',
      actionCard: {
        title: '题',
        text: '文',
        btns: [
          { title: '是', actionURL: 'http://y/' },
          { title: '否', actionURL: 'http://n/' },
        ],
      },
    },
    { rendered: '文\n[是] [否]', url: 'http://y/' },
  ],
  [
    {
      msgtype: 'feedCard',
      feedCard: { links: [{ title: '甲', messageURL: 'http://a/', picURL: 'http://p/' }] },
    },
    { rendered: '甲', url: 'http://a/' },
  ],
  [
    { ...TEXT, at: { isAtAll: true, atMobiles: ['13800000000'], atUserIds: ['u1'] } },
    { rendered: '告警 disk full\n@所有人 @13800000000 @u1' },
  ],
])('shows %j as a person sees it', async (body, look) => {
  const sim = await openSim();
  expect((await send(sim, { body })).body.errcode).toBe(0);
  expect(await inbox(sim)).toMatchObject([look]);
});
