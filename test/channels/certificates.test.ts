/** A person's own server may have a certificate that nobody vouches for: it is told in words, and taken where the channel says so. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  EXPIRED,
  OF_OWN_CA,
  OWN_CA,
  SELF_SIGNED,
  type TestCertificate,
  WRONG_HOST,
} from '#test/support/certificates.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let uid: string;
const servers: Server[] = [];
const urls = new Map<TestCertificate, string>();
beforeAll(async () => {
  w = await openWorld();
  const ming = w.phone('Ming');
  await ming.follows();
  uid = await ming.uid();
  for (const certificate of [SELF_SIGNED, WRONG_HOST, EXPIRED, OF_OWN_CA]) {
    urls.set(certificate, await openTls(certificate));
  }
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await w.close();
});

/** A server that passes what it gets on to the simulator. */
async function openTls(certificate: TestCertificate): Promise<string> {
  const server = createServer(certificate, async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) {
      chunks.push(chunk as Buffer);
    }
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = req.headers;
    const answer = await fetch(`${w.simulatorUrl}${req.url}`, {
      method: req.method ?? 'GET',
      headers: headers as Record<string, string>,
      body: Buffer.concat(chunks),
    });
    res.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const KINDS: Readonly<Record<string, (base: string) => Record<string, string>>> = {
  bark: (base) => ({ server: `${base}/bark`, key: 'sim-phone' }),
  ntfy: (base) => ({ server: `${base}/ntfy`, topic: 'sim-ops' }),
  pushdeer: (base) => ({ server: `${base}/pushdeer`, key: 'sim-key' }),
  gotify: (base) => ({ server: `${base}/gotify`, token: 'sim-app' }),
  webhook: (base) => ({ url: `${base}/webhook/tls` }),
};

const fingerprintOf = ({ cert }: TestCertificate): string => new X509Certificate(cert).fingerprint256;

async function testChannel(kind: string, to: TestCertificate, certificate = '') {
  const config = { ...KINDS[kind]?.(urls.get(to) ?? ''), ...(certificate === '' ? {} : { certificate }) };
  const made = await w.admin(`/users/${uid}/channels`, { kind, code: 'tls', config });
  expect([made.status, made.text]).toEqual([201, expect.any(String)]);
  const { id } = made.json as { id: number };
  const tested = await w.admin(`/users/${uid}/channels/${id}/test`, undefined, 'POST');
  await w.admin(`/users/${uid}/channels/${id}`, undefined, 'DELETE');
  return tested.json as { ok: boolean; detail: string };
}

describe.each(Object.keys(KINDS))('%s', (kind) => {
  it('says in words that a certificate is self-signed, and where to put it', async () => {
    const { ok, detail } = await testChannel(kind, SELF_SIGNED);
    expect(ok).toBe(false);
    expect(detail).toMatch(/自签名.*self-signed/s);
    expect(detail).toContain('「证书」');
    expect(detail).not.toContain('DEPTH_ZERO');
  });

  it('takes the certificate whose fingerprint was given, and no other', async () => {
    expect(await testChannel(kind, SELF_SIGNED, fingerprintOf(SELF_SIGNED))).toMatchObject({ ok: true });
    const other = await testChannel(kind, SELF_SIGNED, fingerprintOf(WRONG_HOST));
    expect(other).toEqual({ ok: false, detail: expect.stringContaining('指纹') });
  });

  it('takes what an authority of its own vouches for', async () => {
    expect(await testChannel(kind, OF_OWN_CA)).toEqual({
      ok: false,
      detail: expect.stringContaining('不认识'),
    });
    expect(await testChannel(kind, OF_OWN_CA, OWN_CA)).toMatchObject({ ok: true });
    expect((await testChannel(kind, SELF_SIGNED, OWN_CA)).ok).toBe(false);
  });
});

it.each([
  ['self-signed', SELF_SIGNED, SELF_SIGNED.cert, true, ''],
  ['of another host', WRONG_HOST, WRONG_HOST.cert, false, '别的域名'],
  ['of another host, pinned', WRONG_HOST, fingerprintOf(WRONG_HOST), true, ''],
  ['expired', EXPIRED, EXPIRED.cert, false, '过期'],
  ['expired, pinned', EXPIRED, `sha256 Fingerprint=${fingerprintOf(EXPIRED)}`, true, ''],
  [
    'pinned without colons',
    SELF_SIGNED,
    fingerprintOf(SELF_SIGNED).replaceAll(':', '').toLowerCase(),
    true,
    '',
  ],
] as const)('a certificate that is %s', async (_, to, certificate, ok, told) => {
  const tested = await testChannel('webhook', to, certificate);
  expect(tested.ok).toBe(ok);
  expect(tested.detail).toContain(told);
});

it('a delivery waits for a certificate to be mended, and its trace says what is wrong', async () => {
  const config = KINDS.webhook?.(urls.get(SELF_SIGNED) ?? '');
  const made = await w.admin(`/users/${uid}/channels`, {
    kind: 'webhook',
    code: 'wait',
    config,
    default: true,
  });
  const { id } = made.json as { id: number };
  const { key } = (await w.admin(`/users/${uid}/keys`, { kind: 'sendkey' })).json as { key: string };
  await w.call(`/${key}.send?title=wait`);
  await w.drain();
  const row = await w.db.delivery.findFirstOrThrow({ where: { configId: id } });
  expect([row.state, row.attempts]).toEqual(['due', expect.stringContaining('自签名')]);
  const certificate = fingerprintOf(SELF_SIGNED);
  await w.admin(`/users/${uid}/channels/${id}`, { config: { certificate } }, 'PATCH');
  w.clock.advance(5000);
  await w.drain();
  expect(await w.db.delivery.findFirstOrThrow({ where: { id: row.id } })).toMatchObject({ state: 'sent' });
});

it.each([
  ['nonsense', 'certificate'],
  ['ab:cd', 'certificate'],
  ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'certificate'],
])('%j is no certificate', async (certificate, field) => {
  const config = { url: 'https://a.example/x', certificate };
  const refused = await w.admin(`/users/${uid}/channels`, { kind: 'webhook', code: 'bad', config });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(field)]);
});

