/** OAuth: the page that knows or asks who holds the phone, and the code's short life. */
import { describe, expect, it } from 'vitest';
import { simulatorDefaults } from '#src/simulator/index.js';
import { ask, openSim, type SimWorld } from '../sim-world.js';

const { appId, secret } = simulatorDefaults;
const GOOD = {
  appid: appId,
  redirect_uri: 'http://localhost/back?x=1',
  response_type: 'code',
  scope: 'snsapi_base',
  state: 'abc',
};

function authorize(
  sim: SimWorld,
  {
    query = GOOD,
    person = '',
    ...init
  }: { query?: Record<string, string>; person?: string } & RequestInit = {},
) {
  const url = `${sim.base}/wechat/connect/oauth2/authorize?${new URLSearchParams(query)}`;
  return fetch(url, {
    redirect: 'manual',
    headers: person ? { cookie: `sim_person=${person}` } : {},
    ...init,
  });
}

async function codeFor(sim: SimWorld, person: string, scope = 'snsapi_base'): Promise<string> {
  const response = await authorize(sim, { query: { ...GOOD, scope }, person });
  return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

function exchange(sim: SimWorld, query: Record<string, string>) {
  const full = { appid: appId, secret, grant_type: 'authorization_code', ...query };
  return ask(`${sim.base}/wechat/sns/oauth2/access_token?${new URLSearchParams(full)}`);
}

describe('the page', () => {
  it('sends a known person back with code and state', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    const response = await authorize(sim, { person: openid });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toMatch(/^http:\/\/localhost\/back\?x=1&code=\w{32}&state=abc$/);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it('asks who holds the phone, and sets nothing before somebody chooses', async () => {
    const sim = await openSim();
    const openid = String((await sim.api('POST', '/followers', { nickname: '<小明>' })).body.openid);
    for (const person of ['', 'oNobody']) {
      const asked = await authorize(sim, { person });
      const page = await asked.text();
      expect(asked.status).toBe(200);
      expect(asked.headers.get('set-cookie')).toBeNull();
      expect(page).toContain('&lt;小明&gt;');
      expect(page).not.toContain('<小明>');
    }
    const chosen = await authorize(sim, { method: 'POST', body: new URLSearchParams({ openid }) });
    expect(chosen.status).toBe(303);
    expect(chosen.headers.get('location')).toContain('code=');
    expect(chosen.headers.get('set-cookie')).toContain(`sim_person=${openid}; path=/; samesite=lax`);
  });

  it('lets no other site choose', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://evil.example' },
    ] as Record<string, string>[]) {
      const body = new URLSearchParams({ openid });
      const response = await authorize(sim, { method: 'POST', body, headers });
      expect(response.status).toBe(200);
      expect(response.headers.get('set-cookie')).toBeNull();
    }
  });

  it.each([
    ['another app id', { ...GOOD, appid: 'wx2' }],
    ['another response type', { ...GOOD, response_type: 'token' }],
    ['an unknown scope', { ...GOOD, scope: 'snsapi_login' }],
    ['a state with a dash', { ...GOOD, state: 'a-b' }],
    ['a state of 129 characters', { ...GOOD, state: 'x'.repeat(129) }],
    ['a target that is no address', { ...GOOD, redirect_uri: 'javascript:alert(1)' }],
    ['a relative target', { ...GOOD, redirect_uri: '/back' }],
    ['no parameters', {}],
    [
      'parameters in another order',
      {
        redirect_uri: GOOD.redirect_uri,
        appid: appId,
        response_type: 'code',
        scope: 'snsapi_base',
        state: 'a',
      },
    ],
  ])('refuses %s', async (_name, query) => {
    const sim = await openSim();
    const response = await authorize(sim, { query, person: await sim.person() });
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  it('returns only to the configured domain, and never for a subscription account', async () => {
    const sim = await openSim();
    const person = await sim.person();
    await sim.api('POST', '/account', { oauthDomain: 'push.example.com' });
    expect((await authorize(sim, { person })).status).toBe(400);
    await sim.api('POST', '/account', { oauthDomain: 'localhost' });
    expect((await authorize(sim, { person })).status).toBe(302);
    await sim.api('POST', '/account', { kind: 'subscription' });
    expect((await authorize(sim, { person })).status).toBe(400);
  });
});

describe('the code', () => {
  it('tells who the person is, once', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    const code = await codeFor(sim, openid);
    expect((await exchange(sim, { code })).body).toEqual({
      access_token: expect.any(String),
      expires_in: 7200,
      refresh_token: expect.any(String),
      openid,
      scope: 'snsapi_base',
    });
    expect((await exchange(sim, { code })).body.errcode).toBe(40163);
  });

  it('ends after five minutes', async () => {
    const sim = await openSim();
    const code = await codeFor(sim, await sim.person());
    sim.advance(300_000);
    expect((await exchange(sim, { code })).body.errcode).toBe(40029);
  });

  it.each([
    ['an unknown code', { code: 'x' }, 40029],
    ['no code', { code: '' }, 41008],
    ['another app id', { appid: 'wx2', code: 'x' }, 40013],
    ['no app id', { appid: '', code: 'x' }, 41002],
    ['a wrong secret', { secret: 'wrong', code: 'x' }, 40125],
    ['no secret', { secret: '', code: 'x' }, 41004],
    ['another grant type', { grant_type: 'x', code: 'x' }, 40002],
  ])('is refused with %s', async (_name, query, errcode) => {
    expect((await exchange(await openSim(), query)).body.errcode).toBe(errcode);
  });

  it('marks the identity of a page preview', async () => {
    const sim = await openSim();
    const { body } = await sim.api('POST', '/followers', { snapshot: true });
    const code = await codeFor(sim, String(body.openid));
    expect((await exchange(sim, { code })).body.is_snapshotuser).toBe(1);
  });
});

describe('the profile', () => {
  it('is given by the wider scope only, to the token of that person, which is not an API token', async () => {
    const sim = await openSim();
    const [openid, other] = [await sim.person(), await sim.person()];
    const tokenFor = async (scope: string) =>
      String((await exchange(sim, { code: await codeFor(sim, openid, scope) })).body.access_token);
    const read = (token: string, of: string) =>
      ask(`${sim.base}/wechat/sns/userinfo?${new URLSearchParams({ access_token: token, openid: of })}`);
    const wide = await tokenFor('snsapi_userinfo');
    expect((await read(wide, openid)).body).toMatchObject({ openid, nickname: '用户1' });
    expect((await read(wide, other)).body.errcode).toBe(40003);
    expect((await read(await tokenFor('snsapi_base'), openid)).body.errcode).toBe(48001);
    expect((await read('', openid)).body.errcode).toBe(41001);
    expect((await read('x', openid)).body.errcode).toBe(40001);
    expect((await sim.wx('/cgi-bin/user/info', { query: { openid, access_token: wide } })).body.errcode).toBe(
      40001,
    );
    sim.advance(7_200_000);
    expect((await read(wide, openid)).body.errcode).toBe(40001);
  });
});
