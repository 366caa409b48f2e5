/** The Bark dialect: each row of its contract, request by request, with the exact answer and what is stored. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBark } from '#src/dialects/bark/index.js';
import { type KeyDoor, openKeyDoor, type Taken } from '#test/dialects/key-door.js';
import { START } from '#test/dialects/open-door.js';
import type { Ask } from '#test/support/http.js';

let door: KeyDoor;
beforeAll(async () => {
  door = await openKeyDoor(createBark, 'bark');
});
afterAll(() => door.close());
beforeEach(async () => {
  await door.taken();
});

const timestamp = START / 1000;
const OK = { code: 200, message: 'success', timestamp };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const form = (fields: Record<string, string>): Ask => ({
  method: 'POST',
  headers: FORM,
  body: `${new URLSearchParams(fields)}`,
});
const multipart = (fields: Record<string, string>): Ask => {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  return { method: 'POST', headers, body: `${parts.join('')}--b--\r\n` };
};
/** Stands for the key in addresses and bodies of the tables. */
const K = 'KEYOFMING';
const withKey = (text: string): string => text.replaceAll(K, door.ming.key);
const send = (path: string, input: Ask = {}) => {
  const body = input.body === undefined ? {} : { body: withBodyKey(input.body) };
  return door.ask(withKey(path), { ...input, ...body });
};
const withBodyKey = (body: unknown): unknown =>
  typeof body === 'string'
    ? withKey(body)
    : body instanceof Uint8Array
      ? body
      : JSON.parse(withKey(JSON.stringify(body)));

const ACCEPTED: [string, string, Ask, Partial<Taken>][] = [
  [
    'JSON',
    '/push',
    { body: { device_key: K, title: '标题', body: '正文' } },
    { title: '标题', body: '正文' },
  ],
  ['a form', '/push', form({ device_key: K, body: '正文' }), { body: '正文', title: '' }],
  ['a multipart form', '/push', multipart({ Device_Key: K, BODY: '正文' }), { body: '正文' }],
  ['the query of a POST', `/push?device_key=${K}&body=b`, { method: 'POST' }, { body: 'b' }],
  ['GET key', `/${K}?title=t&body=b`, {}, { title: 't', body: 'b' }],
  ['POST key with JSON', `/${K}`, { body: { body: 'b' } }, { body: 'b' }],
  ['GET key/body', `/${K}/b`, {}, { body: 'b', title: '' }],
  ['GET key/title/body', `/${K}/t/b`, {}, { title: 't', body: 'b' }],
  ['GET key/title/subtitle/body', `/${K}/t/s/b`, {}, { title: 't', body: 's\nb' }],
  ['POST key/title/body', `/${K}/t/b`, form({ group: 'g' }), { title: 't', body: 'b' }],
  ['a closing slash', `/${K}/t/b/`, {}, { title: 't', body: 'b' }],
  ['escaped signs in the path', `/${K}/a%2Fb/c+d%20%E4%BD%A0`, {}, { title: 'a/b', body: 'c d 你' }],
  ['bare percent signs in the path', `/${K}/100%/50%25%zz%4`, {}, { title: '100%', body: '50%%zz%4' }],
  ['words in any case', '/PUSH', { body: { device_key: K, body: 'b' } }, { body: 'b' }],
  ['names in any case', `/${K}?TITLE=t&Body=b`, {}, { title: 't', body: 'b' }],
  [
    'a JSON body under the query',
    `/${K}?body=q`,
    { body: { body: 'b', title: 't' } },
    { body: 'q', title: 't' },
  ],
  ['a form over the query', `/${K}?body=q`, form({ body: 'f' }), { body: 'f' }],
  ['the path over all', `/${K}/p?body=q`, { body: { body: 'b' } }, { body: 'p' }],
  ['a key of the path over the body', `/${K}`, { body: { device_key: 'x', body: 'b' } }, { body: 'b' }],
  ['a nested object', '/push', { body: { a: { device_key: K, body: 'b' } } }, { body: 'b' }],
  ['nothing to say', `/${K}`, {}, { body: 'Empty Message' }],
  ['a title alone', `/${K}?title=t`, {}, { title: 't', body: 't' }],
  ['GET called JSON', `/${K}/b`, { headers: { 'content-type': 'application/json' } }, { body: 'b' }],
  [
    'Markdown',
    '/push',
    { body: { device_key: K, body: 'b', markdown: '# m' } },
    { body: '# m', format: 'markdown' },
  ],
  ['critical', `/${K}/b?level=critical`, {}, { priority: 1 }],
  ['timeSensitive', `/${K}/b?level=timeSensitive`, {}, { priority: 1 }],
  ['passive', `/${K}/b?level=passive`, {}, { priority: 0 }],
  ['active', `/${K}/b?level=active`, {}, { priority: 0 }],
  ['a web link', `/${K}/b?url=https%3A%2F%2Fa.test`, {}, { url: 'https://a.test', body: 'b' }],
  ['a link of another scheme', `/${K}/b?url=weixin://x`, {}, { url: '', body: 'b\n\n链接 Link: weixin://x' }],
  ['a picture', `/${K}/b?image=https://a.test/p.png`, {}, { body: 'b\n图片 Image: https://a.test/p.png' }],
  ['what a tap copies', `/${K}/b?copy=4711&autoCopy=1`, {}, { body: 'b\n复制 Copy: 4711' }],
  ['what a tap copies of the words', `/${K}/code%204711?copy=4711`, {}, { body: 'code 4711' }],
  ['device_keys in a form', `/${K}`, form({ device_keys: 'x', body: 'b' }), { body: 'b' }],
  ['a number as body', '/push', { body: { device_key: K, body: 42 } }, { body: '42' }],
  [
    'no batch in an empty list',
    '/push',
    { body: { device_key: K, device_keys: [], body: 'b' } },
    { body: 'b' },
  ],
  [
    'text that is no text',
    '/push',
    {
      body: '{"device_key":"KEYOFMING","body":"a\\ud800\\u0000"}',
      headers: { 'content-type': 'application/json' },
    },
    { body: 'a\ufffd\ufffd' },
  ],
];

