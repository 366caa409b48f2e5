/** Injected faults, the counters that show them, and the reset that forgets both. */
import { describe, expect, it } from 'vitest';
import { ask, itemsOf, openSim, type SimWorld } from '../sim-world.js';

const INFO = '/cgi-bin/getcallbackip';

describe('faults', () => {
  async function call(sim: SimWorld): Promise<string> {
    const { appId, secret } = { appId: 'wx0000000000000001', secret: 'simsecret' };
    const url = `${sim.base}/wechat/cgi-bin/token?grant_type=client_credential&appid=${appId}&secret=${secret}`;
    const answer = await ask(url).catch(() => null);
    return answer ? `${answer.status} ${answer.body.errcode ?? 'ok'}` : 'cut';
  }

  it.each([
    ['an error number', { errcode: -1 }, '200 -1'],
    ['a status', { status: 503 }, '503 ok'],
    ['a status with an error number', { status: 500, errcode: -1 }, '500 -1'],
    ['a cut', { drop: true }, 'cut'],
    ['a hang', { hang: 5 }, 'cut'],
    ['a lost answer', { lostAnswer: true }, 'cut'],
    ['a lost answer after silence', { lostAnswer: true, hang: 5 }, 'cut'],
    ['latency', { latencyMs: 5 }, '200 ok'],
    ['a rate of nothing', { errcode: -1, rate: 0 }, '200 ok'],
    ['another path', { path: '/wechat/cgi-bin/token2', errcode: -1 }, '200 ok'],
  ])('of %s strike', async (_name, fault, seen) => {
    const sim = await openSim();
    const { status, body } = await sim.api('POST', '/faults', { path: '/wechat/cgi-bin/token', ...fault });
    expect([status, body.id]).toEqual([201, 1]);
    expect(await call(sim)).toBe(seen);
    expect((await sim.api('DELETE', '/faults')).status).toBe(204);
    expect(await call(sim)).toBe('200 ok');
  });

  it('wait as long as they say', async () => {
    const waits: number[] = [];
    const delay = async (ms: number) => {
      waits.push(ms);
    };
    const sim = await openSim({ delay });
    await sim.api('POST', '/faults', { path: '/wechat', latencyMs: 700, count: 1 });
    await sim.api('POST', '/faults', { path: '/wechat', hang: 9000, count: 1 });
    await call(sim);
    await call(sim);
    expect(waits).toEqual([700, 9000]);
  });

  it('end after their count, one by one', async () => {
    const sim = await openSim();
    await sim.api('POST', '/faults', { path: '/wechat', status: 502, count: 2 });
    const { body } = await sim.api('POST', '/faults', { path: '/wechat', errcode: 45009 });
    expect([await call(sim), await call(sim), await call(sim)]).toEqual(['502 ok', '502 ok', '200 45009']);
    expect(itemsOf(await sim.api('GET', '/faults'))).toEqual([
      { id: body.id, path: '/wechat', errcode: 45009 },
    ]);
    await sim.api('DELETE', `/faults/${body.id}`);
    expect(await call(sim)).toBe('200 ok');
  });

  it('come now and then, as 40037 does with a right id', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    const path = '/wechat/cgi-bin/message/template/send';
    await sim.api('POST', '/faults', { path, errcode: 40037, rate: 0.3, count: 23 });
    const data = { keyword1: { value: 'x' } };
    const codes: unknown[] = [];
    for (let nth = 0; nth < 300; nth += 1) {
      const body = { touser: openid, template_id: 'sim-free-template', data };
      codes.push((await sim.wx('/cgi-bin/message/template/send', { body })).body.errcode);
    }
    expect(codes.filter((code) => code === 40037)).toHaveLength(23);
    expect(codes.filter((code) => code === 0)).toHaveLength(277);
    expect(codes.slice(0, 23)).toContain(0);
  });

  it('can strike after the work is done', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    await sim.api('POST', '/faults', { path: '/wechat/cgi-bin/message', status: 502, after: true, count: 1 });
    const body = { touser: openid, template_id: 'sim-free-template', client_msg_id: 'd1', data: {} };
    expect((await sim.wx('/cgi-bin/message/template/send', { body })).status).toBe(502);
    expect((await sim.wx('/cgi-bin/message/template/send', { body })).body.errcode).toBe(0);
    expect((await sim.api('GET', '/cards')).body).toEqual({ shown: 1, recipients: 1, duplicates: 0 });
    expect((await sim.api('GET', '/stats')).body.calls).toMatchObject({
      '/wechat/cgi-bin/message/template/send': { count: 2, errors: 1, distinct: 1 },
    });
  });

  it.each([
    ['a webhook', '/webhook/a', 'webhook/a'],
    ['a bark-server', '/bark/sim-key/title/body', 'bark'],
    ['gotify', '/gotify/message?token=sim-token&message=hi', 'gotify'],
    ['ntfy', '/ntfy/sim-topic/publish?message=hi', 'ntfy'],
    ['PushDeer', '/pushdeer/message/push?pushkey=sim-key&text=hi', 'pushdeer'],
  ])('lose the answer of %s after it acted', async (_name, path, inbox) => {
    const sim = await openSim();
    await sim.api('POST', '/faults', { path: '/', lostAnswer: true, count: 1 });
    const init = path.includes('gotify') ? { method: 'POST' } : {};
    expect(await fetch(`${sim.base}${path}`, init).catch(() => 'cut')).toBe('cut');
    expect(itemsOf(await sim.api('GET', `/inboxes/${inbox}`))).toHaveLength(1);
  });

  it('strike webhooks too', async () => {
    const sim = await openSim();
    await sim.api('POST', '/faults', { path: '/webhook/a', status: 500 });
    expect((await ask(`${sim.base}/webhook/a`)).status).toBe(500);
    expect((await ask(`${sim.base}/webhook/b`)).status).toBe(200);
    expect(itemsOf(await sim.api('GET', '/inboxes/webhook/a'))).toEqual([]);
  });
});

