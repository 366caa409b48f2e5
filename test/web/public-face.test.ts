/** What strangers see of a server: what it is, and nothing of how it is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ON_POSTGRES } from '#test/support/database.js';
import { openWorld, type World } from '#test/support/world.js';

const HTML = { accept: 'text/html' };

let w: World;
beforeAll(async () => {
  w = await openWorld({ env: { SECURITY_CONTACT: 'mailto:sec@example.com' } });
  await w.app('机密应用').made();
});
afterAll(() => w.close());

describe('the start page', () => {
  const INSIDE = /运行状态|SQLite|PostgreSQL|wx0000000000000001|待发队列|\d+\.\d+\.\d+ ·/;

  it('tells strangers and followers nothing of the server, an operator all of it', async () => {
    expect((await w.call('/', { headers: HTML })).text).not.toMatch(INSIDE);
    const follower = await w.signIn('Ming');
    expect((await follower.get('/')).text).not.toMatch(INSIDE);
    const developer = await w.signIn('Dev', { role: 'developer' });
    expect((await developer.get('/')).text).not.toMatch(INSIDE);
    const boss = await w.signIn('Boss', { role: 'operator' });
    const { text } = await boss.get('/');
    expect(text).toMatch(INSIDE);
    expect(text).toContain(ON_POSTGRES ? 'PostgreSQL' : 'SQLite');
  });

  it('is read from no database for a stranger', async () => {
    const { read } = w.core.overview;
    let reads = 0;
    const counted = (): ReturnType<typeof read> => {
      reads += 1;
      return read();
    };
    Object.assign(w.core.overview, { read: counted });
    await w.call('/', { headers: HTML });
    expect(reads).toBe(0);
  });
});

describe('the files for robots and finders', () => {
  it('ask robots to stay away', async () => {
    const robots = await w.call('/robots.txt');
    expect([robots.status, robots.text]).toEqual([200, 'User-agent: *\nDisallow: /\n']);
  });

  it('tell whom to write to, until when', async () => {
    const { status, text, headers } = await w.call('/.well-known/security.txt');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(text).toContain('Contact: mailto:sec@example.com\n');
    const [, expires = ''] = /^Expires: (.+)$/m.exec(text) ?? [];
    const days = (Date.parse(expires) - w.clock.now()) / 86_400_000;
    expect(days > 170 && days < 365).toBe(true);
  });

  it('are not there where nobody is named', async () => {
    const other = await openWorld();
    expect((await other.call('/.well-known/security.txt')).status).toBe(404);
    await other.close();
  });
});

it('every answer says that it is what it says: pages, dialects, refusals, files, the platforms’ doors', async () => {
  const paths = [
    '/',
    '/robots.txt',
    '/healthz',
    '/metrics',
    '/wechat',
    '/wecom',
    '/openapi.json',
    '/assets/base.css',
    '/nothing',
    '/api/v1/apps',
    '/api/send/message',
    '/send',
    '/push',
    '/bark/',
    '/SCT1Tx.send',
    '/message/push',
    '/message',
    '/gotify/version',
    '/v1/health',
    '/api/notify/x',
    '/m/x',
    '/s/x/qr.png',
  ];
  for (const path of paths) {
    for (const method of ['GET', 'POST']) {
      const { headers } = await w.call(path, { method });
      expect([method, path, headers.get('x-content-type-options')]).toEqual([method, path, 'nosniff']);
    }
  }
});

it('every page has a policy, those of dialects too', async () => {
  // A first-generation client hears of an empty title by a page.
  await w.phone('Ming').follows();
  const uid = await w.phone('Ming').uid();
  const { key } = (await w.admin(`/users/${uid}/keys`, { kind: 'sendkey' })).json as { key: string };
  const little = await w.call(`/sc/${key}.send`, { method: 'POST' });
  expect(little.headers.get('content-type')).toContain('text/html');
  expect(little.headers.get('content-security-policy')).toContain("default-src 'none'");
  for (const path of [
    '/',
    '/docs',
    '/README.md',
    '/sign-in',
    '/demo',
    '/notify',
    '/m/x',
    '/k/x',
    '/s/x',
    '/nothing',
  ]) {
    const page = await w.call(path, { headers: HTML });
    expect([path, page.headers.get('content-security-policy')?.startsWith("default-src 'none'")]).toEqual([
      path,
      true,
    ]);
  }
  const phone = await fetch(`${w.simulatorUrl}/`);
  expect(phone.headers.get('content-security-policy')).toContain("default-src 'none'");
});

it('a target’s refusal does not tell a name inside from one that is nowhere', async () => {
  const closed = await openWorld({ env: { ALLOW_PRIVATE_TARGETS: 'false' } });
  const app = await closed.app('old', { callbackUrl: 'https://nowhere.invalid/hook' }).made();
  const data = { uid: 'UID_aaaaaaaaaaaaaaaaaaaaaaaa', content: 'x' };
  await closed.core.events.emit({
    type: 'upstream.received',
    appId: app.id,
    personId: null,
    data,
    dedupeKey: 'k',
  });
  await closed.drain();
  const { items } = (await closed.admin(`/callbacks?appId=${app.id}`)).json as {
    items: { attempts: { outcome: string; code: string; detail: string }[] }[];
  };
  expect(items[0]?.attempts[0]).toMatchObject({ outcome: 'retry', code: 'dns' });
  expect(items[0]?.attempts[0]?.detail).toMatch(/no public address, or could not be resolved/);
  await closed.close();
});
