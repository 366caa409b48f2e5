/** Programs as they are published, steered here by their host alone, and messages that arrive where they were sent. */

import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { letClientsBeOld } from '#test/support/old-clients.js';
import { openWorld, type World } from '#test/support/world.js';

interface Clients {
  scSend(key: string, title: string, desp?: string, options?: object): Promise<Record<string, unknown>>;
  push(name: string, options: object): Promise<Record<string, unknown>>;
  turbo(key: string): Sender;
  three(key: string): Sender;
}
interface Sender {
  send(title: string, desp?: string, options?: object): Promise<{ status: number; data: unknown }>;
}

const require = createRequire(import.meta.url);
letClientsBeOld();

let w: World;
let clients: Clients;
let turbo: string;
let three: string;
let uid: string;
const hosts: string[] = [];
const { request: realRequest } = https;

beforeAll(async () => {
  w = await openWorld();
  steer(w.url);
  clients = loadClients();
  await w.phone('Ming').follows();
  uid = await w.phone('Ming').uid();
  const make = async (kind: string) =>
    ((await w.admin(`/users/${uid}/keys`, { kind })).json as { key: string }).key;
  turbo = await make('sendkey');
  three = await make('sendkey3');
});
afterAll(async () => {
  https.request = realRequest;
  await w.close();
});

/** Whatever is asked of an outside host by HTTPS is asked of the server, with that host in its head. */
function steer(to: string): void {
  const { hostname, port } = new URL(to);
  const steered = (options: https.RequestOptions, done?: (answer: http.IncomingMessage) => void) => {
    const host = options.hostname ?? options.host ?? '';
    hosts.push(host);
    const headers = { ...options.headers, host };
    return http.request(
      { ...options, protocol: 'http:', hostname, host: hostname, port, headers, agent: false },
      done,
    );
  };
  https.request = steered as typeof https.request;
}

/** They are loaded after the host is steered, since some keep the function they find. */
function loadClients(): Clients {
  const { scSend } = require('serverchan-sdk') as Pick<Clients, 'scSend'>;
  const { default: push } = require('pushoo') as { default: Clients['push'] };
  const all = require('push-all-in-one') as Record<string, new (config: object) => Sender>;
  const make = (name: string, config: object): Sender => {
    const Made = all[name];
    if (!Made) {
      throw new Error(`push-all-in-one has no ${name}`);
    }
    return new Made(config);
  };
  return {
    scSend,
    push,
    turbo: (key) => make('ServerChanTurbo', { SERVER_CHAN_TURBO_SENDKEY: key }),
    three: (key) => make('ServerChanV3', { SERVER_CHAN_V3_SENDKEY: key }),
  };
}

const cardsOf = async (): Promise<string> =>
  (await w.phone('Ming').cards()).map((card) => card.rendered).join('\n');

async function arrives(title: string): Promise<void> {
  await w.drain();
  expect(await cardsOf()).toContain(title);
}

describe('serverchan-sdk', () => {
  it('sends by a Turbo key', async () => {
    const answer = await clients.scSend(turbo, '来自 sdk', '**正文**', { short: '短', noip: 1 });
    expect(answer).toMatchObject({
      code: 0,
      data: { errno: 0, error: 'SUCCESS', pushid: expect.any(String) },
    });
    await arrives('来自 sdk');
  });

  it('sends by a ³ key, which it puts before the host name', async () => {
    expect(await clients.scSend(three, '来自 sdk3', '正文')).toMatchObject({
      code: 0,
      errno: 0,
      message: 'SUCCESS',
    });
    expect(hosts).toContain(`${three}.push.ft07.com`);
    await arrives('来自 sdk3');
  });

  it('is told of a wrong key', async () => {
    expect(await clients.scSend('SCT1Tnobody', 't')).toMatchObject({ code: 40001 });
  });
});

