/** WeCom's tokens and the checks that every call goes through. */
import { describe, expect, it } from 'vitest';
import { simulatedWecom } from '#src/simulator/index.js';
import { openSim } from '../sim-world.js';
import { getToken, refusalText, send, textTo, wecom } from './wecom-world.js';

const { untrustingCorpId, narrowSecret } = simulatedWecom;
const MINUTE = 60_000;

describe('asking for a token', () => {
  it.each([
    ['no corp', { corpid: '' }, 41002],
    ['no secret', { corpsecret: '' }, 41004],
    ['an unknown corp', { corpid: 'wwsim0000000009' }, 40013],
    ['a wrong secret', { corpsecret: 'simwecomsecreT' }, 40001],
    ['the secret of another corp', { corpid: untrustingCorpId, corpsecret: narrowSecret }, 40091],
  ])('is refused with %s', async (_name, query, errcode) => {
    const sim = await openSim();
    const { status, body } = await getToken(sim, query);
    expect([status, body]).toEqual([
      200,
      { errcode, errmsg: expect.stringMatching(refusalText(sim, errcode)) },
    ]);
  });

  it('has the same result for as long as the token lives, and another one after two hours', async () => {
    const sim = await openSim();
    const first = (await getToken(sim)).body;
    expect(first).toEqual({ errcode: 0, errmsg: 'ok', access_token: expect.any(String), expires_in: 7200 });
    expect(String(first.access_token).length).toBeLessThanOrEqual(512);
    sim.advance(120 * MINUTE - 1);
    expect((await getToken(sim)).body).toEqual(first);
    sim.advance(1);
    expect((await getToken(sim)).body.access_token).not.toBe(first.access_token);
  });

  it('gives every corp and every secret its own', async () => {
    const sim = await openSim();
    const tokens = await Promise.all([
      getToken(sim),
      getToken(sim, { corpsecret: narrowSecret }),
      getToken(sim, { corpid: untrustingCorpId }),
    ]);
    expect(new Set(tokens.map(({ body }) => body.access_token)).size).toBe(3);
  });
});

describe('a call', () => {
  it.each([
    ['without a token', null, 41001],
    ['with something that is no token', 'undefined', 40014],
    ['with a token of nobody', 'x'.repeat(100), 40014],
  ])('%s is refused', async (_name, token, errcode) => {
    const sim = await openSim();
    expect((await send(sim, textTo('lisi'), { token })).body.errcode).toBe(errcode);
  });

  it.each([
    ['a GET that should be a POST', '/cgi-bin/message/send', { method: 'GET' }, 43002],
    ['a POST that should be a GET', '/cgi-bin/agent/get', { body: {} }, 43001],
    ['an unknown path', '/cgi-bin/message/sent', { body: {} }, 40066],
    ['no body', '/cgi-bin/message/send', { raw: '' }, 40058],
    ['a body that is no JSON', '/cgi-bin/message/send', { raw: 'touser=lisi' }, 40058],
    ['a body that is no object', '/cgi-bin/message/send', { raw: '[]' }, 40058],
    ['a body over a megabyte', '/cgi-bin/message/send', { raw: 'x'.repeat(1024 * 1024 + 1) }, 45002],
  ])('is refused for %s', async (_name, path, asked, errcode) => {
    const sim = await openSim();
    const { status, body } = await wecom(sim, path, asked);
    expect([status, body]).toEqual([
      200,
      { errcode, errmsg: expect.stringMatching(refusalText(sim, errcode)) },
    ]);
  });

  it('is refused when its token is over', async () => {
    const sim = await openSim();
    const token = String((await getToken(sim)).body.access_token);
    sim.advance(120 * MINUTE);
    expect((await send(sim, textTo('lisi'), { token })).body.errcode).toBe(42001);
  });

  it.each([40014, 42001])(
    'is refused by %i when tokens are revoked, until a new one is asked for',
    async (errcode) => {
      const sim = await openSim();
      const token = String((await getToken(sim)).body.access_token);
      await sim.api('POST', '/wecom/tokens', { kill: true, errcode });
      expect((await send(sim, textTo('lisi'), { token })).body.errcode).toBe(errcode);
      expect((await send(sim, textTo('lisi'))).body.errcode).toBe(0);
      expect((await sim.api('GET', '/stats')).body.wecomTokenDeaths).toBe(1);
    },
  );

  it('finds its token dead after as many calls as were set', async () => {
    const sim = await openSim();
    await sim.api('POST', '/wecom/tokens', { dieAfterCalls: 2 });
    const token = String((await getToken(sim)).body.access_token);
    const codes: unknown[] = [];
    for (let call = 0; call < 4; call += 1) {
      codes.push((await send(sim, textTo('lisi'), { token })).body.errcode);
    }
    expect(codes).toEqual([0, 0, 42001, 42001]);
  });

  it('to the corp that does not trust us is refused with our address, although its token is given', async () => {
    const sim = await openSim();
    const asked = { corpId: untrustingCorpId };
    const { body } = await send(sim, textTo('lisi'), asked);
    expect(body.errmsg).toMatch(refusalText(sim, 60020, '^not allow to access from your ip'));
    expect(body.errcode).toBe(60020);
    expect(
      (await wecom(sim, '/cgi-bin/agent/get', { ...asked, query: { agentid: '1000002' } })).body.errcode,
    ).toBe(60020);
    await sim.api('POST', '/wecom', { corpId: untrustingCorpId, trustedIps: ['127.0.0.1'] });
    expect((await send(sim, textTo('lisi'), asked)).body.errcode).toBe(0);
  });

  it.each([-1, 45009, 45033, 48002, 60020, 82001])(
    'fails by an injected %i in the platform’s own form',
    async (errcode) => {
      const sim = await openSim();
      await sim.api('POST', '/faults', { path: '/wecom/cgi-bin/message/send', errcode, count: 1 });
      const { body } = await send(sim, textTo('lisi'));
      expect(body).toEqual({ errcode, errmsg: expect.stringMatching(refusalText(sim, errcode)) });
      expect(body.errmsg).not.toContain('unknown error');
      expect((await send(sim, textTo('lisi'))).body.errcode).toBe(0);
      expect((await sim.api('GET', '/stats')).body.calls).toMatchObject({
        '/wecom/cgi-bin/message/send': { count: 2, errors: 1 },
      });
    },
  );
});
