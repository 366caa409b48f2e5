/** What every request passes: an id, a quiet log, one boundary for errors, and an answer for addresses that nobody knows. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '#src/app.js';
import { AppError, notFound } from '#src/core/errors.js';
import { readRawBody } from '#src/lib/body.js';
import { createLogger } from '#src/lib/logger.js';
import { ask } from '#test/support/http.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) {
    await clean();
  }
});

/** Serves the app with one door. */
async function serve(door: Middleware) {
  const lines: string[] = [];
  const app = createApp({
    log: createLogger('debug', (line) => lines.push(line)),
    doors: [door],
    writeErrorPage: (ctx, status, requestId) => {
      ctx.status = status;
      ctx.type = 'html';
      ctx.body = `<h1>page ${status}</h1><p>${requestId}</p>`;
    },
  });
  const server = createServer(app.callback());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { port, url: `http://127.0.0.1:${port}`, lines, logged };
}

const failing = (error: unknown) =>
  serve(() => {
    throw error;
  });
const HTML = { headers: { accept: 'text/html' } };

describe('an address that nobody knows', () => {
  it('is answered as JSON to programs and as a page to browsers', async () => {
    const { url } = await serve((_ctx, next) => next());
    const [program, anything, api, browser] = [
      await ask(`${url}/nothing`, { headers: { accept: 'application/json' } }),
      await ask(`${url}/nothing`, { headers: { accept: '*/*' } }),
      await ask(`${url}/api/nothing`, HTML),
      await ask(`${url}/nothing`, HTML),
    ];
    expect(program).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
    expect(anything).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
    expect(api).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
    expect(browser).toMatchObject({ status: 404, text: expect.stringContaining('page 404') });
  });

  it.each([
    '/AT_0123456789abcdef/x',
    '/aBcDeFgHiJkLmNoPqRsTuV',
    '/0123456789abcdef0123456789abcdef',
    '/qnabcdefghijklmnop/x',
  ])('%s leaves no key in the log', async (path) => {
    const { url, lines } = await serve((_ctx, next) => next());
    await ask(`${url}${path}?token=hunter2`);
    expect(lines.join('')).not.toMatch(/hunter2|0123456789|DeFgHi|ijklmnop/);
    expect(lines.join('')).toContain('/…');
  });
});

describe('an error', () => {
  it('of the caller is answered with its code, its status and both languages', async () => {
    const { url, logged } = await failing(new AppError('field_too_long', { field: 'title', limit: 200 }));
    const answer = await ask(`${url}/api/x`);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: { code: 'field_too_long', message: expect.stringMatching(/title 过长.*too long/) },
    });
    expect(logged().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('of the caller is a page for a browser', async () => {
    const { url } = await failing(notFound('消息 Message'));
    expect(await ask(`${url}/m/x`, HTML)).toMatchObject({
      status: 404,
      text: expect.stringContaining('page 404'),
    });
  });

  it('of ours tells nothing, and is logged with its stack and the request’s id', async () => {
    const { url, logged } = await failing(new TypeError('cannot read hunter2 of undefined'));
    const answer = await ask(`${url}/api/x`);
    expect(answer.status).toBe(500);
    expect(answer.json).toEqual({ error: { code: 'internal', message: '服务器内部错误 Internal error' } });
    const [bug] = logged().filter(({ level }) => level === 'error');
    expect(bug).toMatchObject({ msg: 'a request met a bug', error: { name: 'TypeError' } });
    expect(String((bug as { error?: { stack?: string } } | undefined)?.error?.stack)).toContain(
      'app.test.ts',
    );
    const [failed] = logged().filter(({ level }) => level === 'warn');
    expect(failed).toMatchObject({ msg: 'a request failed', status: 500, requestId: bug?.requestId });
  });

  it.each(['a text', null, undefined, 42])('that is none (%j) is answered as ours', async (thrown) => {
    const { url } = await failing(thrown);
    expect((await ask(`${url}/api/x`)).status).toBe(500);
  });

  it('in a body that is too large or no UTF-8 is the caller’s', async () => {
    const { url } = await serve(async (ctx) => {
      ctx.body = String(await readRawBody(ctx.req, { limitBytes: 10 }));
    });
    const answer = await ask(`${url}/api/x`, { body: 'x'.repeat(11) });
    expect(answer).toMatchObject({ status: 413, json: { error: { code: 'bad_request' } } });
    expect((await ask(`${url}/api/x`, { body: 'x'.repeat(10) })).status).toBe(200);
  });
});

it('says nothing loud about a caller who goes away in the middle', async () => {
  const ended: Promise<unknown>[] = [];
  let arrived: () => void = () => {};
  const isThere = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const { port, logged } = await serve((ctx) => {
    const reading = readRawBody(ctx.req, { limitBytes: 1000 });
    ended.push(reading.catch(() => undefined));
    arrived();
    return reading.then(() => undefined);
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
  await isThere;
  socket.destroy();
  await Promise.all(ended);
  expect(logged().filter(({ level }) => level === 'error')).toEqual([]);
});

describe('the log of a request', () => {
  const router = new Router();
  router.get('/m/:key', (ctx: Context) => {
    ctx.body = ctx.state.requestId;
    ctx.state.log.info('inside');
  });

  it('names the route’s pattern and never the address, under one id', async () => {
    const { url, lines, logged } = await serve(router.routes() as Middleware);
    const { text } = await ask(`${url}/m/topsecretkey?token=hunter2`, {
      headers: { authorization: 'Bearer hunter2', cookie: 'a=hunter2' },
    });
    expect(text).toMatch(/^[A-Za-z0-9]{12}$/);
    expect(logged()).toMatchObject([
      { msg: 'inside', tag: 'http', requestId: text },
      { msg: 'request', route: '/m/:key', method: 'GET', status: 200, requestId: text },
    ]);
    expect(lines.join('')).not.toMatch(/topsecret|hunter2/);
  });

  it('has an id of its own for each', async () => {
    const { url } = await serve(router.routes() as Middleware);
    const ids = await Promise.all([1, 2, 3].map(async () => (await ask(`${url}/m/x`)).text));
    expect(new Set(ids).size).toBe(3);
  });
});