describe.each(['', '/bark'])('at %j', (prefix) => {
  it.each(ACCEPTED)('takes %s', async (_, path, input, expected) => {
    const answer = await send(prefix + path, input);
    expect([answer.status, answer.json]).toEqual([200, OK]);
    expect(await door.taken()).toEqual([
      expect.objectContaining({ source: 'bark', people: [door.ming.personId], channels: null, ...expected }),
    ]);
  });

  it.each([
    ['no key', '/push', { body: { body: 'b' } }, 400, 'device key is empty'],
    ['no key in a form', '/push', form({ body: 'b', device_keys: 'x,y' }), 400, 'device key is empty'],
    ['a key that is a number', '/push', { body: { device_key: 5 } }, 400, 'device key is empty'],
    [
      'an unknown key',
      '/push',
      { body: { device_key: 'x', body: 'b' } },
      400,
      'failed to get device token: failed to get [x] device token from database',
    ],
    [
      'broken JSON',
      '/push',
      { body: '{', headers: { 'content-type': 'application/json' } },
      400,
      'request bind failed: the body is not a JSON object',
    ],
    ['a JSON list', '/push', { body: [1] }, 400, 'request bind failed: the body is not a JSON object'],
    [
      'a body that is no text',
      '/push',
      { method: 'POST', body: new Uint8Array([255]), headers: FORM },
      400,
      'request bind failed: the text is neither UTF-8 nor GB18030 (GBK)',
    ],
    [
      'a broken multipart form',
      '/push',
      { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/form-data' } },
      400,
      'request bind failed: the multipart form is broken',
    ],
    [
      'a path that is no text',
      `/${K}/%FF%D8`,
      {},
      400,
      'request bind failed: the text is neither UTF-8 nor GB18030 (GBK)',
    ],
    ['wrong device_keys', '/push', { body: { device_keys: 5 } }, 400, 'invalid type for device_keys'],
    ['device_keys of numbers', '/push', { body: { device_keys: [5] } }, 400, 'invalid type for device_keys'],
    [
      'too many keys',
      '/push',
      { body: { device_keys: Array(201).fill(K) } },
      400,
      'batch push count exceeds the maximum limit: 200',
    ],
    [
      'a body over all limits',
      '/push',
      { body: { device_key: K, body: 'x'.repeat(600_000) } },
      413,
      'Request Entity Too Large',
    ],
    ['GET /push', '/push?device_key=KEYOFMING', {}, 405, 'Method Not Allowed'],
    ['PUT', `/${K}/b`, { method: 'PUT' }, 405, 'Method Not Allowed'],
    ['a register without token', '/register', { body: { device_key: K } }, 400, 'device token is empty'],
    [
      'a register with a long token',
      '/register',
      { body: { device_key: K, device_token: 'x'.repeat(161) } },
      400,
      'device token is invalid',
    ],
    [
      'a register with broken JSON',
      '/register',
      { body: '[', headers: { 'content-type': 'application/json' } },
      400,
      'request bind failed1: the body is not a JSON object',
    ],
    ['the check of an unknown key', '/register/x', {}, 400, 'failed to get [x] device token from database'],
  ] satisfies [string, string, Ask, number, string][])(
    'refuses %s',
    async (_, path, input, code, message) => {
      const answer = await send(prefix + path, input);
      expect([answer.status, answer.json]).toEqual([code, { code, message, timestamp }]);
      expect(await door.taken()).toEqual([]);
    },
  );

  it('cuts nothing silently: a text over the limit gets a mark, a long title goes on in the body', async () => {
    const long = await send(`${prefix}/push`, { body: { device_key: K, body: '长'.repeat(45_000) } });
    expect([long.status, long.json]).toMatchObject([200, { code: 200 }]);
    const [cut] = await door.taken();
    expect(cut?.body).toMatch(/^长+…\n\n（内容过长，.*）$/);
    expect([...(cut?.body ?? '')]).toHaveLength(40_000);
    const title = '题'.repeat(257);
    await send(`${prefix}/push`, { body: { device_key: K, title, body: 'b' } });
    expect(await door.taken()).toMatchObject([{ title: `${'题'.repeat(255)}…`, body: `${title}\n\nb` }]);
  });

  it('confirms keys, and makes none', async () => {
    const data = { key: door.ming.key, device_key: door.ming.key, device_token: 'tok' };
    for (const [path, input] of [
      ['/register', { body: { device_key: K, device_token: 'tok' } }],
      ['/register', form({ key: K, devicetoken: 'tok' })],
      [`/register?key=${K}&devicetoken=tok`, {}],
    ] satisfies [string, Ask][]) {
      expect((await send(prefix + path, input)).json).toEqual({ ...OK, data });
    }
    expect((await send(`${prefix}/register/${K}`)).json).toEqual(OK);
    for (const device_key of ['', 'newkey', undefined]) {
      const answer = await send(`${prefix}/register`, { body: { device_key, device_token: 'tok' } });
      expect([answer.status, answer.json]).toEqual([
        400,
        { code: 400, message: expect.stringMatching(/^device registration failed: /), timestamp },
      ]);
    }
    expect(await door.db.key.count()).toBe(2);
  });

  it('tells how it is', async () => {
    expect((await send(`${prefix}/ping`)).json).toEqual({ code: 200, message: 'pong', timestamp });
    expect((await send(`${prefix}/info`)).json).toEqual({
      version: 'v2.3.4',
      build: '2026-02-24',
      arch: expect.any(String),
      commit: expect.stringMatching(/^[\da-f]{40}$/),
      devices: 0,
    });
  });
});

it('pushes a batch in the order of naming, an unknown key failing alone, a person twice named reached once', async () => {
  const second = (await door.core.keys.createKey(door.ming.personId, 'bark')).key;
  const keys = [door.ming.key, 'x', door.hua.key, second];
  const rows = keys.map((device_key) =>
    device_key === 'x'
      ? {
          code: 400,
          device_key,
          message: 'failed to get device token: failed to get [x] device token from database',
        }
      : { code: 200, device_key },
  );
  for (const device_keys of [keys, keys.join(', ')]) {
    const answer = await send('/push', { body: { device_key: 'unused', device_keys, body: 'b' } });
    expect([answer.status, answer.json]).toEqual([200, { ...OK, data: rows }]);
    const [message, ...more] = await door.taken();
    expect([message?.people, more]).toEqual([[door.ming.personId, door.hua.personId], []]);
    expect(message?.extras).toEqual({ bark: { body: 'b' } });
  }
  const none = await send('/push', { body: { device_keys: ['x'], body: 'b' } });
  expect(none.json).toMatchObject({ code: 200, data: [{ code: 400, device_key: 'x' }] });
  expect(await door.taken()).toEqual([]);
});

it('passes every parameter on, the receivers left out', async () => {
  const all = {
    title: 't',
    subtitle: 's',
    body: 'b',
    level: 'critical',
    volume: 8,
    badge: 3,
    call: '1',
    autocopy: '1',
    copy: 'c',
    sound: 'bell',
    icon: 'https://a.test/i.png',
    group: 'g',
    isarchive: '1',
    ttl: 60,
    action: 'none',
    id: 'n1',
    own: 'x',
  };
  await send('/push', { body: { ...all, device_key: K } });
  expect((await door.taken())[0]?.extras).toEqual({ bark: all });
});

it('passes an encrypted message on untouched, and says elsewhere that it is one', async () => {
  const ciphertext = '+aPt5cwN9GbTLLSFri60l3h1X00u/9j1FENfWiTxhNHVLGU+XoJ15JJG5W/d/yf0';
  await send(`/${K}`, form({ ciphertext, iv: '1234567890123456' }));
  const [message] = await door.taken();
  expect(message?.extras).toEqual({ bark: { ciphertext, iv: '1234567890123456' } });
  expect(message?.body).toMatch(/^🔒 .*encrypted/);
  expect(message?.body).not.toContain(ciphertext);
});

it('takes a notification off Bark phones only', async () => {
  expect((await send(`/${K}?id=n1&delete=1`)).json).toEqual(OK);
  expect(await door.taken()).toEqual([]);
});

it('leaves the root and strange paths to others, and answers them under its prefix', async () => {
  for (const path of [
    '/',
    '/healthz',
    '/nobody/b',
    `/${'x'.repeat(23)}/b`,
    `/${'-'.repeat(22)}`,
    '/bark2/x',
  ]) {
    expect((await send(path)).status).toBe(404);
    expect((await send(path)).text).toBe('Not Found');
  }
  for (const path of ['/bark', '/bark/', '/bark/healthz']) {
    expect((await send(path)).text).toBe('ok');
  }
  for (const path of ['/mcp', `/mcp/${K}`, `/${K}/1/2/3/4`]) {
    const answer = await send(`/bark${path}`);
    expect([answer.status, answer.json]).toEqual([
      404,
      { code: 404, message: withKey(`Cannot GET ${path}`), timestamp },
    ]);
  }
  // Behind a key that is ours nothing is anybody else's.
  expect((await send(`/${K}/1/2/3/4`)).json).toMatchObject({ code: 404 });
  expect((await send('/bark/nobody/b')).json).toMatchObject({ code: 400 });
});

it.each(['GET', 'POST'])(
  'tells %s with a key that is wrong or revoked so at the root too',
  async (method) => {
    const key = 'x'.repeat(22);
    const message = `failed to get device token: failed to get [${key}] device token from database`;
    for (const path of [`/${key}`, `/${key}/b`, `/${key}/t/s/b`, `/bark/${key}/b`]) {
      const answer = await send(path, { method });
      expect([answer.status, answer.json]).toEqual([400, { code: 400, message, timestamp }]);
    }
  },
);

it('sends nothing for a preview’s HEAD, and stops at once for a key that was taken back', async () => {
  expect((await send(`/${K}/b`, { method: 'HEAD' })).status).toBe(405);
  const { id, key } = await door.core.keys.createKey(door.hua.personId, 'bark');
  expect((await door.ask(`/${key}/b`)).status).toBe(200);
  await door.taken();
  await door.core.keys.revokeKey(door.hua.personId, id);
  for (const prefix of ['', '/bark']) {
    expect((await door.ask(`${prefix}/${key}/b`)).status).toBe(400);
  }
  expect(await door.taken()).toEqual([]);
});

it('keeps hostile names harmless', async () => {
  const body = `{"device_key":"${door.ming.key}","body":"b","__proto__":{"polluted":"1"},"constructor":"x"}`;
  const answer = await send('/push', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.json).toEqual(OK);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
