/** The ntfy dialect: each row of its contract with the exact answer and what is stored. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNtfy } from '#src/dialects/ntfy/index.js';
import { type KeyDoor, openKeyDoor, type Taken } from '#test/dialects/key-door.js';
import { START } from '#test/dialects/open-door.js';
import type { Ask } from '#test/support/http.js';

let door: KeyDoor;
beforeAll(async () => {
  door = await openKeyDoor(createNtfy, 'ntfy');
});
afterAll(() => door.close());
beforeEach(async () => {
  await door.taken();
});

const NOW_S = START / 1000;
const raw = (body: string | undefined, headers: Record<string, string> = {}): Ask => ({
  method: 'POST',
  ...(body === undefined ? {} : { body }),
  headers,
});
/** A header's value as clients just send it. */
const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
/** 20 KB that begin as a JPEG does. */
const JPEG = new Uint8Array(20 * 1024).fill(0x9f);
JPEG.set([0xff, 0xd8, 0xff, 0xe0]);
/** The answer's fields beyond those of every answer. */
type Said = Record<string, unknown>;
const answerTo = (id: number | undefined, said: Said): Said => ({
  id: id?.toString(36).padStart(12, '0'),
  time: NOW_S,
  expires: NOW_S + 43_200,
  event: 'message',
  topic: door.ming.key,
  ...said,
});

