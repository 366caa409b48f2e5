/** Pushes to the server URL: their form in three modes, their tries, and how strictly the answer is read. */
import { describe, expect, it } from 'vitest';
import { decodeAesKey, decryptMessage, encryptMessage, signatureOf } from '#src/lib/message-crypto.js';
import { buildXml, parseFlatXml, type XmlFields } from '#src/lib/xml.js';
import { PUSH_MODES, simulatorDefaults } from '#src/simulator/index.js';
import { itemsOf, openServerUrl, openSim, type Push, type SimWorld } from '../sim-world.js';

const { token, appId }: { token: string; appId: string } = simulatorDefaults;
const aesKey = decodeAesKey(simulatorDefaults.aesKey);
const ACCOUNT = 'gh_sim000000001';

function replyTo(openid: string, own: XmlFields): XmlFields {
  return { ToUserName: openid, FromUserName: ACCOUNT, CreateTime: 1_700_000_000, MsgType: 'text', ...own };
}

function encryptedReply(fields: XmlFields, { signWith = token, receiverId = appId } = {}): string {
  const Encrypt = encryptMessage({ message: buildXml(fields), receiverId, aesKey });
  const MsgSignature = signatureOf(signWith, '1700000000', 'n1', Encrypt);
  return buildXml({ Encrypt, MsgSignature, TimeStamp: '1700000000', Nonce: 'n1' });
}

/** The XML that a push carries, whatever its mode. */
async function clearXml({ body }: Push): Promise<ReadonlyMap<string, string>> {
  const outer = await parseFlatXml(body);
  const encrypted = outer.get('Encrypt');
  return encrypted ? parseFlatXml(decryptMessage({ encrypted, receiverId: appId, aesKey })) : outer;
}

function say(sim: SimWorld, openid: string, body: unknown = { content: '你好 <b>&]]></b>' }) {
  return sim.api('POST', `/followers/${openid}/messages`, body);
}

