/** The server's answer to a push: what a person sees of it, and how strictly it is read. */
import { describe, expect, it } from 'vitest';
import { decodeAesKey, encryptMessage, signatureOf } from '#src/lib/message-crypto.js';
import { buildXml, type XmlFields } from '#src/lib/xml.js';
import { type PUSH_MODES, simulatorDefaults } from '#src/simulator/index.js';
import { itemsOf, openServerUrl, openSim, type SimWorld } from '../sim-world.js';

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
