/** Programs as they are published, steered here by their host alone, and messages that arrive where they were sent. */
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedWecom } from '#src/simulator/index.js';
import type { Answer } from '#test/support/http.js';
import { letClientsBeOld } from '#test/support/old-clients.js';
import { openWorld, type World } from '#test/support/world.js';

interface Sender {
  send(title: string, desp?: string, options?: object): Promise<{ status: number; data: unknown }>;
}
interface Clients {
  push(name: string, options: object): Promise<Record<string, unknown>>;
  allInOne(token: string): Sender;
}

const require = createRequire(import.meta.url);
letClientsBeOld();
const { request: realHttp } = http;
const { request: realHttps } = https;
const ACCEPTED = { code: 200, msg: '请求成功', data: expect.stringMatching(/^[0-9a-f]{32}$/) };

let w: World;
let clients: Clients;
let token: string;
let uid: string;
let personId: number;
const hosts: string[] = [];

beforeAll(async () => {
  w = await openWorld({ mail: true });
  steer(w.url);
  clients = loadClients();
  await w.phone('Ming').follows();
  uid = await w.phone('Ming').uid();
  personId = (await w.core.people.getByUid(uid)).personId;
  token = ((await w.admin(`/users/${uid}/keys`, { kind: 'pushplus' })).json as { key: string }).key;
});
afterAll(async () => {
  http.request = realHttp;
  https.request = realHttps;
  await w.close();
});

/** Whatever is asked of PushPlus's hosts, by HTTP or HTTPS, is asked of the server, with that host in its head. */
function steer(to: string): void {
  const { hostname, port } = new URL(to);
  const steered = (
    real: typeof http.request,
    options: https.RequestOptions,
    done?: (answer: http.IncomingMessage) => void,
  ) => {
    const host = options.hostname ?? options.host ?? '';
    if (!/pushplus/.test(host)) {
      return real(options, done);
    }
    hosts.push(host);
    const headers = { ...options.headers, host };
    const moved = { ...options, protocol: 'http:', hostname, host: hostname, port, headers, agent: false };
    return realHttp(moved as http.RequestOptions, done);
  };
  http.request = ((options: object, done?: () => void) =>
    steered(realHttp, options, done)) as typeof http.request;
  https.request = ((options: object, done?: () => void) =>
    steered(realHttps, options, done)) as typeof https.request;
}

/** They are loaded after the host is steered, since some keep the function they find. */
function loadClients(): Clients {
  const { default: push } = require('pushoo') as { default: Clients['push'] };
  const { PushPlus } = require('push-all-in-one') as { PushPlus: new (config: object) => Sender };
  return { push, allInOne: (key) => new PushPlus({ PUSH_PLUS_TOKEN: key }) };
}

const cardsOf = async (name: string): Promise<string> =>
  (await w.phone(name).cards()).map((card) => card.rendered).join('\n');
const inbox = async (place: string): Promise<string> => {
  await w.drain();
  return JSON.stringify(((await w.sim(`/inboxes/${place}`)).json as { items: unknown[] }).items);
};
const send = (fields: Record<string, unknown>): Promise<Answer> =>
  w.call('/send', { body: { token, content: '正文', ...fields } });

/** Binds a contact of Ming's by the code that arrives there. */
async function verify(kind: 'email' | 'phone', address: string): Promise<void> {
  await w.admin(`/users/${uid}/contacts/${kind}`, { address });
  const { items } = (await w.sim(`/inboxes/${kind === 'email' ? 'mail' : 'sms'}`)).json as {
    items: { rendered: string }[];
  };
  const code = /\b\d{6}\b/.exec(items[0]?.rendered ?? '')?.[0];
  expect((await w.admin(`/users/${uid}/contacts/${kind}/confirm`, { code })).status).toBe(200);
  // One short message a minute goes to a phone.
  w.clock.advance(60_000);
}

async function arrives(title: string, at = 'Ming'): Promise<void> {
  await w.drain();
  expect(await cardsOf(at)).toContain(title);
}

describe('pushoo', () => {
  it.each([
    ['pushplus', 'www.pushplus.plus'],
    ['pushplushxtrip', 'pushplus.hxtrip.com'],
  ])('sends as %s', async (name, host) => {
    const title = `来自 ${name}`;
    expect(await clients.push(name, { token, title, content: '**正文**' })).toEqual(ACCEPTED);
    expect(hosts).toContain(host);
    await arrives(title);
  });

  it('is told of a wrong token', async () => {
    const answer = await clients.push('pushplus', { token: 'nobody', title: 't', content: 'c' });
    expect(answer).toEqual({ code: 903, msg: '无效的用户token' });
  });
});

