/** Pushes to the WeCom app's server URL: the check, the form, the tries, the replies. */
import { describe, expect, it } from 'vitest';
import { decodeAesKey, decryptMessage, encryptMessage, signatureOf } from '#src/lib/message-crypto.js';
import { buildXml, parseFlatXml, type XmlFields } from '#src/lib/xml.js';
import { simulatedWecom, simulatorDefaults } from '#src/simulator/index.js';
import { itemsOf, openServerUrl, openSim, type Push, type SimWorld } from '../sim-world.js';
import { talkOf } from './wecom-world.js';

const { corpId, agentId } = simulatedWecom;
const token: string = simulatorDefaults.wecomToken;
const aesKey = decodeAesKey(simulatorDefaults.wecomAesKey);

function isSigned({ query }: Push, encrypted: string): boolean {
  const { msg_signature: signature, timestamp = '', nonce = '' } = Object.fromEntries(query);
  return signature === signatureOf(token, timestamp, nonce, encrypted);
}

/** The clear XML of a push, after its signature was checked. */
async function openXml(push: Push | undefined): Promise<string> {
  if (!push) {
    throw new Error('nothing was pushed');
  }
  const encrypted = (await parseFlatXml(push.body)).get('Encrypt') ?? '';
  expect(isSigned(push, encrypted)).toBe(true);
  return decryptMessage({ encrypted, receiverId: corpId, aesKey });
}

/** What a push says. */
async function open(push: Push | undefined): Promise<ReadonlyMap<string, string>> {
  return parseFlatXml(await openXml(push));
}

interface Wrong {
  signature?: string;
  receiverId?: string;
  clear?: boolean;
}

/** A reply as a server sends it. */
function seal(fields: XmlFields, wrong: Wrong = {}): string {
  const message = buildXml({ ToUserName: 'lisi', FromUserName: corpId, CreateTime: 1, ...fields });
  if (wrong.clear) {
    return message;
  }
  const Encrypt = encryptMessage({ message, receiverId: wrong.receiverId ?? corpId, aesKey });
  const MsgSignature = wrong.signature ?? signatureOf(token, '1', 'n', Encrypt);
  return buildXml({ Encrypt, MsgSignature, TimeStamp: '1', Nonce: 'n' });
}

function say(sim: SimWorld, body: unknown = { content: '你好 <b>&]]></b>' }) {
  return sim.api('POST', '/wecom/members/lisi/messages', body);
}

describe('the check of the server URL', () => {
  it('sends an encrypted echo and wants it back clear', async () => {
    const server = await openServerUrl(({ query }) =>
      decryptMessage({ encrypted: query.get('echostr') ?? '', receiverId: corpId, aesKey }),
    );
    const sim = await openSim({ wecomPushTo: `${server.url}?tenant=1` });
    expect((await sim.api('POST', '/wecom/verify', {})).body).toEqual({ ok: true });
    const [check] = server.pushes;
    expect([check?.method, check?.query.get('tenant')]).toEqual(['GET', '1']);
    expect(check && isSigned(check, check.query.get('echostr') ?? '')).toBe(true);
    expect(check?.query.has('signature')).toBe(false);
  });

  it.each<[string, (push: Push) => string | number | null, string]>([
    ['the encrypted echo itself', ({ query }) => query.get('echostr') ?? '', 'not the clear echostr'],
    ['something else', () => 'success', 'not the clear echostr'],
    ['a failure', () => 500, 'HTTP 500'],
    ['nothing within a fifth of the time for a push', () => null, 'no answer within 40 ms'],
  ])('fails for %s', async (_name, reply, problem) => {
    const server = await openServerUrl(reply);
    const sim = await openSim({ wecomPushTo: server.url, pushTimeoutMs: 200 });
    expect((await sim.api('POST', '/wecom/verify', {})).body).toEqual({
      ok: false,
      problem: expect.stringContaining(problem),
    });
  });

  it('fails for an echo with a line end or quotes around it', async () => {
    const clear = ({ query }: Push) =>
      decryptMessage({ encrypted: query.get('echostr') ?? '', receiverId: corpId, aesKey });
    const sim = await openSim();
    for (const dress of [
      (text: string) => `${text}\n`,
      (text: string) => `"${text}"`,
      (text: string) => `\uFEFF${text}`,
    ]) {
      const server = await openServerUrl((push) => dress(clear(push)));
      sim.simulator.setAddresses({ wecomPushTo: server.url });
      expect((await sim.api('POST', '/wecom/verify', {})).body.ok).toBe(false);
    }
  });

  it('says so when no server URL is set', async () => {
    const sim = await openSim();
    expect((await sim.api('POST', '/wecom/verify', {})).body).toEqual({
      ok: false,
      problem: 'no server URL is set',
    });
    expect((await say(sim)).body).toMatchObject({ tries: 0, reply: null, problem: 'no server URL is set' });
  });
});