/** Name, path behind the topic, request, what the answer says, what is stored. */
const RAW: [string, string, Ask, Said, Partial<Taken>?][] = [
  ['a body', '', raw('你好'), { message: '你好' }, { body: '你好', title: '', format: 'text', priority: 0 }],
  ['a body by PUT', '', { ...raw('m'), method: 'PUT' }, { message: 'm' }],
  [
    'a body called a form',
    '',
    raw('a=b&c', { 'content-type': 'application/x-www-form-urlencoded' }),
    { message: 'a=b&c' },
    { body: 'a=b&c' },
  ],
  [
    'a body called JSON',
    '',
    raw('{"topic":"x"}', { 'content-type': 'application/json' }),
    { message: '{"topic":"x"}' },
  ],
  ['no body', '', raw(undefined), { message: 'triggered' }],
  ['a message in a header', '', raw(undefined, { 'x-message': 'a\\nb' }), { message: 'a\nb' }],
  ['the body over a header', '', raw('b', { message: 'h' }), { message: 'b' }],
  ['GET publish', '/publish?m=q', {}, { message: 'q' }],
  ['GET send', '/send', {}, { message: 'triggered' }],
  ['GET trigger', '/trigger?Message=q&T=t', {}, { title: 't', message: 'q' }, { title: 't' }],
  [
    'a title, RFC 2047 in base64',
    '',
    raw('m', { title: '=?utf-8?B?5L2g5aW9?=' }),
    { title: '你好', message: 'm' },
    { title: '你好' },
  ],
  [
    'two encoded words',
    '',
    raw('m', { 'x-title': '=?UTF-8?b?5L2g?= =?utf-8?q?=E5=A5=BD_!?=' }),
    { title: '你好 !', message: 'm' },
  ],
  [
    'an encoded word of another charset',
    '',
    raw('m', { t: '=?gbk?B?xOO6ww==?=' }),
    { title: '你好', message: 'm' },
  ],
  [
    'an encoded word of no charset',
    '',
    raw('m', { t: '=?x-none?B?xOO6ww==?=' }),
    { title: '=?x-none?B?xOO6ww==?=', message: 'm' },
  ],
  [
    'a title in plain UTF-8',
    '',
    raw('m', { title: Buffer.from('你好').toString('latin1') }),
    { title: '你好', message: 'm' },
  ],
  [
    'a title in plain GBK',
    '',
    raw('m', { title: Buffer.from('c4e3bac3', 'hex').toString('latin1') }),
    { title: '你好', message: 'm' },
    { title: '你好' },
  ],
  ['a title in plain Latin 1', '', raw('m', { title: 'caf\u00e9' }), { title: 'café', message: 'm' }],
  [
    'priority urgent',
    '',
    raw('m', { 'x-priority': 'urgent' }),
    { message: 'm', priority: 5 },
    { priority: 1 },
  ],
  ['priority max', '?prio=MAX', raw('m'), { message: 'm', priority: 5 }, { priority: 1 }],
  ['priority 5', '?p=5', raw('m'), { message: 'm', priority: 5 }, { priority: 1 }],
  ['priority high', '', raw('m', { prio: 'high' }), { message: 'm', priority: 4 }, { priority: 0 }],
  ['priority low', '', raw('m', { p: 'low' }), { message: 'm', priority: 2 }],
  ['priority min', '', raw('m', { priority: '1' }), { message: 'm', priority: 1 }],
  ['priority default', '', raw('m', { priority: 'default' }), { message: 'm' }],
  ['a browser’s own priority header', '', raw('m', { priority: 'u=1, i' }), { message: 'm' }],
  [
    'tags',
    '',
    raw('m', { tags: 'warning, skull,' }),
    { message: 'm', tags: ['warning', 'skull'] },
    { title: '', body: '⚠️ 💀 m', extras: { ntfy: { message: 'm', tags: ['warning', 'skull'] } } },
  ],
  [
    'tags beside a title',
    '',
    raw('m', { title: 't', tags: 'backup-01,Red_Circle,nonsense' }),
    { message: 'm', title: 't', tags: ['backup-01', 'Red_Circle', 'nonsense'] },
    {
      title: '🔴 t',
      body: 'm\n\n标签 Tags: backup-01, nonsense',
      extras: { ntfy: { message: 'm', title: 't', tags: ['backup-01', 'Red_Circle', 'nonsense'] } },
    },
  ],
  [
    'more emoji than a title has room for',
    '',
    raw('m', { title: 't', tags: 'skull,tada,fire,x,warning,heart,word' }),
    { message: 'm', title: 't', tags: ['skull', 'tada', 'fire', 'x', 'warning', 'heart', 'word'] },
    { title: '💀 🎉 🔥 ❌ ⚠️ t', body: 'm\n\n标签 Tags: heart, word' },
  ],
  [
    'tags called like methods',
    '',
    raw('m', { tags: 'constructor,__proto__' }),
    { message: 'm', tags: ['constructor', '__proto__'] },
    { body: 'm\n\n标签 Tags: constructor, __proto__' },
  ],
  [
    'an emoji before a heading of Markdown',
    '',
    raw('# h', { md: 'yes', tags: 'tada' }),
    { message: '# h', tags: ['tada'], content_type: 'text/markdown' },
    { body: '🎉\n\n# h' },
  ],
  [
    'a click',
    '',
    raw('m', { click: 'https://a.test/' }),
    { message: 'm', click: 'https://a.test/' },
    { url: 'https://a.test/' },
  ],
  [
    'a click of another scheme',
    '?click=mailto:a@b.test',
    raw('m'),
    { message: 'm', click: 'mailto:a@b.test' },
    { url: '', body: 'm\n\n链接 Link: mailto:a@b.test' },
  ],
  ['an icon', '', raw('m', { icon: 'https://a.test/i.png' }), { message: 'm', icon: 'https://a.test/i.png' }],
  [
    'an attachment',
    '',
    raw(undefined, { attach: 'https://a.test/d/f.zip' }),
    { message: 'You received a file: f.zip', attachment: { name: 'f.zip', url: 'https://a.test/d/f.zip' } },
  ],
  [
    'a named attachment',
    '',
    raw('m', { a: 'https://a.test/f', f: 'n.zip' }),
    { message: 'm', attachment: { name: 'n.zip', url: 'https://a.test/f' } },
  ],
  [
    'a file of text beside the words',
    '',
    raw('contents of file\n', { 'x-filename': 'a.txt', 'x-message': 'see attached' }),
    { message: 'see attached' },
    { body: 'see attached\n\ncontents of file\n\n文件 File: a.txt' },
  ],
  [
    'a file of text alone',
    '',
    raw('contents of file', { filename: 'a.txt' }),
    { message: 'contents of file' },
    { body: 'contents of file\n\n文件 File: a.txt' },
  ],
  [
    'a file that is no text, with a title and words',
    '',
    {
      method: 'PUT',
      body: JPEG,
      headers: { 'x-title': utf8('门口'), 'x-message': utf8('有人'), 'x-filename': 'a.jpg' },
    },
    { title: '门口', message: '有人' },
    { title: '门口', body: '有人\n\n附件 File: a.jpg（20 KB，这里不保存文件 files are not kept here）' },
  ],
  [
    'a file that is no text, with a title alone',
    '',
    { method: 'PUT', body: JPEG, headers: { title: 'T' } },
    { title: 'T', message: 'You received a file: attachment' },
    {
      body: 'You received a file: attachment\n\n附件 File: attachment（20 KB，这里不保存文件 files are not kept here）',
    },
  ],
  [
    'a file too large to be read, with words',
    '',
    { method: 'PUT', body: new Uint8Array(2_000_000), headers: { 'x-message': 'm', f: 'b.bin' } },
    { message: 'm' },
    { body: 'm\n\n附件 File: b.bin（1953 KB，这里不保存文件 files are not kept here）' },
  ],
  [
    'a file name and words without a file',
    '',
    raw(undefined, { 'x-filename': 'a.txt', 'x-message': 'm' }),
    { message: 'm' },
    { body: 'm' },
  ],
  [
    'a text over the limit, cut with a mark',
    '',
    raw('长'.repeat(45_000)),
    { message: '长'.repeat(45_000) },
    { body: expect.stringMatching(/^长{39,}…\n\n（内容过长/) },
  ],
  [
    'Markdown by a header',
    '',
    raw('**m**', { markdown: 'yes' }),
    { message: '**m**', content_type: 'text/markdown' },
    { format: 'markdown' },
  ],
  [
    'Markdown by the type',
    '',
    raw('**m**', { 'content-type': 'text/markdown; charset=utf-8' }),
    { message: '**m**', content_type: 'text/markdown' },
    { format: 'markdown' },
  ],
  ['credentials, whatever they are', '?auth=x', raw('m', { authorization: 'Bearer x' }), { message: 'm' }],
  ['no Firebase', '', raw('m', { firebase: 'no' }), { message: 'm' }],
  ['a template switched off', '', raw('m', { template: 'no' }), { message: 'm' }],
  [
    'more than 4096 bytes',
    '',
    raw('长'.repeat(5000)),
    { message: '长'.repeat(5000) },
    { body: '长'.repeat(5000) },
  ],
];

