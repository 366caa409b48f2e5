/** Who asks for the server by another's name gets nothing but what programs may ask for by the original services' names. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

interface Got {
  status: number;
  text: string;
  headers: Record<string, unknown>;
}

let w: World;
let key: string;
beforeAll(async () => {
  w = await openWorld({ env: { ALLOWED_HOSTS: 'push.internal, 10.9.8.7' } });
  await w.phone('Ming').follows();
  const uid = await w.phone('Ming').uid();
  key = ((await w.admin(`/users/${uid}/keys`, { kind: 'sendkey' })).json as { key: string }).key;
});
afterAll(() => w.close());

/** Asks under a host name, which fetch does not allow. */
function askAs(
  host: string,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
    url = w.url,
  }: { method?: string; headers?: Record<string, string>; body?: string; url?: string } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { method, headers: { ...headers, host } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const port = (): string => new URL(w.url).port;
const HTML = { accept: 'text/html' };

describe('another’s host name', () => {
  it.each([
    '/',
    '/sign-in',
    '/sign-in/state',
    '/sign-in/join',
    '/console',
    '/me',
    '/demo',
    '/notify',
    '/docs',
    '/README.md',
    '/openapi.json',
    '/assets/base.css',
    '/s/code',
    '/k/code',
    '/m/code',
    '/api/v1/apps',
    '/nothing',
  ])('opens nothing: %s', async (path) => {
    const headers = { authorization: `Bearer ${w.adminToken}` };
    const got = await askAs(`evil.example:${port()}`, path, { headers });
    expect(got.status).toBe(421);
    expect(JSON.parse(got.text)).toMatchObject({ error: { code: 'wrong_host' } });
    expect(got.text).toMatch(
      /这里不用主机名 evil\.example.*ALLOWED_HOSTS.*under the host name.*ALLOWED_HOSTS/,
    );
    expect(got.headers['x-content-type-options']).toBe('nosniff');
  });

  it('does nothing either', async () => {
    const apps = await w.db.app.count();
    const headers = { authorization: `Bearer ${w.adminToken}`, 'content-type': 'application/json' };
    const posted = { method: 'POST', headers, body: '{"name":"x"}' };
    expect((await askAs('evil.example', '/api/v1/apps', posted)).status).toBe(421);
    expect((await askAs('evil.example', '/demo/api/visits', posted)).status).toBe(421);
    expect(await w.db.app.count()).toBe(apps);
  });

  it('is told to a person in a sentence without a page', async () => {
    const got = await askAs('evil.example', '/', { headers: HTML });
    expect([got.status, got.headers['content-type']]).toEqual([421, 'text/plain; charset=utf-8']);
    expect(got.text).toContain('ALLOWED_HOSTS');
    expect(w.lines.filter((line) => line.includes('another host name was refused'))).toHaveLength(1);
  });

  it.each([
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example#localhost',
    'user@localhost',
    'localhost:80:80',
    '0.0.0.0',
    '192.168.1.5',
    '[::ffff:10.0.0.1]',
    'xn--localhost-',
    'push.internal.evil.example',
  ])('is also %j', async (host) => {
    expect((await askAs(host, '/openapi.json')).status).toBe(421);
  });

  it('is not made ours by what a caller says of proxies', async () => {
    const headers = {
      'x-forwarded-host': 'localhost',
      'x-original-host': 'localhost',
      forwarded: 'host=localhost',
    };
    expect((await askAs('evil.example', '/openapi.json', { headers })).status).toBe(421);
  });
});

describe('our own names', () => {
  it.each([
    'localhost',
    'LOCALHOST:1',
    'localhost.',
    '127.0.0.1',
    '127.0.0.2:8080',
    '[::1]:8080',
    'push.internal',
    'Push.Internal:443',
    '10.9.8.7',
  ])('%s opens all', async (host) => {
    expect((await askAs(host, '/openapi.json')).status).toBe(200);
  });

  it('is the public address’s too', async () => {
    const public1 = await openWorld({ env: { PUBLIC_URL: 'https://push.example.com/sub' } });
    const asked = (host: string) => askAs(host, '/openapi.json', { url: public1.url });
    expect([(await asked('push.example.com')).status, (await asked('example.com')).status]).toEqual([
      200, 421,
    ]);
    await public1.close();
  });
});

describe('under any name', () => {
  it('every address of every dialect answers its callers, who come by the original service’s', async () => {
    const routes = w.doors.dialects.flatMap(({ name, routes: own }) =>
      own.flatMap(({ method, path }) => [
        { name, method, path },
        { name, method, path: path.startsWith(`/${name}/`) ? path : `/${name}${path}` },
      ]),
    );
    expect(routes.length).toBeGreaterThan(200);
    for (const { name, method, path } of routes) {
      const filled = path.replace(/[:*](\w+)/g, 'x0');
      const { status } = await askAs('original.example', filled, { method });
      expect([name, method, path, status === 421 && !isAnybodys(path)]).toEqual([name, method, path, false]);
    }
  });

  /** Where the path alone tells nothing, whoever has no key there is nobody's caller. */
  const isAnybodys = (path: string): boolean =>
    /^\/(?:$|:\w+(?:\.send)?$|:\w+\/|push$|send\/:|sc\/|shortMessage\/|pushplus\/shortMessage)/.test(path);

  it('a key works, and a wrong one is refused in its service’s words', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const push = (path: string) =>
      askAs('sctapi.ftqq.com', path, { method: 'POST', headers: form, body: 'title=a&desp=b' });
    expect(JSON.parse((await push(`/${key}.send`)).text)).toMatchObject({ code: 0 });
    expect(JSON.parse((await push(`/${key}`)).text)).toMatchObject({ code: 0 });
    expect(JSON.parse((await push('/SCT1Tnobody')).text)).toMatchObject({ code: 40_001 });
    const json = { 'content-type': 'application/json' };
    const bark = await askAs('api.day.app', '/nobody', {
      method: 'POST',
      headers: json,
      body: '{"body":"a","sound":"x"}',
    });
    expect(bark.text).toContain('failed to get device token');
  });

  it('the platforms reach their server URLs', async () => {
    expect((await askAs('other.example', '/wechat')).status).not.toBe(421);
    expect((await askAs('other.example', '/wecom')).status).not.toBe(421);
  });

  it('load balancers learn whether the server is well, and nothing else', async () => {
    expect(await askAs('10.0.0.7:8080', '/healthz')).toMatchObject({ status: 200, text: 'ok' });
    expect(JSON.parse((await askAs('10.0.0.7:8080', '/readyz')).text)).toHaveProperty('ready');
  });
});