describe('a push', () => {
  it('is always encrypted for the corp, and says the whole message', async () => {
    const server = await openServerUrl(() => '');
    const sim = await openSim({ wecomPushTo: server.url });
    const { body } = await say(sim);
    expect(body).toMatchObject({ msgId: expect.stringMatching(/^\d{10,}$/), reply: null, tries: 1 });
    expect(body.problem).toBeUndefined();
    const [push] = server.pushes;
    expect([push?.method, [...(push?.query.keys() ?? [])]]).toEqual([
      'POST',
      ['msg_signature', 'timestamp', 'nonce'],
    ]);
    const outer = await parseFlatXml(push?.body ?? '');
    expect([...outer.keys()]).toEqual(['ToUserName', 'AgentID', 'Encrypt']);
    expect(Object.fromEntries(await open(push))).toEqual({
      ToUserName: corpId,
      FromUserName: 'lisi',
      CreateTime: String(Math.floor(sim.now() / 1000)),
      MsgType: 'text',
      Content: '你好 <b>&]]></b>',
      MsgId: body.msgId,
      AgentID: String(agentId),
    });
    expect(await talkOf(sim, 'lisi')).toMatchObject([{ kind: 'own', rendered: '你好 <b>&]]></b>' }]);
  });

  it.each([
    [{ type: 'image' }, ['PicUrl', 'MediaId']],
    [{ type: 'voice' }, ['MediaId', 'Format']],
    [{ type: 'video' }, ['MediaId', 'ThumbMediaId']],
    [{ type: 'location' }, ['Location_X', 'Location_Y', 'Scale', 'Label', 'AppType']],
    [{ type: 'link', title: '题', url: 'http://a/' }, ['Title', 'Description', 'Url', 'PicUrl']],
  ])('of %j has the fields of its kind', async (message, own) => {
    const server = await openServerUrl(() => '');
    const sim = await openSim({ wecomPushTo: server.url });
    await say(sim, message);
    const fields = await open(server.pushes[0]);
    expect([...fields.keys()].slice(3)).toEqual(['MsgType', ...own, 'MsgId', 'AgentID']);
  });

  it('tells events in lower case with what belongs to them', async () => {
    const server = await openServerUrl(() => '');
    const sim = await openSim({ wecomPushTo: server.url });
    const tell = (body: unknown) => sim.api('POST', '/wecom/members/lisi/events', body);
    expect((await tell({ event: 'click', eventKey: 'HELP' })).body).toMatchObject({
      event: 'click',
      reply: null,
      tries: 1,
    });
    const card = {
      event: 'template_card_event',
      eventKey: 'ok',
      taskId: 't',
      cardType: 'vote_interaction',
      responseCode: 'r',
    };
    await tell(card);
    expect(Object.fromEntries(await open(server.pushes[0]))).toMatchObject({
      MsgType: 'event',
      Event: 'click',
      EventKey: 'HELP',
    });
    expect(Object.fromEntries(await open(server.pushes[1]))).toMatchObject({
      Event: 'template_card_event',
      EventKey: 'ok',
      TaskId: 't',
      CardType: 'vote_interaction',
      ResponseCode: 'r',
    });
    expect((await tell({ event: 'CLICK' })).status).toBe(400);
  });

  it('tells of customer service without a sender, with fields that repeat', async () => {
    const server = await openServerUrl(() => '');
    const sim = await openSim({ wecomPushTo: server.url });
    for (const event of ['kf_msg_or_event', 'kf_account_auth_change']) {
      const { body } = await sim.api('POST', '/wecom/events', { event });
      expect(body).toMatchObject({ event, body: '', tries: 1 });
    }
    const xmls = await Promise.all(server.pushes.map(openXml));
    expect(xmls[0]).toMatch(/<Event><!\[CDATA\[kf_msg_or_event\]\]><\/Event><Token>.*<OpenKfId>/);
    expect(xmls[1]?.match(/<AuthAddOpenKfId>/g)).toHaveLength(2);
    expect(xmls.join('')).not.toContain('FromUserName');
  });

  it('needs a member', async () => {
    const sim = await openSim();
    expect((await sim.api('POST', '/wecom/members/ghost/messages', { content: 'x' })).status).toBe(404);
  });

  it('arrives twice with a fresh signature when told to', async () => {
    const server = await openServerUrl(() => '');
    const sim = await openSim({ wecomPushTo: server.url });
    await sim.api('POST', '/wecom/pushes', { duplicate: true });
    await say(sim);
    const [first, second] = await Promise.all(server.pushes.map(open));
    expect(server.pushes).toHaveLength(2);
    expect(second?.get('MsgId')).toBe(first?.get('MsgId'));
    expect(server.pushes[0]?.query.get('nonce')).not.toBe(server.pushes[1]?.query.get('nonce'));
  });
});

