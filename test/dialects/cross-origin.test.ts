/** Pages of other origins: they may publish, at every path that publishes, and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyKind } from '#src/core/key-kinds.js';
import { type Answer, type Ask, ask } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
const keys: Record<string, string> = {};
beforeAll(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
  const { personId } = await w.core.people.getByUid(await w.phone('Ming').uid());
  for (const kind of Object.values(KEY_OF)) {
    keys[kind] = await w.core.keys.showKey(personId, kind);
  }
});
afterAll(() => w.close());

const KEY_OF: Readonly<Record<string, KeyKind>> = {
  spt: 'spt',
  sendkey: 'sendkey',
  token: 'pushplus',
  barkKey: 'bark',
  ntfyTopic: 'ntfy',
};
const fill = (path: string): string =>
  path.replace(/[:*{](\w+)\}?/g, (_, name: string) => keys[KEY_OF[name] ?? ''] ?? `some-${name}`);

const ORIGIN = 'https://elsewhere.example';
const HEADERS = 'authorization, content-type, x-title, x-priority, x-gotify-key, x-sequence-id';
const simple = (method: string): Ask => ({
  method,
  headers: { origin: ORIGIN, 'content-type': 'text/plain' },
  // At the root itself only a message with a topic is for a door.
  ...(method === 'GET' ? {} : { body: '{"topic":"x"}' }),
});
const preflight = (method: string): Ask => ({
  method: 'OPTIONS',
  headers: {
    origin: ORIGIN,
    'access-control-request-method': method,
    'access-control-request-headers': HEADERS,
  },
});

/** The headers by which a browser decides. */
const openness = ({ headers }: Answer): [string, string][] => {
  const found: [string, string][] = [];
  headers.forEach((value, name) => {
    if (name.startsWith('access-control-')) {
      found.push([name, value]);
    }
  });
  return found;
};
const OPEN = [['access-control-allow-origin', '*']];
const PREFLIGHT = [
  ['access-control-allow-headers', HEADERS],
  ['access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE'],
  ['access-control-allow-origin', '*'],
  ['access-control-max-age', '86400'],
];

/** What manages an account instead of publishing, by the outside's own word for it. */
const MANAGES = /^\/api\/(?:open|common|fun|qrcode)\/|^\/shortMessage\//;
/** Nobody sends anything here but the first method; browsers need not ask. */
const NO_PREFLIGHT = /^\/(?:bark\/|v1\/|health$|version$|gotifyinfo$|info$|push$|bark\/healthz$)/;

const doors = () =>
  w.doors.dialects.flatMap(({ name, routes }) =>
    routes.flatMap(({ method, path }) => {
      const prefixes = path.startsWith(`/${name}/`) ? [''] : ['', `/${name}`];
      return prefixes.map((prefix) => ({ method, path, spelt: prefix + fill(path) }));
    }),
  );

