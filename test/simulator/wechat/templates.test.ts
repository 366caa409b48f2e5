/** Template messages: both regimes, every keyword type, every refusal, the ids, the end of the job. */
import { describe, expect, it } from 'vitest';
import { parseFlatXml } from '#src/lib/xml.js';
import { itemsOf, openServerUrl, openSim, type SimWorld } from '../sim-world.js';

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

describe('sending', () => {
  it('shows a card with its link and gives the id as a bare 19-digit number', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    const answer = await send(sim, { touser: openid, url: 'http://localhost/m/1' });
    expect(answer.text).toMatch(/^\{"errcode":0,"errmsg":"ok","msgid":\d{19}\}$/);
    expect(Number.isSafeInteger(answer.body.msgid)).toBe(false);
    expect(await inboxOf(sim, openid)).toEqual([
      {
        id: expect.any(Number),
        at: sim.now(),
        kind: 'template',
        templateId: CATEGORY,
        data: GOOD,
        url: 'http://localhost/m/1',
        rendered: '消息提醒\n标题：磁盘告警\n内容：数据盘已用 95%\n时间：2026年11月23日 09:41',
      },
    ]);
  });

  it.each([
    ['nobody', { touser: '' }, 40003],
    ['a stranger', { touser: 'oXXXXXXXXXXXXXXXXXXXXXXXXXXX' }, 40003],
    ['a number', { touser: 12 }, 47001],
    ['no template', { template_id: '' }, 40036],
    ['a template of another account', { template_id: 'x' }, 40037],
    ['no data', { data: undefined }, 47001],
    ['data that is a list', { data: [] }, 47001],
  ])('is refused to %s', async (_name, wrong, errcode) => {
    const sim = await openSim();
    const openid = await sim.person();
    expect((await send(sim, { touser: openid, ...wrong })).body.errcode).toBe(errcode);
    expect(await inboxOf(sim, openid)).toEqual([]);
  });

  it('is refused to people who do not follow, or switched this template off', async () => {
    const sim = await openSim();
    const stranger = await sim.person({ following: false });
    expect((await send(sim, { touser: stranger })).body).toMatchObject({
      errcode: 43004,
      errmsg: expect.stringMatching(/^require subscribe rid: /),
    });
    const openid = await sim.person();
    await sim.api('POST', `/followers/${openid}/refuse`, { templateId: CATEGORY });
    expect((await send(sim, { touser: openid })).body.errcode).toBe(43101);
    expect((await send(sim, { touser: openid, template_id: FREE, data: {} })).body.errcode).toBe(0);
    await sim.api('POST', `/followers/${openid}/refuse`, { templateId: CATEGORY, refused: false });
    expect((await send(sim, { touser: openid })).body.errcode).toBe(0);
    await sim.api('POST', `/followers/${openid}/unfollow`, {});
    expect((await send(sim, { touser: openid })).body.errcode).toBe(43004);
  });

  it.each([
    ['GET', { method: 'GET' }, 43002],
    ['no body', { method: 'POST', raw: '' }, 44002],
    ['broken JSON', { raw: '{"touser":' }, 47001],
    ['JSON that is no object', { raw: '"x"' }, 47001],
    ['no token', { query: { access_token: '' }, raw: '{}' }, 41001],
  ])('is refused with %s', async (_name, options, errcode) => {
    expect((await (await openSim()).wx(SEND, options)).body.errcode).toBe(errcode);
  });

  it('is refused to a subscription account and, by its old name, to everybody', async () => {
    const sim = await openSim();
    expect((await sim.wx('/cgi-bin/message/template/uniform_send', { body: {} })).body.errcode).toBe(45109);
    await sim.api('POST', '/account', { kind: 'subscription' });
    expect((await send(sim, { touser: await sim.person() })).body.errcode).toBe(48001);
  });

  it('refuses invalid UTF-8 and bodies over a megabyte', async () => {
    const sim = await openSim();
    const url = `${sim.base}/wechat${SEND}?access_token=${await sim.token()}`;
    const broken = await fetch(url, { method: 'POST', body: Buffer.from([0x7b, 0xff, 0x7d]) });
    expect(await broken.json()).toMatchObject({ errcode: 47001 });
    const huge = await fetch(url, { method: 'POST', body: `{"x":"${'x'.repeat(1024 * 1024)}"}` });
    expect(await huge.json()).toMatchObject({ errcode: 45002 });
  });
});

