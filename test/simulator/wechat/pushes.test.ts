/** Pushes to the server URL: their form in three modes, their tries, and what a network does to them. */
import { describe, expect, it } from 'vitest';
import { decodeAesKey, decryptMessage, signatureOf } from '#src/lib/message-crypto.js';
import { parseFlatXml } from '#src/lib/xml.js';
import { PUSH_MODES, simulatorDefaults } from '#src/simulator/index.js';
import { itemsOf, openServerUrl, openSim, type Push, type SimWorld } from '../sim-world.js';

const { token, appId }: { token: string; appId: string } = simulatorDefaults;
const aesKey = decodeAesKey(simulatorDefaults.aesKey);
const ACCOUNT = 'gh_sim000000001';

/** The XML that a push carries, whatever its mode. */
async function clearXml({ body }: Push): Promise<ReadonlyMap<string, string>> {
  const outer = await parseFlatXml(body);
  const encrypted = outer.get('Encrypt');
  return encrypted ? parseFlatXml(decryptMessage({ encrypted, receiverId: appId, aesKey })) : outer;
}

function say(sim: SimWorld, openid: string, body: unknown = { content: '你好 <b>&]]></b>' }) {
  return sim.api('POST', `/followers/${openid}/messages`, body);
}

describe('the form of a push', () => {
  it.each(PUSH_MODES)('carries signatures and the whole message in %s mode', async (mode) => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: `${server.url}?tenant=1`, mode });
    const openid = await sim.person();
    const { body } = await say(sim, openid);
    expect(body).toMatchObject({
      msgId: expect.stringMatching(/^\d{17}$/),
      reply: null,
      tries: 1,
      tookMs: expect.any(Number),
    });
    const [, push] = server.pushes;
    if (!push) {
      throw new Error('nothing was pushed');
    }
    const { timestamp = '', nonce = '', ...query } = Object.fromEntries(push.query);
    expect(timestamp).toBe(String(Math.floor(sim.now() / 1000)));
    const outer = await parseFlatXml(push.body);
    const encrypted = outer.get('Encrypt') ?? '';
    const aes = { encrypt_type: 'aes', msg_signature: signatureOf(token, timestamp, nonce, encrypted) };
    const signature = signatureOf(token, timestamp, nonce);
    expect(query).toEqual({ tenant: '1', openid, signature, ...(mode === 'plain' ? {} : aes) });
    const names = ['ToUserName', 'FromUserName', 'CreateTime', 'MsgType', 'Content', 'MsgId'];
    expect([...outer.keys()]).toEqual(
      { plain: names, compatible: [...names, 'Encrypt'], safe: ['ToUserName', 'Encrypt'] }[mode],
    );
    expect(Object.fromEntries(await clearXml(push))).toEqual({
      ToUserName: ACCOUNT,
      FromUserName: openid,
      CreateTime: timestamp,
      MsgType: 'text',
      Content: '你好 <b>&]]></b>',
      MsgId: body.msgId,
    });
  });

  it('uses a fresh nonce for every push', async () => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url });
    const openid = await sim.person();
    await say(sim, openid);
    await say(sim, openid);
    expect(new Set(server.pushes.map(({ query }) => query.get('nonce'))).size).toBe(3);
  });

  it.each([
    [{ type: 'image' }, ['PicUrl', 'MediaId']],
    [{ type: 'voice', recognition: '你好' }, ['MediaId', 'Format', 'MediaId16K', 'Recognition']],
    [{ type: 'voice' }, ['MediaId', 'Format', 'MediaId16K']],
    [{ type: 'video' }, ['MediaId', 'ThumbMediaId']],
    [{ type: 'shortvideo' }, ['MediaId', 'ThumbMediaId']],
    [{ type: 'location' }, ['Location_X', 'Location_Y', 'Scale', 'Label']],
    [{ type: 'link', title: '题', url: 'http://a/' }, ['Title', 'Description', 'Url']],
    [{ type: 'text', content: 'x' }, ['Content']],
  ])('of %j has the fields of its kind', async (message, own) => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url });
    await say(sim, await sim.person(), message);
    const fields = await parseFlatXml(server.pushes[1]?.body ?? '');
    expect([...fields.keys()]).toEqual([
      'ToUserName',
      'FromUserName',
      'CreateTime',
      'MsgType',
      ...own,
      'MsgId',
    ]);
    expect(fields.get('MsgType')).toBe(message.type);
  });

  it('tells the events of a person by their own fields', async () => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url });
    const action = { action_name: 'QR_LIMIT_STR_SCENE', action_info: { scene: { scene_str: 's:1' } } };
    const { body: code } = await sim.wx('/cgi-bin/qrcode/create', { body: action });
    const openid = await sim.person({ following: false });
    const act = async (path: string, body: unknown = {}) =>
      (await sim.api('POST', `/followers/${openid}/${path}`, body)).body.event;
    const acts = [
      await act('scan', { url: code.url }),
      await act('scan', { ticket: code.ticket }),
      await act('menu', { key: 'HELP' }),
      await act('menu', { url: 'http://a/' }),
      await act('unfollow'),
      await act('unfollow'),
      await act('follow'),
      await act('follow'),
    ];
    expect(acts).toEqual(['subscribe', 'SCAN', 'CLICK', 'VIEW', 'unsubscribe', null, 'subscribe', null]);
    const pushed = await Promise.all(server.pushes.map(({ body }) => parseFlatXml(body)));
    expect(
      pushed.map((fields) => [fields.get('Event'), fields.get('EventKey'), fields.get('Ticket')]),
    ).toEqual([
      ['subscribe', 'qrscene_s:1', code.ticket],
      ['SCAN', 's:1', code.ticket],
      ['CLICK', 'HELP', undefined],
      ['VIEW', 'http://a/', undefined],
      ['unsubscribe', '', undefined],
      ['subscribe', '', undefined],
    ]);
  });

  it('needs a follower', async () => {
    const sim = await openSim();
    const openid = await sim.person({ following: false });
    expect((await say(sim, openid)).status).toBe(409);
    expect((await sim.api('POST', `/followers/${openid}/menu`, { key: 'x' })).status).toBe(409);
  });
});

