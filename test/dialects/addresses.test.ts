/** Addresses that are spelt a little differently: doubled slashes, the console's address elsewhere, topics and keys of nobody. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyKind } from '#src/core/key-kinds.js';
import type { DialectRoute } from '#src/dialects/registry.js';
import type { Answer, Ask } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let uid: string;
const keys: Record<string, string> = {};
beforeAll(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
  uid = await w.phone('Ming').uid();
  const { personId } = await w.core.people.getByUid(uid);
  for (const kind of [...new Set(Object.values(KEY_OF))]) {
    keys[kind] = await w.core.keys.showKey(personId, kind);
  }
});
afterAll(() => w.close());

/** What stands for the varying parts of addresses. */
const KEY_OF: Readonly<Record<string, KeyKind>> = {
  spt: 'spt',
  sendkey: 'sendkey',
  token: 'pushplus',
  barkKey: 'bark',
  ntfyTopic: 'ntfy',
  pushkey: 'pushdeer',
  gotify: 'gotify',
};
const fill = (path: string): string =>
  path.replace(/[:*](\w+)/g, (_, name: string) => keys[KEY_OF[name] ?? ''] ?? `some-${name}`);

let calls = 0;
/** A body with which every door takes a message; its words are never the same twice. */
function write(dialect: string): Record<string, unknown> {
  calls += 1;
  const said = `第 ${calls} 条`;
  const own: Record<string, Record<string, unknown>> = {
    wxpusher: { spt: keys.spt, content: said },
    serverchan: { title: said },
    pushplus: { token: keys.pushplus, content: said },
    'wecom-notify': { content: said },
    bark: { device_key: keys.bark, body: said },
    pushdeer: { pushkey: keys.pushdeer, text: said },
    ntfy: { topic: keys.ntfy, message: said },
    gotify: { message: said },
  };
  return own[dialect] ?? {};
}

async function callAt(dialect: string, { method, path }: DialectRoute, spelt: string): Promise<Answer> {
  const query = dialect === 'gotify' && path === '/message' ? `?token=${keys.gotify}` : '';
  const isRead = method === 'GET';
  return w.call(spelt + query, { method, ...(isRead ? {} : { body: write(dialect) }) });
}

/** An answer without what differs from message to message. */
const shapeOf = ({ status, text }: Answer): [number, string] => [
  status,
  text.replace(/[\da-z]*\d[\da-z]*|[\da-z]{12,}/gi, '#').replaceAll(/\/{2,}/g, '/'),
];

