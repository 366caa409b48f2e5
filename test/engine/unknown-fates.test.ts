/** What nobody saw answered is tried again only where that shows nothing twice; else it ends as unknown, and a person decides. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LEASE_MS } from '#src/engine/claim-lease.js';
import { DEAD_AFTER_MS } from '#src/engine/claim-sweep.js';
import { openPlatformProxy, type PlatformProxy } from '#test/support/platform-proxy.js';
import { openWorld, type World } from '#test/support/world.js';
import { type Follower, HOUR, MINUTE, type Pushing, SECOND, startPushing } from './pushing.js';

const TEMPLATE = '/wechat/cgi-bin/message/template/send';
const IS_POSTGRES = process.env.WORLD_DATABASE === 'postgresql';

let w: World;
let p: Pushing;
let proxy: PlatformProxy;
let mailPort = 0;

beforeAll(async () => {
  proxy = await openPlatformProxy();
  w = await openWorld({
    countTokens: false,
    mail: true,
    env: {
      WECHAT_API_BASE: `${proxy.url}/wechat`,
      WECOM_API_BASE: `${proxy.url}/wecom`,
      DINGTALK_BASE: `${proxy.url}/dingtalk`,
      FEISHU_BASE: `${proxy.url}/feishu`,
    },
  });
  proxy.target = w.simulatorUrl;
  p = await startPushing(w);
  mailPort = ((await w.sim('/mail')).json as { port: number }).port;
});
afterEach(async () => {
  proxy.onAnswer = () => {};
  await p.mend();
});
afterAll(async () => {
  await w.close();
  await proxy.close();
});

const inbox = async (name: string): Promise<unknown[]> =>
  ((await w.sim(`/inboxes/${name}`)).json as { items: unknown[] }).items;

/** Publishes to somebody by one channel of theirs. */
async function publish(to: Follower, channel: string): Promise<number> {
  const { personId } = await w.core.people.getByUid(to.uid);
  const { messageId } = await w.core.publish({
    appId: p.app.id,
    body: `body ${Math.random()}`,
    format: 'text',
    audience: { people: [personId], topics: [] },
    channels: [channel],
    targets: [{ uid: to.uid }],
    source: 'test',
  });
  return messageId;
}

/** As it is after a kill while these were at the platform: the start, or on PostgreSQL another process, finds their claims. */
async function killWorker(): Promise<void> {
  await w.restart();
  if (IS_POSTGRES) {
    await w.drain();
    w.clock.advance(LEASE_MS + 1);
    await w.drain();
    w.clock.advance(DEAD_AFTER_MS);
    await w.drain();
  }
}

/** Leaves the rows as a kill does that strikes after the platform acted. */
async function takeRecordAway(messageId: number, triedAt: number): Promise<void> {
  await w.db.delivery.updateMany({
    where: { messageId: BigInt(messageId) },
    data: {
      ...{ state: 'claimed', owner: 'dead', ref: null, finishedAt: null, attempts: '[]' },
      ...{ triedAt: new Date(triedAt), leaseUntil: new Date(triedAt + LEASE_MS) },
    },
  });
  await w.db.message.update({
    where: { id: BigInt(messageId) },
    data: { state: 'expanded', sent: 0, finishedAt: null },
  });
}

/** What a person reads of a try of which no answer came. */
const LINE_BROKE = /可能已经收到.*may have got it/s;
const MISLEADS = /连不上|cannot be reached|自动重试|is tried again/;

