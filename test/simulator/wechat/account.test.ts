/** Quotas, addresses, the check of the server URL, and errors of every kind on demand. */
import { describe, expect, it } from 'vitest';
import { simulatorDefaults } from '#src/simulator/index.js';
import { WECHAT_ERRORS } from '#src/simulator/wechat/errors.js';
import { ask, openServerUrl, openSim, type SimWorld } from '../sim-world.js';

const { appId, secret } = simulatorDefaults;
const INFO = '/cgi-bin/getcallbackip';

async function codesOf(sim: SimWorld, path: string, count: number): Promise<unknown[]> {
  const codes: unknown[] = [];
  for (let round = 0; round < count; round += 1) {
    codes.push((await sim.wx(path)).body.errcode ?? 0);
  }
  return codes;
}

function classicToken(sim: SimWorld) {
  return ask(`${sim.base}/wechat/cgi-bin/token?grant_type=client_credential&appid=${appId}&secret=${secret}`);
}

describe('quotas', () => {
  it('are off at first', async () => {
    const sim = await openSim();
    await sim.api('POST', '/quota', { on: false, limits: { [INFO]: 1 } });
    expect(await codesOf(sim, INFO, 3)).toEqual([0, 0, 0]);
  });

  it('refuse until midnight in China once they are used up', async () => {
    const sim = await openSim();
    expect((await sim.api('POST', '/quota', { on: true, limits: { [INFO]: 2 } })).body).toEqual({ on: true });
    expect(await codesOf(sim, INFO, 3)).toEqual([0, 0, 45009]);
    sim.advance(12 * 3_600_000 - 1);
    expect(await codesOf(sim, INFO, 1)).toEqual([45009]);
    sim.advance(1);
    expect(await codesOf(sim, INFO, 3)).toEqual([0, 0, 45009]);
  });

  it('hold for two thousand classic tokens a day, two hundred in a sandbox account', async () => {
    const sim = await openSim();
    await sim.api('POST', '/account', { kind: 'sandbox' });
    await sim.api('POST', '/quota', { on: true });
    for (let count = 0; count < 200; count += 1) {
      await classicToken(sim);
    }
    expect((await classicToken(sim)).body.errcode).toBe(45009);
    await sim.api('POST', '/account', { kind: 'service' });
    expect((await classicToken(sim)).body.errcode).toBeUndefined();
  });

  it('hold for ten thousand stable tokens a minute', async () => {
    const sim = await openSim();
    await sim.api('POST', '/quota', { on: true });
    const body = JSON.stringify({ grant_type: 'client_credential', appid: appId, secret });
    const request = () => ask(`${sim.base}/wechat/cgi-bin/stable_token`, { method: 'POST', body });
    for (let batch = 0; batch < 100; batch += 1) {
      await Promise.all(Array.from({ length: 100 }, request));
    }
    expect((await request()).body.errcode).toBe(45011);
    sim.advance(60_000);
    expect((await request()).body.errcode).toBeUndefined();
  });

  it.each([
    ['/cgi-bin/token', 2_000, 200],
    ['/cgi-bin/stable_token', 500_000, 50_000],
    ['/cgi-bin/menu/create', 1_000, 100],
    ['/cgi-bin/qrcode/create', 100_000, 10_000],
    ['/cgi-bin/user/info', 5_000_000, 500_000],
    ['/cgi-bin/user/get', 500, 50],
    ['/cgi-bin/message/custom/send', 500_000, 50_000],
    ['/cgi-bin/message/template/send', 100_000, 10_000],
  ])('of %s can be asked for', async (path, service, sandbox) => {
    const sim = await openSim();
    const read = () => sim.wx('/cgi-bin/openapi/quota/get', { body: { cgi_path: path } });
    expect((await read()).body).toEqual({
      errcode: 0,
      errmsg: 'ok',
      quota: { daily_limit: service, used: 0, remain: service },
    });
    await sim.api('POST', '/account', { kind: 'sandbox' });
    expect((await read()).body.quota).toMatchObject({ daily_limit: sandbox });
  });

  it('of an unknown path cannot be asked for', async () => {
    const sim = await openSim();
    expect((await sim.wx('/cgi-bin/openapi/quota/get', { body: { cgi_path: '/x' } })).body.errcode).toBe(
      76021,
    );
  });

  it('are cleared ten times a month, by token or by secret', async () => {
    const sim = await openSim();
    await sim.api('POST', '/quota', { on: true, limits: { [INFO]: 1 } });
    const byToken = () => sim.wx('/cgi-bin/clear_quota', { body: { appid: appId } });
    const bySecret = (wrong = {}) =>
      ask(`${sim.base}/wechat/cgi-bin/clear_quota/v2`, {
        method: 'POST',
        body: JSON.stringify({ appid: appId, appsecret: secret, ...wrong }),
      });
    expect((await bySecret({ appsecret: '' })).body.errcode).toBe(41004);
    expect((await bySecret({ appid: 'wx2' })).body.errcode).toBe(40013);
    expect((await sim.wx('/cgi-bin/clear_quota', { body: {} })).body.errcode).toBe(41002);
    for (let round = 0; round < 10; round += 1) {
      expect(await codesOf(sim, INFO, 2)).toEqual([0, 45009]);
      expect((await (round % 2 === 0 ? byToken() : bySecret())).body.errcode).toBe(0);
    }
    expect((await byToken()).body.errcode).toBe(48006);
    sim.advance(8 * 86_400_000);
    expect((await byToken()).body.errcode).toBe(0);
  });
});

