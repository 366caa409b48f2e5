/** Calls that send or make something: messages, templates, QR codes, the menu. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WechatPlatform } from '#src/platforms/wechat/index.js';
import { card, type FakeWechat, openFakeWechat, openPlatform } from './fake-wechat.js';

const cleanups: (() => unknown)[] = [];
let fake: FakeWechat;
let platform: WechatPlatform;
beforeEach(async () => {
  fake = await openFakeWechat(cleanups);
  ({ platform } = openPlatform(fake, cleanups));
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) {
    await clean();
  }
});

const sent = (path: string) => JSON.parse(fake.last(path)?.body ?? 'null');

describe('messages', () => {
  it('sends a template with its client id and gives the exact message id', async () => {
    fake.on('/message/template/send', () => '{"errcode":0,"errmsg":"ok","msgid":3662956322040938501}');
    const done = await platform.sendTemplate({
      ...card('oA'),
      url: 'https://example.com/m/1',
      clientMsgId: 'd-1',
    });
    expect(done).toEqual({ msgId: '3662956322040938501' });
    expect(sent('/message/template/send')).toEqual({
      touser: 'oA',
      template_id: 'TPL',
      url: 'https://example.com/m/1',
      client_msg_id: 'd-1',
      data: { thing1: { value: '标题' } },
    });
    expect(fake.last('/message/template/send')).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
  });

  it('leaves out what a template does not have', async () => {
    expect(await platform.sendTemplate(card())).toEqual({ msgId: '' });
    expect(Object.keys(sent('/message/template/send'))).toEqual(['touser', 'template_id', 'data']);
  });

  it('sends a customer-service text', async () => {
    await platform.sendText('oA', '你好\n"世界" 🌏');
    expect(sent('/message/custom/send')).toEqual({
      touser: 'oA',
      msgtype: 'text',
      text: { content: '你好\n"世界" 🌏' },
    });
  });

  it('lists, adds and deletes templates', async () => {
    const fields = { template_id: 'T1', title: '提醒', content: '标题：{{thing1.DATA}}', example: '标题：x' };
    fake.on('/template/get_all_private_template', () => ({ template_list: [fields, null] }));
    fake.on('/template/api_add_template', () => ({ errcode: 0, template_id: 'T2' }));
    expect(await platform.listTemplates()).toEqual([
      {
        id: 'T1',
        title: '提醒',
        content: fields.content,
        example: fields.example,
        primaryIndustry: '',
        deputyIndustry: '',
      },
    ]);
    expect(await platform.addTemplate({ shortId: '43', keywords: ['标题', '时间'] })).toEqual({
      templateId: 'T2',
    });
    expect(sent('/template/api_add_template')).toEqual({
      template_id_short: '43',
      keyword_name_list: ['标题', '时间'],
    });
    await platform.deleteTemplate('T2');
    expect(sent('/template/del_private_template')).toEqual({ template_id: 'T2' });
  });
});

describe('QR codes', () => {
  const ANSWER = { ticket: 'gQ+/8=', url: 'http://weixin.qq.com/q/abc' };

  it('makes a temporary code with a text scene', async () => {
    fake.on('/qrcode/create', () => ({ ...ANSWER, expire_seconds: 60 }));
    expect(await platform.createQrcode({ scene: '12', expireSeconds: 60 })).toEqual(ANSWER);
    expect(sent('/qrcode/create')).toEqual({
      expire_seconds: 60,
      action_name: 'QR_STR_SCENE',
      action_info: { scene: { scene_str: '12' } },
    });
  });

  it('makes a permanent code', async () => {
    fake.on('/qrcode/create', () => ANSWER);
    await platform.createQrcode({ scene: 'a'.repeat(64) });
    expect(sent('/qrcode/create')).toEqual({
      action_name: 'QR_LIMIT_STR_SCENE',
      action_info: { scene: { scene_str: 'a'.repeat(64) } },
    });
  });

  it.each([
    [{ scene: '' }],
    [{ scene: 'a'.repeat(65) }],
    [{ scene: 'a'.repeat(65), expireSeconds: 60 }],
    [{ scene: 'a', expireSeconds: 0 }],
    [{ scene: 'a', expireSeconds: 1.5 }],
    [{ scene: 'a', expireSeconds: 2_592_001 }],
  ])('refuses %j before asking, which the platform would garble', async (input) => {
    await expect(platform.createQrcode(input)).rejects.toThrow(RangeError);
    expect(fake.seen).toEqual([]);
  });

  it('does not take an answer without a ticket', async () => {
    fake.on('/qrcode/create', () => ({ url: ANSWER.url }));
    await expect(platform.createQrcode({ scene: 'a' })).rejects.toMatchObject({
      kind: 'decode',
      call: 'qrcode/create',
    });
  });

  it('encodes the ticket in the address of its picture', () => {
    expect(platform.qrcodePictureUrl(ANSWER.ticket)).toBe(
      'https://mp.example.com/cgi-bin/showqrcode?ticket=gQ%2B%2F8%3D',
    );
  });
});

describe('menu', () => {
  const MENU = {
    buttons: [
      { name: '帮助', type: 'click', key: 'help' },
      {
        name: '更多',
        children: [
          { name: '主页', type: 'view', url: 'https://example.com/' },
          { name: '小程序', type: 'miniprogram', url: 'https://example.com/', appId: 'wx1', pagePath: 'p/i' },
        ],
      },
    ],
  };

  it('reads back the menu that it made', async () => {
    fake.on('/menu/get', () => ({ menu: sent('/menu/create') }));
    await platform.createMenu(MENU);
    expect(sent('/menu/create').button[1]).toEqual({
      name: '更多',
      sub_button: [
        { name: '主页', type: 'view', url: 'https://example.com/' },
        { name: '小程序', type: 'miniprogram', url: 'https://example.com/', appid: 'wx1', pagepath: 'p/i' },
      ],
    });
    expect(await platform.getMenu()).toEqual(MENU);
  });

  it('reads an empty sub_button, as the platform writes it, as none', async () => {
    fake.on('/menu/get', () => ({
      menu: { button: [{ name: 'a', type: 'click', key: 'k', sub_button: [] }] },
    }));
    expect(await platform.getMenu()).toEqual({ buttons: [{ name: 'a', type: 'click', key: 'k' }] });
  });

  it('gives null for an account without a menu, and still throws other errors', async () => {
    fake.on('/menu/get', () => ({ errcode: 46003, errmsg: 'menu no exist' }));
    expect(await platform.getMenu()).toBe(null);
    fake.on('/menu/get', () => ({ errcode: 48001, errmsg: 'api unauthorized' }));
    await expect(platform.getMenu()).rejects.toMatchObject({ code: 48001 });
  });

  it('deletes the menu', async () => {
    await platform.deleteMenu();
    expect(fake.count('/menu/delete')).toBe(1);
  });
});
