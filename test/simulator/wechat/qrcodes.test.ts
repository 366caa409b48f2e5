/** Scene QR codes: the limits of each action, the picture, the ends. */
import { describe, expect, it } from 'vitest';
import { ask, openSim } from '../sim-world.js';

const CREATE = '/cgi-bin/qrcode/create';

function request(action: unknown, scene: unknown, expire?: unknown): Record<string, unknown> {
  return { action_name: action, action_info: { scene }, expire_seconds: expire };
}

describe('creating a code', () => {
  it.each([
    ['a temporary text', request('QR_STR_SCENE', { scene_str: 'a:b-c_1' }, 60), 60],
    [
      'a temporary text of the longest life',
      request('QR_STR_SCENE', { scene_str: 'a' }, 2_592_000),
      2_592_000,
    ],
    [
      'a temporary text without a life, which gets the default',
      request('QR_STR_SCENE', { scene_str: 'a' }),
      30,
    ],
    [
      'an over-long temporary text, whose length nobody checks',
      request('QR_STR_SCENE', { scene_str: 'x'.repeat(65) }, 60),
      60,
    ],
    ['a temporary number', request('QR_SCENE', { scene_id: 4_294_967_295 }, 60), 60],
    ['a permanent text', request('QR_LIMIT_STR_SCENE', { scene_str: '青'.repeat(64) }), undefined],
    ['a permanent number', request('QR_LIMIT_SCENE', { scene_id: 100_000 }), undefined],
  ])('takes %s', async (_name, body, seconds) => {
    const sim = await openSim();
    const answer = await sim.wx(CREATE, { body });
    expect(answer.body).toEqual({
      ticket: expect.stringMatching(/^[A-Za-z0-9+/]+={2}$/),
      url: expect.stringMatching(/^http:\/\/weixin\.qq\.com\/q\/\w+$/),
      ...(seconds === undefined ? {} : { expire_seconds: seconds }),
    });
    expect(answer.body.ticket).toMatch(/\+.*\//);
  });

  it.each([
    ['an unknown action', request('QR_CODE', { scene_str: 'a' }), 40053],
    ['no action', { action_info: { scene: { scene_str: 'a' } } }, 40053],
    ['no scene', { action_name: 'QR_STR_SCENE', action_info: {} }, 40053],
    ['no action info', { action_name: 'QR_STR_SCENE' }, 40053],
    ['an empty temporary text', request('QR_STR_SCENE', { scene_str: '' }, 60), 40053],
    ['a number where a text belongs', request('QR_STR_SCENE', { scene_str: 12 }, 60), 40053],
    ['a text where a number belongs', request('QR_SCENE', { scene_id: '12' }, 60), 40053],
    ['an empty permanent text', request('QR_LIMIT_STR_SCENE', { scene_str: '' }), 40053],
    [
      'a permanent text of 65 characters',
      request('QR_LIMIT_STR_SCENE', { scene_str: 'x'.repeat(65) }),
      40053,
    ],
    ['a permanent number 0', request('QR_LIMIT_SCENE', { scene_id: 0 }), 40053],
    ['a permanent number over 100000', request('QR_LIMIT_SCENE', { scene_id: 100_001 }), 40053],
    ['a life over thirty days', request('QR_STR_SCENE', { scene_str: 'a' }, 2_592_001), 40053],
    ['a life of nothing', request('QR_STR_SCENE', { scene_str: 'a' }, 0), 40053],
    ['a life in words', request('QR_STR_SCENE', { scene_str: 'a' }, '60'), 40053],
  ])('refuses %s', async (_name, body, errcode) => {
    const sim = await openSim();
    const answer = await sim.wx(CREATE, { body });
    expect(answer.body.errcode).toBe(errcode);
    expect(answer.body.ticket).toBeUndefined();
  });

  it.each([0, 4_294_967_296, -1, 1.5])('turns the temporary number %d into the largest one', async (id) => {
    const sim = await openSim();
    const openid = await sim.person({ following: false });
    const { body } = await sim.wx(CREATE, { body: request('QR_SCENE', { scene_id: id }, 60) });
    await sim.api('POST', `/followers/${openid}/scan`, { ticket: body.ticket });
    const info = await sim.wx('/cgi-bin/user/info', { query: { openid } });
    expect(info.body).toMatchObject({ qr_scene: 4_294_967_295, qr_scene_str: '' });
  });

  it('is refused with GET, without a body, and to a subscription account', async () => {
    const sim = await openSim();
    expect((await sim.wx(CREATE)).body.errcode).toBe(43002);
    expect((await sim.wx(CREATE, { raw: '', method: 'POST' })).body.errcode).toBe(44002);
    expect((await sim.wx(CREATE, { raw: '{"action_name":' })).body.errcode).toBe(47001);
    await sim.api('POST', '/account', { kind: 'subscription' });
    expect((await sim.wx(CREATE, { body: request('QR_STR_SCENE', { scene_str: 'a' }) })).body.errcode).toBe(
      48001,
    );
  });
});

describe('the picture', () => {
  it('is a PNG for a ticket that is well encoded, and 404 for any other', async () => {
    const sim = await openSim();
    const { body } = await sim.wx(CREATE, { body: request('QR_LIMIT_STR_SCENE', { scene_str: 'a' }) });
    const show = (query: string) => fetch(`${sim.base}/wechat/cgi-bin/showqrcode${query}`);
    const picture = await show(`?ticket=${encodeURIComponent(String(body.ticket))}`);
    expect(picture.status).toBe(200);
    expect(
      Buffer.from(await picture.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect((await show(`?ticket=${body.ticket}`)).status).toBe(404);
    expect((await show('?ticket=nonsense')).status).toBe(404);
    expect((await show('')).status).toBe(404);
  });
});

describe('scanning', () => {
  it('follows at first, and loses the scene when the code has ended', async () => {
    const sim = await openSim();
    const { body } = await sim.wx(CREATE, { body: request('QR_STR_SCENE', { scene_str: 'late' }, 60) });
    sim.advance(60_000);
    const openid = await sim.person({ following: false });
    const scan = () => sim.api('POST', `/followers/${openid}/scan`, { url: body.url });
    expect((await scan()).body.event).toBe('subscribe');
    expect((await sim.wx('/cgi-bin/user/info', { query: { openid } })).body.qr_scene_str).toBe('');
    expect((await scan()).body).toMatchObject({ event: null, reply: null });
  });

  it('opens the address of a page, and knows no codes but its own', async () => {
    const sim = await openSim();
    const openid = await sim.person({ following: false });
    const scan = (body: unknown) => sim.api('POST', `/followers/${openid}/scan`, body);
    expect((await scan({ url: 'https://example.com/s/x' })).body).toEqual({
      event: null,
      reply: null,
      open: 'https://example.com/s/x',
    });
    expect((await scan({ url: 'http://weixin.qq.com/q/unknown' })).status).toBe(404);
    expect((await scan({ ticket: 'unknown' })).status).toBe(404);
    expect((await scan({})).status).toBe(400);
  });

  it('still works by the text of the picture in any case of the scheme', async () => {
    const sim = await openSim();
    const { body } = await sim.wx(CREATE, { body: request('QR_STR_SCENE', { scene_str: 'x' }, 60) });
    const openid = await sim.person();
    const url = String(body.url).replace('http://', 'HTTPS://');
    expect((await sim.api('POST', `/followers/${openid}/scan`, { url })).body.event).toBe('SCAN');
    expect(
      (await ask(`${sim.base}/api/followers/${openid}/scan`, { method: 'POST', body: '{' })).status,
    ).toBe(400);
  });
});
