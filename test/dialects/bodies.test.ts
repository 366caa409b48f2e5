/** Every door reads a body as what it is: its charset, its packing, its kind, whatever it is called; and refuses in its own words. */
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyKind } from '#src/core/key-kinds.js';
import { simulatedWecom } from '#src/simulator/index.js';
import { type Answer, type Ask, ask } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let personId: number;
const keys: Record<string, string> = {};
beforeAll(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
  ({ personId } = await w.core.people.getByUid(await w.phone('Ming').uid()));
  for (const kind of [
    'spt',
    'sendkey',
    'pushplus',
    'bark',
    'pushdeer',
    'ntfy',
    'gotify',
  ] satisfies KeyKind[]) {
    keys[kind] = await w.core.keys.showKey(personId, kind);
  }
  const { corpId, agentId, secret } = simulatedWecom;
  const app = { corpId, agentId: String(agentId), secret, receivers: 'lisi', format: 'text' } as const;
  keys.code = (await w.core.notifyCodes.createCode(app, null)).code;
});
afterAll(() => w.close());

/** A door that takes fields; the key stands in its address. */
interface Door {
  path: () => string;
  /** The field of the text. */
  field: string;
  /** Fields that the body needs besides. */
  others?: () => Record<string, string>;
  /** What the answer to a refusal looks like: for its reason, and for what is too large. */
  refusal: (words: RegExp) => { status: number; json: unknown };
  tooLarge: { status: number; json: unknown };
}

const says = (words: RegExp) => expect.stringMatching(words);
const DOORS: Readonly<Record<string, Door>> = {
  wxpusher: {
    path: () => `/api/send/message/simple-push?spt=${keys.spt}`,
    field: 'content',
    refusal: (words) => ({ status: 200, json: { code: 1005, msg: says(words), data: null, success: false } }),
    tooLarge: { status: 200, json: { code: 1001, msg: says(/过大/), data: null, success: false } },
  },
  serverchan: {
    path: () => `/${keys.sendkey}.send`,
    field: 'title',
    refusal: (words) => ({ status: 400, json: expect.objectContaining({ code: 20001, info: says(words) }) }),
    tooLarge: { status: 413, json: expect.objectContaining({ code: 20001, info: says(/过大/) }) },
  },
  pushplus: {
    path: () => `/send/${keys.pushplus}`,
    field: 'content',
    refusal: (words) => ({ status: 200, json: expect.objectContaining({ code: 999, msg: says(words) }) }),
    tooLarge: { status: 200, json: expect.objectContaining({ code: 999, msg: says(/过大/) }) },
  },
  'wecom-notify': {
    path: () => `/api/notify/${keys.code}`,
    field: 'content',
    refusal: (words) => ({ status: 400, json: { error: says(words) } }),
    tooLarge: { status: 400, json: { error: says(/过大/) } },
  },
  bark: {
    path: () => `/${keys.bark}`,
    field: 'body',
    refusal: (words) => ({ status: 400, json: expect.objectContaining({ code: 400, message: says(words) }) }),
    tooLarge: { status: 413, json: expect.objectContaining({ code: 413 }) },
  },
  pushdeer: {
    path: () => `/message/push?pushkey=${keys.pushdeer}`,
    field: 'text',
    refusal: (words) => ({ status: 200, json: { code: 80501, error: says(words) } }),
    tooLarge: { status: 200, json: { code: 80501, error: says(/larger/) } },
  },
  gotify: {
    path: () => `/message?token=${keys.gotify}`,
    field: 'message',
    refusal: (words) => ({
      status: 400,
      json: { error: 'Bad Request', errorCode: 400, errorDescription: says(words) },
    }),
    tooLarge: { status: 413, json: expect.objectContaining({ errorCode: 413 }) },
  },
};

