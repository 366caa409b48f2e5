/** The guard refuses what leads inside, and the client is bounded in time and size and quiet in its errors. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createSafeFetch, FetchError, type SafeFetch } from '#src/lib/safe-fetch.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) {
    await clean();
  }
});

async function openServer(answer: (req: IncomingMessage, res: ServerResponse) => void) {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function openFetch(options: Parameters<typeof createSafeFetch>[0]): SafeFetch {
  const client = createSafeFetch(options);
  cleanups.push(() => client.close());
  return client;
}

const BOUNDS = { timeoutMs: 5_000, maxBytes: 1_000 };
const reason = (expected: string) => expect.objectContaining({ name: 'FetchError', reason: expected });

describe('addresses', () => {
  const guarded = createSafeFetch({ allowPrivate: false });

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://0/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::a00:1]/',
    'http://[fd00:ec2::254]/',
    'http://localhost:8080/',
    'http://LOCALHOST./',
    'https://a.localhost/',
    'http://192.168.1.1:9000/x?y',
  ])('blocks %s when saved and when used', async (url) => {
    expect(() => guarded.checkUrl(url)).toThrow(reason('blocked'));
    await expect(guarded.fetch(url, BOUNDS)).rejects.toThrow(reason('blocked'));
  });

  it.each([
    '',
    'example.com',
    '//example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://',
    'http://user@example.com/',
    'http://:pass@example.com/',
  ])('refuses %j', async (url) => {
    expect(() => guarded.checkUrl(url)).toThrow(reason('bad_url'));
    await expect(guarded.fetch(url, BOUNDS)).rejects.toThrow(reason('bad_url'));
  });

  it('refuses an address of more than 4,096 characters', () => {
    expect(() => guarded.checkUrl(`https://example.com/${'x'.repeat(4_096)}`)).toThrow(reason('bad_url'));
  });

  it.each(['https://example.com/hook?key=1', 'http://8.8.8.8/', 'http://[2606:4700::1111]:8080/'])(
    'accepts %s',
    (url) => {
      expect(() => guarded.checkUrl(url)).not.toThrow();
    },
  );

  it('accepts private addresses where they are allowed, and still no other scheme', () => {
    const open = createSafeFetch({ allowPrivate: true });
    expect(() => open.checkUrl('http://127.0.0.1:8080/hook')).not.toThrow();
    expect(() => open.checkUrl('http://localhost/hook')).not.toThrow();
    expect(() => open.checkUrl('file:///etc/passwd')).toThrow(reason('bad_url'));
  });
});

describe('names', () => {
  it('refuses a name that leads inside, without connecting, as one that leads nowhere; only the operator hears', async () => {
    const inside: string[] = [];
    const hits: string[] = [];
    const { url } = await openServer((req, res) => {
      hits.push(req.url ?? '');
      res.end();
    });
    const client = openFetch({
      allowPrivate: false,
      resolve: async (name) => {
        if (name === 'rebind.example.com') {
          return [{ address: '127.0.0.1', family: 4 }];
        }
        throw new Error('ENOTFOUND');
      },
      onInside: (host) => inside.push(host),
    });
    const refusalOf = (name: string) =>
      client.fetch(url.replace('127.0.0.1', name), BOUNDS).then(
        () => null,
        ({ reason: why, message, zh }: FetchError) => ({ why, message, zh }),
      );
    const refusal = await refusalOf('rebind.example.com');
    expect(refusal).toMatchObject({ why: 'dns' });
    expect(await refusalOf('nowhere.example.com')).toEqual(refusal);
    expect([hits, inside]).toEqual([[], ['rebind.example.com']]);
  });

  it('connects to the address it checked: one look-up for a connection', async () => {
    const { url } = await openServer((req, res) => res.end(req.headers.host));
    const names: string[] = [];
    const client = openFetch({
      allowPrivate: true,
      resolve: async (name) => {
        names.push(name);
        return [{ address: '127.0.0.1', family: 4 }];
      },
    });
    const target = url.replace('127.0.0.1', 'hooks.example.com');
    const first = await client.fetch(target, BOUNDS);
    await nextTurn();
    await client.fetch(target, BOUNDS);
    expect(first.body).toMatch(/^hooks\.example\.com:\d+$/);
    expect(names).toEqual(['hooks.example.com']);
  });

  it('says dns when a name has no address or cannot be resolved', async () => {
    const none = openFetch({ allowPrivate: false, resolve: async () => [] });
    await expect(none.fetch('http://nowhere.example.com/', BOUNDS)).rejects.toThrow(reason('dns'));
    const broken = openFetch({ allowPrivate: false, resolve: () => Promise.reject(new Error('SERVFAIL')) });
    await expect(broken.fetch('http://nowhere.example.com/', BOUNDS)).rejects.toThrow(reason('dns'));
  });

  it('gives up on a resolver that never answers', async () => {
    const client = createSafeFetch({ allowPrivate: false, resolve: () => new Promise(() => {}) });
    await expect(client.fetch('http://a.example.com/', { timeoutMs: 30, maxBytes: 10 })).rejects.toThrow(
      reason('timeout'),
    );
  });
});

describe('exchanges', () => {
  const open = () => openFetch({ allowPrivate: true });

  it('reaches a path of a host although hundreds of calls to its other paths hang', async () => {
    const { url } = await openServer((req, res) => {
      if (req.url === '/well') {
        res.end('well');
      }
    });
    const client = open();
    const hanging = Array.from({ length: 400 }, () =>
      client.fetch(`${url}/hangs`, { ...BOUNDS, timeoutMs: 20_000 }).catch(() => null),
    );
    expect(await client.fetch(`${url}/well`, BOUNDS)).toMatchObject({ body: 'well' });
    cleanups.push(() => void Promise.all(hanging));
  });

  it('sends method, headers and exact bytes, and gives the answer', async () => {
    const { url } = await openServer(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) {
        chunks.push(chunk as Buffer);
      }
      res.statusCode = 201;
      res.setHeader('x-kind', ['a', 'b']);
      res.end(`${req.method} ${req.url} ${req.headers['x-own']} ${Buffer.concat(chunks).toString()}`);
    });
    const answer = await open().fetch(`${url}/hook/%E9%9D%92?a=1#part`, {
      ...BOUNDS,
      method: 'POST',
      headers: { 'x-own': 'yes', Host: 'evil.example.com', 'Content-Length': '1' },
      body: '青鸟',
    });
    expect(answer).toMatchObject({
      status: 201,
      body: 'POST /hook/%E9%9D%92?a=1 yes 青鸟',
      truncated: false,
    });
    expect(answer.headers['x-kind']).toBe('a, b');
  });

  it('returns a redirect as it is', async () => {
    const { url } = await openServer((_req, res) => {
      res.writeHead(302, { location: 'http://169.254.169.254/' });
      res.end();
    });
    const answer = await open().fetch(url, BOUNDS);
    expect(answer).toMatchObject({ status: 302, headers: { location: 'http://169.254.169.254/' } });
  });

  it('keeps only the first bytes of an endless answer, whole characters only', async () => {
    const { url } = await openServer((_req, res) => {
      const pump = () => {
        while (!res.destroyed && res.write('青'.repeat(1_000))) {}
      };
      res.on('drain', pump);
      pump();
    });
    const answer = await open().fetch(url, { timeoutMs: 5_000, maxBytes: 10 });
    expect(answer).toMatchObject({ body: '青青青', truncated: true });
  });

  it('does not call an answer of exactly the limit cut', async () => {
    const { url } = await openServer((_req, res) => res.end('0123456789'));
    const answer = await open().fetch(url, { timeoutMs: 5_000, maxBytes: 10 });
    expect(answer).toMatchObject({ body: '0123456789', truncated: false });
  });

  it('gives up on an answer that never comes, and on one that never ends', async () => {
    const { url } = await openServer((req, res) => {
      if (req.url === '/drip') {
        res.write('x');
      }
    });
    const bounds = { timeoutMs: 50, maxBytes: 10 };
    await expect(open().fetch(`${url}/silent`, bounds)).rejects.toThrow(reason('timeout'));
    await expect(open().fetch(`${url}/drip`, bounds)).rejects.toThrow(reason('timeout'));
  });

  it('does not let a hanging endpoint hold up another one', async () => {
    const hanging = await openServer(() => {});
    const healthy = await openServer((_req, res) => res.end('ok'));
    const client = open();
    const stuck = Array.from({ length: 200 }, () =>
      client.fetch(hanging.url, { timeoutMs: 500, maxBytes: 10 }).catch((error) => error.reason),
    );
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => client.fetch(healthy.url, BOUNDS).then(({ body }) => body)),
    );
    expect(new Set(answers)).toEqual(new Set(['ok']));
    hanging.server.closeAllConnections();
    expect(new Set(await Promise.all(stuck))).not.toContain(undefined);
  });

  it('serves a thousand different endpoints at once', async () => {
    const { server } = await openServer((req, res) => res.end(req.headers.host));
    const { port } = server.address() as AddressInfo;
    const client = openFetch({
      allowPrivate: true,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    const hosts = Array.from({ length: 1_000 }, (_, at) => `h${at}.example.com:${port}`);
    const bodies = await Promise.all(
      hosts.map((host) => client.fetch(`http://${host}/`, { timeoutMs: 20_000, maxBytes: 100 })),
    );
    expect(bodies.map(({ body }) => body)).toEqual(hosts);
  });

  it('reuses connections', async () => {
    const sockets = new Set<unknown>();
    const { url } = await openServer((req, res) => {
      sockets.add(req.socket);
      res.end('ok');
    });
    const client = open();
    for (let at = 0; at < 5; at++) {
      await client.fetch(url, BOUNDS);
      await nextTurn();
    }
    expect(sockets.size).toBe(1);
  });
});

describe('errors', () => {
  it('name the failure and none of the secrets', async () => {
    const { server, url } = await openServer((req) => req.socket.destroy());
    const client = openFetch({ allowPrivate: true });
    const request = { ...BOUNDS, method: 'POST', headers: { authorization: 'hush' }, body: 'hush' };
    const cut = await client.fetch(`${url}/hush?key=hush`, request).catch((error) => error);
    server.close();
    const refused = await client.fetch(`${url}/hush?key=hush`, request).catch((error) => error);
    for (const error of [cut, refused]) {
      expect(error).toBeInstanceOf(FetchError);
      expect(error.reason).toBe('network');
      expect(everythingIn(error)).not.toContain('hush');
      expect(everythingIn(error)).not.toContain('127.0.0.1');
    }
    expect(refused.message).toContain('ECONNREFUSED');
  });

  it('calls a request after close a network failure; closing twice is fine', async () => {
    const client = createSafeFetch({ allowPrivate: true });
    await client.close();
    await client.close();
    await expect(client.fetch('http://127.0.0.1:9/', BOUNDS)).rejects.toThrow(reason('network'));
  });

  it.each([
    ['a header with a line break', { headers: { 'x-a': 'b\r\nx-c: d' } }],
    ['a header name with a space', { headers: { 'x a': 'b' } }],
    ['a method with a space', { method: 'GET /' }],
  ])('refuses %s', async (_name, extra) => {
    const { url } = await openServer((_req, res) => res.end());
    const client = openFetch({ allowPrivate: true });
    await expect(client.fetch(url, { ...BOUNDS, ...extra })).rejects.toThrow(reason('bad_url'));
  });
});

/** All own properties of an error, the ones that are not enumerable included. */
function everythingIn(error: Error): string {
  return Object.getOwnPropertyNames(error)
    .map((name) => String(Reflect.get(error, name)))
    .join('\n');
}
