/** Requests through a proxy: where it leads, what goes around it, and that it opens no way into a private network. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ResolveHost } from '#src/lib/host-resolver.js';
import { createOutgoingProxy } from '#src/lib/outgoing-proxy.js';
import { createSafeFetch } from '#src/lib/safe-fetch.js';
import { type Cleanups, cleanUp } from '#test/channels/http-peer.js';
import { type ForwardProxy, openForwardProxy } from '#test/support/forward-proxy.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));
const ASK = { timeoutMs: 5000, maxBytes: 1000 };

async function openProxy(options: Parameters<typeof openForwardProxy>[0] = {}): Promise<ForwardProxy> {
  const proxy = await openForwardProxy(options);
  cleanups.push(proxy.close);
  return proxy;
}

/** A server on this machine; tells the Host that it was asked for. */
async function openTarget(): Promise<string> {
  const server = createServer((req, res) => res.end(`for ${req.headers.host}${req.url}`));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  cleanups.push(() => server.closeAllConnections());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function openClient(options: {
  proxy: string;
  except?: string;
  allowPrivate?: boolean;
  resolve?: ResolveHost;
}) {
  const { proxy, except = '', allowPrivate = false, resolve = async () => [] } = options;
  const http = createSafeFetch({ allowPrivate, resolve, proxy: createOutgoingProxy(proxy, except) });
  cleanups.push(() => http.close());
  return http;
}

const PUBLIC: ResolveHost = async () => [{ address: '93.184.216.34', family: 4 }];

describe('an address of a user', () => {
  it('is reached through the proxy at the address that was checked, under its own name', async () => {
    const target = await openTarget();
    const proxy = await openProxy({ leadTo: () => target });
    const http = openClient({ proxy: proxy.url, resolve: PUBLIC });
    const answer = await http.fetch('http://hook.example/x?y=1', ASK);
    expect(answer).toMatchObject({ status: 200, body: 'for hook.example/x?y=1' });
    expect(proxy.targets).toEqual(['93.184.216.34:80']);
  });

  it('is reached with the password that the proxy asks for', async () => {
    const target = await openTarget();
    const proxy = await openProxy({ password: 'p@ss word', leadTo: () => target });
    const http = openClient({ proxy: proxy.url, resolve: PUBLIC });
    expect(await http.fetch('http://hook.example/', ASK)).toMatchObject({ status: 200 });
    const wrong = openClient({ proxy: proxy.url.replace('me:', 'you:'), resolve: PUBLIC });
    await expect(wrong.fetch('http://hook.example/', ASK)).rejects.toMatchObject({
      reason: 'network',
      message: expect.stringContaining('407'),
    });
  });

  it.each([
    ['http://10.0.0.1/', 'blocked', async () => []],
    ['http://127.0.0.1:9/', 'blocked', async () => []],
    ['http://localhost/', 'blocked', async () => []],
    ['http://metadata.example/', 'dns', async () => [{ address: '169.254.169.254', family: 4 as const }]],
    ['http://six.example/', 'dns', async () => [{ address: '::1', family: 6 as const }]],
  ])('in a private network is never asked of the proxy: %s', async (url, reason, resolve) => {
    const proxy = await openProxy();
    const http = openClient({ proxy: proxy.url, resolve });
    await expect(http.fetch(url, ASK)).rejects.toMatchObject({ reason });
    expect(proxy.targets).toEqual([]);
  });

  it('whose name cannot be resolved here is not left to the proxy', async () => {
    const proxy = await openProxy();
    const http = openClient({ proxy: proxy.url, resolve: () => Promise.reject(new Error('no')) });
    await expect(http.fetch('http://rebind.example/', ASK)).rejects.toMatchObject({ reason: 'dns' });
    expect(proxy.targets).toEqual([]);
  });

  it('is left to the proxy by name where private networks are open anyway', async () => {
    const target = await openTarget();
    const proxy = await openProxy({ leadTo: () => target });
    const http = openClient({ proxy: proxy.url, allowPrivate: true });
    expect(await http.fetch('http://inside.corp:8080/', ASK)).toMatchObject({ status: 200 });
    expect(proxy.targets).toEqual(['inside.corp:8080']);
  });

  it('goes around the proxy where the exceptions say so, and is checked all the same', async () => {
    const target = await openTarget();
    const proxy = await openProxy();
    const http = openClient({ proxy: proxy.url, except: 'example.com', allowPrivate: true });
    expect(await http.fetch(`http://${target}/`, ASK)).toMatchObject({ status: 200 });
    expect(proxy.targets).toEqual([]);
  });
});

describe('the exceptions', () => {
  it.each([
    ['', 'a.example', '443', false],
    ['', '127.0.0.1', '8080', true],
    ['', 'localhost', '80', true],
    ['', '[::1]', '80', true],
    ['*', 'a.example', '443', true],
    ['example', 'a.example', '443', true],
    ['.a.example', 'a.example', '443', true],
    ['*.a.example', 'b.a.example', '443', true],
    ['a.example', 'ba.example', '443', false],
    ['a.example:8443', 'a.example', '443', false],
    ['a.example:8443', 'a.example', '8443', true],
    ['x, A.Example  y', 'a.example', '443', true],
    ['10.0.0.0/8', '10.1.2.3', '443', true],
    ['10.0.0.0/8', '11.1.2.3', '443', false],
    ['10.0.0.1', '10.0.0.1', '443', true],
    ['fd00::/8', '[fd00::5]', '443', true],
    ['fd00::5', '[fd00::5]', '443', true],
    ['10.0.0.0/99', '10.1.2.3', '443', false],
  ])('%j for %s:%s is %s', (list, host, port, isAround) => {
    expect(createOutgoingProxy('http://p:1', list).bypasses(host, port)).toBe(isAround);
  });
});
