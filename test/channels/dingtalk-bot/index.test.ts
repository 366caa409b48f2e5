/** The DingTalk robot channel: the exact bytes it sends, its signature, and what each answer means. */
import { afterEach, describe, expect, it } from 'vitest';
import { createDingtalkBotChannel } from '#src/channels/dingtalk-bot/index.js';
import { signForDingtalk } from '#src/channels/dingtalk-bot/sign.js';
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

const TOKEN = 'ab12cd34ef56';
const SECRET = 'SECtest';
/** The clock of the tests, in milliseconds. */
const NOW = '1795406400000';

async function open(answer: PeerAnswer = answering(200, { errcode: 0, errmsg: 'ok' })) {
  const peer = await openPeer(cleanups, answer);
  const channel = createDingtalkBotChannel({ base: peer.url, timeoutMs: 500 });
  cleanups.push(() => channel.close());
  const send = (settings: Record<string, string> = {}, changed = {}) =>
    sendBy(channel, { token: TOKEN, ...settings }, { io: openIo(cleanups), message: messageOf(changed) });
  return { peer, channel, send };
}

it('signs as the published vector says', () => {
  expect(signForDingtalk('SECtest', 1_700_000_000_000)).toEqual({
    timestamp: '1700000000000',
    sign: 'aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g=',
  });
});

it('sends Markdown to a robot without a signature', async () => {
  const { peer, send } = await open();
  expect(await send()).toEqual({ kind: 'sent' });
  expect(peer.seen).toMatchObject([
    {
      method: 'POST',
      path: `/robot/send?access_token=${TOKEN}`,
      body: '{"msgtype":"markdown","markdown":{"title":"CPU > 90%","text":"**CPU > 90%**  \\n主机 \\"db-1\\" 🔥  \\n请检查  \\n[查看原文 Original](https://link.example/a?b=1&c=2)"}}',
    },
  ]);
});

it('sends plain text, with the time in milliseconds and the signature encoded in the address', async () => {
  const { peer, send } = await open();
  await send({ format: 'text', secret: SECRET });
  const { sign } = signForDingtalk(SECRET, Number(NOW));
  expect(peer.seen[0]).toMatchObject({
    path: `/robot/send?access_token=${TOKEN}&timestamp=${NOW}&sign=${encodeURIComponent(sign)}`,
    body: '{"msgtype":"text","text":{"content":"【CPU > 90%】\\n主机 \\"db-1\\" 🔥\\n请检查\\n查看原文 Original https://link.example/a?b=1&c=2"}}',
  });
});

it('draws lists, pictures and headings of Markdown', async () => {
  const { peer, send } = await open();
  const body = '## 题\n- 一\n- 二\n\n![图](https://p.example/x.png) *斜*';
  await send({}, { body, format: 'markdown', title: '', url: '' });
  expect(JSON.parse(peer.seen[0]?.body ?? '').markdown).toEqual({
    title: '机房告警',
    text: '## 题\n\n- 一  \n- 二\n\n![图](https://p.example/x.png) *斜*',
  });
});

it.each(['markdown', 'text'])('keeps the whole body of a long %s below 20,000 bytes', async (format) => {
  const { peer, send } = await open();
  await send({ format }, { title: '题'.repeat(300), body: '"字"\n'.repeat(9000) });
  const body = peer.seen[0]?.body ?? '';
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(20_000);
  expect(Buffer.byteLength(body)).toBeGreaterThan(18_000);
  expect(body).toContain('https://q.example/m/1-abc');
});