describe.each(['', '/ntfy'])('at %j', (prefix) => {
  it.each(RAW)('takes %s', async (_, path, input, said, stored = {}) => {
    const answer = await door.ask(`${prefix}/${door.ming.key}${path}`, input);
    const [message, ...more] = await door.taken();
    expect([answer.status, answer.json]).toEqual([200, answerTo(message?.id, said)]);
    expect([message, more]).toEqual([
      expect.objectContaining({ source: 'ntfy', people: [door.ming.personId], sendAt: null, ...stored }),
      [],
    ]);
  });

  it.each(['POST', 'PUT'])('takes JSON by %s', async (method) => {
    const body = {
      topic: door.ming.key,
      message: 'm',
      title: 't',
      priority: 4,
      tags: ['a'],
      click: 'https://a.test',
      markdown: true,
      attach: 'https://a.test/f',
      filename: 'n',
      icon: 'https://a.test/i',
      delay: '1h',
      cache: 'yes',
    };
    const answer = await door.ask(prefix || '/', { method, body });
    const [message] = await door.taken();
    const time = NOW_S + 3600;
    expect([answer.status, answer.json]).toEqual([
      200,
      answerTo(message?.id, {
        time,
        expires: time + 43_200,
        message: 'm',
        title: 't',
        priority: 4,
        tags: ['a'],
        click: 'https://a.test',
        icon: 'https://a.test/i',
        attachment: { name: 'n', url: 'https://a.test/f' },
        content_type: 'text/markdown',
      }),
    ]);
    expect(message).toMatchObject({ title: '🅰️ t', format: 'markdown', sendAt: START + 3_600_000 });
  });

  it.each<[string, Ask, number, string | RegExp]>([
    [
      'an unreadable delay',
      raw('m', { delay: 'some day' }),
      40004,
      'invalid delay parameter: unable to parse delay',
    ],
    ['a delay under ten seconds', raw('m', { in: '9s' }), 40005, /^invalid delay parameter: too small/],
    ['an hour that is over', raw('m', { at: '11am' }), 40005, /^invalid delay parameter: too small/],
    ['a weekday that is far', raw('m', { at: 'Friday, 7am' }), 40006, /^invalid delay parameter: too large/],
    ['a time that is past', raw('m', { at: `${NOW_S - 60}` }), 40005, /^invalid delay parameter: too small/],
    ['a delay over three days', raw('m', { 'x-in': '73h' }), 40006, /^invalid delay parameter: too large/],
    ['an unknown priority', raw('m', { priority: '6' }), 40007, 'invalid priority parameter'],
    [
      'a priority called like a method',
      raw('m', { priority: 'constructor' }),
      40007,
      'invalid priority parameter',
    ],
    ['an attachment of no address', raw('m', { attach: 'file:///x' }), 40013, /attachment URL is invalid/],
    ['a file without words', { method: 'PUT', body: JPEG }, 40014, /attachments not allowed/],
    [
      'a file with a name but without words',
      { method: 'PUT', body: JPEG, headers: { filename: 'a.jpg' } },
      40014,
      /attachments not allowed/,
    ],
    [
      'a file larger than ntfy takes',
      { method: 'PUT', body: new Uint8Array(15_728_641), headers: { title: 'T' } },
      41301,
      'attachment too large, or bandwidth limit reached',
    ],
    [
      'actions of an unknown kind',
      raw('m', { actions: 'dance, x, https://a.test' }),
      40018,
      /^invalid request: actions invalid, /,
    ],
    ['actions without an address', raw('m', { actions: 'view, x' }), 40018, /"url" is required/],
    ['actions of broken JSON', raw('m', { actions: '[{' }), 40018, /JSON error/],
    ['four actions', raw('m', { actions: 'copy, a; copy, b; copy, c; copy, d' }), 40018, /only 3 actions/],
    ['an icon of no address', raw('m', { icon: 'x' }), 40021, 'invalid request: icon URL is invalid'],
    ['e-mail', raw('m', { email: 'a@b.test' }), 40001, 'e-mail notifications are not enabled'],
    ['a call', raw('m', { 'x-call': 'yes' }), 40032, 'invalid request: calling is disabled'],
    ['a template', raw('{}', { tpl: 'yes' }), 40043, /could not parse template/],
    [
      'a delay without a cache',
      raw('m', { delay: '1h', cache: 'no' }),
      40002,
      'cannot disable cache for delayed message',
    ],
    [
      'a body over all limits',
      raw('x'.repeat(600_000)),
      41301,
      'attachment too large, or bandwidth limit reached',
    ],
  ])('refuses %s, writing nothing', async (_, input, code, error) => {
    const answer = await door.ask(`${prefix}/${door.ming.key}`, input);
    const http = Math.floor(code / 100);
    expect([answer.status, answer.json]).toEqual([
      http,
      { code, http, error: typeof error === 'string' ? error : expect.stringMatching(error) },
    ]);
    expect(await door.taken()).toEqual([]);
  });
});

