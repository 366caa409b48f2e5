/** The Feishu robot over real HTTP: every refusal, the signature, the limits, and what a person sees. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ask, itemsOf, openSim, type SimWorld } from '../sim-world.js';

const TEXT = { msg_type: 'text', content: { text: '告警 disk full' } };
const SUCCESS = '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}';

function signAt(seconds: number | string, secret = 'simfeishu'): { timestamp: string; sign: string } {
  const sign = createHmac('sha256', `${seconds}\n${secret}`).digest('base64');
  return { timestamp: String(seconds), sign };
}

interface Sent {
  body?: unknown;
  raw?: string;
  id?: string;
  method?: string;
}

function send(sim: SimWorld, { body = TEXT, raw, id = 'sim-feishu', method = 'POST' }: Sent = {}) {
  const content = method === 'POST' ? (raw ?? JSON.stringify(body)) : undefined;
  return ask(`${sim.base}/feishu/open-apis/bot/v2/hook/${id}`, { method, body: content });
}

async function inbox(sim: SimWorld) {
  return itemsOf(await sim.api('GET', '/inboxes/feishu'));
}

describe('a good call', () => {
  it('is answered compactly and shown with the exact bytes that came', async () => {
    const sim = await openSim();
    const answer = await send(sim);
    expect([answer.status, answer.text]).toEqual([200, SUCCESS]);
    expect(await inbox(sim)).toMatchObject([
      {
        to: 'sim-feishu',
        at: sim.now(),
        rendered: '告警 disk full',
        request: {
          method: 'POST',
          path: '/feishu/open-apis/bot/v2/hook/sim-feishu',
          body: JSON.stringify(TEXT),
        },
      },
    ]);
  });

  it('may end its address with a slash', async () => {
    expect((await send(await openSim(), { id: 'sim-feishu/' })).text).toBe(SUCCESS);
  });
});

describe('a call to the hook that wants signatures', () => {
  it.each([
    ['none', () => ({})],
    ['a number for the time', (now: number) => ({ ...signAt(now), timestamp: now })],
    ['ms instead of seconds', (now: number) => signAt(now * 1000)],
    ['a time over an hour old', (now: number) => signAt(now - 3_601)],
    ['a time over an hour ahead', (now: number) => signAt(now + 3_601)],
    ['another secret', (now: number) => signAt(now, 'other')],
    ['a time and no sign', (now: number) => ({ timestamp: String(now) })],
    [
      'key and message swapped',
      (now: number) => ({
        timestamp: String(now),
        sign: createHmac('sha256', 'simfeishu').update(`${now}\nsimfeishu`).digest('base64'),
      }),
    ],
  ])('is refused with %s', async (_name, signed) => {
    const sim = await openSim();
    const body = { ...TEXT, ...signed(sim.now() / 1000) };
    const answer = await send(sim, { id: 'sim-signed', body });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      code: 19021,
      data: {},
      msg: 'sign match fail or timestamp is not within one hour from current time',
    });
    expect(await inbox(sim)).toEqual([]);
  });

  it('passes with a signature of the last hour', async () => {
    const sim = await openSim();
    for (const seconds of [sim.now() / 1000, sim.now() / 1000 - 3_600]) {
      expect((await send(sim, { id: 'sim-signed', body: { ...signAt(seconds), ...TEXT } })).text).toBe(
        SUCCESS,
      );
    }
  });

  it('follows the published way to sign', async () => {
    const sim = await openSim({ clock: { now: () => 1_700_000_000_000 } });
    await sim.api('POST', '/feishu/hooks', { id: 'sim-vector', secret: 'test-secret' });
    const signed = { timestamp: '1700000000', sign: 'mbm4Y4oluIPQ00qlBIhX8vAZ0EKv3nw0LuTb91jPL84=' };
    expect((await send(sim, { id: 'sim-vector', body: { ...signed, ...TEXT } })).text).toBe(SUCCESS);
  });
});

describe('a call is refused', () => {
  it.each<[string, Sent, number, number, string]>([
    [
      'for an unknown hook',
      { id: 'other' },
      400,
      19001,
      'param invalid: incoming webhook access token invalid',
    ],
    ['as a GET', { method: 'GET' }, 400, 9499, 'Bad Request'],
    ['without a body', { raw: '' }, 400, 9499, 'Bad Request'],
    ['with a body that is no JSON', { raw: 'text=x' }, 400, 9499, 'Bad Request'],
    [
      'over 20 KB',
      { raw: JSON.stringify({ ...TEXT, pad: 'x'.repeat(20_480) }) },
      400,
      19036,
      'body too large',
    ],
    ['without a kind', { body: { content: { text: 'x' } } }, 200, 19002, 'params error, msg_type need'],
    ['with an unknown kind', { body: { msg_type: 'html' } }, 200, 10208, 'message type not supported'],
    ['without content', { body: { msg_type: 'text' } }, 200, 19002, 'params error, content need'],
    [
      'with an empty text',
      { body: { msg_type: 'text', content: { text: '' } } },
      200,
      19002,
      'params error, text need',
    ],
    [
      'with a text of a wrong type',
      { body: { msg_type: 'text', content: { text: 7 } } },
      200,
      19002,
      'params error, text need',
    ],
    [
      'with a post without a language',
      { body: { msg_type: 'post', content: { post: {} } } },
      200,
      19002,
      'params error',
    ],
    [
      'with a post without lines',
      { body: { msg_type: 'post', content: { post: { zh_cn: { title: 'x' } } } } },
      200,
      19002,
      'params error',
    ],
    [
      'with a post of flat runs',
      { body: { msg_type: 'post', content: { post: { zh_cn: { content: [{ tag: 'text' }] } } } } },
      200,
      19002,
      'params error',
    ],
    [
      'with a post of an unknown tag',
      { body: { msg_type: 'post', content: { post: { zh_cn: { content: [[{ tag: 'table' }]] } } } } },
      200,
      19002,
      'params error',
    ],
    [
      'with a picture without a key',
      { body: { msg_type: 'image', content: {} } },
      200,
      19002,
      'params error, image_key need',
    ],
    ['without a card', { body: { msg_type: 'interactive' } }, 200, 19002, 'params error, card need'],
    ['with an empty card', { body: { msg_type: 'interactive', card: {} } }, 200, 19002, 'params error'],
  ])('%s', async (_name, sent, status, code, msg) => {
    const sim = await openSim();
    const answer = await send(sim, sent);
    expect([answer.status, answer.body]).toEqual([status, { code, data: {}, msg }]);
    expect(await inbox(sim)).toEqual([]);
  });

  it('at any other path', async () => {
    const sim = await openSim();
    expect((await ask(`${sim.base}/feishu/open-apis/bot/v3/hook/sim-a`, { method: 'POST' })).status).toBe(
      404,
    );
  });

  it('by the rules of its hook', async () => {
    const sim = await openSim();
    const withRules = async (rules: object) => {
      await sim.api('POST', '/feishu/hooks', {
        id: 'sim-r',
        keywords: [],
        allowedIps: null,
        isEnabled: true,
        ...rules,
      });
      const { status, body } = await send(sim, { id: 'sim-r' });
      return [status, body.code, body.msg];
    };
    expect(await withRules({ keywords: ['部署'] })).toEqual([200, 19024, 'Key Words Not Found']);
    expect(await withRules({ allowedIps: ['10.0.0.1'] })).toEqual([200, 19022, 'Ip Not Allowed']);
    expect(await withRules({ isEnabled: false })).toEqual([200, 19007, 'Bot Not Enabled']);
    expect(await withRules({ keywords: ['告警'] })).toEqual([200, 0, 'success']);
  });

  it('by an injected number in the platform’s own form, with the status that was asked for', async () => {
    const sim = await openSim();
    await sim.api('POST', '/faults', { path: '/feishu/', errcode: 11232, status: 429, count: 1 });
    const { status, body } = await send(sim);
    expect([status, body]).toEqual([
      429,
      { code: 11232, data: {}, msg: expect.stringContaining('frequency limited psm[') },
    ]);
    expect((await sim.api('GET', '/stats')).body.calls).toMatchObject({
      '/feishu/open-apis/bot/v2/hook/sim-feishu': { count: 1, errors: 1 },
    });
  });
});

it('takes five calls a second and a hundred a minute once the limits are on', async () => {
  const sim = await openSim();
  await sim.api('POST', '/quota', { on: true });
  const answers: string[] = [];
  for (let second = 0; second < 21; second += 1) {
    for (let call = 0; call < (second === 0 ? 6 : 5); call += 1) {
      const { status, body } = await send(sim);
      answers.push(`${status} ${body.code} ${String(body.msg).slice(0, 17)}`);
    }
    sim.advance(1_000);
  }
  const counted = new Map(
    answers.map((answer) => [answer, answers.filter((other) => other === answer).length]),
  );
  expect(Object.fromEntries(counted)).toEqual({
    '200 0 success': 100,
    '429 9499 too many request': 1,
    '400 11232 frequency limited': 5,
  });
  sim.advance(40_000);
  expect((await send(sim)).body.code).toBe(0);
});

it.each([
  [
    { msg_type: 'text', content: { text: '<at user_id="all"></at> 看 <at user_id="u1">小明</at>' } },
    { rendered: '@所有人 看 @小明' },
  ],
  [
    {
      msg_type: 'post',
      content: {
        post: {
          zh_cn: {
            title: '题',
            content: [
              [
                { tag: 'text', text: '一 ' },
                { tag: 'a', text: '详情', href: 'http://a/' },
              ],
              [
                { tag: 'at', user_id: 'all' },
                { tag: 'img', image_key: 'k' },
              ],
              [{ tag: 'md', text: '**粗**' }],
            ],
          },
        },
      },
    },
    { rendered: '题\n一 详情\n@所有人[图片]\n粗', url: 'http://a/' },
  ],
  [
    {
      msg_type: 'interactive',
      card: {
        header: { title: { tag: 'plain_text', content: '题' } },
        elements: [
          {
            tag: 'div',
            text: { tag: 'lark_md', content: '**粗** <font color="red">红</font> <x>&lt;y&#62;' },
          },
          { tag: 'hr' },
          {
            tag: 'action',
            actions: [{ tag: 'button', text: { tag: 'plain_text', content: '看' }, url: 'http://a/' }],
          },
        ],
      },
    },
    { rendered: '题\n粗 红 <y>\n———\n[看]', url: 'http://a/' },
  ],
  [
    {
      msg_type: 'interactive',
      card: { schema: '2.0', body: { elements: [{ tag: 'markdown', content: '# 大\n[详情](http://a/)' }] } },
    },
    { rendered: '大\n详情', url: 'http://a/' },
  ],
  [{ msg_type: 'image', content: { image_key: 'img_1' } }, { rendered: '[图片] img_1' }],
  [{ msg_type: 'share_chat', content: { share_chat_id: 'oc_1' } }, { rendered: '[群名片] oc_1' }],
])('shows %j as a person sees it', async (body, look) => {
  const sim = await openSim();
  expect((await send(sim, { body })).text).toBe(SUCCESS);
  expect(await inbox(sim)).toMatchObject([look]);
});