describe('push-all-in-one', () => {
  it('sends, with options that are empty too', async () => {
    const options = {
      template: 'txt',
      channel: 'wechat',
      topic: '',
      webhook: '',
      callbackUrl: '',
      timestamp: '',
      to: '',
    };
    const got = await clients.allInOne(token).send('来自 paio', '正文', options);
    expect(got).toMatchObject({ status: 200, data: ACCEPTED });
    await arrives('来自 paio');
  });
});

describe('requests as widely used scripts write them', () => {
  it.each([
    // apprise: JSON with a charset, template markdown, the token in the body.
    [
      'apprise',
      { 'content-type': 'application/json' },
      (title: string) => JSON.stringify({ token, title, content: 'x', template: 'html' }),
    ],
    // qinglong in Python: every field, most of them empty or null.
    [
      'qinglong py',
      { 'content-type': 'application/json' },
      (title: string) =>
        JSON.stringify({
          token,
          title,
          content: 'x',
          topic: '',
          template: 'html',
          channel: 'wechat',
          webhook: '',
          callbackUrl: '',
          to: '',
        }),
    ],
    // qinglong in JavaScript: a leading blank in the type.
    [
      'qinglong js',
      { 'content-type': ' application/json' },
      (title: string) => JSON.stringify({ token: `${token}`, title, content: 'x', topic: null }),
    ],
    // The official shell demo.
    [
      'curl',
      { 'content-type': 'application/x-www-form-urlencoded' },
      (title: string) => new URLSearchParams({ token, title, content: 'x' }).toString(),
    ],
  ])('%s', async (name, headers, body) => {
    const answer = await w.call('/send', { method: 'POST', headers, body: body(`标题 ${name}`) });
    expect([answer.status, answer.json]).toEqual([200, ACCEPTED]);
    await arrives(`标题 ${name}`);
  });
});

describe('each channel', () => {
  it('wechat: a card, and the page that the code leads to', async () => {
    const { data } = (
      await send({ title: '走微信', channel: 'wechat', template: 'markdown', content: '**重要**' })
    ).json as {
      data: string;
    };
    await arrives('走微信');
    const page = await fetch(`${w.url}/shortMessage/${data}`);
    expect(await page.text()).toContain('<strong>重要</strong>');
  });

  it('webhook: the configuration that is named, by either name, and nobody else whatever is named', async () => {
    const config = { url: w.webhook('pp') };
    await w.core.channels.createChannel(personId, { kind: 'webhook', code: 'my-hook', config });
    expect((await send({ title: '走 webhook', channel: 'webhook', webhook: 'my-hook' })).json).toEqual(
      ACCEPTED,
    );
    expect(
      (await send({ title: '走 option', channel: 'webhook', option: 'my-hook', topic: 'none', to: 'none' }))
        .json,
    ).toEqual(ACCEPTED);
    const arrived = await inbox('webhook/pp');
    expect(arrived).toContain('走 webhook');
    expect(arrived).toContain('走 option');
    expect(await cardsOf('Ming')).not.toContain('走 option');
  });

  it('webhook: a bot and Bark too', async () => {
    const bot = { kind: 'wecom-bot', code: 'pushplus', config: { key: 'sim-pp' } };
    await w.core.channels.createChannel(personId, bot);
    const config = { server: `${w.simulatorUrl}/bark`, key: 'sim-phone' };
    await w.core.channels.createChannel(personId, { kind: 'bark', code: 'my-phone', config });
    await send({ title: '走机器人', channel: 'webhook', webhook: 'pushplus' });
    await send({ title: '走 Bark', channel: 'webhook', webhook: 'my-phone' });
    expect(await inbox('wecom-bot')).toContain('走机器人');
    expect(await inbox('bark')).toContain('走 Bark');
  });

  it('cp: the account’s own WeCom app, and the members that are named', async () => {
    const { corpId, agentId, secret } = simulatedWecom;
    const config = { corpId, agentId: String(agentId), secret, receivers: 'zhangsan' };
    await w.core.channels.createChannel(personId, { kind: 'wecom-app', code: 'cp', config });
    await send({ title: '走企业微信', channel: 'cp', webhook: 'cp' });
    await send({ title: '给李四', channel: 'cp', option: 'cp', to: 'lisi' });
    const arrived = await inbox('wecom');
    expect(arrived).toContain('走企业微信');
    expect(arrived).toContain('给李四');
    const { items } = (await w.sim('/inboxes/wecom')).json as { items: Record<string, unknown>[] };
    const toLisi = items.find((item) => JSON.stringify(item).includes('给李四'));
    expect(JSON.stringify(toLisi)).toContain('lisi');
    expect(JSON.stringify(toLisi)).not.toContain('zhangsan');
  });

  it('mail: the server’s own mailer where the account has no mailbox', async () => {
    await verify('email', 'ming@mail.example');
    await send({ title: '走邮件', channel: 'mail' });
    const arrived = await inbox('mail');
    expect(arrived).toContain('走邮件');
    expect(arrived).toContain('ming@mail.example');
  });

  it('sms: the title for ten points, none while the account cannot pay', async () => {
    await verify('phone', '13800138000');
    expect((await send({ title: '走短信', channel: 'sms' })).json).toEqual({
      code: 888,
      msg: expect.any(String),
    });
    await w.admin(`/users/${uid}/points`, { amount: 10 });
    const answer = await send({ title: '走短信', content: '只在页面上', channel: 'sms' });
    expect(answer.json).toEqual(ACCEPTED);
    const arrived = await inbox('sms');
    expect(arrived).toContain('走短信');
    expect(arrived).not.toContain('只在页面上');
    expect(await w.core.points.balanceOf(personId)).toBe(0);
    expect((await send({ title: '又一条', channel: 'sms' })).json).toMatchObject({ code: 888 });
  });

  it('none: the account’s own route', async () => {
    await send({ title: '不指定渠道' });
    await arrives('不指定渠道');
  });

  it('several by batchSend', async () => {
    const body = { token, title: '两路', content: 'x', channel: 'wechat,webhook', option: ',my-hook' };
    expect((await w.call('/batchSend', { body })).json).toMatchObject({ code: 200, msg: '执行成功' });
    await arrives('两路');
    expect(await inbox('webhook/pp')).toContain('两路');
  });
});

