/** Both token families: what they refuse, how long they live, how they die. */
import { describe, expect, it } from 'vitest';
import { simulatorDefaults } from '#src/simulator/index.js';
import { ask, openSim, type SimWorld } from '../sim-world.js';

const GOOD = {
  grant_type: 'client_credential',
  appid: simulatorDefaults.appId,
  secret: simulatorDefaults.secret,
};
const MINUTE = 60_000;

function classic(sim: SimWorld, query: Record<string, string> = GOOD) {
  return ask(`${sim.base}/wechat/cgi-bin/token?${new URLSearchParams(query)}`);
}

function stable(sim: SimWorld, body: Record<string, unknown> = GOOD) {
  return ask(`${sim.base}/wechat/cgi-bin/stable_token`, { method: 'POST', body: JSON.stringify(body) });
}

/** The number with which the token is refused, 0 when it is good. */
async function codeOf(sim: SimWorld, token: unknown): Promise<unknown> {
  const { body } = await sim.wx('/cgi-bin/getcallbackip', { query: { access_token: String(token) } });
  return body.errcode ?? 0;
}

describe('asking for a token', () => {
  it.each([
    ['no grant type', { grant_type: '' }, 40002],
    ['another grant type', { grant_type: 'password' }, 40002],
    ['no app id', { appid: '' }, 41002],
    ['another app id', { appid: 'wx0000000000000002' }, 40013],
    ['no secret', { secret: '' }, 41004],
    ['a wrong secret', { secret: 'simsecreT' }, 40001],
    ['something that is no secret', { secret: 'x' }, 40125],
  ])('is refused with %s in both families', async (_name, wrong, errcode) => {
    const sim = await openSim();
    for (const answer of [
      await classic(sim, { ...GOOD, ...wrong }),
      await stable(sim, { ...GOOD, ...wrong }),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        errcode,
        errmsg: expect.stringMatching(/ rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/),
      });
      expect(answer.text).not.toContain('access_token"');
    }
  });

  it('puts the time of the call into the request id', async () => {
    const sim = await openSim();
    const { body } = await classic(sim, {});
    expect(String(body.errmsg)).toContain(` rid: ${Math.floor(sim.now() / 1000).toString(16)}-`);
  });

  it('is answered without an errcode', async () => {
    const sim = await openSim();
    for (const { body } of [await classic(sim), await stable(sim)]) {
      expect(body).toEqual({ access_token: expect.any(String), expires_in: 7200 });
      expect(String(body.access_token).length).toBeLessThanOrEqual(512);
    }
  });

  it.each([
    ['GET stable_token', '/cgi-bin/stable_token', 'GET', undefined, 43002],
    ['POST token', '/cgi-bin/token', 'POST', '{}', 43001],
    ['an empty body', '/cgi-bin/stable_token', 'POST', '', 44002],
    ['a body that is no JSON', '/cgi-bin/stable_token', 'POST', 'grant_type=x', 47001],
    ['a body that is no object', '/cgi-bin/stable_token', 'POST', '[]', 47001],
    [
      'a force_refresh that is no boolean',
      '/cgi-bin/stable_token',
      'POST',
      JSON.stringify({ ...GOOD, force_refresh: 1 }),
      47001,
    ],
  ])('is refused for %s', async (_name, path, method, body, errcode) => {
    const sim = await openSim();
    expect((await ask(`${sim.base}/wechat${path}`, { method, body })).body.errcode).toBe(errcode);
  });

  it('is refused for an address that is not on the list, and names it', async () => {
    const sim = await openSim();
    await sim.api('POST', '/account', { allowedIps: ['10.1.2.3'] });
    for (const { body } of [await classic(sim), await stable(sim)]) {
      expect(body.errcode).toBe(40164);
      expect(body.errmsg).toMatch(
        /^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: /,
      );
    }
    await sim.api('POST', '/account', { allowedIps: ['127.0.0.1'] });
    expect((await stable(sim)).body.expires_in).toBe(7200);
  });

  it('is refused while the secret is frozen or the account punished', async () => {
    const sim = await openSim();
    await sim.api('POST', '/account', { frozen: true });
    expect((await stable(sim)).body.errcode).toBe(40243);
    await sim.api('POST', '/account', { frozen: false, punished: true });
    expect((await stable(sim)).body.errcode).toBe(50004);
    await sim.api('POST', '/account', { punished: false });
    expect((await stable(sim)).body.errcode).toBeUndefined();
  });
});

