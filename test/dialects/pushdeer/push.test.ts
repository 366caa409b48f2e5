/** The PushDeer dialect: each row of its contract with the exact answer and what is stored. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createPushDeer } from '#src/dialects/pushdeer/index.js';
import { type KeyDoor, openKeyDoor, type Taken } from '#test/dialects/key-door.js';
import type { Ask } from '#test/support/http.js';

let door: KeyDoor;
beforeAll(async () => {
  door = await openKeyDoor(createPushDeer, 'pushdeer');
});
afterAll(() => door.close());
beforeEach(async () => {
  await door.taken();
});

const PATH = '/message/push';
const REACHED = '{"counts":1,"logs":[],"success":"ok"}';
const ok = (count = 1) => ({ code: 0, content: { result: Array(count).fill(REACHED) } });
const query = (fields: Record<string, string>): string =>
  `${PATH}?${new URLSearchParams({ pushkey: door.ming.key, ...fields })}`;
const form = (fields: Record<string, string>): Ask => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: `${new URLSearchParams(fields)}`,
});
const key = (): string => door.ming.key;

it.each<[string, () => [string, Ask?], Partial<Taken>]>([
  ['GET', () => [query({ text: 't' })], { title: '', body: 't', format: 'markdown' }],
  ['JSON', () => [PATH, { body: { pushkey: key(), text: 't', desp: 'd' } }], { title: 't', body: 'd' }],
  ['a form', () => [PATH, form({ pushkey: key(), text: 't', desp: 'd' })], { title: 't', body: 'd' }],
  ['PUT', () => [PATH, { method: 'PUT', body: { pushkey: key(), text: 't' } }], { body: 't' }],
  ['DELETE by query', () => [query({ text: 't' }), { method: 'DELETE' }], { body: 't' }],
  ['the body over the query', () => [query({ text: 'q' }), form({ text: 'f' })], { body: 'f' }],
  [
    'JSON called a form',
    () => [PATH, { ...form({}), body: JSON.stringify({ pushkey: key(), text: 't' }) }],
    { body: 't' },
  ],
  ['a closing slash', () => [`${PATH}/?pushkey=${key()}&text=t`], { body: 't' }],
  ['the prefix', () => [`/pushdeer${query({ text: 't' })}`], { body: 't' }],
  ['type markdown', () => [query({ text: '# t', type: 'markdown' })], { body: '# t', format: 'markdown' }],
  ['type text', () => [query({ text: '# t', type: 'text' })], { body: '# t', format: 'text' }],
  ['an unknown type', () => [query({ text: 't', type: 'x' })], { format: 'markdown' }],
  [
    'type image',
    () => [query({ text: 'https://a.test/p.png', type: 'image' })],
    {
      title: '[图片]',
      body: '![图片](<https://a.test/p.png>)',
      format: 'markdown',
      url: 'https://a.test/p.png',
    },
  ],
  [
    'an image that is no address',
    () => [query({ text: 'x', type: 'image' })],
    { title: '', body: 'x', format: 'text' },
  ],
  [
    'a title of Markdown without its marks',
    () => [PATH, { body: { pushkey: key(), text: '## **磁盘** `db_1` #', desp: '# d' } }],
    { title: '磁盘 db_1', body: '# d', format: 'markdown' },
  ],
  [
    'a title of Markdown with a link, which the text keeps',
    () => [PATH, { body: { pushkey: key(), text: '## [build 7](https://a.test/7)', desp: 'd' } }],
    { title: 'build 7', body: '## [build 7](https://a.test/7)\n\nd' },
  ],
  [
    'signs of a title that are no marks',
    () => [PATH, { body: { pushkey: key(), text: '3. <nil> in a_b_c #7', desp: 'd' } }],
    { title: '3. <nil> in a_b_c #7', body: 'd' },
  ],
  [
    'a title of text with its signs',
    () => [PATH, { body: { pushkey: key(), text: '## t', desp: 'd', type: 'text' } }],
    { title: '## t', body: 'd', format: 'text' },
  ],
  [
    'a title of nothing but marks',
    () => [PATH, { body: { pushkey: key(), text: '##', desp: 'd' } }],
    { title: '##', body: 'd' },
  ],
  [
    'an image as its bytes',
    () => [PATH, { body: { pushkey: key(), text: 'data:image/png;base64,AA==', desp: 'd', type: 'image' } }],
    { title: '[图片]', body: '![](<data:image/png;base64,AA==>)\n\nd', format: 'markdown', url: '' },
  ],
  [
    'an image too large for a message',
    () => [
      PATH,
      { body: { pushkey: key(), text: `data:image/png;base64,${'A'.repeat(45_000)}`, type: 'image' } },
    ],
    { title: '[图片]', body: '[图片]' },
  ],
  [
    'an image as bytes of no kind',
    () => [PATH, { body: { pushkey: key(), text: 'AAAA'.repeat(500), desp: 'd', type: 'image' } }],
    { title: '[图片]', body: '[图片]\n\nd' },
  ],
  [
    'a text over the limit, cut with a mark',
    () => [PATH, { body: { pushkey: key(), text: '长'.repeat(45_000), type: 'text' } }],
    { body: expect.stringMatching(/^长{39,}…\n\n（内容过长/) },
  ],
  ['a number as text', () => [PATH, { body: { pushkey: key(), text: 42 } }], { body: '42' }],
  ['null as desp', () => [PATH, { body: { pushkey: key(), text: 't', desp: null } }], { body: 't' }],
])('takes %s', async (_, request, expected) => {
  const answer = await door.ask(...request());
  expect([answer.status, answer.json]).toEqual([200, ok()]);
  expect(await door.taken()).toEqual([
    expect.objectContaining({ source: 'pushdeer', people: [door.ming.personId], priority: 0, ...expected }),
  ]);
});

it('takes a list of keys, each once, with one result a known key', async () => {
  const pushkey = `${door.ming.key}, x,${door.hua.key},${door.ming.key},`;
  const answer = await door.ask(query({ pushkey, text: 't' }));
  expect(answer.json).toEqual(ok(2));
  expect((await door.taken()).map((message) => message.people)).toEqual([
    [door.ming.personId, door.hua.personId],
  ]);
});

it('uses the first hundred keys', async () => {
  const strangers = Array.from({ length: 100 }, (_, at) => `x${at}`);
  const answer = await door.ask(query({ pushkey: [...strangers, door.ming.key].join(), text: 't' }));
  expect(answer.json).toMatchObject({ code: 80501 });
});

it.each<[string, () => [string, Ask?], string | RegExp]>([
  ['no pushkey', () => [`${PATH}?text=t`], 'The pushkey field is required.'],
  ['an empty pushkey', () => [`${PATH}?text=t&pushkey=,`], 'The pushkey field is required.'],
  ['no text', () => [query({})], 'The text field is required.'],
  ['a blank text', () => [query({ text: ' ' })], 'The text field is required.'],
  ['an unknown key', () => [query({ pushkey: 'PDU1Tx', text: 't' })], /^没有可用的设备，请先注册/],
  ['a list as text', () => [PATH, { body: { pushkey: key(), text: ['t'] } }], 'The text must be a string.'],
  ['an object as key', () => [PATH, { body: { pushkey: {}, text: 't' } }], 'The pushkey must be a string.'],
  [
    'broken JSON',
    () => [query({ text: 't' }), { body: '{', headers: { 'content-type': 'application/json' } }],
    'The body is not a JSON object.',
  ],
  ['what is no UTF-8', () => [query({ text: 't' }), { ...form({}), body: new Uint8Array([255]) }], /UTF-8/],
  ['a body over all limits', () => [PATH, { body: { text: 'x'.repeat(600_000) } }], /larger than/],
])('refuses %s, writing nothing', async (_, request, error) => {
  const answer = await door.ask(...request());
  expect([answer.status, answer.json]).toEqual([
    200,
    { code: 80501, error: typeof error === 'string' ? error : expect.stringMatching(error) },
  ]);
  expect(await door.taken()).toEqual([]);
});

it('serves nothing else', async () => {
  const answer = await door.ask('/pushdeer/message/list', { method: 'POST' });
  expect([answer.status, answer.json]).toEqual([404, { code: 80999, error: expect.any(String) }]);
  expect((await door.ask('/message/list')).text).toBe('Not Found');
});