describe('receivers', () => {
  it('friends and groups get theirs, and the account itself nothing', async () => {
    const space = await w.core.spaces.getSpace(personId);
    const topic = await w.core.topics.createTopic(space.id, { name: '运维', alias: 'ops' });
    await w.phone('Hong').follows();
    const hong = await w.core.people.getByUid(await w.phone('Hong').uid());
    const joined = {
      personId: hong.personId,
      uid: hong.uid,
      appId: space.id,
      source: 'scan',
      extra: '',
    } as const;
    await w.core.subscriptions.subscribe({ ...joined, topicId: 0 });
    await w.core.subscriptions.subscribe({ ...joined, topicId: topic.id });
    const [friend] = (
      await w.core.subscribers.listSubscribers({ appId: space.id, topicId: 0 }, { skip: 0, take: 1 })
    ).items;
    const to = w.core.shortCodes.encode('friend', friend?.id ?? 0);
    expect((await send({ title: '给好友', to })).json).toEqual(ACCEPTED);
    expect((await send({ title: '给群组', topic: 'ops' })).json).toEqual(ACCEPTED);
    await arrives('给好友', 'Hong');
    await arrives('给群组', 'Hong');
    expect(await cardsOf('Ming')).not.toMatch(/给好友|给群组/);
  });

  it('nobody gets what is too old', async () => {
    expect((await send({ title: '太迟了', timestamp: w.clock.now() - 1 })).json).toEqual(ACCEPTED);
    await w.drain();
    expect(await cardsOf('Ming')).not.toContain('太迟了');
  });
});

describe('the prefix and the log', () => {
  it('the prefix serves the same, and answers in the dialect’s words whatever is asked', async () => {
    expect((await w.call(`/pushplus/send/${token}?content=x&title=前缀`)).json).toEqual(ACCEPTED);
    expect((await w.call('/pushplus/nothing')).json).toEqual({ code: 999, msg: expect.any(String) });
  });

  it('other dialects keep their addresses under /send', async () => {
    const { key } = (await w.admin(`/users/${uid}/keys`, { kind: 'sendkey' })).json as { key: string };
    expect((await w.call(`/send/${key}.send?title=t`)).json).toMatchObject({ data: { errno: 0 } });
  });

  it('the log holds no token', () => {
    expect(w.lines.join('\n')).not.toContain(token);
  });
});
