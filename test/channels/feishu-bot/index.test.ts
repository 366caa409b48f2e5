/** The Feishu robot channel: the exact bytes it sends, its signature, and what each answer means. */
import { afterEach, describe, expect, it } from 'vitest';
import { createFeishuBotChannel } from '#src/channels/feishu-bot/index.js';
import { signForFeishu } from '#src/channels/feishu-bot/sign.js';
import {
  answering,
  type Cleanups,
  cleanUp,
  messageOf,
  openIo,
  openPeer,
  type PeerAnswer,
  sendBy,
  wrongFields,
} from '#test/channels/http-peer.js';
import { openSim } from '#test/simulator/sim-world.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

const TOKEN = '5f1b2c3d-aaaa-bbbb-cccc-0123456789ab';
const GOOD = { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' };

async function open(answer: PeerAnswer = answering(200, GOOD)) {
  const peer = await openPeer(cleanups, answer);
  const lark = await openPeer(cleanups, answer);
  const channel = createFeishuBotChannel({ base: peer.url, larkBase: lark.url, timeoutMs: 500 });
  cleanups.push(() => channel.close());
  const send = (settings: Record<string, string> = {}, changed = {}) =>
    sendBy(channel, { token: TOKEN, ...settings }, { io: openIo(cleanups), message: messageOf(changed) });
  return { peer, lark, channel, send };
}

it('signs as the published vector says', () => {
  expect(signForFeishu('test-secret', 1_700_000_000_999)).toEqual({
    timestamp: '1700000000',
    sign: 'mbm4Y4oluIPQ00qlBIhX8vAZ0EKv3nw0LuTb91jPL84=',
  });
});

it('sends a card with the title in its head and the links as buttons', async () => {
  const { peer, send } = await open();
  expect(await send()).toEqual({ kind: 'sent' });
  expect(peer.seen[0]).toMatchObject({ method: 'POST', path: `/open-apis/bot/v2/hook/${TOKEN}` });
  expect(peer.seen[0]?.body).toBe(
    '{"msg_type":"interactive","card":{"config":{"wide_screen_mode":true},' +
      '"header":{"title":{"tag":"plain_text","content":"CPU > 90%"},"template":"blue"},' +
      '"elements":[{"tag":"markdown","content":"主机 \\"db-1\\" 🔥\\n请检查"},' +
      '{"tag":"action","actions":[' +
      '{"tag":"button","text":{"tag":"plain_text","content":"查看原文 Original"},"url":"https://link.example/a?b=1&c=2","type":"default"},' +
      '{"tag":"button","text":{"tag":"plain_text","content":"详情 Details"},"url":"https://q.example/m/1-abc","type":"default"}]}]}}',
  );
});

it('sends a signed text, with the time in seconds and the signature in the body', async () => {
  const { peer, send } = await open();
  await send({ format: 'text', secret: 'test-secret' });
  const { sign } = signForFeishu('test-secret', 1_795_406_400_000);
  expect(peer.seen[0]?.body).toBe(
    `{"timestamp":"1795406400","sign":"${sign}","msg_type":"text","content":{"text":"【CPU > 90%】\\n主机 \\"db-1\\" 🔥\\n请检查\\n查看原文 Original https://link.example/a?b=1&c=2"}}`,
  );
});

it('paints the head of an urgent message red', async () => {
  const { peer, send } = await open();
  await send({}, { isUrgent: true });
  expect(JSON.parse(peer.seen[0]?.body ?? '').card.header.template).toBe('red');
});

it.each(['card', 'text'])('keeps the whole body of a long %s below 20 KB', async (format) => {
  const { peer, send } = await open();
  const url = `https://link.example/${'x'.repeat(3000)}`;
  await send({ format, secret: 's' }, { title: '题'.repeat(300), body: '"字"\n'.repeat(9000), url });
  const body = peer.seen[0]?.body ?? '';
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(20_000);
  expect(body).toContain('查看全文 Read all');
});

describe('an answer', () => {
  it.each([
    [10208, 'message type not supported', 'refused', '样式'],
    [19001, 'param invalid: incoming webhook access token invalid', 'refused', '重新复制'],
    [19002, 'param invalid', 'refused', '参数'],
    [19007, 'Bot Not Enabled', 'refused', '启用'],
    [19021, 'sign match fail or timestamp is not within one hour from current time', 'refused', '时钟'],
    [19022, 'Ip Not Allowed', 'refused', 'IP'],
    [19024, 'Key Words Not Found', 'refused', '关键词'],
    [19036, 'body too large', 'refused', '太长'],
    [9499, 'Bad Request', 'refused', '格式'],
    [77777, 'who knows', 'refused', '拒绝'],
  ])('of %i "%s" means %s, with advice, by status 200 and 400', async (code, msg, kind, advice) => {
    for (const status of [200, 400]) {
      const { send } = await open(answering(status, { code, data: {}, msg }));
      expect(await send()).toMatchObject({ kind, code: String(code), why: expect.stringContaining(advice) });
    }
  });

  it.each([
    [11232, 'frequency limited psm[x]'],
    [9499, 'too many request'],
    [9499, 'frequency limited'],
  ])('of %i "%s" lets the robot rest', async (code, msg) => {
    const { send } = await open(answering(200, { code, msg }));
    expect(await send()).toMatchObject({ kind: 'retry', scope: 'queue', afterMs: 60_000 });
  });

  it.each([
    [{ code: 19001, StatusCode: 0, msg: 'bad' }, 'refused'],
    [{ Extra: null, StatusCode: 0, StatusMessage: 'success' }, 'sent'],
  ])('%j means %s', async (answer, kind) => {
    const { send } = await open(answering(200, answer));
    expect(await send()).toMatchObject({ kind });
  });

  it.each([
    ['429', answering(429, GOOD), '429', 'retry'],
    ['a failing server', answering(500, GOOD), '500', 'retry'],
    ['no JSON', answering(200, ''), 'decode', 'unknown'],
    ['none at all', (res) => res.destroy(), 'network', 'unknown'],
  ] satisfies [string, PeerAnswer, string, string][])(
    'that is %s means that it is tried again, or that nobody knows',
    async (_, answer, code, kind) => {
      const { send } = await open(answer);
      expect(await send()).toMatchObject({ kind, code });
    },
  );

  it('never brings the hook or the secret into a reason', async () => {
    const { send } = await open(answering(200, { code: 19001, msg: `${TOKEN} topsecret` }));
    expect(JSON.stringify(await send({ secret: 'topsecret' }))).not.toMatch(/5f1b2c3d|topsecret/);
  });
});

describe('the settings', () => {
  it('take the whole address, and Lark by its host', async () => {
    const { peer, lark, send } = await open();
    await send({ token: `https://open.feishu.cn/open-apis/bot/v2/hook/${TOKEN}` });
    await send({ token: `https://open.larksuite.com/open-apis/bot/v2/hook/${TOKEN}/` });
    expect([peer.seen.length, lark.seen.length]).toEqual([1, 1]);
    expect(lark.seen[0]?.path).toBe(`/open-apis/bot/v2/hook/${TOKEN}`);
  });

  it.each([
    ['https://open.feishu.cn/open-apis/bot/hook/abc', ['token']],
    ['https://open.feishu.cn/', ['token']],
    ['a/b', ['token']],
    [TOKEN, []],
  ])('%s has wrong fields %j', async (token, wrong) => {
    const { channel } = await open();
    expect(wrongFields(channel, { token })).toEqual(wrong);
  });
});

it('reaches the simulated group with a signature, and not without', async () => {
  const sim = await openSim();
  const channel = createFeishuBotChannel({ base: `${sim.base}/feishu` });
  cleanups.push(() => channel.close());
  const send = (settings: Record<string, string>) => sendBy(channel, settings, { io: openIo(cleanups) });
  expect(await send({ token: 'sim-signed', secret: 'simfeishu' })).toEqual({ kind: 'sent' });
  expect((await sim.api('GET', '/inboxes/feishu')).body).toMatchObject({
    items: [{ rendered: expect.stringContaining('CPU > 90%') }],
  });
  expect(await send({ token: 'sim-signed', secret: 'wrong' })).toMatchObject({
    kind: 'refused',
    code: '19021',
  });
  expect(await send({ token: 'nobody' })).toMatchObject({ kind: 'refused', code: '19001' });
});
