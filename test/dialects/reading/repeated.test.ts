/** The rows of the field's reports, and names that come more than once: by which value each door goes, as its original does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
const keys: Record<string, string> = {};
beforeAll(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
  const { personId } = await w.core.people.getByUid(await w.phone('Ming').uid());
  for (const kind of ['spt', 'sendkey', 'pushplus', 'bark', 'pushdeer', 'ntfy', 'gotify'] as const) {
    keys[kind] = await w.core.keys.showKey(personId, kind);
  }
});
afterAll(() => w.close());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const newest = () => w.db.message.findFirstOrThrow({ orderBy: { id: 'desc' } });
const json = ({ json: body }: Answer) => body as Record<string, unknown>;

describe('JSON to ntfy', () => {
  it('goes by the headers for what it leaves open: later, urgent, with a link and tags', async () => {
    const answer = await ask(`${w.url}/`, {
      method: 'POST',
      headers: { ...FORM, 'X-Delay': '1h', 'X-Priority': '5', 'X-Click': 'https://ex.com/c', 'X-Tags': 'qa' },
      body: `{"topic":"${keys.ntfy}","message":"m"}`,
    });
    const time = w.clock.now() / 1000 + 3600;
    expect(json(answer)).toMatchObject({
      time,
      priority: 5,
      click: 'https://ex.com/c',
      tags: ['qa'],
      message: 'm',
    });
    const { sendAt, priority, url } = await newest();
    expect([sendAt?.getTime(), priority, url]).toEqual([time * 1000, 1, 'https://ex.com/c']);
  });

  it('goes by the query likewise', async () => {
    const answer = await ask(`${w.url}/?click=https://ex.com/q&priority=5`, {
      method: 'POST',
      body: `{"topic":"${keys.ntfy}","message":"m"}`,
    });
    expect(json(answer)).toMatchObject({ priority: 5, click: 'https://ex.com/q' });
  });

  it('is refused for an e-mail in a header as for one in a field', async () => {
    const before = await w.db.message.count();
    const headers = { 'X-Email': 'a@b.cn' };
    const answer = await ask(`${w.url}/`, { body: { topic: keys.ntfy, message: 'm' }, headers });
    expect([answer.status, json(answer).code]).toEqual([400, 40001]);
    expect(await w.db.message.count()).toBe(before);
  });

  it.each<[string, string, string, number]>([
    ['X-Delay', 'someday', 'no time', 40004],
    ['X-Delay', '9s', 'too short', 40005],
    ['X-Delay', '73h', 'too long', 40006],
    ['X-Priority', '6', 'beyond the last', 40007],
    ['X-Attach', 'ftp://x', 'no address', 40013],
    ['X-Actions', 'dance, x', 'no action', 40018],
    ['X-Icon', 'x', 'no address', 40021],
    ['X-Call', 'yes', 'not served', 40032],
    ['X-Template', 'yes', 'not served', 40043],
  ])('is refused for %s: %s, which is %s', async (name, value, _, code) => {
    const before = await w.db.message.count();
    const answer = await ask(`${w.url}/`, {
      body: { topic: keys.ntfy, message: 'm' },
      headers: { [name]: value },
    });
    expect([answer.status, json(answer).code]).toEqual([400, code]);
    expect(await w.db.message.count()).toBe(before);
  });

  it.each(['10s', '3 days'])('may be sent later by %s, which is the least and the most', async (delay) => {
    const headers = { 'X-Delay': delay };
    expect((await ask(`${w.url}/`, { body: { topic: keys.ntfy, message: 'm' }, headers })).status).toBe(200);
  });

  it('has its own words, not those of a header that is wrong', async () => {
    const body = { topic: keys.ntfy, message: 'm', priority: 4, delay: '1h' };
    const answer = await ask(`${w.url}/`, { body, headers: { 'X-Priority': '9', 'X-Delay': 'x' } });
    expect(json(answer)).toMatchObject({ priority: 4 });
  });

  it('that is sent to a topic is its text, as it is there', async () => {
    const answer = await ask(`${w.url}/${keys.ntfy}`, { body: { message: 'm' } });
    expect(json(answer).message).toBe('{"message":"m"}');
  });
});

describe('Bark’s word push behind a key', () => {
  it.each<[string, string, Record<string, string>, string]>([
    ['JSON', '{"title":"t","body":"b"}', { 'content-type': 'application/json' }, 'b'],
    ['a form', 'title=t&body=b', FORM, 'b'],
    ['JSON of no type', '{"body":"b"}', {}, 'b'],
    ['Markdown', '{"markdown":"**b**"}', { 'content-type': 'application/json' }, '**b**'],
    ['a text', 'b', { 'content-type': 'text/plain' }, 'b'],
  ])('is no message where %s says one', async (_, body, headers, expected) => {
    for (const path of [`/${keys.bark}/push`, `/bark/${keys.bark}/push/`]) {
      expect(
        (await ask(`${w.url}${path}`, { method: 'POST', body: Buffer.from(body), headers })).status,
      ).toBe(200);
      expect((await newest()).body).toBe(expected);
    }
  });

  it.each<[string, string, object]>([
    ['nothing else is said', '', {}],
    ['only a sound is given', '', { sound: 'bell' }],
    ['a title is in the path', '/t', {}],
  ])('is a message where %s', async (_, title, body) => {
    await ask(`${w.url}/${keys.bark}${title}/push`, { body });
    expect((await newest()).body).toBe('push');
  });

  it('is one by GET', async () => {
    await ask(`${w.url}/${keys.bark}/push?title=git`);
    expect(await newest()).toMatchObject({ title: 'git', body: 'push' });
  });
});

describe('a value in two places', () => {
  it.each<[string, (key: string) => string, (key: string) => Record<string, string>]>([
    ['the query', (key) => `?token=${key}`, () => ({ authorization: 'Bearer x', 'x-gotify-key': 'x' })],
    ['its own header', () => '', (key) => ({ authorization: 'Bearer x', 'x-gotify-key': key })],
    ['the bearer where nothing else is said', () => '?token=', (key) => ({ authorization: `Bearer ${key}` })],
  ])('is gotify’s token by %s', async (_, query, headers) => {
    const key = keys.gotify ?? '';
    const answer = await ask(`${w.url}/message${query(key)}`, {
      body: { message: 'm' },
      headers: headers(key),
    });
    expect(answer.status).toBe(200);
  });

  it('is WxPusher’s by the query where a method documents it there', async () => {
    const app = await w.app('alarm').made();
    const call = (query: string, body: object) =>
      ask(`${w.url}/api/send/message?messageContentId=1&${query}`, { method: 'DELETE', body });
    const wrong = { code: 1001, msg: 'appToken不正确' };
    expect(json(await call('appToken=AT_wrong', { appToken: app.appToken }))).toMatchObject(wrong);
    expect(json(await call(`appToken=${app.appToken}`, { appToken: 'AT_wrong' }))).not.toMatchObject(wrong);
    expect(json(await call('appToken=', { appToken: app.appToken }))).not.toMatchObject(wrong);
  });
});

describe('a name that comes twice', () => {
  const post = (path: string, body: string) =>
    ask(`${w.url}${path}`, { method: 'POST', headers: FORM, body });

  it('counts by its first value at ntfy and gotify, which are written in Go', async () => {
    expect(json(await post(`/${keys.ntfy}?title=a&t=c&title=b`, 'm')).title).toBe('a');
    expect(
      json(await post(`/message?token=${keys.gotify}&title=a&title=b`, 'message=m&message=n')),
    ).toMatchObject({
      title: 'a',
      message: 'm',
    });
  });

  it('is a list where it is tags of ntfy', async () => {
    expect(json(await post(`/${keys.ntfy}?tags=qa&tags=qb`, 'm')).tags).toEqual(['qa', 'qb']);
  });

  it('counts by its last value at Bark, PushDeer and Server酱', async () => {
    await post(`/${keys.bark}`, 'body=a&body=b');
    expect((await newest()).body).toBe('b');
    await post(`/message/push?pushkey=${keys.pushdeer}`, 'text=a&text=b');
    expect((await newest()).body).toBe('b');
    await post(`/${keys.sendkey}.send`, 'title=a&title=b');
    expect((await newest()).title).toBe('b');
  });

  it('is joined by commas at PushPlus, as a list of JSON is', async () => {
    await post(`/send/${keys.pushplus}`, 'content=a&content=b');
    expect((await newest()).body).toBe('a,b');
    await ask(`${w.url}/send?token=${keys.pushplus}&token=${keys.pushplus}&title=a&title=&title=b`, {
      body: { content: 'c' },
    });
    expect((await newest()).title).toBe('a,b');
  });

  it('is a list at WxPusher, and refused where only one value can be', async () => {
    const two = await post('/api/send/message/simple-push', `spt=${keys.spt}&spt=${keys.spt}&content=c`);
    expect(json(two).code).toBe(1000);
    const texts = await post('/api/send/message/simple-push', `spt=${keys.spt}&content=a&content=b`);
    expect(json(texts)).toMatchObject({ code: 1005, msg: expect.stringContaining('content') });
  });
});
