/** What the account may know of people, and its menu with every limit. */
import { describe, expect, it } from 'vitest';
import { openSim } from '../sim-world.js';

const INFO = '/cgi-bin/user/info';
const CREATE = '/cgi-bin/menu/create';

describe('user/info', () => {
  it('tells no name and no picture of a follower', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    expect((await sim.wx(INFO, { query: { openid, lang: 'zh_CN' } })).body).toEqual({
      subscribe: 1,
      openid,
      subscribe_time: Math.floor(sim.now() / 1000),
      remark: '',
      groupid: 0,
      tagid_list: [],
      subscribe_scene: 'ADD_SCENE_SEARCH',
      qr_scene: 0,
      qr_scene_str: '',
    });
  });

  it('tells the scene of the code by which somebody came', async () => {
    const sim = await openSim();
    const openid = await sim.person({ following: false });
    const action = {
      action_name: 'QR_STR_SCENE',
      expire_seconds: 60,
      action_info: { scene: { scene_str: 'app:1' } },
    };
    const { body } = await sim.wx('/cgi-bin/qrcode/create', { body: action });
    await sim.api('POST', `/followers/${openid}/scan`, { ticket: body.ticket });
    const info = await sim.wx(INFO, { query: { openid } });
    expect(info.body).toMatchObject({
      subscribe_scene: 'ADD_SCENE_QR_CODE',
      qr_scene: 0,
      qr_scene_str: 'app:1',
    });
  });

  it('tells nothing else of somebody who does not follow, and refuses strangers', async () => {
    const sim = await openSim();
    const openid = await sim.person({ following: false });
    expect((await sim.wx(INFO, { query: { openid } })).body).toEqual({ subscribe: 0 });
    expect((await sim.wx(INFO, { query: { openid: 'x' } })).body.errcode).toBe(40003);
    expect((await sim.wx(INFO, { body: {} })).body.errcode).toBe(43001);
  });

  it.each([
    ['nobody', [], 40032],
    ['more than a hundred', Array(101).fill({ openid: 'x' }), 40032],
    ['a stranger', [{ openid: 'x' }], 40003],
    ['no list', 'x', 47001],
  ])('in a batch refuses %s', async (_name, list, errcode) => {
    const sim = await openSim();
    expect((await sim.wx('/cgi-bin/user/info/batchget', { body: { user_list: list } })).body.errcode).toBe(
      errcode,
    );
  });

  it('in a batch answers in order', async () => {
    const sim = await openSim();
    const [follower, stranger] = [await sim.person(), await sim.person({ following: false })];
    const list = [{ openid: stranger, lang: 'zh_CN' }, { openid: follower }];
    expect((await sim.wx('/cgi-bin/user/info/batchget', { body: { user_list: list } })).body).toMatchObject({
      user_info_list: [
        { subscribe: 0, openid: stranger },
        { subscribe: 1, openid: follower },
      ],
    });
  });
});

describe('user/get', () => {
  it('pages by ten thousand followers and ends with an empty page', async () => {
    const sim = await openSim({ pushTo: undefined });
    const action = { action_name: 'QR_LIMIT_STR_SCENE', action_info: { scene: { scene_str: 'a' } } };
    const code = (await sim.wx('/cgi-bin/qrcode/create', { body: action })).body;
    await sim.person({ following: false });
    const bulk = (await sim.api('POST', '/followers/bulk', { count: 10_001, scan: code.url })).body;
    expect(bulk.failed).toBeUndefined();
    const [first, last] = Array.isArray(bulk.openids) ? bulk.openids : [];
    const one = (await sim.wx('/cgi-bin/user/get')).body;
    expect(one).toMatchObject({ total: 10_001, count: 10_000 });
    expect(one.data).toMatchObject({ openid: expect.arrayContaining([first]) });
    const two = (await sim.wx('/cgi-bin/user/get', { query: { next_openid: String(one.next_openid) } })).body;
    expect(two).toEqual({ total: 10_001, count: 1, data: { openid: [last] }, next_openid: last });
    const three = (await sim.wx('/cgi-bin/user/get', { query: { next_openid: String(last) } })).body;
    expect(three).toEqual({ total: 10_001, count: 0, next_openid: '' });
    expect((await sim.wx('/cgi-bin/user/get', { query: { next_openid: 'x' } })).body.errcode).toBe(40003);
  });
});