describe('a doubled slash is one', () => {
  it('at every path of every door, at the root and under its prefix', async () => {
    const wrong: string[] = [];
    let count = 0;
    for (const { name, routes } of w.doors.dialects) {
      for (const route of routes.filter(({ path }) => !path.startsWith(`/${name}/`))) {
        for (const prefix of ['', `/${name}`]) {
          const single = prefix + fill(route.path);
          const expected = shapeOf(await callAt(name, route, single));
          for (const spelt of [
            `/${single}`,
            single.replaceAll('/', '//'),
            `${single.replace(/\/$/, '')}//`,
          ]) {
            count += 1;
            const got = shapeOf(await callAt(name, route, spelt));
            // Where the home page answers, its figures differ.
            if (
              String(got) !== String(expected) &&
              !(route.path === '/' && prefix === '' && got[0] === expected[0])
            ) {
              wrong.push(`${route.method} ${spelt}: ${got} instead of ${expected}`);
            }
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(300);
  });

  it.each<[string, () => string, Ask, object]>([
    ['gotify', () => `//message?token=${keys.gotify}`, { body: { message: 'm' } }, { message: 'm' }],
    ['Bark', () => `//${keys.bark}/x`, {}, { code: 200 }],
    ['Bark by POST', () => `//${keys.bark}`, { body: { body: 'x' } }, { code: 200 }],
    ['Server酱 under its prefix', () => `/serverchan//${keys.sendkey}.send?title=x`, {}, { code: 0 }],
    ['WxPusher', () => `//api//send/message/${keys.spt}/x`, {}, { code: 1000 }],
    ['PushPlus', () => `//send//${keys.pushplus}?content=x`, {}, { code: 200 }],
    ['PushDeer', () => `//message/push?pushkey=${keys.pushdeer}&text=x`, {}, { code: 0 }],
    ['ntfy', () => `//${keys.ntfy}`, { body: 'x' }, { event: 'message' }],
  ])('for %s, which takes the message', async (_, path, input, json) => {
    expect((await w.call(path(), input)).json).toMatchObject(json);
  });

  it.each<[string, () => string, string]>([
    ['an escaped one in Bark’s path', () => `/${keys.bark}/a%2F%2Fb`, 'a//b'],
    ['an escaped one under the prefix', () => `/bark/${keys.bark}/a%2F%2Fb`, 'a//b'],
    [
      'one in WxPusher’s content',
      () => `/api/send/message/${keys.spt}/see https://a.test//b`,
      'see https://a.test//b',
    ],
    ['one in that under the prefix', () => `//wxpusher//api/send/message/${keys.spt}/a//b`, 'a//b'],
    ['one in a query', () => `/${keys.bark}?body=a//b`, 'a//b'],
  ])('but not %s', async (_, path, body) => {
    expect((await w.call(path().replaceAll(' ', '%20'))).status).toBe(200);
    expect((await w.db.message.findFirstOrThrow({ orderBy: { id: 'desc' } })).body).toBe(body);
  });

  it.each(['//console', '//api/v1/apps', '//metrics', '/docs//'])(
    'nor in what is no door for messages: %s',
    async (path) => {
      expect((await w.call(path)).status).toBe(404);
    },
  );
});

it.each(['/admin', '/admin/', '/admin/main', '/admin/login'])('%s leads to the console', async (path) => {
  const answer = await w.call(path);
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/console']);
});

describe('a key or topic of nobody', () => {
  const ntfyWords = { code: 40301, http: 403, error: expect.stringMatching(/^forbidden, no such topic/) };
  const barkWords = (key: string) => ({
    code: 400,
    message: `failed to get device token: failed to get [${key}] device token from database`,
    timestamp: expect.any(Number),
  });
  const wrongKey = expect.objectContaining({ code: 40001, info: '错误的Key' });
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each<[string, string, Ask, number, unknown]>([
    ['a text', '/alerts', { body: 'disk full' }, 403, ntfyWords],
    ['a text as curl sends it', '/alerts', { body: 'disk full', headers: FORM }, 403, ntfyWords],
    ['a PUT', '/alerts', { method: 'PUT', body: 'x' }, 403, ntfyWords],
    ['nothing', '/alerts', { method: 'POST' }, 403, ntfyWords],
    ['a doubled slash', '//alerts', { body: 'x' }, 403, ntfyWords],
    ['ntfy’s GET', '/alerts/publish?message=x', {}, 403, ntfyWords],
    ['ntfy’s JSON', '/alerts', { body: { message: 'x', priority: 5 } }, 403, ntfyWords],
    ['a picture', '/alerts', { method: 'PUT', body: Buffer.from('ffd8ffe0', 'hex') }, 403, ntfyWords],
    [
      'a name that ntfy keeps for itself',
      '/app',
      { body: 'x' },
      400,
      expect.objectContaining({ code: 40010 }),
    ],
    ['Bark’s JSON', '/shortkey', { body: { title: 't', body: 'b' } }, 400, barkWords('shortkey')],
    ['Bark’s form', '/shortkey', { body: 'body=b&sound=bell', headers: FORM }, 400, barkWords('shortkey')],
    ['a key of Bark’s form', `/${'x'.repeat(22)}`, { body: 'x' }, 400, barkWords('x'.repeat(22))],
    ['a SendKey', '/SCT1Tabcdefghij', { body: { title: 't' } }, 400, wrongKey],
    ['a SendKey with its ending', '/SCT1Tabcdefghij.send', { body: { title: 't' } }, 400, wrongKey],
    [
      'a SendKey of the first generation',
      '/SCU1Tabcdefghij',
      { body: 'text=t', headers: FORM },
      200,
      { errno: 1024, errmsg: 'bad pushtoken' },
    ],
    ['Server酱’s fields', '/whatever', { body: { title: 't', desp: 'd' } }, 400, wrongKey],
  ])(
    'is refused in the words of the service that the caller means: %s',
    async (_, path, input, status, json) => {
      const answer = await w.call(path, input);
      expect([answer.status, answer.json]).toEqual([status, json]);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    },
  );

  it.each<[string, string, Ask]>([
    ['JSON of the management API', '/apps', { body: { name: 'x' } }],
    ['an address that no topic can have', '/a.b', { body: 'x' }],
    ['two parts', '/a/b', { body: 'x' }],
    ['a look', '/alerts', {}],
    ['another verb', '/alerts/json', {}],
    ['a method of its own', '/alerts', { method: 'DELETE' }],
  ])('is ours to answer where nobody is meant: %s', async (_, path, input) => {
    const answer = await w.call(path, input);
    expect([answer.status, answer.json]).toMatchObject([404, { error: { code: 'not_found' } }]);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is a page for people', async () => {
    const answer = await w.call('/alerts', { body: 'a=b', headers: { ...FORM, accept: 'text/html' } });
    expect([answer.status, answer.text]).toEqual([404, expect.stringContaining('<html')]);
  });

  it('writes nothing', async () => {
    const before = await w.db.message.count();
    await w.call('/alerts', { body: 'x' });
    expect(await w.db.message.count()).toBe(before);
  });
});