describe('a classic token', () => {
  it('dies five minutes after the next one was asked for', async () => {
    const sim = await openSim();
    const first = (await classic(sim)).body.access_token;
    const second = (await classic(sim)).body.access_token;
    expect(second).not.toBe(first);
    expect([await codeOf(sim, first), await codeOf(sim, second)]).toEqual([0, 0]);
    sim.advance(5 * MINUTE);
    expect([await codeOf(sim, first), await codeOf(sim, second)]).toEqual([40001, 0]);
  });

  it('expires after two hours', async () => {
    const sim = await openSim();
    const token = (await classic(sim)).body.access_token;
    sim.advance(120 * MINUTE - 1);
    expect(await codeOf(sim, token)).toBe(0);
    sim.advance(1);
    expect(await codeOf(sim, token)).toBe(42001);
  });

  it('does not touch the stable family', async () => {
    const sim = await openSim();
    const token = (await stable(sim)).body.access_token;
    await classic(sim);
    await classic(sim);
    sim.advance(6 * MINUTE);
    expect(await codeOf(sim, token)).toBe(0);
  });
});

describe('a stable token', () => {
  it('stays the same while its time counts down, and is renewed in its last five minutes', async () => {
    const sim = await openSim();
    const first = (await stable(sim)).body.access_token;
    sim.advance(115 * MINUTE);
    expect((await stable(sim)).body).toEqual({ access_token: first, expires_in: 300 });
    sim.advance(1000);
    const renewed = (await stable(sim)).body;
    expect(renewed).toEqual({ access_token: expect.any(String), expires_in: 7200 });
    expect(renewed.access_token).not.toBe(first);
    expect([await codeOf(sim, first), await codeOf(sim, renewed.access_token)]).toEqual([0, 0]);
  });

  it('is killed by force, at most every thirty seconds and twenty times a day', async () => {
    const sim = await openSim();
    const force = async () => (await stable(sim, { ...GOOD, force_refresh: true })).body.access_token;
    const first = (await stable(sim)).body.access_token;
    const second = await force();
    expect(second).not.toBe(first);
    expect(await codeOf(sim, first)).toBe(40001);
    sim.advance(29_999);
    expect(await force()).toBe(second);
    const seen = new Set([second]);
    for (let round = 0; round < 30; round += 1) {
      sim.advance(30_000);
      seen.add(await force());
    }
    expect(seen.size).toBe(20);
    sim.advance(24 * 60 * MINUTE);
    expect(seen.has(await force())).toBe(false);
  });
});

describe('a call', () => {
  it.each([
    ['without a token', '', 41001],
    ['with something that is no token', 'undefined', 40014],
    ['with a token of nobody', 'x'.repeat(100), 40001],
  ])('%s is refused', async (_name, token, errcode) => {
    expect(await codeOf(await openSim(), token)).toBe(errcode);
  });

  it('finds its token dead after as many calls as were set, and the counters count one death each', async () => {
    const sim = await openSim();
    await sim.api('POST', '/tokens', { dieAfterCalls: 3 });
    const codes: unknown[] = [];
    for (let death = 0; death < 2; death += 1) {
      const token = (await stable(sim)).body.access_token;
      for (let call = 0; call < 5; call += 1) {
        codes.push(await codeOf(sim, token));
      }
    }
    expect(codes).toEqual([0, 0, 0, 40001, 40001, 0, 0, 0, 42001, 42001]);
    const stats = (await sim.api('GET', '/stats')).body;
    expect(stats.tokenDeaths).toBe(2);
    expect(stats.calls).toMatchObject({ '/wechat/cgi-bin/stable_token': { count: 2, errors: 0 } });
  });

  it.each([40001, 40014, 42001])('finds its token dead by %i at once when it is killed', async (errcode) => {
    const sim = await openSim();
    const token = await sim.token();
    await sim.api('POST', '/tokens', { kill: true, errcode });
    expect(await codeOf(sim, token)).toBe(errcode);
    expect(await codeOf(sim, await sim.token())).toBe(0);
  });
});
