/** What category templates refuse keyword by keyword, and how free templates edit silently. */
import { describe, expect, it } from 'vitest';
import { KEYWORD_TYPES } from '#src/simulator/wechat/keyword-rules.js';
import { itemsOf, openSim, type SimWorld } from '../sim-world.js';

const SEND = '/cgi-bin/message/template/send';
const CATEGORY = 'sim-category-template';
const FREE = 'sim-free-template';
const GOOD = {
  thing1: { value: '磁盘告警' },
  thing2: { value: '数据盘已用 95%' },
  time3: { value: '2026年11月23日 09:41' },
};

function send(sim: SimWorld, body: Record<string, unknown>) {
  return sim.wx(SEND, { body: { template_id: CATEGORY, data: GOOD, ...body } });
}

async function inboxOf(sim: SimWorld, openid: string) {
  return itemsOf(await sim.api('GET', `/followers/${openid}/inbox`));
}

describe('a category template', () => {
  const cases: [string, string[], string[]][] = [
    [
      'thing',
      ['一'.repeat(20), 'a b!', '\u{1F426}'.repeat(20)],
      ['一'.repeat(21), 'a\nb', '', '  ', '\u{1F426}'.repeat(21)],
    ],
    ['short_thing', ['五个字正好'], ['这里有六个字']],
    ['character_string', ['AB-12#', 'x'.repeat(32)], ['x'.repeat(33), '中', 'a中']],
    ['const', ['一'.repeat(20)], ['一'.repeat(21), 'a\nb']],
    ['phrase', ['已处理', '正在处理中'], ['正在处理中了', 'ok', '好1']],
    [
      'name',
      ['欧阳娜娜', 'x'.repeat(20), '一'.repeat(10)],
      ['一'.repeat(11), 'x'.repeat(21), '中xxxxxxxxxx'],
    ],
    ['number', ['0', '12.50', '-3', '1'.repeat(32)], ['1'.repeat(33), '1,000', '一', '1.', '12个']],
    ['letter', ['abcXYZ', 'x'.repeat(32)], ['x'.repeat(33), 'a1', '中']],
    ['symbol', ['!@#', '¥'], ['!!!!!!', 'a']],
    ['amount', ['¥100', '100元', '￥0.01', '1234567890'], ['12345678901', '¥', '100美元', '一百元']],
    ['phone_number', ['+86-13800138000', '400 800 8888'], ['1'.repeat(18), '一二三', '12a']],
    ['car_number', ['粤A8Z888挂', '粤B12345'], ['粤A8Z88888挂', '粤 A1', '']],
    [
      'time',
      [
        '15:01',
        '23:59:59',
        '2019年10月1日 15:01',
        '2019-10-01 15:01',
        '2019年10月1日 15:01~16:00',
        '08:00 ~ 2019/10/2 09:00',
      ],
      ['2019年10月1日', '24:00', '15:60', '15', '15:01~', '15:01~16:00~17:00', '昨天', '2019年13月1日 15:01'],
    ],
    [
      'date',
      [
        '2019年10月1日',
        '2019-10-01',
        '2019/10/1',
        '2019.10.1',
        '2019年10月1日 15:01',
        '2019年10月1日~2019年10月3日',
      ],
      ['10月1日', '2019-10/01', '15:01', '2019年10月32日', '2019年13月1日', 'x'],
    ],
  ];

  it.each(cases)('takes and refuses what it should for %s', async (type, good, bad) => {
    const sim = await openSim();
    const openid = await sim.person();
    const key = `${type}7`;
    await sim.api('POST', '/templates', {
      templateId: 't',
      title: '测试',
      kind: 'category',
      content: `值：{{${key}.DATA}}`,
    });
    const codeFor = async (value: string) =>
      (await sim.wx(SEND, { body: { touser: openid, template_id: 't', data: { [key]: { value } } } })).body;
    for (const value of good) {
      expect([value, (await codeFor(value)).errcode]).toEqual([value, 0]);
    }
    for (const value of bad) {
      const { errcode, errmsg } = await codeFor(value);
      expect([value, errcode]).toEqual([value, 47003]);
      expect(errmsg).toMatch(new RegExp(`^argument invalid! data\\.${key}\\.value invalid rid: `));
    }
  });

  it('has a case above for every keyword type', () => {
    expect(cases.map(([type]) => type).sort()).toEqual([...KEYWORD_TYPES].sort());
  });

  it('takes only the approved values of a constant', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    const template = {
      templateId: 't',
      title: '测试',
      kind: 'category',
      content: '值：{{const1.DATA}}',
      constants: { const1: ['高', '低'] },
    };
    await sim.api('POST', '/templates', template);
    const codeFor = async (value: string) =>
      (await sim.wx(SEND, { body: { touser: openid, template_id: 't', data: { const1: { value } } } })).body
        .errcode;
    expect([await codeFor('高'), await codeFor('中')]).toEqual([0, 47003]);
  });

  it.each([
    ['a missing keyword', { thing1: GOOD.thing1, time3: GOOD.time3 }, 'thing2'],
    ['a value without its wrapping', { ...GOOD, thing1: '磁盘' }, 'thing1'],
    ['a number for a text', { ...GOOD, time3: { value: 5 } }, 'time3'],
    ['an inherited name', { ...GOOD, thing1: { toString: 'x' } }, 'thing1'],
  ])('refuses %s and names the keyword', async (_name, data, field) => {
    const sim = await openSim();
    const openid = await sim.person();
    const { body } = await send(sim, { touser: openid, data });
    expect(body).toMatchObject({ errcode: 47003, errmsg: expect.stringContaining(`data.${field}.value`) });
    expect(await inboxOf(sim, openid)).toEqual([]);
  });

  it('drops emoji when it is shown', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    await send(sim, {
      touser: openid,
      data: { ...GOOD, thing1: { value: '好\u{1F426}消息❤\uFE0F', color: '#f00' } },
    });
    expect((await inboxOf(sim, openid))[0]?.rendered).toContain('标题：好消息\n');
  });
});