describe('addresses and checks', () => {
  it('tell where pushes come from', async () => {
    const sim = await openSim();
    expect((await sim.wx(INFO)).body).toEqual({ ip_list: ['127.0.0.1'] });
    expect((await sim.wx('/cgi-bin/get_api_domain_ip')).body).toEqual({ ip_list: ['127.0.0.1'] });
  });

  it.each([
    ['all', 'DEFAULT', ['dns', 'ping']],
    ['dns', 'CAP', ['dns']],
    ['ping', 'UNICOM', ['ping']],
  ])('do %s', async (action, operator, keys) => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url });
    const { body } = await sim.wx('/cgi-bin/callback/check', { body: { action, check_operator: operator } });
    expect(Object.keys(body)).toEqual(keys);
  });

  it.each([
    ['an unknown action', { action: 'x', check_operator: 'DEFAULT' }, 40202],
    ['an unknown operator', { action: 'all', check_operator: 'x' }, 40203],
    ['no server URL', { action: 'all', check_operator: 'DEFAULT' }, 40201],
  ])('refuse %s', async (_name, body, errcode) => {
    const sim = await openSim({ pushTo: undefined });
    expect((await sim.wx('/cgi-bin/callback/check', { body })).body.errcode).toBe(errcode);
  });

  it('know no other path', async () => {
    const sim = await openSim();
    const answer = await sim.wx('/cgi-bin/message/mass/send', { body: {} });
    expect([answer.status, answer.body.errcode]).toEqual([404, 40066]);
  });
});

describe('any error number', () => {
  it.each(Object.entries(WECHAT_ERRORS))('can be had: %s', async (code, text) => {
    const sim = await openSim();
    await sim.api('POST', '/faults', { path: '/wechat/cgi-bin/message', errcode: Number(code), count: 1 });
    const struck = await sim.wx('/cgi-bin/message/template/send', { body: {} });
    expect(struck.status).toBe(200);
    expect(struck.body.errcode).toBe(Number(code));
    expect(struck.body.errmsg).toMatch(/ rid: [0-9a-f-]{26}$/);
    expect(String(struck.body.errmsg).split(/[{ ]/, 1)[0]).toBe(text.split(/[{ ]/, 1)[0]);
    expect((await sim.wx('/cgi-bin/message/template/send', { body: {} })).body.errcode).toBe(40003);
  });
});
