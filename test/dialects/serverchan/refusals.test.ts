/** Everything that Server酱 refuses, by its exact answer; a refused call writes nothing. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Cast, openCast, refusal } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.door.close());
afterEach(async () => {
  expect(await cast.door.db.message.count()).toBe(0);
});

const WRONG_KEY = '{"message":"[AUTH]错误的Key","code":40001,"info":"错误的Key","args":[null],"scode":461}';
const NO_TITLE =
  '{"message":"[INPUT]title 不能为空","code":20001,"info":"title 不能为空","args":[null],"scode":460}';

describe('a key that nobody holds', () => {
  it.each([
    '/SCT1Tnobody.send',
    '/SCU1Tnobody.send',
    '/x.send',
    `/${'k'.repeat(5000)}.send`,
    '/%00.send',
    '/%E4%BD%A0.send',
    '/%zz.send',
    '/send/sctp1tnobody',
    '/send/sctp1tnobody.send',
    '/send/SCT1Tnobody.send',
  ])('at %s', async (path) => {
    const got = await cast.ask(`${path}?title=x`);
    expect([got.status, got.text]).toEqual([400, WRONG_KEY]);
    expect(got.type).toContain('application/json');
  });

  it('is told before anything else that is wrong', async () => {
    const got = await cast.ask('/SCT1Tnobody.send', { body: '{', type: 'application/json' });
    expect([got.status, got.text]).toEqual([400, WRONG_KEY]);
  });

  it('of another dialect, or revoked', async () => {
    const { personId } = cast.owner;
    const { key } = await cast.door.core.keys.createKey(personId, 'pushplus');
    expect((await cast.ask(`/${key}.send?title=x`)).text).toBe(WRONG_KEY);
    const revoked = await cast.door.core.keys.createKey(personId, 'sendkey');
    await cast.door.core.keys.revokeKey(personId, revoked.id);
    expect((await cast.ask(`/${revoked.key}.send?title=x`)).text).toBe(WRONG_KEY);
  });

  it('in other letters is another key', async () => {
    expect((await cast.ask(`/${cast.turbo.toLowerCase()}.send?title=x`)).text).toBe(WRONG_KEY);
  });
});

describe('what is no message', () => {
  it.each([
    ['no title', 'desp=x', NO_TITLE],
    ['an empty title', 'title=&desp=x', NO_TITLE],
    ['a blank title', 'title=%20%0A&text=%09', NO_TITLE],
    ['a number that is no channel', 'title=x&channel=7', refusal('INPUT', 'channel 不支持[7]')],
    [
      'signs of two halves',
      `title=x&channel=${'😀'.repeat(21)}`,
      refusal('INPUT', `channel 不支持[${'😀'.repeat(20)}]`),
    ],
    ['a word that is no channel', 'title=x&channel=toString', refusal('INPUT', 'channel 不支持[toString]')],
    ['three channels', 'title=x&channel=9|66|1', refusal('INPUT', 'channel 最多 2 个')],
    [
      'a channel that is not set up',
      'title=x&channel=9|66',
      refusal('INPUT', 'channel 没有配置[66]，请先添加通道 wecom-app'),
    ],
    [
      'ciphertext that would be cut',
      `title=x&encoded=1&desp=${'A'.repeat(65_537)}`,
      refusal('INPUT', 'desp 加密后最多 65536 个字符'),
    ],
  ])('%s', async (_, body, text) => {
    const type = 'application/x-www-form-urlencoded';
    const got = await cast.ask(`/${cast.turbo}.send`, { body, type });
    expect([got.status, got.text]).toEqual([400, text]);
  });

  it.each(['1', '2', '3', '8', '0', '88', '18', '66', '98'])(
    'channel %s before it is set up',
    async (code) => {
      const got = await cast.ask(`/${cast.turbo}.send?title=x&channel=${code}`);
      expect([got.status, got.text]).toEqual([400, expect.stringContaining(`没有配置[${code}]`)]);
    },
  );

  it('neither title nor desp, to ³', async () => {
    const got = await cast.ask(`/send/${cast.three}.send`, { body: { tags: 'a' } });
    expect([got.status, got.text]).toEqual([400, NO_TITLE]);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['broken JSON', 'application/json', '{"title":', 400, '请求体不是有效的 JSON，或嵌套太深'],
    ['JSON that is no object', 'application/json', '["title"]', 400, '请求体应为 JSON 对象'],
    ['an object for a title', 'application/json', '{"title":{"a":1}}', 400, 'title 应为文字'],
    [
      'bytes that are no text',
      'text/plain',
      Buffer.from([0x74, 0xff, 0xfe]),
      400,
      '请求无法解码：应为完整的 UTF-8 或 GBK 文本，可用 gzip、deflate、br 压缩',
    ],
    [
      'a form without parts',
      'multipart/form-data; boundary=x',
      'title=x',
      400,
      '请求无法解码：应为完整的 UTF-8 或 GBK 文本，可用 gzip、deflate、br 压缩',
    ],
    [
      'too much',
      'application/x-www-form-urlencoded',
      `title=${'x'.repeat(1024 * 1024)}`,
      413,
      '请求体过大，最多 1048576 字节',
    ],
  ])('%s', async (_, type, body, status, info) => {
    const got = await cast.ask(`/${cast.turbo}.send`, { body, type });
    expect([got.status, got.text]).toEqual([status, refusal('INPUT', info)]);
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('the method %s', async (method) => {
    const got = await cast.ask(`/${cast.turbo}.send?title=x`, { method });
    expect([got.status, got.text]).toEqual([405, refusal('INPUT', '只支持 GET 和 POST')]);
  });

  it('a look at the head of an address sends nothing', async () => {
    expect((await cast.ask(`/${cast.turbo}.send?title=x`, { method: 'HEAD' })).status).toBe(405);
  });
});

describe('the first generation', () => {
  it('answers a wrong key with status 200', async () => {
    const got = await cast.ask('/sc/SCU1Tnobody.send?text=x');
    expect([got.status, got.text]).toEqual([200, '{"errno":1024,"errmsg":"bad pushtoken"}']);
  });

  it('answers an empty title with a page', async () => {
    const got = await cast.form(`/sc/${cast.turbo}.send`, { desp: 'x' });
    expect([got.status, got.type]).toEqual([200, expect.stringContaining('text/html')]);
    expect(got.text).toContain('标题不能为空');
  });
});
