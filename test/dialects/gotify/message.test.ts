/** The Gotify dialect: each row of its contract with the exact answer and what is stored. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createGotify } from '#src/dialects/gotify/index.js';
import { type KeyDoor, openKeyDoor, type Taken } from '#test/dialects/key-door.js';
import { START } from '#test/dialects/open-door.js';
import type { Ask } from '#test/support/http.js';

let door: KeyDoor;
beforeAll(async () => {
  door = await openKeyDoor(createGotify, 'gotify');
});
afterAll(() => door.close());
beforeEach(async () => {
  await door.taken();
});

const post = (path: string, input: Ask = {}) => door.ask(path, { method: 'POST', ...input });
const at = (): string => `/message?token=${door.ming.key}`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const markdown = { 'client::display': { contentType: 'text/markdown' } };
const click = (url: string) => ({ 'client::notification': { click: { url } } });

it('answers with the message, its id a number', async () => {
  const extras = { ...markdown, ...click('https://a.test/x') };
  const answer = await post(at(), { body: { message: '**m**', title: 't', priority: 5, extras } });
  const [message] = await door.taken();
  expect([answer.status, answer.json]).toEqual([
    200,
    {
      id: message?.id,
      appid: expect.any(Number),
      message: '**m**',
      title: 't',
      priority: 5,
      extras,
      date: new Date(START).toISOString(),
    },
  ]);
  expect(message).toMatchObject({
    source: 'gotify',
    title: 't',
    body: '**m**',
    format: 'markdown',
    url: 'https://a.test/x',
    priority: 0,
    people: [door.ming.personId],
    extras: { gotify: { priority: 5, extras } },
  });
});

it.each<[string, () => Ask & { path?: string }, Partial<Taken>]>([
  ['JSON', () => ({ body: { message: 'm' } }), { body: 'm', title: '', format: 'text', priority: 0 }],
  ['a form', () => ({ headers: FORM, body: 'message=m&title=t&priority=8' }), { title: 't', priority: 1 }],
  ['the query', () => ({ path: `${at()}&message=m&title=t` }), { body: 'm', title: 't' }],
  ['the body over the query', () => ({ path: `${at()}&message=q`, body: { message: 'b' } }), { body: 'b' }],
  [
    'a multipart form',
    () => ({
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: '--b\r\nContent-Disposition: form-data; name=message\r\n\r\n你\r\n\r\n好\r\n--b--',
    }),
    { body: '你\r\n\r\n好' },
  ],
  [
    'the token in its header',
    () => ({ path: '/message', headers: { 'x-gotify-key': door.ming.key }, body: { message: 'm' } }),
    {},
  ],
  [
    'a bearer token',
    () => ({
      path: '/message',
      headers: { authorization: `Bearer ${door.ming.key}` },
      body: { message: 'm' },
    }),
    {},
  ],
  [
    'the query’s token over the header',
    () => ({ headers: { 'x-gotify-key': 'x' }, body: { message: 'm' } }),
    {},
  ],
  ['the prefix', () => ({ path: `/gotify${at()}`, body: { message: 'm' } }), {}],
  ['a closing slash', () => ({ path: `/message/?token=${door.ming.key}`, body: { message: 'm' } }), {}],
  ['priority 7', () => ({ body: { message: 'm', priority: 7 } }), { priority: 0 }],
  ['priority 8', () => ({ body: { message: 'm', priority: 8 } }), { priority: 1 }],
  ['priority 10', () => ({ body: { message: 'm', priority: 10 } }), { priority: 1 }],
  ['a priority below zero', () => ({ body: { message: 'm', priority: -3 } }), { priority: 0 }],
  [
    'null for what is not used',
    () => ({ body: { message: 'm', title: null, priority: null, extras: null } }),
    {},
  ],
  [
    'extras of other shapes',
    () => ({
      body: { message: 'm', extras: { 'client::display': 5, 'client::notification': { click: [] } } },
    }),
    { format: 'text', url: '' },
  ],
  [
    'a click of another scheme',
    () => ({ body: { message: 'm', extras: click('geo:1,2') } }),
    { url: '', body: 'm\n\n链接 Link: geo:1,2' },
  ],
  [
    'a picture of the notification',
    () => ({
      body: { message: 'm', extras: { 'client::notification': { bigImageUrl: 'https://a.test/p.png' } } },
    }),
    { body: 'm\n\n图片 Image: https://a.test/p.png' },
  ],
  [
    'a message over the limit, cut with a mark',
    () => ({ body: { message: '长'.repeat(45_000) } }),
    { body: expect.stringMatching(/^长{39,}…\n\n（内容过长/) },
  ],
  [
    'extras in a form, left out',
    () => ({ headers: FORM, body: 'message=m&extras=x' }),
    { extras: { gotify: { extras: {} } } },
  ],
])('takes %s', async (_, request, expected) => {
  const { path, headers, ...input } = request();
  const given = {
    ...input,
    headers: {
      ...(typeof input.body === 'object' ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
  };
  const answer = await post(path ?? at(), given);
  expect([answer.status, answer.json]).toEqual([200, expect.objectContaining({ id: expect.any(Number) })]);
  expect(await door.taken()).toEqual([
    expect.objectContaining({ people: [door.ming.personId], ...expected }),
  ]);
});

it('names the application where there is no title, and leaves empty extras out', async () => {
  const answer = await post(at(), { body: { message: 'm', extras: {} } });
  expect(answer.json).toEqual({
    id: expect.any(Number),
    appid: expect.any(Number),
    message: 'm',
    title: '青鸟 Qingniao',
    priority: 0,
    date: expect.any(String),
  });
});

const NO_TOKEN = 'you need to provide a valid access token or user credentials to access this api';
it.each<[string, () => Ask & { path?: string }, number, string, string | RegExp]>([
  ['no token', () => ({ path: '/message', body: { message: 'm' } }), 401, 'Unauthorized', NO_TOKEN],
  [
    'an unknown token',
    () => ({ path: '/message?token=Ax', body: { message: 'm' } }),
    401,
    'Unauthorized',
    NO_TOKEN,
  ],
  ['no message', () => ({ body: { title: 't' } }), 400, 'Bad Request', "Field 'message' is required"],
  [
    'a blank message',
    () => ({ headers: FORM, body: 'message=+' }),
    400,
    'Bad Request',
    "Field 'message' is required",
  ],
  ['a message that is a number', () => ({ body: { message: 5 } }), 400, 'Bad Request', /^json: /],
  ['extras that are a list', () => ({ body: { message: 'm', extras: [] } }), 400, 'Bad Request', /^json: /],
  [
    'a priority that is no number',
    () => ({ headers: FORM, body: 'message=m&priority=high' }),
    400,
    'Bad Request',
    /^strconv/,
  ],
  [
    'a priority with a fraction',
    () => ({ body: { message: 'm', priority: 1.5 } }),
    400,
    'Bad Request',
    /^strconv/,
  ],
  [
    'a priority that is an object',
    () => ({ body: { message: 'm', priority: {} } }),
    400,
    'Bad Request',
    /^strconv/,
  ],
  [
    'broken JSON',
    () => ({ headers: { 'content-type': 'application/json' }, body: '{' }),
    400,
    'Bad Request',
    /JSON/,
  ],
  ['what is no UTF-8', () => ({ headers: FORM, body: new Uint8Array([255]) }), 400, 'Bad Request', /UTF-8/],
  [
    'a body over all limits',
    () => ({ body: { message: 'x'.repeat(600_000) } }),
    413,
    'Request Entity Too Large',
    /larger/,
  ],
  [
    'another path under the prefix',
    () => ({ path: '/gotify/application' }),
    404,
    'Not Found',
    'page not found',
  ],
  ['reading messages', () => ({ method: 'GET' }), 404, 'Not Found', 'page not found'],
  ['PUT', () => ({ method: 'PUT', body: { message: 'm' } }), 404, 'Not Found', 'page not found'],
])('refuses %s, writing nothing', async (_, request, errorCode, error, description) => {
  const { path, ...input } = request();
  const answer = await post(path ?? at(), input);
  const errorDescription = typeof description === 'string' ? description : expect.stringMatching(description);
  expect([answer.status, answer.json]).toEqual([errorCode, { error, errorCode, errorDescription }]);
  expect(await door.taken()).toEqual([]);
});

it('tells how it is, as gotify 3 does', async () => {
  for (const prefix of ['', '/gotify']) {
    expect((await door.ask(`${prefix}/health`)).json).toEqual({ health: 'green', database: 'green' });
    expect((await door.ask(`${prefix}/version`)).json).toEqual({
      version: expect.stringMatching(/^3\.\d+\.\d+$/),
      commit: expect.any(String),
      buildDate: expect.stringMatching(/^2026-\d\d-\d\d-\d\d:\d\d:\d\d$/),
    });
    expect((await door.ask(`${prefix}/gotifyinfo`)).json).toEqual({
      version: expect.stringMatching(/^3\./),
      register: false,
      oidc: false,
    });
  }
});