describe('on WeChat, which drops repeats for ten minutes', () => {
  it('an answer that is lost each time leads to no second card: after nine minutes the fate is unknown', async () => {
    const ming = await p.meet();
    const before = await p.calls();
    await p.fault({ lostAnswer: true });
    const id = await p.send(ming.uid);
    await w.drain();
    const [first] = (await p.trace(id)).delivery?.attempts ?? [];
    expect(first).toMatchObject({
      outcome: 'retry',
      inDoubt: true,
      detail: expect.stringMatching(LINE_BROKE),
    });
    expect(first?.detail).not.toMatch(MISLEADS);
    const firstTryAt = w.clock.now();
    for (let minutes = 0; minutes < 40; minutes += 1) {
      await p.advance(MINUTE / 2);
    }
    const { state, delivery } = await p.trace(id);
    expect(state).toBe('unknown');
    expect(delivery).toMatchObject({ state: 'unknown', nextTryAt: null });
    expect(delivery?.attempts.at(-1)).toMatchObject({
      outcome: 'unknown',
      detail: expect.stringContaining('可能已经送达'),
    });
    const lastTry = Math.max(...(delivery?.attempts ?? []).flatMap((one) => ('tookMs' in one ? one.at : [])));
    expect(lastTry - firstTryAt).toBeLessThan(9 * MINUTE);
    expect((await p.calls()) - before).toBeGreaterThan(4);
    expect(await ming.phone.cards()).toHaveLength(1);
  });

  it('one lost answer is made up for by the next try', async () => {
    const ming = await p.meet();
    await p.fault({ lostAnswer: true, count: 1 });
    const id = await p.send(ming.uid);
    await w.drain();
    await p.advance(SECOND);
    expect(await p.trace(id)).toMatchObject({ state: 'sent', outcomes: ['retry', 'sent', 'confirmed'] });
    expect(await ming.phone.cards()).toHaveLength(1);
  });

  it('a token that cannot be had is no doubt: nothing has left', async () => {
    const ming = await p.meet();
    await w.sim('/tokens', { kill: true, errcode: 40001 });
    await p.fault({ drop: true }, '/wechat/cgi-bin/stable_token');
    const id = await p.send(ming.uid);
    await w.drain();
    expect((await p.trace(id)).delivery?.attempts[0]?.outcome).toBe('retry');
    expect((await p.trace(id)).delivery?.attempts[0]).not.toHaveProperty('inDoubt');
    await p.advance(11 * MINUTE);
    await p.mend();
    await p.advance(11 * MINUTE);
    await p.advance(30 * MINUTE);
    expect(await p.trace(id)).toMatchObject({ state: 'sent' });
  });

  it('ten that a kill caught at the platform are not repeated eleven minutes later', async () => {
    const ming = await p.meet();
    const ids = await Promise.all(Array.from({ length: 10 }, () => p.send(ming.uid)));
    await w.drain();
    const triedAt = w.clock.now();
    for (const id of ids) {
      await takeRecordAway(id, triedAt);
    }
    const before = proxy.calls.get(TEMPLATE);
    w.clock.advance(11 * MINUTE);
    await killWorker();
    await w.drain();
    expect(proxy.calls.get(TEMPLATE)).toBe(before);
    for (const id of ids) {
      expect(await p.trace(id)).toMatchObject({
        state: 'unknown',
        unknown: 1,
        outcomes: ['unknown', 'unknown'],
      });
    }
    expect(await ming.phone.cards()).toHaveLength(10);
  });

  it('an answer that comes after others took the claim for a dead one’s still ends the doubt', async () => {
    const ming = await p.meet();
    let isSeen = false;
    proxy.onAnswer = async (path) => {
      if (path === TEMPLATE && !isSeen) {
        isSeen = true;
        // As another process does that held this one for dead, and whose own try the platform's memory is too short for.
        const attempts = JSON.stringify([{ at: w.clock.now(), outcome: 'unknown', code: 'lost' }]);
        const data = {
          owner: null,
          leaseUntil: null,
          triedAt: null,
          doubtAt: new Date(w.clock.now()),
          attempts,
        };
        const where = { messageId: BigInt(id), state: 'claimed' };
        await w.db.delivery.updateMany({ where, data: { ...data, state: 'unknown' } });
        await w.db.message.update({ where: { id: BigInt(id) }, data: { unknown: 1, state: 'done' } });
      }
    };
    const id = await p.send(ming.uid);
    await w.drain();
    expect(isSeen).toBe(true);
    const trace = await p.trace(id);
    expect(trace).toMatchObject({ state: 'sent', unknown: 0 });
    expect(trace.outcomes?.slice(0, 2)).toEqual(['unknown', 'sent']);
  });

  it('one that a kill caught is sent again within nine minutes, and says that it may have gone twice', async () => {
    const ming = await p.meet();
    const id = await p.send(ming.uid);
    await w.drain();
    await takeRecordAway(id, w.clock.now());
    w.clock.advance(5 * MINUTE);
    await killWorker();
    await w.drain();
    const { state, delivery, outcomes } = await p.trace(id);
    expect([state, outcomes?.slice(0, 2)]).toEqual(['sent', ['unknown', 'sent']]);
    expect(delivery?.attempts[0]).toMatchObject({
      code: 'lost',
      detail: expect.stringContaining('服务中断'),
    });
    expect(await ming.phone.cards()).toHaveLength(1);
  });
});