describe('counters', () => {
  it('tell calls, errors, and how many were under way at once', async () => {
    const held: (() => void)[] = [];
    const sim = await openSim({ delay: () => new Promise<void>((go) => held.push(go)) });
    await sim.api('POST', '/faults', { path: '/webhook/slow', latencyMs: 1 });
    const calls = [1, 2, 3].map(() => ask(`${sim.base}/webhook/slow`));
    while (held.length < 3) {
      await sim.api('GET', '/stats');
    }
    for (const go of held) {
      go();
    }
    await Promise.all(calls);
    await sim.wx(INFO, { query: { access_token: '' } });
    await ask(`${sim.base}/wechat/none`);
    const { body } = await sim.api('GET', '/stats');
    expect(body.calls).toEqual({
      '/webhook/slow': { count: 3, errors: 0, distinct: 0 },
      [`/wechat${INFO}`]: { count: 1, errors: 1, distinct: 0 },
      '/wechat/none': { count: 1, errors: 1, distinct: 0 },
    });
    expect(body.inflightMax).toMatchObject({ '/webhook/slow': 3 });
  });

  it('start at zero after a reset, which forgets people, tokens, faults and webhooks', async () => {
    const sim = await openSim();
    const token = await sim.token();
    const openid = await sim.person();
    await ask(`${sim.base}/webhook/a`);
    await sim.api('POST', '/faults', { path: '/wechat', status: 500 });
    await sim.api('POST', '/clock', { advanceMs: 1000 });
    expect((await sim.api('POST', '/reset', {})).status).toBe(204);
    expect((await sim.api('GET', '/stats')).body).toEqual({
      calls: {},
      inflightMax: {},
      tokenDeaths: 0,
      wecomTokenDeaths: 0,
      pushLoad: { waiting: 0, running: 0 },
    });
    expect((await sim.api('GET', '/followers')).body.items).toEqual([]);
    expect((await sim.api('GET', `/followers/${openid}/inbox`)).status).toBe(404);
    expect((await sim.wx(INFO, { query: { access_token: token } })).body.errcode).toBe(40001);
    expect((await sim.api('GET', '/inboxes/webhook/a')).body.items).toEqual([]);
    expect((await sim.api('POST', '/clock', { advanceMs: 0 })).body.now).toBe(sim.now());
  });
});