it.each([
  ['30s', 30],
  ['30m', 1800],
  ['2 hours', 7200],
  ['1d', 86_400],
  ['3 days', 259_200],
  [`${NOW_S + 60}`, 60],
  ['in 20 minutes', 1200],
  // It is noon on a Monday in China.
  ['8:30pm', 8.5 * 3600],
  ['tomorrow, 10am', 22 * 3600],
])('sends later: %s', async (delay, seconds) => {
  const answer = await door.ask(`/${door.ming.key}`, raw('m', { delay }));
  expect(answer.json).toMatchObject({ time: NOW_S + seconds });
  expect((await door.taken()).map(({ sendAt }) => sendAt)).toEqual([START + seconds * 1000]);
});

it('has no end where nothing is to be kept', async () => {
  const answer = await door.ask(`/${door.ming.key}`, raw('m', { 'x-cache': 'no' }));
  expect(answer.json).not.toHaveProperty('expires');
});

it.each<[string, unknown]>([
  [
    'the short form',
    'view, "Open, now", https://a.test, clear=true; http, Close, https://b.test/x=1, method=PUT, headers.X-A=1',
  ],
  [
    'JSON in a header',
    JSON.stringify([
      { action: 'view', label: 'Open, now', url: 'https://a.test', clear: true },
      { action: 'http', label: 'Close', url: 'https://b.test/x=1', method: 'PUT', headers: { 'X-A': '1' } },
    ]),
  ],
])('keeps actions given in %s', async (_, actions) => {
  const answer = await door.ask(`/${door.ming.key}`, raw('m', { actions: String(actions) }));
  const view = { action: 'view', label: 'Open, now', clear: true, url: 'https://a.test' };
  const http = {
    action: 'http',
    label: 'Close',
    clear: false,
    url: 'https://b.test/x=1',
    method: 'PUT',
    headers: { 'X-A': '1' },
  };
  const id = expect.stringMatching(/^\w{10}$/);
  expect(answer.json).toMatchObject({
    actions: [
      { id, ...view },
      { id, ...http },
    ],
  });
  const [message] = await door.taken();
  expect(message?.extras.ntfy?.actions).toEqual([view, http]);
  // What only ntfy's app can press is named, and its address is nobody else's to open.
  expect(message?.body).toMatch(
    /^m\n\nOpen, now: https:\/\/a\.test\n按钮 Button: Close（只能在 ntfy App 里按[^/]*）$/,
  );
});

