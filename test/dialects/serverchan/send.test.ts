/** Every documented way to send by Server酱, and what is stored of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askAs, type Cast, openCast, type Stored } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.door.close());
beforeEach(async () => {
  await cast.door.db.message.deleteMany();
});

const TURBO_OK =
  /^\{"code":0,"message":"","data":\{"pushid":"\d+","readkey":"SCT[A-Za-z0-9]{20}","error":"SUCCESS","errno":0\}\}$/;
const THREE_OK = /^\{"code":0,"errno":0,"data":\{"pushid":\d+,"meta":\{\}\},"message":"SUCCESS"\}$/;
/** A body that was cut says so. */
const CUT = /^(?:a字?)+…\n\n（内容过长，[^\n]*）$/;
const LEGACY_OK = /^\{"errno":0,"errmsg":"success","dataset":"done"\}$/;

async function storedOnce(): Promise<Stored> {
  const all = await cast.stored();
  expect(all).toHaveLength(1);
  return all[0] as Stored;
}

describe('every form of the address', () => {
  it.each([
    ['Turbo', () => `/${cast.turbo}.send`, TURBO_OK],
    ['Turbo without its ending', () => `/${cast.turbo}`, TURBO_OK],
    ['Turbo under /send', () => `/send/${cast.turbo}.send`, TURBO_OK],
    ['Turbo under /send without its ending', () => `/send/${cast.turbo}`, TURBO_OK],
    ['³', () => `/send/${cast.three}.send`, THREE_OK],
    ['³ without its ending', () => `/send/${cast.three}`, THREE_OK],
    ['³ at the address of Turbo', () => `/${cast.three}.send`, THREE_OK],
    ['the first generation', () => `/sc/${cast.turbo}.send`, LEGACY_OK],
  ])('%s', async (_, path, ok) => {
    const get = await cast.ask(`${path()}?title=a%20b&text=a%20b`);
    expect([get.status, get.text]).toEqual([200, expect.stringMatching(ok)]);
    const post = await cast.form(path(), { title: 'x', text: 'x' });
    expect([post.status, post.text]).toEqual([200, expect.stringMatching(ok)]);
    expect((await cast.stored()).map((one) => one.title)).toEqual(['a b', 'x']);
  });

  it('the key as the first label of the host, which arrives in lower case', async () => {
    for (const label of [cast.three, cast.three.toUpperCase()]) {
      const got = await askAs(`${label}.push.ft07.com`, `${cast.door.origin}/send`, 'title=host');
      expect([got.status, got.text]).toEqual([200, expect.stringMatching(THREE_OK)]);
    }
  });

  it('the first generation by its host alone', async () => {
    const got = await askAs('sc.push.example.com', `${cast.door.origin}/${cast.turbo}.send`, 'text=host');
    expect([got.status, got.text]).toEqual([200, expect.stringMatching(LEGACY_OK)]);
    const refused = await askAs('sc.push.example.com', `${cast.door.origin}/SCU1Tnobody.send`, 'text=x');
    expect(refused.text).toBe('{"errno":1024,"errmsg":"bad pushtoken"}');
  });

  it('the documented host of ³ beside the key in the path', async () => {
    const url = `${cast.door.origin}/send/${cast.three}.send`;
    expect((await askAs('7.push.ft07.com', url, 'title=host')).text).toMatch(THREE_OK);
  });

  it.each([
    '/send',
    '/send/0123456789abcdef0123456789abcdef',
    '/push?id=1',
    '/sc/other',
    '/SCT1Tunknown0000',
  ])('leaves %s to others', async (path) => {
    expect((await cast.ask(path)).text).toBe('Not Found');
  });
});

