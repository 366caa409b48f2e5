/**
 * No address inside is ever asked, by whichever door somebody names it: a trap on every address of this machine counts who connects.
 * Names that change between check and use, and redirects, are tried in test/lib/safe-fetch.test.ts, where DNS can be played.
 */
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';
import { INSIDE_HOSTS, ODD_ADDRESSES } from './bypasses.js';

let w: World;
let trap: Server;
let port = 0;
let hits = 0;
let appId = 0;
let uid = '';
let tokens: Record<string, string> = {};

beforeAll(async () => {
  trap = createServer((socket) => {
    hits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    trap.listen(0, '::', resolve);
  });
  port = (trap.address() as { port: number }).port;
  w = await openWorld({ env: { ALLOW_PRIVATE_TARGETS: 'false' } });
  const app = await w.app('alarm').made();
  appId = app.id;
  await w.phone('Ming').scans(app.qrcodeUrl);
  uid = await w.phone('Ming').uid();
  tokens = {
    app: app.appToken,
    pushplus: ((await w.admin(`/users/${uid}/keys`, { kind: 'pushplus' })).json as { key: string }).key,
    ntfy: ((await w.admin(`/users/${uid}/keys`, { kind: 'ntfy' })).json as { key: string }).key,
  };
});
beforeEach(() => {
  hits = 0;
  // Tries are counted by the minute.
  w.clock.advance(61_000);
});
afterAll(async () => {
  await w.close();
  await new Promise((resolve) => trap.close(resolve));
});

const filled = (text: string): string => text.replaceAll('PORT', String(port));
const ADDRESSES = [
  ...INSIDE_HOSTS.map(([name, host]) => [name, `http://${host}:PORT/hook`] as const),
  ...ODD_ADDRESSES,
];
/** Channels whose server a person names; two of each kind of address are enough, the guard is the same. */
const SERVERS = ['bark', 'gotify', 'ntfy', 'pushdeer'] as const;
const SOME = ADDRESSES.filter((_, at) => at % 6 === 0);
/** Sentences that would tell somebody what there is inside. */
const INSIDE_WORDS = /ECONNREFUSED|EHOSTUNREACH|root:x:/;

/** Sets up a channel and sends by it, where it is taken at all. */
async function trySend(kind: string, config: object): Promise<string> {
  const made = await w.admin(`/users/${uid}/channels`, { kind, code: 'trap', config });
  if (made.status !== 201) {
    expect([made.status, made.text]).toEqual([
      expect.toSatisfy((status: number) => status >= 400 && status < 500),
      expect.any(String),
    ]);
    return made.text;
  }
  const { id } = made.json as { id: number };
  const tried = await w.admin(`/users/${uid}/channels/${id}/test`, {});
  await w.admin(`/users/${uid}/channels/${id}`, undefined, 'DELETE');
  expect(tried.status).toBeLessThan(500);
  expect((tried.json as { outcome?: string; ok?: boolean }).outcome).not.toBe('sent');
  return tried.text;
}

it('the trap catches', async () => {
  await fetch(`http://127.0.0.1:${port}/`).catch(() => {});
  await fetch(`http://[::1]:${port}/`).catch(() => {});
  expect(hits).toBeGreaterThanOrEqual(1);
});

describe('a callback address', () => {
  it.each(ADDRESSES)('%s: %j', async (_, address) => {
    const saved = await w.admin(`/apps/${appId}`, { callbackUrl: filled(address) }, 'PATCH');
    if (saved.status === 200) {
      await w.admin(`/apps/${appId}/callback/test`, {});
      await w.phone('Ming').says(`#${appId} go`);
      await w.drain();
      await w.admin(`/apps/${appId}`, { callbackUrl: null }, 'PATCH');
    } else {
      expect(saved.status).toBe(400);
      expect(saved.text).not.toMatch(INSIDE_WORDS);
    }
    expect(hits).toBe(0);
  });
});

describe('a webhook channel', () => {
  it.each(ADDRESSES)('%s: %j', async (_, address) => {
    expect(await trySend('webhook', { url: filled(address) })).not.toMatch(INSIDE_WORDS);
    expect(hits).toBe(0);
  });
});

describe.each(SERVERS)('the server of a %s channel', (kind) => {
  it.each(SOME)('%s: %j', async (_, address) => {
    const { configFields } = await describeKind(kind);
    const config = Object.fromEntries(
      configFields.filter((field) => field.required).map(({ name }) => [name, 'sim-key']),
    );
    expect(await trySend(kind, { ...config, server: filled(address) })).not.toMatch(INSIDE_WORDS);
    expect(hits).toBe(0);
  });
});

async function describeKind(kind: string) {
  const { items } = (await w.admin('/channel-kinds')).json as {
    items: { kind: string; configFields: { name: string; required: boolean }[] }[];
  };
  return items.find((one) => one.kind === kind) ?? { configFields: [] };
}

describe('an SMTP host', () => {
  it.each(INSIDE_HOSTS)('%s: %j', async (_, host) => {
    const config = {
      host: host.replace(/^\[|\]$/g, ''),
      port,
      user: 'a',
      password: 'b',
      from: 'a@x.example',
      to: 'b@x.example',
    };
    expect(await trySend('mail', config)).not.toMatch(INSIDE_WORDS);
    expect(hits).toBe(0);
  });
});

describe('an address that a message names', () => {
  it.each(SOME)('%s: %j', async (_, address) => {
    const target = filled(address);
    await w.call('/send', { body: { token: tokens.pushplus, content: 'x', callbackUrl: target } });
    await w.call('/send', {
      body: { token: tokens.pushplus, content: 'x', channel: 'webhook', webhook: target },
    });
    await w.call('/', { body: { topic: tokens.ntfy, message: 'x', attach: target, icon: target } });
    await w.call('/api/send/message', {
      body: { appToken: tokens.app, content: 'x', uids: [uid], url: target },
    });
    await w.drain();
    expect(hits).toBe(0);
  });
});