it('is not what a server without encryption lacks: port or scheme are wrong, and nothing is said of certificates', async () => {
  const plain = w.simulatorUrl.replace('http:', 'https:');
  const made = await w.admin(`/users/${uid}/channels`, {
    kind: 'webhook',
    code: 'plain',
    config: { url: `${plain}/webhook/plain` },
  });
  const { id } = made.json as { id: number };
  const { json } = await w.admin(`/users/${uid}/channels/${id}/test`, undefined, 'POST');
  expect(json).toEqual({ ok: false, detail: expect.stringMatching(/端口或协议.*port or scheme/s) });
  expect(JSON.stringify(json)).not.toMatch(/证书|certificate/i);
  await w.admin(`/users/${uid}/channels/${id}`, undefined, 'DELETE');
});

it('an address without encryption has no certificate', async () => {
  const config = { url: w.webhook('plain'), certificate: fingerprintOf(SELF_SIGNED) };
  const refused = await w.admin(`/users/${uid}/channels`, { kind: 'webhook', code: 'bad', config });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('http')]);
});

it('a private network stays closed, whatever certificate is given', async () => {
  const closed = await openWorld({ env: { ALLOW_PRIVATE_TARGETS: 'false' } });
  const hua = closed.phone('Hua');
  await hua.follows();
  const config = { ...KINDS.webhook?.(urls.get(SELF_SIGNED) ?? ''), certificate: fingerprintOf(SELF_SIGNED) };
  const refused = await closed.admin(`/users/${await hua.uid()}/channels`, {
    kind: 'webhook',
    code: 'in',
    config,
  });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('内网')]);
  await closed.close();
});