describe('pushoo', () => {
  it.each([
    ['Turbo', () => turbo, { code: 0, data: { errno: 0 } }],
    ['³', () => three, { code: 0, errno: 0 }],
  ])('sends by %s', async (name, key, answer) => {
    const got = await clients.push('serverchan', {
      token: key(),
      title: `来自 pushoo ${name}`,
      content: '正文',
    });
    expect(got).toMatchObject(answer);
    await arrives(`来自 pushoo ${name}`);
  });
});

describe('push-all-in-one', () => {
  it('sends by Turbo', async () => {
    const got = await clients
      .turbo(turbo)
      .send('来自 paio', '正文', { short: '短', noip: '1', channel: '9' });
    expect(got).toMatchObject({ status: 200, data: { code: 0, data: { errno: 0 } } });
    await arrives('来自 paio');
  });

  it('sends by ³', async () => {
    const got = await clients.three(three).send('来自 paio3', '正文', { tags: ['a', 'b'] });
    expect(got).toMatchObject({ status: 200, data: { code: 0, errno: 0 } });
    await arrives('来自 paio3');
  });
});

describe('a message', () => {
  const send = async (fields: Record<string, string>) => {
    const answer = await w.call(`/serverchan/${turbo}.send?${new URLSearchParams(fields)}`);
    return { ...answer, data: (answer.json as { data?: { pushid: string; readkey: string } }).data };
  };

  it('arrives by WeChat, tells its sender what WeChat said, and where it came from', async () => {
    const { data } = await send({ title: '磁盘已满', desp: '# 只剩 1%' });
    await arrives('磁盘已满');
    const status = await w.call(`/push?id=${data?.pushid}&readkey=${data?.readkey}`);
    const { wxstatus } = (status.json as { data: { wxstatus: string } }).data;
    expect(JSON.parse(wxstatus)).toEqual({ errcode: 0, errmsg: 'ok', msgid: expect.any(Number) });
    const card = (await w.phone('Ming').cards()).find((one) => one.rendered.includes('磁盘已满'));
    const page = await fetch(card?.url ?? '');
    expect(await page.text()).toContain('来自 127.0.0.1');
  });

  it('arrives by the channel that its number names, and there alone', async () => {
    const { personId } = await w.core.people.getByUid(uid);
    const config = { server: `${w.simulatorUrl}/bark`, key: 'sim-phone' };
    await w.core.channels.createChannel(personId, { kind: 'bark', code: 'my-phone', config });
    expect((await send({ title: '走 Bark', desp: 'x', channel: '8' })).status).toBe(200);
    await w.drain();
    const { items } = (await w.sim('/inboxes/bark')).json as { items: { rendered: string }[] };
    expect(items.map((item) => item.rendered).join()).toContain('走 Bark');
    expect(await cardsOf()).not.toContain('走 Bark');
  });

  it('of several channels goes by each', async () => {
    expect((await send({ title: '两路', desp: 'x', channel: '9|8' })).status).toBe(200);
    await arrives('两路');
    const { items } = (await w.sim('/inboxes/bark')).json as { items: { rendered: string }[] };
    expect(items.map((item) => item.rendered).join()).toContain('两路');
  });

  it('that is encrypted shows no ciphertext on the card', async () => {
    await send({ title: '密件', desp: 'dol13MSSvqbCuDZelwukIg==', encoded: '1' });
    await arrives('密件');
    expect(await cardsOf()).not.toContain('dol13');
  });

  it('under the prefix is answered in the dialect’s words whatever is asked', async () => {
    for (const path of ['/serverchan', '/serverchan/x/y', '/serverchan/nobody']) {
      const answer = await w.call(path);
      expect([answer.status, answer.json]).toEqual([400, expect.objectContaining({ code: 40001 })]);
    }
  });

  it('does not show keys in the log', () => {
    expect(w.lines.join('\n')).not.toContain(turbo);
    expect(w.lines.join('\n')).not.toContain(three);
  });
});