/** A follower whose server answers their messages so. */
async function talk(reply: (openid: string) => string, mode: (typeof PUSH_MODES)[number] = 'plain') {
  const server = await openServerUrl((push) => {
    const openid = push.query.get('openid') ?? '';
    return server.pushes.length === 1 ? 'success' : reply(openid);
  });
  const sim = await openSim({ pushTo: server.url, mode });
  const openid = await sim.person();
  const { body } = await say(sim, openid);
  const chat = itemsOf(await sim.api('GET', `/followers/${openid}/chat`)).map(({ kind }) => kind);
  return { body, chat, sim, openid, server };
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

describe('the answer', () => {
  it.each(['', 'success', ' success\n'])('%j shows nothing', async (text) => {
    const { body, chat } = await talk(() => text);
    expect([body.reply, body.unavailable, chat]).toEqual([null, undefined, ['own']]);
  });

  it.each([
    [
      'text',
      { Content: '好 <a href="http://a/">看</a>' },
      { type: 'text', text: '好 <a href="http://a/">看</a>' },
    ],
    ['an image', { MsgType: 'image', Image: { MediaId: 'm' } }, { type: 'image' }],
    [
      'music',
      { MsgType: 'music', Music: { ThumbMediaId: 'm', Title: '歌' } },
      { type: 'music', text: '[music] 歌' },
    ],
    [
      'news, of which only the first article answers a message',
      {
        MsgType: 'news',
        ArticleCount: 2,
        Articles: {
          item: [1, 2].map((n) => ({ Title: `${n}`, Description: '', PicUrl: '', Url: 'http://a/' })),
        },
      },
      { type: 'news', articles: [{ title: '1', description: '', picUrl: '', url: 'http://a/' }] },
    ],
  ])('shows %s', async (_name, own, reply) => {
    const { body, chat } = await talk((openid) => buildXml(replyTo(openid, own)));
    expect(body.reply).toMatchObject(reply);
    expect(chat).toEqual([reply.type, 'own']);
  });

  it('hands over to a human without a word', async () => {
    const { body } = await talk((openid) =>
      buildXml(replyTo(openid, { MsgType: 'transfer_customer_service' })),
    );
    expect([body.reply, body.unavailable]).toEqual([null, undefined]);
  });

  it('is cut after 2048 bytes, never within a character', async () => {
    const { body } = await talk((openid) => buildXml(replyTo(openid, { Content: '字'.repeat(1000) })));
    expect(body.reply).toEqual({ type: 'text', text: '字'.repeat(682) });
  });

  it('may hold eight articles when it answers an event', async () => {
    const item = Array.from({ length: 9 }, (_, n) => ({ Title: `${n}` }));
    const server = await openServerUrl((push) =>
      buildXml(
        replyTo(push.query.get('openid') ?? '', { MsgType: 'news', ArticleCount: 9, Articles: { item } }),
      ),
    );
    const sim = await openSim({ pushTo: server.url });
    const openid = await sim.person({ following: false });
    const { body } = await sim.api('POST', `/followers/${openid}/follow`, {});
    expect(body.reply).toMatchObject({ type: 'news', articles: { length: 8 } });
    expect((await sim.api('POST', `/followers/${openid}/menu`, { url: 'http://a/' })).body.reply).toBeNull();
    expect((await sim.api('POST', `/followers/${openid}/unfollow`, {})).body.reply).toBeNull();
  });

  const bad: [string, (openid: string) => string][] = [
    ['JSON', () => '{"ok":true}'],
    ['HTML', () => '<html><body>502</body></html>'],
    ['broken XML', () => '<xml><ToUserName>'],
    [
      'names that are not swapped',
      (openid) => buildXml(replyTo(openid, { ToUserName: ACCOUNT, FromUserName: openid, Content: 'x' })),
    ],
    ['another person', () => buildXml(replyTo('oSomebody', { Content: 'x' }))],
    ['no time', (openid) => buildXml(replyTo(openid, { CreateTime: '', Content: 'x' }))],
    ['an unknown kind', (openid) => buildXml(replyTo(openid, { MsgType: 'poem', Content: 'x' }))],
    ['empty text', (openid) => buildXml(replyTo(openid, { Content: '' }))],
    [
      'no articles',
      (openid) => buildXml(replyTo(openid, { MsgType: 'news', ArticleCount: 0, Articles: '' })),
    ],
    [
      'a wrong count',
      (openid) =>
        buildXml(replyTo(openid, { MsgType: 'news', ArticleCount: 2, Articles: { item: { Title: 'x' } } })),
    ],
    [
      'an article without a title',
      (openid) =>
        buildXml(replyTo(openid, { MsgType: 'news', ArticleCount: 1, Articles: { item: { Url: 'x' } } })),
    ],
    [
      'music without its picture',
      (openid) => buildXml(replyTo(openid, { MsgType: 'music', Music: { Title: 'x' } })),
    ],
    ['encryption in plain mode', (openid) => encryptedReply(replyTo(openid, { Content: 'x' }))],
    ['more than anybody reads', () => `<xml>${'x'.repeat(300_000)}</xml>`],
  ];

  it.each(bad)('that is %s makes the account look out of service', async (_name, reply) => {
    const { body, chat } = await talk(reply);
    expect(body).toMatchObject({ reply: null, unavailable: true, problem: expect.any(String) });
    expect(chat).toEqual(['notice', 'own']);
  });

  it('to an event shows no notice, however bad it is', async () => {
    const server = await openServerUrl(() => 'oops');
    const sim = await openSim({ pushTo: server.url });
    const openid = await sim.person();
    expect(itemsOf(await sim.api('GET', `/followers/${openid}/chat`))).toEqual([]);
    expect((await sim.api('GET', '/stats')).body.badReplies).toBe(1);
  });

  it.each(['compatible', 'safe'] as const)('may be encrypted in %s mode', async (mode) => {
    const { body } = await talk((openid) => encryptedReply(replyTo(openid, { Content: '密' })), mode);
    expect(body.reply).toEqual({ type: 'text', text: '密' });
  });

  it('may be clear in compatible mode', async () => {
    const { body } = await talk((openid) => buildXml(replyTo(openid, { Content: '明' })), 'compatible');
    expect(body.reply).toEqual({ type: 'text', text: '明' });
  });

  it.each([
    ['clear', (openid: string) => buildXml(replyTo(openid, { Content: 'x' })), 'encrypted reply'],
    [
      'signed by another token',
      (openid: string) => encryptedReply(replyTo(openid, { Content: 'x' }), { signWith: 'x' }),
      'MsgSignature',
    ],
    [
      'for another account',
      (openid: string) => encryptedReply(replyTo(openid, { Content: 'x' }), { receiverId: 'wx2' }),
      'receiver',
    ],
  ])('in safe mode must not be %s', async (_name, reply, problem) => {
    const { body } = await talk(reply, 'safe');
    expect(body).toMatchObject({ unavailable: true, problem: expect.stringContaining(problem) });
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