it('writes out what a button copies', async () => {
  const actions = [{ action: 'copy', label: '验证码', value: '123456' }];
  const answer = await door.ask('/ntfy/', { body: { topic: door.ming.key, message: 'm', actions } });
  expect(answer.json).toMatchObject({ actions: [{ action: 'copy', label: '验证码', value: '123456' }] });
  expect((await door.taken())[0]?.body).toBe('m\n\n验证码: 123456');
});

it.each<[string, string, Ask, number, number]>([
  ['an unknown topic', '/ntfy/alerts', raw('m'), 40301, 403],
  ['an unknown topic of our form', `/ntfy/qn${'x'.repeat(22)}`, raw('m'), 40301, 403],
  ['a reserved topic', '/ntfy/docs', raw('m'), 40010, 400],
  ['a topic with other signs', '/ntfy/a.b', raw('m'), 40401, 404],
  ['a topic that is too long', `/ntfy/${'x'.repeat(65)}`, raw('m'), 40401, 404],
  ['subscribing', '/ntfy/alerts/json', {}, 40401, 404],
  ['another path', '/ntfy/a/b/c', raw('m'), 40401, 404],
  ['JSON with a bad topic', '/ntfy/', { body: { topic: 'a b' } }, 40009, 400],
  ['JSON without a topic', '/ntfy', { body: { message: 'm' } }, 40009, 400],
  ['JSON with an unknown topic', '/ntfy', { body: { topic: 'alerts' } }, 40301, 403],
  ['broken JSON', '/ntfy/', raw('{'), 40017, 400],
  ['a JSON list', '/ntfy/', { body: [] }, 40017, 400],
  ['tags that are a text', '/ntfy/', { body: { topic: 'x', tags: 'a' } }, 40017, 400],
  ['a priority that is a text', '/ntfy/', { body: { topic: 'x', priority: 'high' } }, 40017, 400],
  ['JSON over all limits', '/ntfy/', { body: { message: 'x'.repeat(600_000) } }, 41303, 413],
])('refuses under the prefix %s', async (_, path, input, code, status) => {
  const answer = await door.ask(path, input);
  expect([answer.status, answer.json]).toEqual([
    status,
    { code, http: status, error: expect.stringMatching(/^[a-z]/i) },
  ]);
  expect(await door.taken()).toEqual([]);
});

it('leaves the root to others', async () => {
  for (const [path, input] of [
    ['/', { body: { message: 'm' } }],
    ['/', { body: { topic: 5 } }],
    ['/', raw('x')],
    ['/', {}],
    ['/alerts', raw('m')],
    ['/alerts/send', {}],
    [`/${door.ming.key}x/send`, {}],
  ] satisfies [string, Ask][]) {
    const answer = await door.ask(path, input);
    expect([answer.status, answer.text]).toEqual([404, 'Not Found']);
  }
  expect(await door.taken()).toEqual([]);
});

it.each<[string, () => string, Ask, number]>([
  ['a topic that was never given out', () => `/qn${'x'.repeat(22)}`, raw('m'), 40301],
  ['it by GET', () => `/qn${'x'.repeat(22)}/publish`, {}, 40301],
  ['any unknown topic in JSON', () => '/', { body: { topic: 'alerts', message: 'm' } }, 40301],
  ['JSON with a bad topic', () => '/', { body: { topic: 'a b' } }, 40009],
  ['subscribing', () => `/${door.ming.key}/json`, {}, 40401],
  ['a look at the topic', () => `/${door.ming.key}`, {}, 40401],
  ['another method', () => `/${door.ming.key}`, { method: 'DELETE' }, 40401],
])('refuses at the root in its own words %s', async (_, path, input, code) => {
  const http = Math.floor(code / 100);
  const answer = await door.ask(path(), input);
  expect([answer.status, answer.json]).toEqual([http, { code, http, error: expect.any(String) }]);
  expect(await door.taken()).toEqual([]);
});

it('sends nothing for a preview’s HEAD', async () => {
  expect((await door.ask(`/${door.ming.key}/send`, { method: 'HEAD' })).status).toBe(404);
  expect(await door.taken()).toEqual([]);
});

it('is healthy', async () => {
  expect((await door.ask('/ntfy/v1/health')).json).toEqual({ healthy: true });
});

it('tells its version, by which callers know that it has sequences', async () => {
  for (const prefix of ['', '/ntfy']) {
    const { version } = (await door.ask(`${prefix}/v1/version`)).json as { version: string };
    const [major = 0, minor = 0] = version.split('.').map(Number);
    expect([major, minor >= 16]).toEqual([2, true]);
  }
});