describe('what publishes', () => {
  it('answers pages of every origin, whatever the answer is', async () => {
    const closed: string[] = [];
    for (const { method, path, spelt } of doors().filter(({ path }) => !MANAGES.test(path))) {
      const answer = await w.call(spelt, simple(method));
      if (JSON.stringify(openness(answer)) !== JSON.stringify(OPEN)) {
        closed.push(`${method} ${path} at ${spelt}: ${answer.status} ${openness(answer)}`);
      }
    }
    expect(closed).toEqual([]);
  });

  it('answers what browsers ask before, and sends nothing for it', async () => {
    const before = await w.db.message.count();
    const wrong: string[] = [];
    let count = 0;
    for (const { method, path, spelt } of doors().filter(({ path }) => !MANAGES.test(path))) {
      if (NO_PREFLIGHT.test(path) && method === 'GET') {
        continue;
      }
      count += 1;
      const answer = await w.call(spelt, preflight(method));
      if (answer.status !== 204 || JSON.stringify(openness(answer)) !== JSON.stringify(PREFLIGHT)) {
        wrong.push(`${method} ${path} at ${spelt}: ${answer.status} ${openness(answer)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(60);
    expect(await w.db.message.count()).toBe(before);
  });

  it.each<[string, () => string, Ask, number]>([
    ['an unknown key', () => `/${'x'.repeat(22)}`, simple('POST'), 400],
    ['an unknown topic', () => '/ntfy/alerts', simple('POST'), 403],
    ['a wrong token', () => '/message?token=x', simple('POST'), 401],
    ['a wrong SendKey', () => '/SCT1Tx.send', simple('POST'), 400],
    ['a wrong code', () => '/api/notify/x', simple('POST'), 404],
    ['a method that is refused', () => '/push', simple('PUT'), 405],
    ['an unknown path under a prefix', () => '/pushdeer/nothing', simple('GET'), 404],
    [
      'a body that nobody can read',
      () => `/${keys.bark}`,
      { ...simple('POST'), body: Buffer.from('ffd8', 'hex') },
      400,
    ],
    [
      'a body that is too large',
      () => `/${keys.ntfy}`,
      { ...simple('POST'), body: Buffer.alloc(2_000_000) },
      413,
    ],
  ])('answers them refusals too: %s', async (_, path, input, status) => {
    const answer = await w.call(path(), input);
    expect([answer.status, openness(answer)]).toEqual([status, OPEN]);
  });

  it('allows a page that names no headers all that it may want', async () => {
    const answer = await w.call('/push', { method: 'OPTIONS', headers: { origin: ORIGIN } });
    expect(answer.headers.get('access-control-allow-headers')).toBe('Authorization, Content-Type, *');
  });
});

describe('closed to pages of other origins', () => {
  it('is what manages an account in another service’s words', async () => {
    const open: string[] = [];
    for (const { method, path, spelt } of doors().filter(({ path }) => MANAGES.test(path))) {
      for (const input of [simple(method), preflight(method)]) {
        const answer = await w.call(spelt, input);
        if (openness(answer).length > 0) {
          open.push(`${input.method} ${path}: ${openness(answer)}`);
        }
      }
    }
    expect(open).toEqual([]);
  });

  it('is the management API, every call of it', async () => {
    const { paths } = (await w.call('/openapi.json')).json as {
      paths: Record<string, Record<string, unknown>>;
    };
    const calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), fill(path)] as const),
    );
    expect(calls.length).toBeGreaterThan(50);
    const open: string[] = [];
    for (const [method, path] of calls) {
      const whole = path.startsWith('/api/v1') ? path : `/api/v1${path}`;
      for (const input of [simple(method), preflight(method)]) {
        const answer = await w.call(whole, input);
        if (openness(answer).length > 0 || answer.status < 400) {
          open.push(`${input.method} ${whole}: ${answer.status} ${openness(answer)}`);
        }
      }
    }
    expect(open).toEqual([]);
  });

  it.each([
    '/',
    '/console',
    '/sign-in',
    '/me',
    '/docs',
    '/notify',
    '/notify/api/codes',
    '/demo',
    '/admin',
    '/m/x',
    '/s/x',
    '/k/x',
    '/openapi.json',
    '/healthz',
    '/metrics',
    '/wechat',
    '/wecom',
    '/api/v1/nothing',
    '/nothing',
  ])('is %s', async (path) => {
    for (const input of [simple('GET'), ...(path === '/' ? [] : [preflight('POST'), preflight('GET')])]) {
      expect(openness(await w.call(path, input))).toEqual([]);
    }
  });

  it.each(['/api/state', '/api/stats', '/ntfy/topic', '/wechat/cgi-bin/menu/get', '/webhook/x'])(
    'is the simulator’s %s',
    async (path) => {
      for (const input of [simple('GET'), simple('POST'), preflight('POST')]) {
        expect(openness(await ask(`${w.simulatorUrl}${path}`, input))).toEqual([]);
      }
    },
  );
});