describe('a client_msg_id', () => {
  it('is sent once in ten minutes, answered with the first id, and counted as a call but not as distinct', async () => {
    const sim = await openSim();
    const [openid, other] = [await sim.person(), await sim.person()];
    const first = await send(sim, { touser: openid, client_msg_id: 'd1' });
    sim.advance(599_999);
    const again = await send(sim, { touser: openid, client_msg_id: 'd1' });
    expect(again.text).toBe(first.text);
    expect(await inboxOf(sim, openid)).toHaveLength(1);
    expect((await send(sim, { touser: other, client_msg_id: 'd2' })).text).not.toBe(first.text);
    sim.advance(1);
    expect((await send(sim, { touser: openid, client_msg_id: 'd1' })).text).not.toBe(first.text);
    expect(await inboxOf(sim, openid)).toHaveLength(2);
    expect((await sim.api('GET', '/stats')).body.calls).toMatchObject({
      [`/wechat${SEND}`]: { count: 4, errors: 0, distinct: 2 },
    });
  });

  it('shows twice without one, which the cards tell', async () => {
    const sim = await openSim();
    const [openid, other] = [await sim.person(), await sim.person()];
    for (const touser of [openid, openid, other]) {
      await send(sim, { touser, url: 'http://localhost/m/1' });
    }
    await send(sim, { touser: openid, url: 'http://localhost/m/2' });
    expect((await sim.api('GET', '/cards')).body).toEqual({ shown: 4, recipients: 2, duplicates: 1 });
  });
});

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

  it('takes any keyword and labels it', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    await send(sim, { touser: openid, template_id: FREE, data: { 主机: { value: 'web-1' } } });
    expect((await inboxOf(sim, openid))[0]?.rendered).toBe('消息通知\n主机：web-1');
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

describe('the end of the job', () => {
  async function endingsAfter(prepare: (sim: SimWorld, openid: string) => Promise<unknown>) {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url });
    const openid = await sim.person();
    await prepare(sim, openid);
    const answer = await send(sim, { touser: openid });
    await sim.simulator.idle();
    const pushed = await Promise.all(server.pushes.slice(1).map(({ body }) => parseFlatXml(body)));
    return { answer, openid, shown: await inboxOf(sim, openid), pushed };
  }

  it('is told with the exact id and success', async () => {
    const { answer, openid, pushed } = await endingsAfter(async () => undefined);
    expect(pushed.map((fields) => Object.fromEntries(fields))).toEqual([
      {
        ToUserName: expect.stringMatching(/^gh_/),
        FromUserName: openid,
        CreateTime: expect.stringMatching(/^\d{10}$/),
        MsgType: 'event',
        Event: 'TEMPLATESENDJOBFINISH',
        MsgID: /\d{19}/.exec(answer.text)?.[0],
        Status: 'success',
      },
    ]);
  });

  it('is a user block for somebody who blocks the account, and nothing is shown', async () => {
    const { answer, shown, pushed } = await endingsAfter((sim, openid) =>
      sim.api('POST', `/followers/${openid}/block`, {}),
    );
    expect(answer.body.errcode).toBe(0);
    expect(pushed.map((fields) => fields.get('Status'))).toEqual(['failed:user block']);
    expect(shown).toEqual([]);
  });

  it('can be a failure of the system, or never come', async () => {
    const failed = await endingsAfter((sim) =>
      sim.api('POST', '/account', { jobStatus: 'failed: system failed' }),
    );
    expect(failed.pushed.map((fields) => fields.get('Status'))).toEqual(['failed: system failed']);
    expect(failed.shown).toEqual([]);
    const silent = await endingsAfter((sim) => sim.api('POST', '/account', { jobStatus: null }));
    expect(silent.pushed).toEqual([]);
    expect(silent.shown).toHaveLength(1);
  });
});

describe('the template library', () => {
  it('lists the templates, with empty industries for category ones and the built-in one', async () => {
    const { body } = await (await openSim()).wx('/cgi-bin/template/get_all_private_template');
    expect(body.errcode).toBeUndefined();
    expect(body.template_list).toMatchObject([
      { template_id: CATEGORY, primary_industry: '', content: expect.stringContaining('{{thing1.DATA}}') },
      { template_id: FREE, primary_industry: 'IT科技' },
      { title: '订阅模板消息', content: '{{content.DATA}}' },
    ]);
  });

  it('adds category templates by number and keywords, up to 25 in all, and removes them', async () => {
    const sim = await openSim();
    const add = (body: unknown) => sim.wx('/cgi-bin/template/api_add_template', { body });
    const made = await add({
      template_id_short: '43216',
      keyword_name_list: ['告警内容', '告警时间', '处理状态'],
    });
    expect(made.body).toMatchObject({ errcode: 0, template_id: expect.any(String) });
    const { body } = await sim.wx('/cgi-bin/template/get_all_private_template');
    expect(JSON.stringify(body)).toContain(
      '告警内容：{{thing1.DATA}}\\n告警时间：{{time2.DATA}}\\n处理状态：{{phrase3.DATA}}',
    );
    expect((await add({ template_id_short: '43216' })).body.errcode).toBe(47001);
    expect((await add({ template_id_short: 'x' })).body.errcode).toBe(40037);
    for (let count = 4; count <= 25; count += 1) {
      expect((await add({ template_id_short: 'TM00015' })).body.errcode).toBe(0);
    }
    expect((await add({ template_id_short: 'TM00015' })).body.errcode).toBe(45026);
    const remove = (id: unknown) =>
      sim.wx('/cgi-bin/template/del_private_template', { body: { template_id: id } });
    expect((await remove(made.body.template_id)).body.errcode).toBe(0);
    expect((await remove(made.body.template_id)).body.errcode).toBe(40037);
    expect((await remove('')).body.errcode).toBe(40036);
  });
});

describe('a subscription notice', () => {
  const NOTICE = '/cgi-bin/message/subscribe/bizsend';

  it('needs consent for each sending, and reaches people who do not follow', async () => {
    const sim = await openSim();
    const openid = await sim.person({ following: false });
    const notice = (data: unknown = GOOD) =>
      sim.wx(NOTICE, { body: { touser: openid, template_id: CATEGORY, data } });
    expect((await notice()).body.errcode).toBe(43101);
    await sim.api('POST', `/followers/${openid}/consent`, { templateId: CATEGORY });
    expect((await notice({ ...GOOD, thing1: { value: '一'.repeat(21) } })).body.errcode).toBe(47003);
    expect((await notice()).body).toEqual({ errcode: 0, errmsg: 'ok' });
    expect((await notice()).body.errcode).toBe(43101);
    expect(await inboxOf(sim, openid)).toMatchObject([{ kind: 'subscribe' }]);
  });

  it('is refused to strangers and for unknown templates', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    expect(
      (await sim.wx(NOTICE, { body: { touser: 'x', template_id: CATEGORY, data: GOOD } })).body.errcode,
    ).toBe(40003);
    expect(
      (await sim.wx(NOTICE, { body: { touser: openid, template_id: 'x', data: GOOD } })).body.errcode,
    ).toBe(40037);
  });
});