const KINDS: readonly [kind: string, config: Record<string, string>, path: string, inbox: string][] = [
  ['gotify', { server: '@/gotify', token: 'sim-app' }, '/gotify', 'gotify'],
  ['bark', { server: '@/bark', key: 'sim-phone' }, '/bark', 'bark'],
  ['ntfy', { server: '@/ntfy', topic: 'sim-ops' }, '/ntfy', 'ntfy'],
  ['pushdeer', { server: '@/pushdeer', key: 'sim-key' }, '/pushdeer', 'pushdeer'],
  ['webhook', { url: '@/webhook/mine' }, '/webhook/mine', 'webhook/mine'],
  [
    'mail',
    {
      to: 'ming@x.example',
      host: '127.0.0.1',
      port: '%',
      security: 'none',
      user: 'me@x.example',
      password: 'simmail',
    },
    '/mail',
    'mail',
  ],
];

describe.each(KINDS)('by %s, which knows no repeats', (kind, config, path, name) => {
  const configOf = (base = w.simulatorUrl, port = mailPort) =>
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        key,
        value.replace(/^@/, base).replace('%', String(port)),
      ]),
    );

  async function meetWith(more: object = {}): Promise<Follower> {
    const ming = await p.meet();
    const body = { kind, code: 'mine', config: configOf(), ...more };
    expect((await w.admin(`/users/${ming.uid}/channels`, body)).status).toBe(201);
    return ming;
  }

  it('a lost answer ends as unknown at once, and is sent again when somebody says so', async () => {
    const ming = await meetWith();
    const before = (await inbox(name)).length;
    await p.fault({ lostAnswer: true, count: 1 }, path);
    const id = await publish(ming, 'mine');
    await w.drain();
    await p.advance(2 * HOUR);
    expect(await p.trace(id)).toMatchObject({
      state: 'unknown',
      unknown: 1,
      failed: 0,
      outcomes: ['unknown'],
    });
    expect(await inbox(name)).toHaveLength(before + 1);
    const resend = (query: string) => w.admin(`/messages/${id}/resend${query}`, {});
    expect((await resend('')).json).toMatchObject({ resent: 0 });
    expect((await resend('?state=unknown')).json).toMatchObject({ resent: 1 });
    await w.drain();
    expect(await p.trace(id)).toMatchObject({ state: 'sent', unknown: 0, sent: 1 });
    expect(await inbox(name)).toHaveLength(before + 2);
  });

  it('a call that never left is tried again as ever', async () => {
    const ming = await meetWith({ config: configOf('http://127.0.0.1:1', 1) });
    const id = await publish(ming, 'mine');
    await w.drain();
    const { delivery } = await p.trace(id);
    expect(delivery).toMatchObject({ state: 'due', attempts: [{ outcome: 'retry' }] });
    expect(delivery?.attempts[0]).not.toHaveProperty('inDoubt');
  });

  it('a lost answer is tried again where the owner of the channel wants it rather twice than never', async () => {
    const ming = await meetWith({ ratherTwice: true });
    const before = (await inbox(name)).length;
    await p.fault({ lostAnswer: true, count: 1 }, path);
    const id = await publish(ming, 'mine');
    await w.drain();
    await p.advance(SECOND);
    const { state, delivery, outcomes } = await p.trace(id);
    expect([state, outcomes]).toEqual(['sent', ['retry', 'sent']]);
    expect(delivery?.attempts[0]).toMatchObject({ inDoubt: true });
    expect(await inbox(name)).toHaveLength(before + 2);
  });
});

describe('an app that wants it rather twice than never', () => {
  it('has its messages tried again, on every channel', async () => {
    const ming = await p.meet();
    const config = { server: `${w.simulatorUrl}/gotify`, token: 'sim-app' };
    await w.admin(`/users/${ming.uid}/channels`, { kind: 'gotify', code: 'mine', config });
    const change = (ratherTwice: boolean) => w.admin(`/apps/${p.app.id}`, { ratherTwice }, 'PATCH');
    expect((await change(true)).json).toMatchObject({ ratherTwice: true });
    await p.fault({ lostAnswer: true, count: 1 }, '/gotify');
    const id = await publish(ming, 'mine');
    await w.drain();
    await p.advance(SECOND);
    expect(await p.trace(id)).toMatchObject({ state: 'sent', outcomes: ['retry', 'sent'] });
    await change(false);
  });
});

