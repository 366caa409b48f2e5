/** The ntfy channel: the exact bytes of a publish call, and what each answer means. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelSettings } from '#src/channels/channel.js';
import { createNtfyChannel } from '#src/channels/ntfy/index.js';
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

const channel = createNtfyChannel();
const OK = answering(200, { id: 'abcDEF123456', time: 1, event: 'message', topic: 'sim-ops' });

async function send(
  answer: Parameters<typeof openPeer>[1],
  settings: ChannelSettings = {},
  message?: MessageContent,
) {
  const { url, seen } = await openPeer(cleanups, answer);
  const all = { server: url, topic: 'sim-ops', ...settings };
  const outcome = await sendBy(channel, all, { message, io: openIo(cleanups) });
  return { outcome, request: seen[0], json: JSON.parse(seen[0]?.body ?? 'null') };
}

describe('a publish call', () => {
  it('is these bytes', async () => {
    const { outcome, request } = await send(OK);
    expect(outcome).toEqual({ kind: 'sent', ref: 'abcDEF123456' });
    expect(request).toMatchObject({
      method: 'POST',
      path: '/',
      body: '{"topic":"sim-ops","title":"CPU > 90%","message":"主机 \\"db-1\\" 🔥\\n请检查","click":"https://q.example/m/1-abc"}',
    });
    expect(request?.headers.authorization).toBeUndefined();
  });

  it.each([
    [{ token: 'tk_abc', user: 'x', password: 'y' }, 'Bearer tk_abc'],
    [{ user: 'ming', password: 'geheim' }, `Basic ${Buffer.from('ming:geheim').toString('base64')}`],
  ])('logs in with %j', async (settings, authorization) => {
    const { request } = await send(OK, settings);
    expect(request?.headers.authorization).toBe(authorization);
  });

  it.each([
    [{ isUrgent: true }, { priority: '2' }, 5],
    [{}, { priority: '2' }, 2],
    [{}, {}, undefined],
    [{ extras: { ntfy: { priority: 4 } } }, { priority: '2' }, 4],
  ])('of %j under %j has the priority %s', async (changed, settings, priority) => {
    const { json } = await send(OK, settings, messageOf(changed));
    expect(json.priority).toBe(priority);
  });

  it('carries Markdown, tags and actions, and never another topic or a delay', async () => {
    const ntfy = {
      tags: ['warning'],
      actions: [{ action: 'view', label: 'x', url: 'https://a.example' }],
      topic: 'evil',
      delay: '3d',
      icon: null,
    };
    const message = messageOf({ format: 'markdown', body: '**满**', extras: { ntfy } });
    const { json } = await send(OK, { tap: 'link' }, message);
    expect(json).toEqual({
      topic: 'sim-ops',
      title: 'CPU > 90%',
      message: '**满**',
      click: 'https://link.example/a?b=1&c=2',
      markdown: true,
      tags: ['warning'],
      actions: [{ action: 'view', label: 'x', url: 'https://a.example' }],
    });
  });

  it.each([
    ['the text that was meant for ntfy', { message: '机器', tags: ['x'] }, '机器'],
    ['at most 4096 bytes of it', { message: 'm'.repeat(5000) }, `${'m'.repeat(4093)}…`],
    ['the body where there is none', { message: ' ' }, '机器\n\n标签 Tags: x'],
    ['the body where it is no text', { message: { x: 1 } }, '机器\n\n标签 Tags: x'],
  ])('shows %s', async (_, ntfy, shown) => {
    const { json } = await send(OK, {}, messageOf({ body: '机器\n\n标签 Tags: x', extras: { ntfy } }));
    expect(json.message).toBe(shown);
  });

  it.each([
    ['a'.repeat(4096), 4096, 'a'],
    ['a'.repeat(4097), 4096, '…'],
    ['🔥'.repeat(2000), 4095, '…'],
  ])('holds at most 4096 bytes', async (body, bytes, last) => {
    const { json } = await send(OK, {}, messageOf({ body }));
    expect(Buffer.byteLength(json.message)).toBe(bytes);
    expect(json.message.endsWith(last)).toBe(true);
  });

  it('says its title where there is no body, since ntfy would put in a word of its own', async () => {
    const { json } = await send(OK, {}, messageOf({ body: ' ' }));
    expect(json.message).toBe('CPU > 90%');
  });
});

describe('the answer', () => {
  const refusal = (code: number, headers: Record<string, string> = {}) =>
    answering(Math.floor(code / 100), { code, http: Math.floor(code / 100), error: 'said so' }, headers);

  it.each([40004, 40005, 40006, 40007, 40009, 40017, 40018, 40021, 40101, 40301, 40401, 41301, 41303])(
    '%i ends the delivery',
    async (code) => {
      const { outcome } = await send(refusal(code));
      expect(outcome).toMatchObject({
        kind: 'refused',
        code: String(code),
        why: expect.stringContaining('said so'),
      });
    },
  );

  it.each([
    [40101, /更新/],
    [40301, /权限/],
    [40009, /主题/],
  ])('%i says what to do', async (code, advice) => {
    const { outcome } = await send(refusal(code));
    expect(outcome).toMatchObject({ why: expect.stringMatching(advice) });
  });

  it.each([
    [42901, 5_000],
    [42905, 3_600_000],
    [42908, 3_600_000],
    [42909, 600_000],
    [42999, 60_000],
  ])('%i lets the account rest for %i ms', async (code, afterMs) => {
    const { outcome } = await send(refusal(code));
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'queue', afterMs, code: String(code) });
  });

  it('of a used-up limit is heeded where it names a time', async () => {
    const { outcome } = await send(refusal(42901, { 'retry-after': '9' }));
    expect(outcome).toMatchObject({ afterMs: 9_000 });
  });

  it('50001 is tried again', async () => {
    const { outcome } = await send(refusal(50001));
    expect(outcome).toMatchObject({ kind: 'retry', code: '50001' });
    expect(outcome).not.toHaveProperty('scope');
  });

  it.each([
    [200, '<html>', 'refused', 'not_this_service'],
    [502, '<html>', 'retry', '502'],
    [404, 'nothing here', 'refused', '404'],
  ] as const)('%i that is no JSON of ntfy is %s%s', async (status, body, kind, code) => {
    const { outcome } = await send(answering(status, body));
    expect(outcome).toMatchObject({ kind, code });
  });
});

it.each([
  [{ topic: 'ops_1-x' }, []],
  [{ topic: 'x'.repeat(64) }, []],
  [{ topic: 'x'.repeat(65) }, ['topic']],
  [{ topic: 'a/b' }, ['topic']],
  [{ topic: 'docs' }, ['topic']],
  [{}, ['topic']],
])('the settings %j have these faults: %j', (settings, faults) => {
  expect(wrongFields(channel, settings)).toEqual(faults);
});