describe('the tries', () => {
  it.each([
    ['a failure', 500, 2],
    ['a refusal', 401, 2],
    ['silence', null, 2],
  ])('go on after %s until there is an answer', async (_name, first, tries) => {
    const server = await openServerUrl((_push, nth) => (nth === 2 ? first : 'success'));
    const sim = await openSim({ pushTo: server.url, pushTimeoutMs: 100 });
    const openid = await sim.person();
    expect((await say(sim, openid)).body).toMatchObject({ tries, reply: null });
    const ids = await Promise.all(
      server.pushes.slice(1).map(async ({ body }) => (await parseFlatXml(body)).get('MsgId')),
    );
    expect(new Set(ids).size).toBe(1);
    expect(new Set(server.pushes.map(({ query }) => query.get('signature'))).size).toBe(3);
    expect((await sim.api('GET', '/stats')).body).toMatchObject({ pushes: 2, pushRetries: 1 });
  });

  it('end with the third, five seconds apart, and the person sees that the account cannot serve', async () => {
    const waits: number[] = [];
    const server = await openServerUrl((_push, nth) => (nth === 1 ? 'success' : 500));
    const delay = async (ms: number) => {
      waits.push(ms);
    };
    const sim = await openSim({ pushTo: server.url, delay });
    const openid = await sim.person();
    expect((await say(sim, openid)).body).toMatchObject({
      tries: 3,
      reply: null,
      unavailable: true,
      problem: 'the server answered HTTP 500',
    });
    expect(server.pushes).toHaveLength(4);
    expect(waits.map((ms) => Math.ceil(ms / 1000))).toEqual([5, 5]);
    expect(itemsOf(await sim.api('GET', `/followers/${openid}/chat`))).toMatchObject([
      { kind: 'notice', rendered: expect.stringContaining('该公众号暂时无法提供服务') },
      { kind: 'own' },
    ]);
    expect(itemsOf(await sim.api('GET', `/followers/${openid}/inbox`))).toEqual([]);
  });

  it('are not made without a server URL', async () => {
    const sim = await openSim({ pushTo: undefined });
    expect((await say(sim, await sim.person())).body).toMatchObject({
      tries: 0,
      reply: null,
      problem: 'no server URL is set',
    });
  });

  it('fail where nobody listens', async () => {
    const sim = await openSim({ pushTo: 'http://127.0.0.1:1/wechat' });
    const openid = await sim.person({ following: false });
    expect((await sim.api('POST', `/followers/${openid}/follow`, {})).body).toMatchObject({
      event: 'subscribe',
      tries: 3,
      reply: null,
    });
  });
});

describe('what a network does', () => {
  it('delivers twice with a fresh signature when told to', async () => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url });
    const openid = await sim.person();
    await sim.api('POST', '/pushes', { duplicate: true });
    await say(sim, openid);
    const [, first, second] = server.pushes;
    expect(server.pushes).toHaveLength(3);
    expect(second?.body).toBe(first?.body);
    expect(second?.query.get('nonce')).not.toBe(first?.query.get('nonce'));
  });

  it('delivers newest first what was held back', async () => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url });
    const openid = await sim.person();
    await sim.api('POST', '/pushes', { hold: true });
    const msgIds: unknown[] = [];
    for (const keyword1 of ['一', '二', '三']) {
      const body = {
        touser: openid,
        template_id: 'sim-free-template',
        data: { keyword1: { value: keyword1 } },
      };
      const { text } = await sim.wx('/cgi-bin/message/template/send', { body });
      msgIds.push(/\d{19}/.exec(text)?.[0]);
    }
    expect(server.pushes).toHaveLength(1);
    expect((await sim.api('POST', '/pushes', { release: true })).body).toMatchObject({
      hold: false,
      released: 3,
    });
    const pushed = await Promise.all(server.pushes.slice(1).map(clearXml));
    expect(pushed.map((fields) => fields.get('MsgID'))).toEqual(msgIds.reverse());
  });

  it('checks the server URL with an echo', async () => {
    const good = await openServerUrl((push) => push.query.get('echostr'));
    const sim = await openSim({ pushTo: good.url });
    expect((await sim.api('POST', '/verify', {})).body).toEqual({ ok: true });
    const [check] = good.pushes;
    const { signature, timestamp = '', nonce = '' } = Object.fromEntries(check?.query ?? []);
    expect([check?.method, signature]).toEqual(['GET', signatureOf(token, timestamp, nonce)]);
    const bad = await openServerUrl(() => 'hello');
    sim.simulator.setAddresses({ pushTo: bad.url });
    expect((await sim.api('POST', '/verify', {})).body).toMatchObject({
      ok: false,
      problem: expect.any(String),
    });
  });
});