/** Sends and gives the answer with what was stored since. */
async function send(
  path: string,
  input: Ask & { chunks?: number },
): Promise<{ answer: Answer; body: string | null }> {
  const before = await w.db.message.findFirst({ orderBy: { id: 'desc' } });
  let isAnswered = false;
  const asked = ask(`${w.url}${path}`, { method: 'POST', ...input }).finally(() => {
    isAnswered = true;
  });
  // The WeCom relay waits for the engine.
  while (path.startsWith('/api/notify/') && !isAnswered) {
    await w.drain();
    await setImmediate();
  }
  const answer = await asked;
  const after = await w.db.message.findFirst({ where: { id: { gt: before?.id ?? 0n } } });
  return { answer, body: after?.body ?? null };
}

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
/** 目, 中文 as GBK writes them. */
const TARGET_GBK = 'c4bf';
const WORDS_GBK = 'd6d0cec4';
const gbk = (before: string, hex: string, after: string): Buffer =>
  Buffer.concat([Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)]);
const gbkJson = (field: string, hex: string): Buffer => gbk(`{"${field}":"`, hex, '"}');
const json = (field: string): string => JSON.stringify({ [field]: '中文' });
const escaped = (hex: string): string => hex.replace(/../g, '%$&');
const multipart = (...parts: [string, Buffer | string][]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(([head, body]) => [
      Buffer.from(`--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(body as string),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--b--\r\n'),
  ]);

/** What is sent for a field, under which type and coding, and what must be stored. */
type Row = [string, (field: string) => Buffer | string, Record<string, string>, string?];
const READ: Row[] = [
  ['JSON', json, { 'content-type': JSON_TYPE }],
  ['JSON of no type', json, {}],
  ['JSON that is called text', json, { 'content-type': 'text/plain;charset=UTF-8' }],
  ['JSON that is called a form', json, { 'content-type': FORM }],
  ['JSON in GBK', (field) => gbkJson(field, WORDS_GBK), { 'content-type': JSON_TYPE }],
  [
    'JSON in GBK that says so',
    (field) => gbkJson(field, TARGET_GBK),
    { 'content-type': `${JSON_TYPE}; charset=gbk` },
    '目',
  ],
  [
    'JSON in GBK that says UTF-8',
    (field) => gbkJson(field, WORDS_GBK),
    { 'content-type': `${JSON_TYPE}; charset=utf-8` },
  ],
  ['JSON in UTF-8 that says GBK', json, { 'content-type': `${JSON_TYPE}; charset=gbk` }],
  ['JSON with a mark', (field) => `\ufeff${json(field)}`, { 'content-type': JSON_TYPE }],
  [
    'JSON in UTF-16',
    (field) => Buffer.from(`\ufeff${json(field)}`, 'utf16le'),
    { 'content-type': JSON_TYPE },
  ],
  [
    'JSON in gzip',
    (field) => gzipSync(json(field)),
    { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' },
  ],
  [
    'JSON in deflate',
    (field) => deflateSync(json(field)),
    { 'content-type': JSON_TYPE, 'content-encoding': 'deflate' },
  ],
  [
    'JSON in br',
    (field) => brotliCompressSync(json(field)),
    { 'content-type': JSON_TYPE, 'content-encoding': 'br' },
  ],
  ['a form in UTF-8, unescaped', (field) => `${field}=中文`, { 'content-type': FORM }],
  ['a form in GBK, unescaped', (field) => gbk(`${field}=`, WORDS_GBK, ''), { 'content-type': FORM }],
  ['a form in GBK', (field) => `${field}=${escaped(WORDS_GBK)}`, { 'content-type': FORM }],
  [
    'a form in GBK that says so',
    (field) => `${field}=${escaped(TARGET_GBK)}`,
    { 'content-type': `${FORM}; charset=GB2312` },
    '目',
  ],
  [
    'a form that is called JSON',
    (field) => `${field}=${encodeURIComponent('中文')}`,
    { 'content-type': JSON_TYPE },
  ],
  [
    'a multipart form',
    (field) => multipart([`name="${field}"`, '中文']),
    { 'content-type': 'multipart/form-data; boundary=b' },
  ],
  [
    'a multipart form in GBK',
    (field) => multipart([`name="${field}"`, Buffer.from(WORDS_GBK, 'hex')]),
    { 'content-type': 'multipart/form-data; boundary=b' },
  ],
];

const JPEG = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), Buffer.alloc(5000)]);
const UNREADABLE: [string, (field: string) => Buffer | string, Record<string, string>, RegExp][] = [
  ['a picture', () => JPEG, { 'content-type': 'image/jpeg' }, /GB18030|GBK/],
  ['a picture that is called a form', () => JPEG, { 'content-type': FORM }, /GB18030|GBK/],
  ['escapes of no text', (field) => `${field}=%FF%D8%FF`, { 'content-type': FORM }, /GB18030|GBK/],
  ['a broken gzip', json, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' }, /gzip/],
  ['an unknown packing', json, { 'content-type': JSON_TYPE, 'content-encoding': 'zstd' }, /gzip/],
];

describe.each(Object.entries(DOORS))('%s', (_name, door) => {
  it.each(READ)('reads %s', async (_, toBody, headers, expected = '中文') => {
    const { answer, body } = await send(door.path(), {
      body: Buffer.from(toBody(door.field) as string),
      headers,
    });
    expect([answer.status, body]).toEqual([200, expected]);
  });

  it.each(['', '&x=y'])('reads GBK in the query%s', async (more) => {
    const path = door.path();
    const query = `${path.includes('?') ? '&' : '?'}${door.field}=${escaped(WORDS_GBK)}${more}`;
    expect((await send(path + query, {})).body).toBe('中文');
  });

  it('names a file that it cannot keep, beside what was said', async () => {
    const file: [string, Buffer] = ['name="file"; filename="门口.jpg"', JPEG];
    const { answer, body } = await send(door.path(), {
      body: multipart([`name="${door.field}"`, '有人'], file),
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    expect(answer.status).toBe(200);
    expect(body).toMatch(/有人|附件/);
    const stored = await w.db.message.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect(`${stored.title}\n${stored.body}`).toMatch(/^\s*有人\s+附件 File: 门口\.jpg（5 KB，/);
  });

  it.each(UNREADABLE)('refuses %s with the reason, writing nothing', async (_, toBody, headers, words) => {
    const { answer, body } = await send(door.path(), {
      body: Buffer.from(toBody(door.field) as string),
      headers,
    });
    expect({ status: answer.status, json: answer.json }).toEqual(door.refusal(words));
    expect(body).toBeNull();
  });

  it('refuses a query that is no text', async () => {
    const path = door.path();
    const { answer, body } = await send(
      `${path}${path.includes('?') ? '&' : '?'}${door.field}=%FF%D8%FF`,
      {},
    );
    expect({ status: answer.status, json: answer.json }).toEqual(door.refusal(/GB18030|GBK/));
    expect(body).toBeNull();
  });

  const LARGE: [string, (field: string) => Ask][] = [
    [
      'a bomb',
      () => ({
        body: gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')),
        headers: { 'content-encoding': 'gzip' },
      }),
    ],
    ['20 MB of JSON', (field) => ({ body: { [field]: 'x'.repeat(20 * 1024 * 1024) } })],
    ['20 MB of anything', () => ({ body: Buffer.alloc(20 * 1024 * 1024) })],
  ];
  it.each(LARGE)('refuses %s, and takes the next message by the same connection', async (_, toAsk) => {
    const { answer, body } = await send(door.path(), toAsk(door.field));
    expect({ status: answer.status, json: answer.json }).toEqual(door.tooLarge);
    expect(body).toBeNull();
    expect((await send(door.path(), { body: { [door.field]: '还在' } })).body).toBe('还在');
  });

  it('refuses 20 MB that are only announced before any of it is sent', async () => {
    const text = await announce(door.path(), 20 * 1024 * 1024);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${door.tooLarge.status} `));
    expect(text).not.toContain('100 Continue');
  });

  it('lets a sender go on that asks with a body of a good size', async () => {
    expect(await announce(door.path(), 100)).toMatch(/^HTTP\/1\.1 100 Continue/);
  });
});

