/** The gotify channel: the exact bytes of a message, and what each answer means. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelSettings } from '#src/channels/channel.js';
import { createGotifyChannel } from '#src/channels/gotify/index.js';
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

const channel = createGotifyChannel();
const OK = answering(200, { id: 25, appid: 5, message: 'x', date: 'now' });

async function send(
  answer: Parameters<typeof openPeer>[1],
  settings: ChannelSettings = {},
  message?: MessageContent,
) {
  const { url, seen } = await openPeer(cleanups, answer);
  const all = { server: url, token: 'sim-A1b2', ...settings };
  const outcome = await sendBy(channel, all, { message, io: openIo(cleanups) });
  return { outcome, request: seen[0], json: JSON.parse(seen[0]?.body ?? 'null') };
}

describe('a message', () => {
  it('is these bytes', async () => {
    const { outcome, request } = await send(OK);
    expect(outcome).toEqual({ kind: 'sent', ref: '25' });
    expect(request).toMatchObject({
      method: 'POST',
      path: '/message',
      headers: { 'x-gotify-key': 'sim-A1b2', 'content-type': 'application/json; charset=utf-8' },
      body: '{"title":"CPU > 90%","message":"主机 \\"db-1\\" 🔥\\n请检查","extras":{"client::display":{"contentType":"text/plain"},"client::notification":{"click":{"url":"https://q.example/m/1-abc"}}}}',
    });
  });

  it.each([
    [{ isUrgent: true }, {}, 8],
    [{ isUrgent: true }, { priority: '10' }, 10],
    [{}, { priority: '0' }, 0],
    [{}, {}, undefined],
    [{ extras: { gotify: { priority: 3 } } }, { priority: '6' }, 3],
    [{ extras: { gotify: { priority: 'high' } } }, { priority: '6' }, 6],
  ])('of %j under %j has the priority %s', async (changed, settings, priority) => {
    const { json } = await send(OK, settings, messageOf(changed));
    expect(json.priority).toBe(priority);
  });

  it('is shown as Markdown where it is, with the extras of its sender', async () => {
    const gotify = { extras: { 'home::x': { y: 1 } } };
    const { json } = await send(
      OK,
      { tap: 'link' },
      messageOf({ format: 'markdown', body: '# 满', extras: { gotify } }),
    );
    expect(json).toMatchObject({
      message: '# 满',
      extras: {
        'client::display': { contentType: 'text/markdown' },
        'client::notification': { click: { url: 'https://link.example/a?b=1&c=2' } },
        'home::x': { y: 1 },
      },
    });
  });

  it('says its title where there is no body, since an empty message is refused', async () => {
    const { json } = await send(OK, {}, messageOf({ body: '' }));
    expect(json.message).toBe('CPU > 90%');
  });
});

describe('the answer', () => {
  const refusal = (errorCode: number, errorDescription: string) =>
    answering(errorCode, { error: 'said so', errorCode, errorDescription });

  it.each([
    ['400', refusal(400, "Field 'message' is required"), 'refused'],
    ['401', refusal(401, 'you need to provide a valid access token'), 'refused'],
    ['403', refusal(403, 'you are not allowed'), 'refused'],
    ['404', refusal(404, 'page not found'), 'refused'],
    ['500', refusal(500, 'database is locked'), 'retry'],
    ['429', answering(429, ''), 'retry'],
    ['not_this_service', answering(200, { id: 'text' }), 'refused'],
  ] as const)('%s means what it should', async (code, answer, kind) => {
    const { outcome } = await send(answer);
    expect(outcome).toMatchObject({ kind, code });
  });

  it('to a token that was revoked says what to do', async () => {
    const { outcome } = await send(refusal(401, 'you need a token like sim-A1b2'));
    expect(outcome).toMatchObject({ why: expect.stringMatching(/like \*\*\*；应用令牌/) });
  });
});

it.each([
  [{ priority: '' }, []],
  [{ priority: '10' }, []],
  [{ priority: '11' }, ['priority']],
  [{ priority: 'high' }, ['priority']],
])('the settings %j have these faults: %j', (settings, faults) => {
  expect(wrongFields(channel, settings)).toEqual(faults);
});