describe('every way to write the parameters', () => {
  const path = () => `/${cast.turbo}.send`;

  it.each([
    ['application/json', '{"title":"标题","desp":"a+b"}'],
    ['application/json;charset=utf-8', '{"title":"标题","desp":"a+b"}'],
    ['application/x-www-form-urlencoded', 'title=%E6%A0%87%E9%A2%98&desp=a%2Bb'],
    ['application/x-www-form-urlencoded; charset=UTF-8', 'title=标题&desp=a%2Bb'],
    ['text/plain', 'title=%E6%A0%87%E9%A2%98&desp=a%2Bb'],
    ['application/x-www-form-urlencoded', '{"title":"标题","desp":"a+b"}'],
    ['multipart/form-data; boundary=x', multipart({ title: '标题', desp: 'a+b' })],
  ])('a body of %s', async (type, body) => {
    expect((await cast.ask(path(), { body, type })).text).toMatch(TURBO_OK);
    expect(await storedOnce()).toMatchObject({ title: '标题', body: 'a+b', format: 'markdown' });
  });

  it('the query of a POST fills what its body lacks; the body wins', async () => {
    await cast.form(`${path()}?title=query&desp=query`, { title: 'body' });
    expect(await storedOnce()).toMatchObject({ title: 'body', body: 'query' });
  });

  it('numbers and flags of JSON', async () => {
    await cast.ask(path(), { body: { title: 12, desp: 0.5, noip: true, short: null } });
    expect(await storedOnce()).toMatchObject({ title: '12', body: '0.5', summary: '' });
  });

  it('whatever is no parameter is nothing, of any shape', async () => {
    const body = { title: 't', desp: 'd', extra: { a: [{}] }, tags: 'x', group: [null] };
    expect((await cast.ask(path(), { body })).text).toMatch(TURBO_OK);
    expect(await storedOnce()).toMatchObject({ title: 't', body: 'd' });
  });

  it('the last of repeated parameters', async () => {
    await cast.ask(`${path()}?title=a&title=b&desp=c&desp=d`);
    expect(await storedOnce()).toMatchObject({ title: 'b', body: 'd' });
  });

  it('names that objects inherit are not parameters', async () => {
    const body = '{"__proto__":{"title":"x"},"constructor":"x","title":"t"}';
    const got = await cast.ask(path(), {
      body: body.replace('{"title":"x"}', '"x"'),
      type: 'application/json',
    });
    expect(got.text).toMatch(TURBO_OK);
    expect(await storedOnce()).toMatchObject({ title: 't', body: 't' });
  });
});

describe('every parameter of Turbo', () => {
  const send = (fields: Record<string, string>) => cast.form(`/${cast.turbo}.send`, fields);

  it.each([
    ['text is an alias of title', { text: 'alias' }, { title: 'alias' }],
    ['title wins over text', { title: 'title', text: 'alias' }, { title: 'title' }],
    ['an empty title leaves it to text', { title: '', text: 'alias' }, { title: 'alias' }],
    ['a title is one line', { title: ' a\r\nb\tc ' }, { title: 'a b c' }],
    [
      'a title longer than the documents say is whole',
      { title: '字'.repeat(40) },
      { title: '字'.repeat(40) },
    ],
    [
      'what a title loses stands in the body',
      { title: '😀'.repeat(257), desp: '# b' },
      { title: `${'😀'.repeat(255)}…`, body: `${'😀'.repeat(257)}\n\n# b`, format: 'markdown' },
    ],
    [
      'signs of a long title are no Markdown',
      { title: `# a_b <c> ${'d'.repeat(256)}`, desp: 'x' },
      { body: `\\# a\\_b \\<c\\> ${'d'.repeat(256)}\n\nx` },
    ],
    [
      'a long title alone is the body',
      { title: '长'.repeat(300) },
      {
        body: '长'.repeat(300),
        format: 'text',
        extras: { serverchan: expect.not.objectContaining({ titleOnly: true }) },
      },
    ],
    ['a title alone is the body too', { title: 't' }, { title: 't', body: 't', format: 'text' }],
    ['a blank desp is none', { title: 't', desp: ' \n ' }, { body: 't', format: 'text' }],
    ['desp is Markdown', { title: 't', desp: '# h' }, { body: '# h', format: 'markdown' }],
    [
      'a long desp is cut, with a mark',
      { title: 't', desp: 'a字'.repeat(9000) },
      { body: expect.stringMatching(CUT) },
    ],
    ['short is the card text', { title: 't', short: 's' }, { summary: 's' }],
    ['a long short is cut', { title: 't', short: 's'.repeat(65) }, { summary: `${'s'.repeat(63)}…` }],
    ['unknown parameters are nothing', { title: 't', group: 'x', sound: 'y' }, { channels: null }],
  ])('%s', async (_, fields, stored) => {
    expect((await send(fields as Record<string, string>)).text).toMatch(TURBO_OK);
    expect(await storedOnce()).toMatchObject(stored);
  });

  it.each([
    [{}, '127.0.0.1'],
    [{ noip: '0' }, '127.0.0.1'],
    [{ noip: '1' }, undefined],
    [{ noip: 'true' }, undefined],
  ])('noip %j keeps the address %s', async (fields, ip) => {
    await send({ title: 't', ...fields } as Record<string, string>);
    expect((await storedOnce()).extras.serverchan?.ip).toBe(ip);
  });

  it('encoded desp is stored as it came, a blank for an unescaped plus', async () => {
    const body = 'title=t&encoded=1&desp=zo+EcIX/Udw==%0A';
    await cast.ask(`/${cast.turbo}.send`, { body, type: 'application/x-www-form-urlencoded' });
    expect(await storedOnce()).toMatchObject({
      body: 'zo EcIX/Udw==\n',
      format: 'text',
      summary: '内容已加密，打开后输入密码查看',
      extras: { serverchan: { encoded: true, ivSeed: `SCT${cast.account}`, account: cast.account } },
    });
  });

  it.each([['0'], ['2'], ['']])('encoded=%j is none', async (encoded) => {
    await send({ title: 't', desp: 'x', encoded });
    expect((await storedOnce()).extras.serverchan).not.toHaveProperty('encoded');
  });

  it('hostile texts are texts', async () => {
    const hostile = `<script>x</script>'"; DROP TABLE "Message"; -- \u0000 \u202e {{7*7}} %s`;
    const got = await send({ title: 't', desp: hostile, short: hostile, tags: hostile });
    expect(got.text).toMatch(TURBO_OK);
    expect((await storedOnce()).body).toContain('DROP TABLE');
  });
});

