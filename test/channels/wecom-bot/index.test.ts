/** The WeCom robot channel: the exact bytes it sends, and what each answer of the robot means. */
import { afterEach, describe, expect, it } from 'vitest';
import { createWecomBotChannel } from '#src/channels/wecom-bot/index.js';
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

const KEY = '693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa';

async function open(answer: PeerAnswer = answering(200, { errcode: 0, errmsg: 'ok' })) {
  const peer = await openPeer(cleanups, answer);
  const channel = createWecomBotChannel({ base: `${peer.url}/wecom/`, timeoutMs: 500 });
  cleanups.push(() => channel.close());
  const send = (settings: Record<string, string> = {}, changed = {}) =>
    sendBy(channel, { key: KEY, ...settings }, { io: openIo(cleanups), message: messageOf(changed) });
  return { peer, channel, send };
}

it('sends Markdown with the title in bold', async () => {
  const { peer, send } = await open();
  expect(await send()).toEqual({ kind: 'sent' });
  expect(peer.seen).toMatchObject([
    {
      method: 'POST',
      path: `/wecom/cgi-bin/webhook/send?key=${KEY}`,
      body: '{"msgtype":"markdown","markdown":{"content":"**CPU > 90%**\\n主机 \\"db-1\\" 🔥\\n请检查\\n[查看原文 Original](https://link.example/a?b=1&c=2)"}}',
    },
  ]);
});

it('sends plain text with the title in brackets', async () => {
  const { peer, send } = await open();
  await send({ format: 'text' });
  expect(peer.seen[0]?.body).toBe(
    '{"msgtype":"text","text":{"content":"【CPU > 90%】\\n主机 \\"db-1\\" 🔥\\n请检查\\n查看原文 Original https://link.example/a?b=1&c=2"}}',
  );
});

it.each([
  ['markdown', 4096, '[查看全文 Read all](https://q.example/m/1-abc)'],
  ['text', 2048, '查看全文 Read all https://q.example/m/1-abc'],
] as const)('cuts %s at %i bytes, with a link to the rest', async (format, max, more) => {
  const { peer, send } = await open();
  await send({ format }, { body: '字🔥'.repeat(3000), url: '' });
  const sent = JSON.parse(peer.seen[0]?.body ?? '');
  const content: string = sent[format].content;
  expect(Buffer.byteLength(content)).toBeLessThanOrEqual(max);
  expect(Buffer.byteLength(content)).toBeGreaterThan(max - 10);
  expect(content.endsWith(`…\n${more}`)).toBe(true);
});

describe('an answer', () => {
  it.each([
    [93000, 'invalid webhook url, hint: [x], from ip: 1.2.3.4', 'refused', '重新添加机器人'],
    [40008, 'invalid message type', 'refused', '样式'],
    [40058, 'markdown.content exceed max length 4096. invalid Request Parameter', 'refused', '缩短'],
    [-1, 'system busy', 'retry', '通常很快自行恢复'],
    [77777, 'who knows', 'refused', '拒绝'],
  ])('of %i "%s" means %s, with advice', async (errcode, errmsg, kind, advice) => {
    const { send } = await open(answering(200, { errcode, errmsg }));
    const outcome = await send();
    expect(outcome).toMatchObject({ kind, code: String(errcode), why: expect.stringContaining(advice) });
    expect(outcome).toMatchObject({ why: expect.stringContaining(errmsg) });
    expect(outcome).not.toHaveProperty('scope');
  });

  it('of 45009 lets the robot rest for a minute', async () => {
    const { send } = await open(answering(200, { errcode: 45009, errmsg: 'api freq out of limit' }));
    expect(await send()).toMatchObject({ kind: 'retry', scope: 'queue', afterMs: 60_000, code: '45009' });
  });

  it.each([
    ['a failing server', answering(502, 'bad gateway'), '502', 'retry'],
    ['a proxy page', answering(200, '<html>'), 'decode', 'unknown'],
    ['too many requests', answering(429, ''), '429', 'retry'],
    ['none in time', () => undefined, 'timeout', 'unknown'],
    ['none at all', (res) => res.destroy(), 'network', 'unknown'],
  ] satisfies [string, PeerAnswer, string, string][])(
    'that is %s means that it is tried again, or that nobody knows',
    async (_, answer, code, kind) => {
      const { send } = await open(answer);
      expect(await send()).toMatchObject({
        kind,
        code,
        why: expect.stringMatching(/\p{Script=Han}/u),
      });
    },
  );

  it('never brings the key into a reason', async () => {
    const { send } = await open(answering(200, { errcode: 93000, errmsg: `bad key ${KEY}` }));
    expect(JSON.stringify(await send())).not.toContain(KEY);
  });
});

describe('the settings', () => {
  it('take a key or the whole address', async () => {
    const { peer, channel, send } = await open();
    const pasted = ` https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${KEY} `;
    await send({ key: pasted });
    expect(peer.seen[0]?.path).toBe(`/wecom/cgi-bin/webhook/send?key=${KEY}`);
    expect(wrongFields(channel, { key: pasted })).toEqual([]);
    const nobody = { personId: 1, uid: 'UID_1', address: '' };
    expect(channel.accountOf({ key: pasted }, nobody)).toBe(channel.accountOf({ key: KEY }, nobody));
  });

  it.each(['https://qyapi.weixin.qq.com/cgi-bin/webhook/send', 'a b', 'k&x=1'])('refuse %s', async (key) => {
    const { channel } = await open();
    expect(wrongFields(channel, { key })).toEqual(['key']);
  });
});

it('reaches the simulated group, and waits when its robot has had enough', async () => {
  const sim = await openSim();
  const channel = createWecomBotChannel({ base: `${sim.base}/wecom` });
  cleanups.push(() => channel.close());
  const send = () => sendBy(channel, { key: 'sim-ops' }, { io: openIo(cleanups) });
  expect(await send()).toEqual({ kind: 'sent' });
  const { body } = await sim.api('GET', '/inboxes/wecom-bot');
  expect(body).toMatchObject({ items: [{ rendered: expect.stringContaining('CPU > 90%') }] });
  await sim.api('POST', '/quota', { on: true });
  for (let count = 0; count < 20; count += 1) {
    await send();
  }
  expect(await send()).toMatchObject({ kind: 'retry', scope: 'queue', code: '45009' });
  expect(await sendBy(channel, { key: 'unknown' }, { io: openIo(cleanups) })).toMatchObject({
    kind: 'refused',
    code: '93000',
  });
});
