/** Every way to ask for a message, and every parameter, as PushPlus documents them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { START } from '#test/dialects/open-door.js';
import { ACCEPTED, type Cast, openCast, refusal } from './cast.js';

const NOBODY = '0123456789abcdef0123456789abcdef';
const BAD_TOKEN = refusal(903, '无效的用户token');

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterEach(() => cast.clear());
afterAll(() => cast.door.close());

describe('every address and method', () => {
  const paths: [string, () => string][] = [
    ['/send?token=', () => `/send?token=${cast.token}`],
    ['/send/?token=', () => `/send/?token=${cast.token}`],
    ['/send/{token}', () => `/send/${cast.token}?`],
    ['/send/{token}/', () => `/send/${cast.token}/?`],
    ['/send/{TOKEN}', () => `/send/${cast.token.toUpperCase()}?`],
  ];
  const rows = ['GET', 'POST', 'PUT', 'DELETE'].flatMap((method) =>
    paths.map(([name, path]) => [method, name, path] as const),
  );

  it.each(rows)('%s %s', async (method, _, path) => {
    const got = await cast.ask(`${path()}&content=${encodeURIComponent('你好')}`, { method });
    expect([got.status, got.text]).toEqual([200, expect.stringMatching(ACCEPTED)]);
    expect(await cast.storedOnce()).toMatchObject({
      body: '你好',
      format: 'html',
      title: '',
      channels: null,
    });
  });

  // fetch sends no body with GET.
  it.each(['POST', 'PUT', 'DELETE'])('%s with all of it in a JSON body', async (method) => {
    const body = { token: cast.token, title: '标题', content: '正文', template: 'txt' };
    expect((await cast.ask('/send', { method, body })).text).toMatch(ACCEPTED);
    expect(await cast.storedOnce()).toMatchObject({ title: '标题', body: '正文', format: 'text' });
  });

  it('PATCH and deeper addresses are others’', async () => {
    for (const sent of [{ method: 'PATCH' }, {}]) {
      const path = sent.method ? `/send/${cast.token}` : `/send/${cast.token}/x`;
      expect((await cast.ask(path, sent)).text).toBe('Not Found');
    }
  });

  it('gives a code that opens to the message, and belongs to the account’s own space', async () => {
    const { json } = await cast.send({ content: 'x' });
    const one = await cast.storedOnce();
    expect(cast.door.core.shortCodes.decode('message', String(json.data))).toBe(one.id);
    const row = await cast.door.db.message.findFirstOrThrow();
    const space = await cast.door.core.spaces.getSpace(cast.owner.personId);
    expect(row).toMatchObject({ appId: space.id, senderId: BigInt(cast.owner.personId), source: 'pushplus' });
  });
});

describe('every way to write the parameters', () => {
  const form = () => `token=${cast.token}&title=%E6%A0%87%E9%A2%98&content=a%2Bb`;
  const json = () => `{"token":"${cast.token}","title":"标题","content":"a+b"}`;
  const multipart = () =>
    `${Object.entries({ token: cast.token, title: '标题', content: 'a+b' })
      .map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join('')}--x--\r\n`;

  it.each([
    ['application/json', json],
    ['application/json;charset=utf-8', json],
    ['application/json ; charset=UTF-8', json],
    ['Application/JSON', json],
    [' application/json', json],
    ['text/plain', json],
    ['application/x-www-form-urlencoded', json],
    ['text/html', json],
    ['application/x-www-form-urlencoded', form],
    ['application/x-www-form-urlencoded; charset=UTF-8', form],
    ['text/plain', form],
    ['multipart/form-data; boundary=x', multipart],
  ])('a body of %s', async (type, body) => {
    expect((await cast.ask('/send', { body: body(), type })).text).toMatch(ACCEPTED);
    expect(await cast.storedOnce()).toMatchObject({ title: '标题', body: 'a+b' });
  });

  it('the query fills what the body lacks; the body wins, and the path wins over both', async () => {
    const body = { token: NOBODY, title: 'body', content: 'c' };
    expect((await cast.ask(`/send/${cast.token}?title=query&topic=`, { body })).text).toMatch(ACCEPTED);
    expect(await cast.storedOnce()).toMatchObject({ title: 'body', body: 'c' });
    await cast.clear();
    await cast.ask(`/send?title=query`, { body: { token: cast.token, content: 'c' } });
    expect(await cast.storedOnce()).toMatchObject({ title: 'query' });
  });

  it.each([[''], [null], ['  '], ['null'], ['undefined']])('unused fields of %j are absent', async (none) => {
    const unused = {
      topic: none,
      to: none,
      template: none,
      channel: none,
      webhook: none,
      option: none,
      callbackUrl: none,
      timestamp: none,
      pre: none,
    };
    expect((await cast.send({ content: 'x', ...unused })).text).toMatch(ACCEPTED);
    expect(await cast.storedOnce()).toMatchObject({
      format: 'html',
      channels: null,
      expiresAt: null,
      callbackId: null,
      audience: { people: [cast.owner.personId], topics: [] },
    });
  });

  it.each([
    ['numbers and flags', { title: 12, content: 0.5 }, { title: '12', body: '0.5' }],
    ['a content that is JSON itself', { content: { a: 1 }, template: 'txt' }, { body: '{"a":1}' }],
    ['a content that is a list', { content: [1, 'b'], template: 'txt' }, { body: '[1,"b"]' }],
    ['a text that says null', { title: 'null', content: 'undefined' }, { title: 'null', body: 'undefined' }],
    ['parameters of later versions', { content: 'x', pushId: '1', icon: 'y' }, { body: 'x' }],
    ['names that objects inherit', { content: 'x', constructor: 'y', toString: 'z' }, { body: 'x' }],
  ])('%s', async (_, fields, stored) => {
    expect((await cast.send(fields)).text).toMatch(ACCEPTED);
    expect(await cast.storedOnce()).toMatchObject(stored);
  });

  it('repeated parameters, which are lists', async () => {
    await cast.ask(`/send/${cast.token}?content=a&content=b&title=c&title=d`);
    expect(await cast.storedOnce()).toMatchObject({ title: 'c,d', body: 'a,b' });
  });

  it('a bare text is the content', async () => {
    await cast.ask(`/send/${cast.token}`, { body: 'disk full & burning', type: 'text/plain' });
    expect(await cast.storedOnce()).toMatchObject({ body: 'disk full & burning' });
  });
});

describe('a title longer than a title is', () => {
  const title = `<b>${'题'.repeat(300)}`;
  const short = `<b>${'题'.repeat(252)}…`;

  it.each([
    [
      'HTML',
      { content: '<i>x</i>' },
      { body: `<p>&#60;b&#62;${'题'.repeat(300)}</p>\n\n<i>x</i>`, format: 'html' },
    ],
    ['lines called HTML', { content: 'a &amp; b\nc' }, { body: `${title}\n\na & b\nc`, format: 'text' }],
    ['Markdown', { content: '# x', template: 'markdown' }, { body: `\\<b\\>${'题'.repeat(300)}\n\n# x` }],
    ['text', { content: 'x', template: 'txt' }, { body: `${title}\n\nx`, format: 'text' }],
  ])('stands whole before %s', async (_, said, stored) => {
    expect((await cast.send({ title, ...said })).text).toMatch(ACCEPTED);
    expect(await cast.storedOnce()).toMatchObject({ title: short, ...stored });
  });

  it('is a title where it just fits', async () => {
    const fits = '题'.repeat(256);
    await cast.send({ title: fits, content: 'x' });
    expect(await cast.storedOnce()).toMatchObject({ title: fits, body: 'x' });
  });
});

describe('the whole body as the content', () => {
  it.each([
    ['the documents’ sample', '{"userName":"pushplus","updateTime":"2020-04-29 14:59:35","projectId":82}'],
    ['a list', '[{"a":1},{"a":2}]'],
    ['a content of its own', '{"content":"inner","more":1}'],
    ['a token of its own, but no content', '{"token":"x","more":1}'],
    ['a title of its own', '{"title":"inner","more":1}'],
    ['what is no JSON', 'just <b>text</b>'],
    ['broken JSON', '{"a":'],
  ])('%s', async (_, body) => {
    const path = `/send/${cast.token}?template=txt&title=t`;
    expect((await cast.ask(path, { body, type: 'application/json' })).text).toMatch(ACCEPTED);
    expect(await cast.storedOnce()).toMatchObject({ title: 't', body, format: 'text' });
  });

  it('is drawn by the template of the address', async () => {
    const body = { userName: 'pushplus', projectId: 82 };
    await cast.ask(`/send/${cast.token}?template=json`, { body });
    const one = await cast.storedOnce();
    expect(one.body).toContain('pushplus');
    expect(one.body).not.toContain('{"userName"');
  });

  it.each([
    ['a body with token and content', () => `/send?template=txt&token=${cast.token}`, true],
    ['a body with template and content', () => `/send/${cast.token}?template=txt`, false],
  ])('is not meant by %s', async (_, path, hasToken) => {
    const own = hasToken ? { token: cast.token } : { template: 'txt' };
    await cast.ask(path(), { body: { ...own, content: 'inner', title: 'own' } });
    expect(await cast.storedOnce()).toMatchObject({ title: 'own', body: 'inner' });
  });

  it('is not meant by a form with a content, nor beside a content in the query', async () => {
    const type = 'application/x-www-form-urlencoded';
    await cast.ask(`/send/${cast.token}?template=txt`, { body: 'content=inner&title=own', type });
    expect(await cast.storedOnce()).toMatchObject({ title: 'own', body: 'inner' });
    await cast.clear();
    await cast.ask(`/send/${cast.token}?template=txt&content=query`, { body: { title: 'own' } });
    expect(await cast.storedOnce()).toMatchObject({ title: 'own', body: 'query' });
  });
});

describe('every template', () => {
  it.each([
    ['html', 'html', '<b>x</b>'],
    ['txt', 'text', '<b>x</b>'],
    ['markdown', 'markdown', '# x'],
  ])('%s', async (template, format, content) => {
    expect((await cast.send({ content, template })).text).toMatch(ACCEPTED);
    expect(await cast.storedOnce()).toMatchObject({ format, body: content });
  });

  it.each(['json', 'cloudMonitor', 'jenkins', 'route', 'pay'])('%s draws its content', async (template) => {
    const content = '{"name":"名称","size":"大小"}';
    expect((await cast.send({ content, template })).text).toMatch(ACCEPTED);
    expect((await cast.storedOnce()).extras.pushplus).toEqual({ channel: 'wechat', template });
  });

  it.each(['form', 'doc', 'excel', 'order', 'verify', 'webdiff', 'nonsense', '__proto__'])(
    '%s is refused',
    async (template) => {
      const got = await cast.send({ content: 'x', template });
      expect(got.json).toEqual({ code: 999, msg: expect.stringContaining(template) });
      expect(await cast.stored()).toEqual([]);
    },
  );
});

describe('receivers', () => {
  it('topic is a group of the account, and wins over to', async () => {
    const { topicId } = await cast.group('ops');
    const friend = await cast.friend('topic-friend');
    expect((await cast.send({ content: 'x', topic: 'ops', to: friend.token })).text).toMatch(ACCEPTED);
    expect((await cast.storedOnce()).audience).toEqual({ people: [], topics: [topicId] });
  });

  it('a group that is not there, or is somebody else’s, is refused in PushPlus’s words', async () => {
    const other = await cast.door.person('stranger');
    const space = await cast.door.core.spaces.getSpace(other.personId);
    await cast.door.core.topics.createTopic(space.id, { name: 'theirs', alias: 'theirs' });
    for (const topic of ['nope', 'theirs']) {
      expect((await cast.send({ content: 'x', topic })).text).toBe(
        refusal(999, '服务端验证错误', '群组不存在'),
      );
    }
    expect(await cast.stored()).toEqual([]);
  });

  it('to names friends; who is none is dropped', async () => {
    const [hong, gang] = [await cast.friend('hong'), await cast.friend('gang')];
    await cast.send({ content: 'x', to: ` ${hong.token}, ${NOBODY},${gang.token},${hong.token} ` });
    expect((await cast.storedOnce()).audience.people).toEqual([hong.personId, gang.personId]);
    await cast.clear();
    await cast.send({ content: 'x', to: [hong.token] });
    expect((await cast.storedOnce()).audience.people).toEqual([hong.personId]);
  });

  it('to that names no friend of the account is refused', async () => {
    const other = await cast.door.person('other-account');
    const space = await cast.door.core.spaces.getSpace(other.personId);
    const fan = await cast.door.person('their-fan');
    await cast.door.subscribe(fan, space.id);
    const row = await cast.door.db.subscription.findFirstOrThrow({ where: { appId: space.id } });
    const theirs = cast.door.core.shortCodes.encode('friend', Number(row.id));
    for (const to of [NOBODY, theirs, 'x', ',', cast.token]) {
      expect((await cast.send({ content: 'x', to })).text).toBe(refusal(999, '服务端验证错误', '好友不存在'));
    }
    expect(await cast.stored()).toEqual([]);
  });

  it('a blocked friend gets nothing', async () => {
    const friend = await cast.friend('blocked');
    const space = await cast.door.core.spaces.getSpace(cast.owner.personId);
    const id = cast.door.core.shortCodes.decode('friend', friend.token) ?? 0;
    await cast.door.core.subscriptions.setBlocked(space.id, id, true);
    expect((await cast.send({ content: 'x', to: friend.token })).json.code).toBe(999);
  });
});

describe('timestamp, title and tokens', () => {
  it('timestamp ends the message', async () => {
    await cast.send({ content: 'x', timestamp: START + 5000 });
    expect((await cast.storedOnce()).expiresAt).toBe(START + 5000);
    await cast.clear();
    await cast.send({ content: 'x', timestamp: '1632993318000' });
    expect((await cast.storedOnce()).expiresAt).toBe(1632993318000);
  });

  it.each(['soon', '1e99', '12.5', '-9000000000000000'])('timestamp %s is refused', async (timestamp) => {
    expect((await cast.send({ content: 'x', timestamp })).text).toBe(
      refusal(999, 'timestamp 应为毫秒时间戳'),
    );
  });

  it('a title is one line', async () => {
    await cast.send({ content: 'x', title: ' a\r\nb\tc\u0000 ' });
    expect((await cast.storedOnce()).title).toBe('a b c');
  });

  it('a message token sends for its account until it ends', async () => {
    const { keys } = cast.door.core;
    const expiresAt = new Date(START + 1000);
    const { key } = await keys.createKey(cast.owner.personId, 'pushplus', { name: 'nas', expiresAt });
    expect((await cast.ask(`/send/${key}?content=x`)).text).toMatch(ACCEPTED);
    expect((await cast.storedOnce()).audience.people).toEqual([cast.owner.personId]);
    cast.door.clock.at = START + 1001;
    expect((await cast.ask(`/send/${key}?content=x`)).text).toBe(BAD_TOKEN);
    cast.door.clock.at = START;
  });

  it.each([
    ['none', '/send?content=x'],
    ['an unknown one', `/send/${NOBODY}?content=x`],
    ['what is none', '/send/hello?content=x'],
    ['an encoded slash', '/send/..%2F..?content=x'],
  ])('%s is a wrong token, and writes nothing', async (_, path) => {
    expect((await cast.ask(path)).text).toBe(BAD_TOKEN);
    expect(await cast.stored()).toEqual([]);
  });

  it('a key of another kind is a wrong token', async () => {
    const { key } = await cast.door.core.keys.createKey(cast.owner.personId, 'bark');
    expect((await cast.ask(`/send/${key}?content=x`)).text).toBe(BAD_TOKEN);
  });
});
