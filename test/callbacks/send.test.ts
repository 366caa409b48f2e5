/** One request to one endpoint: what is sent, and what each answer means. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type CallbackTry, createSendCallback } from '#src/callbacks/send.js';
import { isSignatureRight } from '#src/callbacks/sign.js';
import type { Event, Outcome } from '#src/core/types.js';
import { createSafeFetch } from '#src/lib/safe-fetch.js';
import { createTestClock } from '#test/support/clock.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const EVENT: Event = {
  id: 7,
  type: 'upstream.received',
  at: new Date(0),
  appId: 97,
  appName: '机房',
  data: { uid: 'UID_x', content: '重启 "db-1" 🔥\n' },
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) {
    await clean();
  }
});

interface Seen {
  method: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** An endpoint that keeps what came and answers as told. */
async function openEndpoint(answer: (res: ServerResponse) => void) {
  const seen: Seen[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) {
      chunks.push(chunk as Buffer);
    }
    seen.push({ method: req.method ?? '', headers: req.headers, body: Buffer.concat(chunks).toString() });
    answer(res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=abc` };
}

const clock = createTestClock();

async function sendTo(url: string, options: Parameters<typeof tryOut>[1] = {}): Promise<Outcome> {
  return (await tryOut(url, options)).outcome;
}

function tryOut(
  url: string,
  options: { allowPrivate?: boolean; payload?: object | null } = {},
): Promise<CallbackTry> {
  const http = createSafeFetch({ allowPrivate: options.allowPrivate ?? true });
  cleanups.push(() => http.close());
  const { payload = EVENT.data } = options;
  const send = createSendCallback({ http, clock, payloadOf: () => payload });
  return send(EVENT, { url, secret: SECRET, style: 'x' });
}

const answering = async (status: number, headers: Record<string, string> = {}, body = '') => {
  const { url } = await openEndpoint((res) => res.writeHead(status, headers).end(body));
  return sendTo(url);
};

it('posts the JSON with a signature over exactly its bytes', async () => {
  const { url, seen } = await openEndpoint((res) => res.end('ok'));
  expect(await sendTo(url)).toEqual({ kind: 'sent', detail: 'ok' });
  const [{ method, headers, body } = { method: '', headers: {}, body: '' }] = seen;
  expect(method).toBe('POST');
  expect(JSON.parse(body)).toEqual(EVENT.data);
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'webhook-id': 'evt_7',
    'webhook-timestamp': String(clock.now() / 1000),
  });
  const signed = { secret: SECRET, id: 'evt_7', timestamp: clock.now() / 1000, body };
  expect(isSignatureRight(signed, String(headers['webhook-signature']))).toBe(true);
});

describe('the answer', () => {
  it.each([200, 201, 204, 299])('%i means that the event has arrived', async (status) => {
    expect(await answering(status)).toMatchObject({ kind: 'sent' });
  });

  it.each([301, 302, 307, 308])('%i is not followed: the event has not arrived', async (status) => {
    const elsewhere = await openEndpoint((res) => res.end());
    expect(await answering(status, { location: elsewhere.url })).toMatchObject({
      kind: 'retry',
      code: String(status),
    });
    expect(elsewhere.seen).toEqual([]);
  });

  it.each([400, 401, 404, 429, 500, 503])('%i is tried again, with its words kept', async (status) => {
    expect(await answering(status, {}, '数据库 down')).toEqual({
      kind: 'retry',
      code: String(status),
      why: `HTTP ${status}: 数据库 down`,
    });
  });

  it('410 switches the endpoint off', async () => {
    expect(await answering(410)).toMatchObject({ kind: 'gone', code: '410' });
  });

  it('is kept up to its first kilobyte', async () => {
    const outcome = await answering(200, {}, 'x'.repeat(5000));
    expect(outcome).toEqual({ kind: 'sent', detail: 'x'.repeat(1024) });
  });

  it.each([
    ['seconds', () => '120', 120_000],
    ['a date', () => new Date(clock.now() + 90_000).toUTCString(), 90_000],
    ['zero', () => '0', undefined],
    ['a past date', () => new Date(clock.now() - 1000).toUTCString(), undefined],
    ['a negative number', () => '-5', undefined],
    ['nonsense', () => 'soon', undefined],
  ])('may ask for patience by Retry-After: %s', async (_, header, afterMs) => {
    const outcome = await answering(503, { 'retry-after': header() });
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect(outcome.kind === 'retry' ? outcome.afterMs : null).toBe(afterMs);
  });
});

describe('no answer', () => {
  it('for want of a listener is tried again, and the reason holds no part of the address', async () => {
    const outcome = await sendTo('http://127.0.0.1:9/hook?key=abc');
    expect(outcome).toMatchObject({ kind: 'retry', code: 'network' });
    expect(JSON.stringify(outcome)).not.toMatch(/127\.0\.0\.1|abc/);
  });

  it('for a cut connection is tried again', async () => {
    const { url } = await openEndpoint((res) => res.destroy());
    expect(await sendTo(url)).toMatchObject({ kind: 'retry', code: 'network' });
  });
});

it('never reaches a private address where that is not allowed', async () => {
  const { url, seen } = await openEndpoint((res) => res.end());
  expect(await sendTo(url, { allowPrivate: false })).toMatchObject({ kind: 'refused', code: 'blocked' });
  expect(seen).toEqual([]);
});

it('sends nothing where the endpoint’s style has no form for the event', async () => {
  const { url, seen } = await openEndpoint((res) => res.end());
  expect(await sendTo(url, { payload: null })).toMatchObject({ kind: 'refused', code: 'no_form' });
  expect(seen).toEqual([]);
});

it('tells the very request that went out, and none where none did', async () => {
  const { url, seen } = await openEndpoint((res) => res.writeHead(500).end());
  const { request } = await tryOut(url);
  expect([request?.url, request?.body]).toEqual([url, seen[0]?.body]);
  expect(seen[0]?.headers).toMatchObject(request?.headers ?? {});
  expect(JSON.stringify(request)).not.toContain(SECRET);
  expect(await tryOut(url, { allowPrivate: false })).not.toHaveProperty('request');
  expect(await tryOut(url, { payload: null })).not.toHaveProperty('request');
});
