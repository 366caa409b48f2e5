/** Every door out on a bad day: answers that are no answers end as outcomes, never thrown and never taken for success. */
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createBarkChannel } from '#src/channels/bark/index.js';
import type { Channel, ChannelSettings } from '#src/channels/channel.js';
import { createDingtalkBotChannel } from '#src/channels/dingtalk-bot/index.js';
import { createFeishuBotChannel } from '#src/channels/feishu-bot/index.js';
import { createGotifyChannel } from '#src/channels/gotify/index.js';
import { createNtfyChannel } from '#src/channels/ntfy/index.js';
import { createPushDeerChannel } from '#src/channels/pushdeer/index.js';
import { createSmsChannel } from '#src/channels/sms/index.js';
import { createWecomBotChannel } from '#src/channels/wecom-bot/index.js';
import type { Outcome } from '#src/core/types.js';
import { createSmsPlatform } from '#src/platforms/aliyun-sms.js';
import { createTestClock } from '#test/support/clock.js';
import { answering, type Cleanups, cleanUp, openIo, openPeer, type PeerAnswer, sendBy } from './http-peer.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

type Send = (url: string) => Promise<Outcome>;

function by<Card>(channel: Channel<Card> & { close?: () => Promise<void> }, settings: ChannelSettings) {
  cleanups.push(() => channel.close?.());
  return sendBy(channel, settings, { io: openIo(cleanups) });
}

function bySms(url: string): Promise<Outcome> {
  const platform = createSmsPlatform({ base: url, clock: createTestClock(), makeNonce: () => 'once' });
  cleanups.push(() => platform.close());
  const settings = { accessKeyId: 'id', accessKeySecret: 'geheim', signName: '青鸟', templateCode: 'SMS_1' };
  return by(createSmsChannel({ platform }), { ...settings, phone: '13800138000' });
}

const WAYS: Readonly<Record<string, Send>> = {
  bark: (server) => by(createBarkChannel(), { server, key: 'geheim' }),
  pushdeer: (server) => by(createPushDeerChannel(), { server, key: 'geheim' }),
  ntfy: (server) => by(createNtfyChannel(), { server, topic: 'geheim' }),
  gotify: (server) => by(createGotifyChannel(), { server, token: 'geheim' }),
  'wecom-bot': (base) => by(createWecomBotChannel({ base, timeoutMs: 5000 }), { key: 'geheim' }),
  'dingtalk-bot': (base) => by(createDingtalkBotChannel({ base, timeoutMs: 5000 }), { token: 'geheim' }),
  'feishu-bot': (base) => by(createFeishuBotChannel({ base, timeoutMs: 5000 }), { token: 'geheim' }),
  sms: bySms,
};

const JSON_TYPE = { 'content-type': 'application/json' };

/** Says that more comes than does. */
function breakOff(res: ServerResponse): void {
  res.writeHead(200, { ...JSON_TYPE, 'content-length': '500' });
  res.write('{"code":200,"errcode":0,"id":1');
  res.on('drain', () => undefined);
  setImmediate(() => res.destroy());
}

const BAD_DAYS: readonly [string, PeerAnswer][] = [
  [
    'a page in place of an answer',
    answering(200, '<html>maintenance</html>', { 'content-type': 'text/html' }),
  ],
  ['JSON that ends too early', answering(200, '{"code":200,"errcode":0,"id":"x', JSON_TYPE)],
  ['nothing at all', answering(200, '')],
  ['204', answering(204)],
  ['a list', answering(200, '[{"code":200,"errcode":0,"id":1}]', JSON_TYPE)],
  ['null', answering(200, 'null', JSON_TYPE)],
  ['a code that is no number', answering(200, { code: 'fine', errcode: 'fine', Code: 7 }, JSON_TYPE)],
  ['a huge answer', answering(200, `{"x":"${'x'.repeat(6 * 1024 * 1024)}"}`, JSON_TYPE)],
  ['a way to an inner address', answering(302, '', { location: 'http://169.254.169.254/latest' })],
  [
    'a lasting way elsewhere',
    answering(308, '{"code":200,"errcode":0}', { location: 'http://127.0.0.1:1/' }),
  ],
  ['a broken line in the middle of an answer', breakOff],
  ['a broken line in place of an answer', (res) => res.destroy()],
  ['a gateway that fails', answering(502, '<html>bad gateway</html>', { 'content-type': 'text/html' })],
];

describe.each(Object.entries(WAYS))('%s', (_, send) => {
  it.each(BAD_DAYS)('takes %s for no success', async (_name, answer) => {
    const { url, seen } = await openPeer(cleanups, answer);
    const outcome = await send(url);
    expect(outcome).toMatchObject({
      kind: expect.stringMatching(/^(retry|refused|unknown)$/),
      code: expect.any(String),
    });
    expect(outcome).not.toMatchObject({ code: expect.stringMatching(/NaN|undefined|null/) });
    expect(JSON.stringify(outcome)).not.toContain('geheim');
    expect(seen).toHaveLength(1);
  });

  it('tries again after a gateway that fails', async () => {
    const { url } = await openPeer(cleanups, answering(502, '<html>', { 'content-type': 'text/html' }));
    expect(await send(url)).toMatchObject({ kind: 'retry' });
  });

  it.each([
    ['a line that broke in the middle of an answer', breakOff],
    ['a line that broke in place of an answer', (res: ServerResponse) => res.destroy()],
    ['a gateway that waited in vain', answering(504, '<html>', { 'content-type': 'text/html' })],
  ] as [string, PeerAnswer][])('does not know what became of a message after %s', async (_name, answer) => {
    const { url } = await openPeer(cleanups, answer);
    expect(await send(url)).toMatchObject({ kind: 'unknown', code: expect.any(String) });
  });

  it('knows that nothing left where nobody listens', async () => {
    expect(await send('http://127.0.0.1:1')).toMatchObject({ kind: 'retry' });
  });
});

it.each(['wecom-bot', 'dingtalk-bot', 'feishu-bot', 'pushdeer'] as const)(
  'lets the whole account of %s rest after too many requests',
  async (name) => {
    const { url } = await openPeer(cleanups, answering(429, { code: 9499, msg: 'too many request' }));
    expect(await WAYS[name]?.(url)).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      afterMs: 60_000,
      code: '429',
    });
  },
);
