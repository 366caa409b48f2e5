/** Clients of Bark, PushDeer, ntfy and gotify, steered to the real server only by its address: their messages arrive. */
import publishByNtfy from '@cityssm/ntfy-publish';
import gotifyClient from 'gotify';
import { GotifyClient } from 'gotify-client';
import { NtfyClient } from 'ntfy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let ming: { uid: string; personId: number };
const keys: Record<string, string> = {};
beforeAll(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
  const uid = await w.phone('Ming').uid();
  ming = { uid, personId: (await w.core.people.getByUid(uid)).personId };
  for (const kind of ['bark', 'pushdeer', 'ntfy', 'gotify']) {
    keys[kind] = ((await w.admin(`/users/${uid}/keys`, { kind })).json as { key: string }).key;
  }
});
afterAll(() => w.close());

/** Delivers, and gives the newest card with what its page shows. */
async function newestCard(): Promise<string> {
  await w.drain();
  const [card] = await w.phone('Ming').cards();
  const page = await fetch(card?.url ?? '');
  return `${card?.rendered}\n${await page.text()}`;
}

const arrivedAt = async (place: string): Promise<Record<string, unknown>[]> => {
  await w.drain();
  return ((await w.sim(`/inboxes/${place}`)).json as { items: Record<string, unknown>[] }).items;
};

describe('the npm package gotify', () => {
  it.each(['', '/gotify'])('sends to %j and gets its number', async (prefix) => {
    const sent: unknown = await gotifyClient.gotify({
      server: `${w.url}${prefix}`,
      app: keys.gotify ?? '',
      title: `磁盘${prefix}`,
      message: '**只剩 1%**',
      priority: 8,
      extras: { 'client::display': { contentType: 'text/markdown' } },
    });
    expect(sent).toMatchObject({ id: expect.any(Number), message: '**只剩 1%**', priority: 8 });
    const card = await newestCard();
    expect(card).toContain(`磁盘${prefix}`);
    expect(card).toContain('<strong>只剩 1%</strong>');
  });
});

describe('the npm package gotify-client', () => {
  it.each(['', '/gotify'])('sends to %j, and finds the server well', async (prefix) => {
    const client = new GotifyClient(`${w.url}${prefix}`, { app: keys.gotify ?? '', client: '' });
    const sent = await client.message.createMessage({ title: `备份${prefix}`, message: '完成', priority: 4 });
    expect(sent).toMatchObject({
      id: expect.any(Number),
      title: `备份${prefix}`,
      message: '完成',
      priority: 4,
    });
    expect(await newestCard()).toContain(`备份${prefix}`);
    expect(await client.health.getHealth()).toEqual({ health: 'green', database: 'green' });
    expect(await client.version.getVersion()).toMatchObject({ version: expect.any(String) });
  });

  it('is told what is wrong', async () => {
    const client = new GotifyClient(w.url, { app: 'Ax', client: '' });
    // It hands the refusal over as it came.
    expect(await client.message.createMessage({ message: 'm' })).toMatchObject({ errorCode: 401 });
  });
});

describe('the npm package @cityssm/ntfy-publish', () => {
  it.each(['', '/ntfy'])('publishes to %j', async (prefix) => {
    const message = {
      server: `${w.url}${prefix}`,
      topic: keys.ntfy ?? '',
      title: 'backup',
      message: `完成了${prefix}`,
      priority: 'high' as const,
      tags: ['floppy_disk'],
      clickURL: 'https://ops.example/',
      iconURL: 'https://ops.example/i.png',
      fileAttachmentURL: 'https://ops.example/log.txt',
    };
    expect(await publishByNtfy(message)).toBe(true);
    const card = await newestCard();
    expect(card).toContain('backup');
    expect(card).toContain(`完成了${prefix}`);
    expect(card).toContain('https://ops.example/log.txt');
    expect(await publishByNtfy({ ...message, topic: `qn${'x'.repeat(22)}` })).toBe(false);
  });
});