describe('a try', () => {
  it('stands in the trace before it leaves', async () => {
    const ming = await p.meet();
    const id = await p.send(ming.uid);
    let seen: unknown[] = [];
    proxy.onAnswer = async (path) => {
      if (path === TEMPLATE) {
        seen = (await p.trace(id)).delivery?.attempts ?? [];
      }
    };
    await w.drain();
    expect(seen).toEqual([{ at: w.clock.now(), outcome: 'trying' }]);
    expect((await p.trace(id)).outcomes?.[0]).toBe('sent');
  });

  it('that may have arrived is cancelled by nobody: its fate stays unknown', async () => {
    const ming = await p.meet();
    await p.fault({ lostAnswer: true, count: 1 });
    const id = await p.send(ming.uid);
    await w.drain();
    await w.admin(`/messages/${id}/cancel`, {});
    await w.drain();
    expect(await p.trace(id)).toMatchObject({ state: 'unknown', unknown: 1, cancelled: 0 });
  });

  it('that may have arrived does not go on to the next channel', async () => {
    const ming = await p.meet();
    const gotify = { server: `${w.simulatorUrl}/gotify`, token: 'sim-app' };
    const bark = { server: `${w.simulatorUrl}/bark`, key: 'sim-phone' };
    await w.admin(`/users/${ming.uid}/channels`, {
      kind: 'gotify',
      code: 'a',
      config: gotify,
      default: true,
    });
    await w.admin(`/users/${ming.uid}/channels`, { kind: 'bark', code: 'b', config: bark, fallback: 1 });
    const before = (await inbox('bark')).length;
    await p.fault({ lostAnswer: true, count: 1 }, '/gotify');
    const id = await p.send(ming.uid);
    await w.drain();
    expect((await p.trace(id)).state).toBe('unknown');
    expect(await inbox('bark')).toHaveLength(before);
  });
});

it('tells its app of the end, counts it in metrics, and lists it', async () => {
  const ming = await p.meet();
  const config = { server: `${w.simulatorUrl}/gotify`, token: 'sim-app' };
  await w.admin(`/users/${ming.uid}/channels`, { kind: 'gotify', code: 'mine', config });
  await w.admin(
    `/apps/${p.app.id}`,
    { callbackUrl: w.webhook('ends'), callbackStyle: 'native', callbackCompletions: true },
    'PATCH',
  );
  await p.fault({ lostAnswer: true, count: 1 }, '/gotify');
  const id = await publish(ming, 'mine');
  await w.drain();
  const told = (await inbox('webhook/ends')) as { request: { body: string } }[];
  const bodies = told.map(({ request }) => JSON.parse(request.body) as { data: Record<string, unknown> });
  expect(bodies.map(({ data }) => data)).toContainEqual(
    expect.objectContaining({
      messageId: id,
      state: 'unknown',
      unknown: 1,
      failed: 0,
      why: expect.stringContaining('Gotify'),
    }),
  );
  const metrics = await w.call('/metrics', { headers: { authorization: `Bearer ${w.adminToken}` } });
  expect(metrics.text).toMatch(/qingniao_deliveries_total\{channel="gotify",state="unknown"\} [1-9]/);
  const page = (await w.admin(`/messages/${id}?state=unknown`)).json as { deliveries: { total: number } };
  expect(page.deliveries.total).toBe(1);
  const boss = await w.signIn('Boss', { role: 'operator' });
  const list = await boss.get('/console/messages?state=unknown');
  expect(list.text).toContain(String(id));
  const trace = await boss.get(`/console/messages/${id}`);
  expect(trace.text).toContain('重发结果未知的');
});

describe.each([
  ['dingtalk-bot', { token: 'sim-dingtalk', secret: 'SECsim' }, '/dingtalk'],
  ['feishu-bot', { token: 'sim-feishu' }, '/feishu'],
  ['wecom-bot', { key: 'sim-robot' }, '/wecom/cgi-bin/webhook/send'],
])('by %s, what a person reads', (kind, config, path) => {
  it.each([
    ['of a lost answer', { lostAnswer: true, count: 1 }],
    ['of a gateway that waited in vain', { status: 504, count: 1 }],
  ])('%s speaks neither of another try nor of an unreachable server', async (_, fault) => {
    const ming = await p.meet();
    const made = await w.admin(`/users/${ming.uid}/channels`, { kind, code: 'robot', config });
    expect([made.status, made.text]).toEqual([201, expect.any(String)]);
    await p.fault(fault, path);
    const id = await publish(ming, 'robot');
    await w.drain();
    const { state, delivery } = await p.trace(id);
    const detail = delivery?.attempts[0]?.detail ?? '';
    expect([state, detail]).toEqual(['unknown', expect.stringMatching(/可能已经收到.*may have got it/s)]);
    expect(detail).not.toMatch(MISLEADS);
  });
});