describe('a free template', () => {
  it('hides lines without a label and edits values silently', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    const data = {
      first: { value: '您好' },
      keyword1: { value: '第一行\n第二行\u{1F426}' },
      keyword2: { value: `${'字'.repeat(20)}多` },
      keyword3: { value: `${'abc123'.repeat(30)}${'字'.repeat(19)}` },
      remark: { value: '谢谢' },
    };
    expect((await send(sim, { touser: openid, template_id: FREE, data })).body.errcode).toBe(0);
    expect((await inboxOf(sim, openid))[0]?.rendered).toBe(
      `消息通知\n标题：第一行第二行\n内容：${'字'.repeat(20)}…\n时间：${data.keyword3.value}`,
    );
  });

  it('shows its own keywords only, and no label of one that was not given', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    const data = { 主机: { value: 'web-1' }, keyword2: { value: '满了' } };
    await send(sim, { touser: openid, template_id: FREE, data });
    expect((await inboxOf(sim, openid))[0]?.rendered).toBe('消息通知\n内容：满了');
  });

  it.each([
    ['sim-bare', { title: '磁盘', content: '满了', time: '12:00' }, '通知'],
    [
      'sim-industry',
      { first: '您好', keyword1: '磁盘满了', keyword2: '12:00', remark: '谢谢' },
      '告警通知\n告警内容：磁盘满了\n告警时间：12:00',
    ],
  ])('as tutorials have it: %s', async (id, values, rendered) => {
    const sim = await openSim();
    const openid = await sim.person();
    const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }]));
    expect((await send(sim, { touser: openid, template_id: id, data })).body.errcode).toBe(0);
    expect((await inboxOf(sim, openid))[0]?.rendered).toBe(rendered);
  });

  it('hides a greeting and a farewell that have labels, too', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    const content = '你好：{{first.DATA}}\n事：{{thing.DATA}}\n备注：{{remark.DATA}}';
    await sim.api('POST', '/templates', { templateId: 't', title: '通知', kind: 'free', content });
    const data = { first: { value: 'a' }, thing: { value: 'b' }, remark: { value: 'c' } };
    await send(sim, { touser: openid, template_id: 't', data });
    expect((await inboxOf(sim, openid))[0]?.rendered).toBe('通知\n事：b');
  });

  it('shows a template of one unlabelled line as nothing but its title', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    await sim.api('POST', '/templates', {
      templateId: 't',
      title: '空',
      kind: 'free',
      content: '{{content.DATA}}',
    });
    await sim.wx(SEND, {
      body: { touser: openid, template_id: 't', data: { content: { value: '看不见' } } },
    });
    expect((await inboxOf(sim, openid))[0]?.rendered).toBe('空');
  });

  it('refuses values that are no text', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    expect(
      (await send(sim, { touser: openid, template_id: FREE, data: { keyword1: 'x' } })).body.errcode,
    ).toBe(47001);
  });
});