describe('the tries', () => {
  it.each([
    ['a failure', 500],
    ['a status that is not 200', 204],
    ['silence', null],
  ])('go on after %s until there is an answer', async (_name, first) => {
    const server = await openServerUrl((_push, nth) => (nth === 1 ? first : ''));
    const sim = await openSim({ wecomPushTo: server.url, pushTimeoutMs: 100 });
    expect((await say(sim)).body).toMatchObject({ tries: 2, reply: null });
    const ids = await Promise.all(server.pushes.map(async (push) => (await open(push)).get('MsgId')));
    expect(new Set(ids).size).toBe(1);
  });

  it('end with the third', async () => {
    const waits: number[] = [];
    const server = await openServerUrl(() => 500);
    const delay = async (ms: number) => {
      waits.push(ms);
    };
    const sim = await openSim({ wecomPushTo: server.url, delay });
    expect((await say(sim)).body).toMatchObject({
      tries: 3,
      reply: null,
      problem: 'the server answered HTTP 500',
    });
    expect(server.pushes).toHaveLength(3);
    expect(waits.map((ms) => Math.ceil(ms / 1000))).toEqual([5, 5]);
    expect((await sim.api('GET', '/stats')).body).toMatchObject({
      wecomPushes: 3,
      wecomPushRetries: 2,
      wecomPushFailures: 1,
    });
  });
});

describe('a reply', () => {
  it('is shown to the member, a long text cut at 2048 bytes', async () => {
    const server = await openServerUrl(() => seal({ MsgType: 'text', Content: '字'.repeat(700) }));
    const sim = await openSim({ wecomPushTo: server.url });
    const text = '字'.repeat(682);
    expect((await say(sim)).body).toMatchObject({ reply: { type: 'text', text } });
    expect(await talkOf(sim, 'lisi')).toMatchObject([{ kind: 'reply', rendered: text }, { kind: 'own' }]);
  });

  it('may be articles', async () => {
    const item = { Title: '题', Description: '述', PicUrl: '', Url: 'http://a/' };
    const server = await openServerUrl(() => seal({ MsgType: 'news', ArticleCount: 1, Articles: { item } }));
    const sim = await openSim({ wecomPushTo: server.url });
    expect((await say(sim)).body.reply).toEqual({
      type: 'news',
      articles: [{ title: '题', description: '述', picUrl: '', url: 'http://a/' }],
    });
    expect(await talkOf(sim, 'lisi')).toMatchObject([{ rendered: '题\n述' }, {}]);
  });

  it.each([
    ['that is clear', seal({ MsgType: 'text', Content: 'x' }, { clear: true }), 'encrypted'],
    ['that is the word of official accounts', 'success', 'refused'],
    ['with a wrong signature', seal({ MsgType: 'text', Content: 'x' }, { signature: 'x' }), 'MsgSignature'],
    ['for another corp', seal({ MsgType: 'text', Content: 'x' }, { receiverId: 'wwother' }), 'receiver'],
    ['to another member', seal({ MsgType: 'text', Content: 'x', ToUserName: 'wangwu' }), 'to the member'],
    ['without a time', seal({ MsgType: 'text', Content: 'x', CreateTime: '' }), 'CreateTime'],
    ['without words', seal({ MsgType: 'text', Content: '' }), 'Content'],
    ['of an unknown kind', seal({ MsgType: 'music' }), 'music'],
    [
      'with a wrong count of articles',
      seal({ MsgType: 'news', ArticleCount: 2, Articles: { item: { Title: 'x' } } }),
      'ArticleCount',
    ],
  ])('%s is shown to nobody', async (_name, body, problem) => {
    const server = await openServerUrl(() => body);
    const sim = await openSim({ wecomPushTo: server.url });
    expect((await say(sim)).body).toMatchObject({
      tries: 1,
      reply: null,
      problem: expect.stringContaining(problem),
    });
    expect(await talkOf(sim, 'lisi')).toHaveLength(1);
    expect((await sim.api('GET', '/stats')).body.wecomBadReplies).toBe(1);
  });
});

it('describes the corps and lists the members', async () => {
  const sim = await openSim({ wecomPushTo: 'http://127.0.0.1:1/wecom' });
  expect((await sim.api('GET', '/wecom')).body).toMatchObject({
    corpId,
    agentId,
    pushTo: 'http://127.0.0.1:1/wecom',
    corps: [
      { corpId, trustedIps: null },
      { corpId: simulatedWecom.untrustingCorpId, trustedIps: ['203.0.113.7'] },
    ],
  });
  expect(
    itemsOf(await sim.api('GET', '/wecom/members')).map(({ userid, name }) => `${userid} ${name}`),
  ).toEqual(['zhangsan 张三', 'lisi 李四', 'wangwu 王五']);
});
