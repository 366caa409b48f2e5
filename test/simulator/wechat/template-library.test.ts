/** The account's template library, and notices that need consent. */
import { describe, expect, it } from 'vitest';
import { itemsOf, openSim, type SimWorld } from '../sim-world.js';

const CATEGORY = 'sim-category-template';
const FREE = 'sim-free-template';
const GOOD = {
  thing1: { value: '磁盘告警' },
  thing2: { value: '数据盘已用 95%' },
  time3: { value: '2026年11月23日 09:41' },
};

async function inboxOf(sim: SimWorld, openid: string) {
  return itemsOf(await sim.api('GET', `/followers/${openid}/inbox`));
}

describe('the template library', () => {
  it('lists the templates, with empty industries for category ones and the built-in one', async () => {
    const { body } = await (await openSim()).wx('/cgi-bin/template/get_all_private_template');
    expect(body.errcode).toBeUndefined();
    expect(body.template_list).toMatchObject([
      { template_id: CATEGORY, primary_industry: '', content: expect.stringContaining('{{thing1.DATA}}') },
      { template_id: FREE, primary_industry: 'IT科技' },
      { template_id: 'sim-bare', content: '{{title.DATA}}\n{{content.DATA}}\n{{time.DATA}}' },
      { template_id: 'sim-industry', content: expect.stringContaining('告警时间：{{keyword2.DATA}}') },
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
    for (let count = 6; count <= 25; count += 1) {
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
