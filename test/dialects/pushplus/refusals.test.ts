/** Everything that PushPlus says no to: the numbers, the texts, and that nothing is written. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ACCEPTED, type Cast, openCast, refusal } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterEach(() => cast.clear());
afterAll(() => cast.door.close());

describe('a parameter that cannot be', () => {
  it.each([
    ['no content', {}, '消息内容不能为空'],
    ['a blank content', { content: ' \n' }, '消息内容不能为空'],
    ['a title that is an object', { content: 'x', title: {} }, 'title 应为文字'],
    ['a list of objects', { content: 'x', to: [{}] }, 'to 应为文字'],
    ['an unknown channel', { content: 'x', channel: 'pigeon' }, '发送渠道不存在[pigeon]'],
    ['signs of two halves', { content: 'x', channel: '😀'.repeat(21) }, `发送渠道不存在[${'😀'.repeat(20)}]`],
    ['an inherited name for a channel', { content: 'x', channel: '__proto__' }, '发送渠道不存在[__proto__]'],
    ['the browser plugin', { content: 'x', channel: 'extension' }, '不支持 extension 渠道'],
    ['a phone call', { content: 'x', channel: 'voice' }, '不支持 voice 渠道'],
    ['the app', { content: 'x', channel: 'app' }, '不支持 app 渠道'],
    ['the claw bot', { content: 'x', channel: 'clawbot' }, '不支持 clawbot 渠道'],
    ['a webhook without a code', { content: 'x', channel: 'webhook' }, 'webhook 编码不能为空'],
    [
      'a webhook that is not there',
      { content: 'x', channel: 'webhook', webhook: 'no' },
      '渠道配置不存在[no]',
    ],
    ['a WeCom app that is not there', { content: 'x', channel: 'cp', option: 'no' }, '渠道配置不存在[no]'],
    [
      'members of the server’s own WeCom app',
      { content: 'x', channel: 'cp', to: 'boss' },
      '渠道配置不存在[wecom-app]',
    ],
    ['a mailbox that is not there', { content: 'x', channel: 'mail', webhook: 'no' }, '渠道配置不存在[no]'],
    ['WeCom without an app', { content: 'x', channel: 'cp' }, '没有配置企业微信应用，无法使用 cp 渠道'],
    [
      'mail to nowhere',
      { content: 'x', channel: 'mail' },
      '没有绑定邮箱，也没有邮件配置，无法使用 mail 渠道',
    ],
    ['a short message to no phone', { content: 'x', channel: 'sms' }, '没有绑定手机号，无法使用 sms 渠道'],
    ['a short message to a group', { content: 'x', channel: 'sms', topic: 'ops' }, '短信渠道不支持群组消息'],
    ['a preprocess code', { content: 'x', pre: 'p1' }, '不支持预处理编码(pre)，请去掉该参数'],
    [
      'a callback that is no address',
      { content: 'x', callbackUrl: 'ftp://x/' },
      'callbackUrl 必须是 http 或 https 链接',
    ],
  ])('%s', async (_, fields, msg) => {
    const got = await cast.send(fields);
    expect([got.status, got.text]).toEqual([200, refusal(999, msg)]);
    expect(await cast.stored()).toEqual([]);
    expect(await cast.door.db.callback.count()).toBe(0);
  });

  it('a content that is too long', async () => {
    const got = await cast.send({ content: '长'.repeat(120_000), template: 'txt' });
    expect(got.json).toEqual({ code: 999, msg: expect.stringContaining('过长') });
    expect(await cast.stored()).toEqual([]);
  });

  it.each([
    ['broken JSON', '{"token":', '请求体不是有效的 JSON，或嵌套太深'],
    ['a JSON list', '[1]', '请求体应为 JSON 对象'],
    ['a JSON text', '"x"', '请求体应为 JSON 对象'],
    [
      'bytes that are no text',
      Buffer.from([0xff, 0xd8, 0xff]),
      '请求无法解码：应为完整的 UTF-8 或 GBK 文本，可用 gzip、deflate、br 压缩',
    ],
    ['a huge body', 'x'.repeat(2_000_000), '请求体过大'],
  ])('%s', async (_, body, msg) => {
    const got = await cast.ask(`/send/${cast.token}`, { body, type: 'application/json' });
    expect([got.status, got.text]).toEqual([200, refusal(999, msg)]);
  });

  it('a bug of ours says 500, and nothing of itself', async () => {
    const { spaces } = cast.door.core;
    const { getSpace } = spaces;
    spaces.getSpace = () => Promise.reject(new Error('secret detail'));
    const got = await cast.send({ content: 'x' });
    spaces.getSpace = getSpace;
    expect(got.text).toBe(refusal(500, '服务器内部错误'));
    expect(cast.door.log.join()).toContain('secret detail');
  });

  it('an account that sends no more', async () => {
    const { preferences } = cast.door.core;
    await preferences.save(cast.owner.personId, 'pushplus', { isSend: false });
    expect((await cast.send({ content: 'x' })).text).toBe(refusal(900, '账号已关闭发送消息功能'));
    await preferences.save(cast.owner.personId, 'pushplus', null);
  });
});

describe('hostile texts', () => {
  it.each([
    `'"; DROP TABLE "Message"; --`,
    '<script>alert(1)</script>',
    '\u202e{{7*7}} %s \u{1f4a3}',
    '../../etc/passwd',
  ])('%j is a text', async (text) => {
    const fields = { title: text, content: text, template: 'txt' };
    expect((await cast.send(fields)).text).toMatch(ACCEPTED);
    expect((await cast.storedOnce()).body).toBe(text);
    for (const name of ['topic', 'to', 'channel', 'webhook', 'template', 'timestamp', 'callbackUrl']) {
      const channel = name === 'webhook' ? { channel: 'webhook' } : {};
      expect((await cast.send({ content: 'x', ...channel, [name]: text })).json.code).toBe(999);
    }
    expect(await cast.stored()).toHaveLength(1);
  });
});

describe('the account’s defaults', () => {
  const choose = (channel: string, option = '', tokenId = 0) =>
    cast.door.core.preferences.save(cast.owner.personId, 'pushplus', {
      defaults: [{ id: 1, tokenId, channel, option, updatedAt: 0 }],
    });
  afterEach(() => cast.door.core.preferences.save(cast.owner.personId, 'pushplus', null));

  it('count where a call names no channel', async () => {
    await choose('webhook', 'gone');
    expect((await cast.send({ content: 'x' })).text).toBe(refusal(999, '渠道配置不存在[gone]'));
    expect((await cast.send({ content: 'x', channel: 'wechat' })).text).toMatch(ACCEPTED);
    expect((await cast.storedOnce()).channels).toEqual(['wechat']);
  });

  it('of a message token count for that token alone', async () => {
    const { key, id } = await cast.door.core.keys.createKey(cast.owner.personId, 'pushplus', { name: 'nas' });
    await cast.contact('email', 'sealed');
    await choose('mail', '', id);
    expect((await cast.ask(`/send/${key}?content=x`)).text).toMatch(ACCEPTED);
    expect((await cast.storedOnce()).channels).toEqual(['mail']);
    await cast.clear();
    await cast.send({ content: 'x' });
    expect((await cast.storedOnce()).channels).toBeNull();
    await cast.contact('email', '');
  });
});

it('a link preview’s HEAD sends nothing', async () => {
  const path = `/send/${cast.token}?content=x`;
  expect((await cast.ask(path, { method: 'HEAD' })).status).toBe(200);
  expect((await cast.ask(path.replace('send', 'batchSend'), { method: 'HEAD' })).status).toBe(200);
  expect(await cast.stored()).toEqual([]);
});

describe('short messages', () => {
  beforeAll(() => cast.contact('phone', 'sealed'));

  it('are refused with 888 while the account cannot pay', async () => {
    const got = await cast.send({ title: 't', content: 'x', channel: 'sms' });
    expect(got.json).toEqual({ code: 888, msg: expect.any(String) });
    expect(await cast.stored()).toEqual([]);
  });

  it('name their price and who pays', async () => {
    await cast.door.core.points.grant(cast.owner.personId, 15);
    expect((await cast.send({ title: 't', content: 'x', channel: 'sms' })).text).toMatch(ACCEPTED);
    expect(await cast.storedOnce()).toMatchObject({
      channels: ['sms'],
      extras: { sms: { price: 10, payer: cast.owner.personId } },
    });
    // The first is still under way, so its price is spoken for.
    expect((await cast.send({ title: 't', content: 'y', channel: 'sms' })).json.code).toBe(888);
  });
});

describe('batchSend', () => {
  const batch = (fields: Record<string, unknown>) =>
    cast.ask('/batchSend', { body: { token: cast.token, content: 'x', ...fields } });

  it('sends by each channel and answers a line for each', async () => {
    await cast.contact('email', 'sealed');
    const { json } = await batch({ channel: 'wechat, mail,webhook', option: ',,hook' });
    expect(json).toEqual({
      code: 200,
      msg: '执行成功',
      data: [
        {
          shortCode: expect.stringMatching(/^[0-9a-f]{32}$/),
          message: '请求成功',
          code: 200,
          channel: 'wechat',
        },
        {
          shortCode: expect.stringMatching(/^[0-9a-f]{32}$/),
          message: '请求成功',
          code: 200,
          channel: 'mail',
        },
        { shortCode: '', message: '渠道配置不存在[hook]', code: 999, channel: 'webhook' },
      ],
    });
    expect((await cast.stored()).map((one) => one.channels)).toEqual([['wechat'], ['mail']]);
    await cast.contact('email', '');
  });

  it.each([
    ['wechat,', '', ['wechat']],
    [',webhook,,wechat,', 'a,b', ['webhook', 'wechat']],
    [',,,,,,', '', ['wechat']],
    [undefined, 'a', ['wechat']],
  ])('of channels %j: what stands between two commas is none', async (channel, option, names) => {
    const rows = (await batch({ channel, option })).json.data as { channel: string; message: string }[];
    expect(rows.map((row) => row.channel)).toEqual(names);
    expect(rows.filter((row) => row.channel === 'webhook').map((row) => row.message)).toEqual(
      names.includes('webhook') ? ['渠道配置不存在[b]'] : [],
    );
    expect(await cast.stored()).toHaveLength(1);
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE'])('by %s with everything in the address', async (method) => {
    const got = await cast.ask(`/batchSend/${cast.token}/?content=x&channel=wechat`, { method });
    expect(got.json).toMatchObject({ code: 200, data: [{ code: 200, channel: 'wechat' }] });
  });

  it('takes five channels at most, and refuses what no channel could send', async () => {
    expect((await batch({ channel: 'wechat,cp,mail,sms,webhook,app' })).text).toBe(
      refusal(999, 'channel 最多 5 个'),
    );
    expect((await batch({ content: '' })).json.code).toBe(999);
    expect((await cast.ask('/batchSend?content=x')).json.code).toBe(903);
    expect(await cast.stored()).toEqual([]);
  });
});