describe('the npm package ntfy', () => {
  it.each(['', '/ntfy/'])('publishes to %j and gets the message', async (prefix) => {
    const client = new NtfyClient({ server: `${w.url}${prefix}` });
    const sent = await client.publish({
      topic: keys.ntfy ?? '',
      title: 'disk',
      message: `只剩 1%${prefix}`,
      priority: 5,
      tags: ['warning'],
      clickURL: 'https://ops.example/',
    });
    expect(sent).toMatchObject({ id: expect.stringMatching(/^\w{12}$/), event: 'message', priority: 5 });
    const card = await newestCard();
    expect(card).toContain('disk');
    expect(card).toContain(`只剩 1%${prefix}`);
  });

  it('is told what is wrong', async () => {
    const client = new NtfyClient({ server: `${w.url}/ntfy/` });
    await expect(client.publish({ topic: 'nobody', message: 'm' })).rejects.toThrow(/403|Forbidden/);
  });
});

it('takes what uptime-kuma sends to Bark and PushDeer, by their own tests of success', async () => {
  const bark = await w.call(`/bark/${keys.bark}/${encodeURIComponent('网站/A')}/down?group=kuma&sound=bell`);
  expect(bark.json).toMatchObject({ code: 200, message: 'success' });
  expect(await newestCard()).toContain('网站/A');

  const pushdeer = await w.call('/message/push', {
    body: { pushkey: keys.pushdeer, text: '网站B', desp: '## down' },
  });
  const { error, content } = pushdeer.json as { error?: string; content: { result: string[] } };
  expect([error, JSON.parse(content.result[0] ?? '').success]).toEqual([undefined, 'ok']);
  expect(await newestCard()).toContain('网站B');
});

it('leaves the pages of the product alone', async () => {
  expect((await w.call('/', { headers: { accept: 'text/html' } })).status).toBe(200);
  expect((await w.call('/healthz')).status).toBe(200);
  expect((await w.call('/nobody/here')).status).toBe(404);
});

describe('a person who receives by Bark and ntfy', () => {
  it('gets what the sender gave for that channel, an encrypted message untouched', async () => {
    await w.core.channels.createChannel(ming.personId, {
      kind: 'bark',
      code: 'iphone',
      config: { server: `${w.simulatorUrl}/bark`, key: 'sim-phone' },
      default: true,
    });
    await w.call(`/${keys.bark}/t/b?group=g1&level=critical`);
    const plain = (await arrivedAt('bark'))[0] as { request: { body: string } };
    expect(JSON.parse(plain.request.body)).toMatchObject({
      device_key: 'sim-phone',
      title: 't',
      body: 'b',
      group: 'g1',
      level: 'critical',
    });
    const ciphertext = '+aPt5cwN9GbTLLSFri60l3h1X00u/9j1FENfWiTxhNHVLGU+XoJ15JJG5W/d/yf0';
    await w.call('/bark/push', { body: { device_key: keys.bark, ciphertext, iv: '1234567890123456' } });
    const secret = (await arrivedAt('bark'))[0] as { request: { body: string } };
    expect(JSON.parse(secret.request.body)).toEqual({
      device_key: 'sim-phone',
      ciphertext,
      iv: '1234567890123456',
    });
    const before = (await w.phone('Ming').cards()).length;
    await w.call(`/bark/${keys.bark}?id=n1&delete=1`);
    const removal = (await arrivedAt('bark'))[0] as { request: { body: string } };
    expect(JSON.parse(removal.request.body)).toMatchObject({ id: 'n1', delete: '1' });
    expect((await w.phone('Ming').cards()).length).toBe(before);
  });

  it('gets a delayed ntfy message when it is due, with its buttons', async () => {
    await w.core.channels.createChannel(ming.personId, {
      kind: 'ntfy',
      code: 'android',
      config: { server: `${w.simulatorUrl}/ntfy`, topic: 'sim-ops' },
      default: true,
    });
    const headers = { delay: '30m', tags: 'warning', actions: 'view, Open, https://ops.example/' };
    await w.call(`/${keys.ntfy}`, { method: 'POST', body: '到点了', headers });
    expect(await arrivedAt('ntfy')).toEqual([]);
    w.clock.advance(30 * 60_000);
    const [item] = await arrivedAt('ntfy');
    expect(item).toMatchObject({
      to: 'sim-ops',
      text: expect.stringContaining('到点了'),
      tags: ['warning'],
      actions: [{ action: 'view', label: 'Open', url: 'https://ops.example/' }],
    });
  });
});
