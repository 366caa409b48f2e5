/** The PushDeer channel: the exact bytes of a push, and what each answer means. */
import { afterEach, describe, expect, it } from 'vitest';
import { createPushDeerChannel } from '#src/channels/pushdeer/index.js';
import type { MessageContent } from '#src/core/types.js';
import {
  answering,
  type Cleanups,
  cleanUp,
  messageOf,
  openIo,
  openPeer,
  sendBy,
  wrongFields,
} from '#test/channels/http-peer.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

const channel = createPushDeerChannel();
const KEY = 'sim-PDU1';
const reached = (...devices: unknown[]) =>
  answering(200, { code: 0, content: { result: devices.map((one) => JSON.stringify(one)) } });
const OK = reached({ counts: 1, logs: [], success: 'ok' });

async function send(answer: Parameters<typeof openPeer>[1], message?: MessageContent) {
  const { url, seen } = await openPeer(cleanups, answer);
  const outcome = await sendBy(channel, { server: url, key: KEY }, { message, io: openIo(cleanups) });
  return { outcome, seen };
}

describe('a push', () => {
  it('is these bytes', async () => {
    const { outcome, seen } = await send(OK);
    expect(outcome).toEqual({ kind: 'sent', detail: '1/1 台设备 devices' });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      path: '/message/push',
      body: '{"pushkey":"sim-PDU1","text":"CPU > 90%","desp":"主机 \\"db-1\\" 🔥\\n请检查\\n\\n原文 Link: https://link.example/a?b=1&c=2\\n详情 Details: https://q.example/m/1-abc","type":"text"}',
    });
  });

  it('keeps Markdown, with the addresses as links', () => {
    expect(channel.render(messageOf({ format: 'markdown', body: '**满**', url: '' }))).toEqual({
      text: 'CPU > 90%',
      desp: '**满**\n\n[详情 Details](https://q.example/m/1-abc)',
      type: 'markdown',
    });
  });

  it('shows HTML as lines', () => {
    const { desp, type } = channel.render(
      messageOf({ format: 'html', body: '<p>a<br>b</p><p>c &amp; d</p>' }),
    );
    expect(desp).toMatch(/^a\nb\nc & d\n\n/);
    expect(type).toBe('text');
  });

  it('is cut to what the server can keep, the addresses still there', () => {
    const { desp } = channel.render(messageOf({ body: '长'.repeat(40_000) }));
    expect(Buffer.byteLength(desp)).toBeLessThan(65_535);
    expect(desp).toMatch(/…\n\n原文/);
  });
});

describe('the answer', () => {
  const refusal = (code: number) => answering(200, { code, error: '没有可用的设备，请先注册' });

  it.each([
    ['80403', refusal(80403), 'refused'],
    ['80501', refusal(80501), 'refused'],
    ['80502', refusal(80502), 'retry'],
    ['80999', refusal(80999), 'retry'],
    ['81234', refusal(81234), 'refused'],
    ['no_device', reached(), 'refused'],
    ['not_reached', reached({ counts: 0, success: 'failed' }), 'retry'],
    ['500', answering(500, 'Server Error'), 'retry'],
    ['404', answering(404, ''), 'refused'],
    ['not_this_service', answering(200, '<html>'), 'refused'],
  ] as const)('%s means what it should', async (code, answer, kind) => {
    const { outcome } = await send(answer);
    expect(outcome).toMatchObject({ kind, code });
  });

  it('of one device in two is a success that says so', async () => {
    const { outcome } = await send(reached({ success: 'ok' }, { success: 'failed' }));
    expect(outcome).toEqual({ kind: 'sent', detail: '1/2 台设备 devices' });
  });

  it.each([
    [{}, 60_000],
    [{ 'retry-after': '17' }, 17_000],
  ])('429 lets all pushes to that server rest (%j)', async (headers, afterMs) => {
    const { outcome } = await send(answering(429, '', headers));
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'queue', afterMs, code: '429' });
  });
});

it.each([
  [{ key: 'PDU123' }, []],
  [{ key: '' }, ['key']],
  [{ key: 'PDU1,PDU2' }, ['key']],
])('the settings %j have these faults: %j', (settings, faults) => {
  expect(wrongFields(channel, settings)).toEqual(faults);
});
