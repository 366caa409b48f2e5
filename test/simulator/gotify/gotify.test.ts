/** The simulated gotify server: where the token may stand, what a message needs, and its errors. */
import { describe, expect, it } from 'vitest';
import { ask, itemsOf, openSim, type SimWorld } from '../sim-world.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const NO_TOKEN = 'you need to provide a valid access token or user credentials to access this api';

function post(
  sim: SimWorld,
  { body = '{"message":"m"}', headers = {} as Record<string, string>, query = '' },
) {
  return ask(`${sim.base}/gotify/message${query}`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body,
  });
}

describe('refusals', () => {
  const token = { 'x-gotify-key': 'sim-app' };
  const rows: [name: string, call: Parameters<typeof post>[1], status: number, error: string, why: RegExp][] =
    [
      ['no token', {}, 401, 'Unauthorized', new RegExp(`^${NO_TOKEN}$`)],
      ['an unknown token', { query: '?token=Anobody' }, 401, 'Unauthorized', new RegExp(`^${NO_TOKEN}$`)],
      ["a client's token", { headers: { 'x-gotify-key': 'sim-client' } }, 403, 'Forbidden', /not allowed/],
      [
        'no message',
        { headers: token, body: '{"title":"t"}' },
        400,
        'Bad Request',
        /^Field 'message' is required$/,
      ],
      ['an empty message', { headers: token, body: '{"message":""}' }, 400, 'Bad Request', /required/],
      ['broken JSON', { headers: token, body: '{' }, 400, 'Bad Request', /JSON/],
      [
        'a priority that is none',
        { headers: token, body: '{"message":"m","priority":"high"}' },
        400,
        'Bad Request',
        /high/,
      ],
      [
        'extras that are no object',
        { headers: token, body: '{"message":"m","extras":"x"}' },
        400,
        'Bad Request',
        /unmarshal/,
      ],
      [
        'a title that is no text',
        { headers: token, body: '{"message":"m","title":5}' },
        400,
        'Bad Request',
        /unmarshal/,
      ],
    ];
  it.each(rows)('answers %s', async (_, call, status, error, why) => {
    const sim = await openSim();
    expect(await post(sim, call)).toMatchObject({
      status,
      body: { error, errorCode: status, errorDescription: expect.stringMatching(why) },
    });
    expect(itemsOf(await sim.api('GET', '/inboxes/gotify'))).toEqual([]);
  });

  it('finds no other page', async () => {
    const sim = await openSim();
    const body = { error: 'Not Found', errorCode: 404, errorDescription: 'page not found' };
    expect(await ask(`${sim.base}/gotify/messages?token=sim-app`)).toMatchObject({ status: 404, body });
  });
});

it.each([
  ['the query', { query: '?token=sim-app' }],
  ['its header', { headers: { 'X-Gotify-Key': 'sim-app' } }],
  ['a bearer token', { headers: { authorization: 'Bearer sim-app' } }],
])('takes the token from %s', async (_, call) => {
  const sim = await openSim();
  expect((await post(sim, call)).status).toBe(200);
});

it('answers the message with a number for its id, and shows it with its click address', async () => {
  const sim = await openSim();
  const extras = { 'client::notification': { click: { url: 'https://example.com/a' } } };
  const body = JSON.stringify({ title: '标题', message: '正文', priority: 8, extras });
  expect((await post(sim, { query: '?token=sim-app', body })).body).toEqual({
    id: expect.any(Number),
    appid: 1,
    message: '正文',
    title: '标题',
    priority: 8,
    extras,
    date: '2026-11-23T04:00:00.000Z',
  });
  expect(itemsOf(await sim.api('GET', '/inboxes/gotify'))[0]).toMatchObject({
    to: 'sim-app',
    rendered: '标题\n正文',
    url: 'https://example.com/a',
    request: { method: 'POST', path: '/gotify/message?token=sim-app', body },
  });
});

it('takes forms, where a missing title is the name of the application and extras do not count', async () => {
  const sim = await openSim();
  const form = { message: 'm', priority: '3', extras: '{}' };
  for (const body of [new URLSearchParams(form), toFormData(form)]) {
    const { body: answer } = await ask(`${sim.base}/gotify/message?token=sim-app`, { method: 'POST', body });
    expect(answer).toMatchObject({ title: '模拟应用', message: 'm', priority: 3 });
    expect(answer).not.toHaveProperty('extras');
  }
});

it('says that it is well, and which version it plays', async () => {
  const sim = await openSim();
  expect((await ask(`${sim.base}/gotify/health`)).body).toEqual({ health: 'green', database: 'green' });
  expect((await ask(`${sim.base}/gotify/version`)).body).toHaveProperty('version');
});

function toFormData(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    form.set(name, value);
  }
  return form;
}