describe('the numbers', () => {
  const numbers = async (host: string, headers: Record<string, string> = {}) =>
    (await askAs(host, '/metrics', { headers })).status;

  it('are free for this machine under its own names alone', async () => {
    expect(await numbers(`127.0.0.1:${port()}`)).toBe(200);
    expect(await numbers('localhost')).toBe(200);
    for (const host of ['evil.example', 'push.internal', '10.9.8.7']) {
      expect(await numbers(host)).toBe(401);
      expect(await numbers(host, { authorization: `Bearer ${w.adminToken}` })).toBe(200);
    }
  });

  it.each([
    'Via',
    'Forwarded',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Real-IP',
    'X-Client-IP',
    'X-Original-URL',
    'True-Client-IP',
    'CF-Connecting-IP',
    'CF-Ray',
    'CDN-Loop',
    'Fastly-Client-IP',
    'Fly-Client-IP',
    'Ali-CDN-Real-IP',
    'X-Envoy-External-Address',
    'X-Amzn-Trace-Id',
    'X-Azure-ClientIP',
  ])('are not free where %s tells of a proxy', async (name) => {
    expect(await numbers('localhost', { [name]: '127.0.0.1' })).toBe(401);
  });

  it('are free for what Prometheus sends', async () => {
    const headers = {
      'user-agent': 'Prometheus/3.0',
      'x-prometheus-scrape-timeout-seconds': '10',
      'accept-encoding': 'gzip',
    };
    expect(await numbers('localhost', headers)).toBe(200);
  });
});

describe('the simulator alone', () => {
  const askSim = (
    host: string,
    path: string,
    options: { method?: string; headers?: Record<string, string> } = {},
  ) => askAs(host, path, { ...options, url: w.simulatorUrl });

  it.each(['/api/followers', '/api/stats', '/', '/phone/app.js'])(
    'shows %s under no other name',
    async (path) => {
      expect(await askSim('evil.example', path)).toMatchObject({
        status: 421,
        text: expect.stringMatching(/--allowed-hosts.*ALLOWED_HOSTS/),
      });
      expect((await askSim('localhost:9001', path)).status).toBe(200);
      expect((await askSim('172.17.0.2:9001', path)).status).toBe(200);
    },
  );

  it('is used by no page but its own, a neighbour’s on the same site neither', async () => {
    const own = new URL(w.simulatorUrl).host;
    const used = async (headers: Record<string, string>, method = 'POST') =>
      (
        await askSim(own, '/api/followers', {
          method,
          headers: { 'content-type': 'application/json', ...headers },
        })
      ).status;
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: `http://${own}` },
      { origin: 'http://evil.example' },
      { origin: 'http://localhost:3000' },
      { origin: 'null' },
      { 'sec-fetch-site': 'same-origin', origin: 'http://evil.example' },
    ] as Record<string, string>[]) {
      expect([headers, await used(headers), await used(headers, 'GET')]).toEqual([headers, 403, 403]);
    }
    expect(await used({ 'sec-fetch-site': 'same-origin', origin: `http://${own}` })).toBeLessThan(300);
    expect(await used({})).toBeLessThan(300);
  });
});