describe('an answer', () => {
  it.each([
    [310000, 'keywords not in content', 'refused', '关键词'],
    [310000, 'invalid timestamp', 'refused', '时钟'],
    [310000, 'sign not match', 'refused', '加签密钥'],
    [310000, 'ip 203.0.113.9 not in whitelist', 'refused', '203.0.113.9'],
    [310000, '错误描述:机器人发送签名不匹配；解决方案:请确认签名和生成签名的时间戳', 'refused', '加签密钥'],
    [310000, '错误描述:关键词不匹配', 'refused', '关键词'],
    [310000, 'something new', 'refused', '安全设置'],
    [300005, 'token is not exist', 'refused', '重新复制'],
    [300001, 'token is not exist', 'refused', '重新复制'],
    [460101, 'message too long, exceed 20000 bytes', 'refused', '20000'],
    [400013, 'group dissolved', 'refused', '群已解散'],
    [400101, 'bad token', 'refused', '重新复制'],
    [400102, 'bot disabled', 'refused', '停用'],
    [430101, 'unsafe link', 'refused', '不安全'],
    [-1, 'system busy', 'retry', '通常很快自行恢复'],
    [77777, 'who knows', 'refused', '拒绝'],
  ])('of %i "%s" means %s, with advice', async (errcode, errmsg, kind, advice) => {
    const { send } = await open(answering(200, { errcode, errmsg }));
    expect(await send()).toMatchObject({ kind, code: String(errcode), why: expect.stringContaining(advice) });
  });

  it.each([
    [130101, 600_000],
    [410100, 60_000],
  ])('of %i lets the robot rest for %i ms', async (errcode, afterMs) => {
    const { send } = await open(answering(200, { errcode, errmsg: 'send too fast' }));
    expect(await send()).toMatchObject({ kind: 'retry', scope: 'queue', afterMs, code: String(errcode) });
  });

  it.each([
    ['a failing server', answering(503, ''), '503', 'retry'],
    ['no JSON', answering(200, 'ok'), 'decode', 'unknown'],
    ['none at all', (res) => res.destroy(), 'network', 'unknown'],
  ] satisfies [string, PeerAnswer, string, string][])(
    'that is %s means that it is tried again, or that nobody knows',
    async (_, answer, code, kind) => {
      const { send } = await open(answer);
      expect(await send()).toMatchObject({ kind, code });
    },
  );

  it('never brings the token or the secret into a reason', async () => {
    const { send } = await open(answering(200, { errcode: 300005, errmsg: `${TOKEN} ${SECRET}` }));
    expect(JSON.stringify(await send({ secret: SECRET }))).not.toMatch(/ab12cd34ef56|SECtest/);
  });
});

describe('the settings', () => {
  it('take a token or the whole address', async () => {
    const { peer, send } = await open();
    await send({ token: `https://oapi.dingtalk.com/robot/send?access_token=${TOKEN}` });
    expect(peer.seen[0]?.path).toBe(`/robot/send?access_token=${TOKEN}`);
  });

  it.each([
    [{ token: 'https://oapi.dingtalk.com/robot/send' }, ['token']],
    [{ token: TOKEN, secret: '关键词' }, ['secret']],
    [{ token: TOKEN, secret: 'SECabc123' }, []],
    [{ token: TOKEN }, []],
  ])('%j have wrong fields %j', async (settings, wrong) => {
    const { channel } = await open();
    expect(wrongFields(channel, settings as Record<string, string>)).toEqual(wrong);
  });
});

it('reaches the simulated group with a signature, and not without', async () => {
  const sim = await openSim();
  const channel = createDingtalkBotChannel({ base: `${sim.base}/dingtalk` });
  cleanups.push(() => channel.close());
  const send = (settings: Record<string, string>) => sendBy(channel, settings, { io: openIo(cleanups) });
  expect(await send({ token: 'sim-dingtalk', secret: 'SECsim' })).toEqual({ kind: 'sent' });
  expect((await sim.api('GET', '/inboxes/dingtalk')).body).toMatchObject({
    items: [{ rendered: expect.stringContaining('CPU > 90%') }],
  });
  const unsigned = await send({ token: 'sim-dingtalk', secret: 'SECother' });
  expect(unsigned).toMatchObject({ kind: 'refused', code: '310000', why: expect.stringContaining('加签') });
  expect(await send({ token: 'nobody', secret: 'SECsim' })).toMatchObject({
    kind: 'refused',
    code: '300005',
  });
});
