/** Sending template messages: every refusal, the ids, repeats, the end of the job. */
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