describe('the other generations', () => {
  it('³ takes desp alone, tags and short, and knows nothing of the rest', async () => {
    const body = { desp: 'only', tags: 'a| b |a', short: 's', encoded: '1', channel: '66', openid: 'x' };
    expect((await cast.ask(`/send/${cast.three}.send`, { body })).text).toMatch(THREE_OK);
    const account = /^sctp(\d+)t/.exec(cast.three)?.[1];
    expect(await storedOnce()).toEqual({
      title: '',
      summary: 's',
      body: 'only',
      format: 'markdown',
      channels: null,
      extras: { ntfy: { tags: ['a', 'b'] }, serverchan: { account, tags: ['a', 'b'] } },
    });
  });

  it('a tag that is too long is cut, and so is a list of them, with a mark', async () => {
    const tags = [...'abcdefghij', 'k'].join('|');
    await cast.form(`/send/${cast.three}.send`, { title: 't', tags: `${'长'.repeat(31)}|${tags}` });
    const kept = [`${'长'.repeat(29)}…`, ...'abcdefghi', '…'];
    expect(await storedOnce()).toMatchObject({ extras: { serverchan: { tags: kept } } });
  });

  it('the first one has longer titles, and no short', async () => {
    await cast.form(`/sc/${cast.turbo}.send`, { text: '长'.repeat(300), desp: 'x', short: 's' });
    const body = `${'长'.repeat(300)}\n\nx`;
    expect(await storedOnce()).toMatchObject({ title: `${'长'.repeat(255)}…`, body, summary: '' });
  });

  it.each([
    ['Turbo', () => `/${cast.turbo}.send`, 32 * 1024],
    ['the first one', () => `/sc/${cast.turbo}.send`, 64 * 1024],
    ['³', () => `/send/${cast.three}.send`, 64 * 1024],
  ])('%s takes a desp of exactly its bytes, and cuts a longer one to them', async (name, path, bytes) => {
    await cast.form(path(), { title: name, desp: 'a'.repeat(bytes) });
    expect((await storedOnce()).body).toBe('a'.repeat(bytes));
    await cast.form(path(), { title: name, desp: `${'a'.repeat(bytes - 1)}字` });
    const cut = (await cast.stored()).at(-1)?.body ?? '';
    expect([Buffer.byteLength(cut), cut]).toEqual([bytes, expect.stringMatching(CUT)]);
  });
});

function multipart(fields: Record<string, string>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--x--\r\n`;
}