describe('the menu', () => {
  const click = { type: 'click', name: '帮助', key: 'HELP' };
  const view = { type: 'view', name: '网页', url: 'http://localhost/' };
  const nest = (child: unknown) => [{ name: '更多', sub_button: [child] }];

  it.each([
    ['no buttons', undefined, 40016],
    ['an empty list', [], 40016],
    ['four buttons', [click, click, click, click], 40016],
    ['a button that is no object', ['x'], 47001],
    ['an unknown type', [{ ...click, type: 'dance' }], 40017],
    ['an inherited type', [{ ...click, type: 'toString' }], 40017],
    ['a name over 16 bytes', [{ ...click, name: '一二三四五六' }], 40018],
    ['no name', [{ ...click, name: '' }], 40018],
    ['a key over 128 bytes', [{ ...click, key: 'x'.repeat(129) }], 40019],
    ['no key', [{ type: 'click', name: '帮助' }], 40019],
    ['an address over 1024 bytes', [{ ...view, url: `http://a/${'x'.repeat(1016)}` }], 40020],
    ['no address', [{ type: 'view', name: '网页' }], 40020],
    ['an address that is none', [{ ...view, url: 'javascript:alert(1)' }], 40055],
    ['a third level', nest({ name: '更多', sub_button: [click] }), 40022],
    ['six sub buttons', [{ name: '更多', sub_button: Array(6).fill(click) }], 40023],
    ['sub buttons that are no list', [{ name: '更多', sub_button: 'x' }], 40023],
    ['a sub button of an unknown type', nest({ ...click, type: 'dance' }), 40024],
    ['a sub name over 60 bytes', nest({ ...click, name: '字'.repeat(21) }), 40025],
    ['a sub key over 128 bytes', nest({ ...click, key: 'x'.repeat(129) }), 40026],
    ['a sub address over 1024 bytes', nest({ ...view, url: `http://a/${'x'.repeat(1016)}` }), 40027],
    ['a sub address that is none', nest({ ...view, url: 'x' }), 40054],
    [
      'a mini program without its page',
      [{ type: 'miniprogram', name: '页', url: 'http://a/', appid: 'wx1' }],
      40019,
    ],
  ])('is refused with %s', async (_name, button, errcode) => {
    const sim = await openSim();
    expect((await sim.wx(CREATE, { body: { button } })).body.errcode).toBe(errcode);
    expect((await sim.wx('/cgi-bin/menu/get')).body.errcode).toBe(46003);
  });

  it('is kept, shown and deleted', async () => {
    const sim = await openSim();
    const sub = { ...click, name: '字'.repeat(20), key: 'x'.repeat(128) };
    const button = [
      { name: '更多', sub_button: [sub, { ...view, url: `http://a/${'x'.repeat(1015)}` }] },
      { ...click, name: '一二三四五' },
      view,
    ];
    expect((await sim.wx(CREATE, { body: { button } })).body).toEqual({ errcode: 0, errmsg: 'ok' });
    const shown = (await sim.wx('/cgi-bin/menu/get')).body;
    expect(shown).toMatchObject({ menu: { button } });
    expect(shown.errcode).toBeUndefined();
    expect((await sim.api('GET', '/account')).body.menu).toMatchObject({ button });
    expect((await sim.wx('/cgi-bin/menu/delete')).body.errcode).toBe(0);
    expect((await sim.wx('/cgi-bin/menu/get')).body.errcode).toBe(46003);
  });
});