/** The first thing that is said to who announces a body and waits. */
async function announce(path: string, sizeBytes: number): Promise<string> {
  const { hostname, port } = new URL(w.url);
  const socket = connect(Number(port), hostname);
  const head = [`POST ${path} HTTP/1.1`, 'Host: x', `Content-Length: ${sizeBytes}`, 'Expect: 100-continue'];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const [text] = await new Promise<Buffer[]>((resolve) => socket.once('data', (...data) => resolve(data)));
  socket.destroy();
  return String(text);
}

it.each<[string, () => string]>([
  ['Bark', () => `/${keys.bark}/${escaped(WORDS_GBK)}`],
  ['WxPusher', () => `/api/send/message/${keys.spt}/${escaped(WORDS_GBK)}`],
])('%s reads GBK in its path', async (_, path) => {
  expect((await send(path(), { method: 'GET' })).body).toBe('中文');
});

describe('ntfy', () => {
  const path = () => `/${keys.ntfy}`;
  const RAW: [string, Buffer | string, Record<string, string>, string?][] = [
    ['GBK', Buffer.from(WORDS_GBK, 'hex'), {}],
    ['GBK that says so', Buffer.from(TARGET_GBK, 'hex'), { 'content-type': 'text/plain; charset=gbk' }, '目'],
    ['UTF-8 that says GBK', '中文', { 'content-type': 'text/plain; charset=gbk' }],
    ['UTF-16', Buffer.from('\ufeff中文', 'utf16le'), {}],
    ['gzip', gzipSync('中文'), { 'content-encoding': 'gzip' }],
    ['broken JSON that is called JSON', '{中文', { 'content-type': JSON_TYPE }, '{中文'],
    ['a form', 'a=中文', { 'content-type': FORM }, 'a=中文'],
  ];
  it.each(RAW)('takes a body for the message: %s', async (_, body, headers, expected = '中文') => {
    expect((await send(path(), { body: Buffer.from(body as string), headers })).body).toBe(expected);
  });

  it('reads GBK in the query, and in JSON', async () => {
    expect((await send(`${path()}?message=${escaped(WORDS_GBK)}`, {})).body).toBe('中文');
    const body = gbk(`{"topic":"${keys.ntfy}","message":"`, WORDS_GBK, '"}');
    expect((await send('/', { body })).body).toBe('中文');
  });

  it.each<[string, string, Ask, number, number]>([
    ['a picture', '', { body: JPEG }, 400, 40014],
    ['a broken gzip', '', { body: 'x', headers: { 'content-encoding': 'gzip' } }, 400, 40014],
    ['a query that is no text', '?m=%FF%D8%FF', { body: 'x' }, 400, 40014],
    ['20 MB', '', { body: Buffer.alloc(20 * 1024 * 1024) }, 413, 41301],
    [
      'a bomb',
      '',
      { body: gzipSync(Buffer.alloc(64 * 1024 * 1024)), headers: { 'content-encoding': 'gzip' } },
      413,
      41301,
    ],
  ])('refuses %s, writing nothing', async (_, query, input, status, code) => {
    const { answer, body } = await send(path() + query, input);
    expect([answer.status, answer.json, body]).toEqual([
      status,
      expect.objectContaining({ code, http: status }),
      null,
    ]);
  });
});

it('the management API reads GBK and gzip too, and refuses what it cannot read', async () => {
  const headers = { authorization: `Bearer ${w.adminToken}` };
  const create = (body: Buffer, more = {}) =>
    w.call('/api/v1/apps', { body, headers: { ...headers, ...more } });
  expect((await create(gbkJson('name', WORDS_GBK))).json).toMatchObject({ name: '中文' });
  expect((await create(gzipSync('{"name":"包"}'), { 'content-encoding': 'gzip' })).json).toMatchObject({
    name: '包',
  });
  expect((await create(JPEG)).json).toMatchObject({ error: { code: 'bad_encoding' } });
  expect((await create(Buffer.alloc(20 * 1024 * 1024))).status).toBe(413);
});
