/** A person's own WeChat account: whose token is used, what each receiver gets, and what the answers mean together. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelSettings } from '#src/channels/channel.js';
import { createWechatOwnChannel } from '#src/channels/wechat-own/index.js';
import { joinOutcomes } from '#src/channels/wechat-own/outcome.js';
import type { MessageContent, Outcome } from '#src/core/types.js';
import { silentLogger } from '#src/lib/logger.js';
import { type Cleanups, cleanUp, messageOf, openIo, sendBy, wrongFields } from '#test/channels/http-peer.js';
import { createMemoryStore, openFakeWechat } from '#test/platforms/wechat/fake-wechat.js';
import { createTestClock } from '#test/support/clock.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

const MING = 'oMING000000000000000000000001';
const HONG = 'oHONG000000000000000000000002';
const QIANG = 'oQIANG00000000000000000000003';
const OWN = {
  appId: 'wx00000000000000aa',
  secret: 'geheim-secret-1',
  openid: MING,
  templateId: 'T1',
  fields: 'thing1=title,thing2=summary,time3=time',
};

async function open() {
  const fake = await openFakeWechat(cleanups);
  const tokens = createMemoryStore();
  const clock = createTestClock();
  const channel = createWechatOwnChannel({
    apiBase: fake.base,
    tokens,
    clock,
    log: silentLogger,
    maxAccounts: 2,
  });
  cleanups.push(() => channel.close());
  const send = (settings: ChannelSettings = OWN, message?: MessageContent) =>
    sendBy(channel, settings, { message, io: { ...openIo(cleanups), clock } });
  /** Answers each openid with a code, 0 where none is given. */
  const answer = (codes: Readonly<Record<string, number>>) =>
    fake.on('/message/template/send', ({ body }) => {
      const errcode = codes[JSON.parse(body).touser] ?? 0;
      return errcode === 0 ? { errcode, errmsg: 'ok', msgid: 1001 } : { errcode, errmsg: 'said so' };
    });
  const cards = () =>
    fake.seen.filter(({ path }) => path.endsWith('/template/send')).map(({ body }) => JSON.parse(body));
  answer({});
  return { fake, tokens, clock, channel, send, answer, cards };
}

describe('a card', () => {
  it('goes to the receiver by the own account and its template', async () => {
    const { send, cards, fake } = await open();
    expect(await send()).toEqual({ kind: 'sent', ref: '1001' });
    expect(cards()).toEqual([
      {
        touser: MING,
        template_id: 'T1',
        url: 'https://q.example/m/1-abc',
        client_msg_id: '77-0',
        data: {
          thing1: { value: 'CPU > 90%' },
          thing2: { value: '主机 "db-1" 请检查' },
          time3: { value: '2026-11-23 18:05' },
        },
      },
    ]);
    expect(JSON.parse(fake.last('/stable_token')?.body ?? '')).toMatchObject({
      appid: OWN.appId,
      secret: OWN.secret,
    });
  });

  it("takes the account's first template that fits, asking for it once in ten minutes", async () => {
    const { send, cards, fake, clock } = await open();
    fake.on('/template/get_all_private_template', () => ({
      template_list: [
        { template_id: 'hidden', content: '{{content.DATA}}' },
        { template_id: 'T2', content: '标题：{{title.DATA}}\n摘要：{{summary.DATA}}' },
      ],
    }));
    const settings = { ...OWN, templateId: '', fields: '' };
    await send(settings);
    await send(settings);
    expect(fake.count('/get_all_private_template')).toBe(1);
    expect(cards()[1]).toMatchObject({ template_id: 'T2', data: { title: { value: 'CPU > 90%' } } });
    clock.advance(600_000);
    await send(settings);
    expect(fake.count('/get_all_private_template')).toBe(2);
  });

  it('lets the account rest that has no template, and says what to do', async () => {
    const { send, fake } = await open();
    fake.on('/template/get_all_private_template', () => ({ template_list: [] }));
    const outcome = await send({ ...OWN, templateId: '' });
    expect(outcome).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      code: 'no_template',
      why: expect.stringMatching(/模板/),
    });
  });
});

describe('several receivers', () => {
  const COPY = { ...OWN, named: 'copy' };
  const cc = (...receivers: unknown[]) => messageOf({ extras: { 'wechat-own': { receivers } } });

  it('whom the message names get it instead of those of the settings', async () => {
    const { send, cards } = await open();
    expect(await send({ ...OWN, openid: MING }, cc(HONG, QIANG))).toMatchObject({ kind: 'sent' });
    expect(cards().map(({ touser }) => touser)).toEqual([HONG, QIANG]);
    expect(await send({ ...OWN, openid: MING }, cc())).toMatchObject({ kind: 'sent' });
    expect(cards().at(-1)?.touser).toBe(MING);
  });

  it('that are no openids are told of, and reach nobody else', async () => {
    const { send, cards } = await open();
    expect(await send(OWN, cc('bad'))).toMatchObject({ kind: 'refused', code: 'no_openid' });
    expect(await send(OWN, cc(HONG, 'bad'))).toMatchObject({
      kind: 'sent',
      detail: expect.stringContaining('bad…bad: no_openid'),
    });
    expect(cards().map(({ touser }) => touser)).toEqual([HONG]);
  });

  it('get a card each, those of the settings first where they get a copy, everyone once, with ids that repeats keep', async () => {
    const { send, cards } = await open();
    const outcome = await send({ ...COPY, openid: `${MING}, ${HONG}` }, cc(HONG, QIANG, 'bad', 7));
    const ids = cards().map(({ touser, client_msg_id }) => [touser, client_msg_id]);
    expect(ids).toEqual([
      [MING, '77-0'],
      [HONG, '77-1'],
      [QIANG, '77-2'],
    ]);
    expect(outcome).toMatchObject({
      kind: 'sent',
      ref: '1001',
      detail: expect.stringMatching(/^oMIN…0001: OK/),
    });
  });

  it('count as sent when anyone got it, and the detail says who did not', async () => {
    const { send, answer } = await open();
    answer({ [MING]: 43004 });
    const outcome = await send(COPY, cc(HONG));
    expect(outcome).toEqual({
      kind: 'sent',
      ref: '1001',
      detail: 'oMIN…0001: 43004; oHON…0002: OK',
    });
  });

  it('are not tried on when the account itself is refused', async () => {
    const { send, answer, cards } = await open();
    answer({ [MING]: 48001 });
    expect(await send(COPY, cc(HONG, QIANG))).toMatchObject({ kind: 'retry', scope: 'queue', code: '48001' });
    expect(cards()).toHaveLength(1);
  });

  it.each([
    [['gone', 'gone'], 'gone'],
    [['gone', 'refused'], 'refused'],
    [['refused', 'retry'], 'retry'],
  ] as const)('of whom none got it: %j make %s', (kinds, kind) => {
    const all = kinds.map((one, index) => ({
      openid: `openid-${index}`,
      outcome: { kind: one, code: String(index), why: 'so' } satisfies Outcome,
    }));
    expect(joinOutcomes(all).kind).toBe(kind);
  });

  it('are none: the delivery ends', async () => {
    const { send } = await open();
    expect(await send({ ...OWN, openid: '' })).toMatchObject({ kind: 'refused', code: 'no_receiver' });
  });
});

describe('a refusal', () => {
  it.each([
    [40003, 'gone', undefined],
    [43004, 'refused', undefined],
    [43101, 'refused', undefined],
    [47003, 'refused', undefined],
    [40037, 'retry', undefined],
    [45009, 'retry', 'queue'],
    [48001, 'retry', 'queue'],
    [-1, 'retry', undefined],
  ] as const)('%i is %s, in the words of this channel', async (code, kind, scope) => {
    const { send, answer } = await open();
    answer({ [MING]: code });
    const outcome = await send();
    expect(outcome).toMatchObject({
      kind,
      code: String(code),
      why: expect.stringMatching(/\p{Script=Han}/u),
    });
    expect('scope' in outcome ? outcome.scope : undefined).toBe(scope);
    expect('why' in outcome ? outcome.why : '').not.toContain('WECHAT_');
  });

  it.each([
    [40125, 'AppSecret'],
    [40013, 'AppID'],
    [40164, '203.0.113.9'],
  ])('%i at the token endpoint lets the account rest and names %s', async (errcode, named) => {
    const { send, fake } = await open();
    fake.on('/stable_token', () => ({ errcode, errmsg: 'invalid ip 203.0.113.9 ipv6 x, not in whitelist' }));
    const outcome = await send();
    expect(outcome).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      code: String(errcode),
      why: expect.stringContaining(named),
    });
    expect(JSON.stringify(outcome)).not.toContain('geheim');
  });
});

describe('the tokens', () => {
  it('are asked for once for each account', async () => {
    const { send, fake } = await open();
    await send();
    await send();
    await send({ ...OWN, appId: 'wx00000000000000bb' });
    expect(fake.count('/stable_token')).toBe(2);
  });

  it("are never another's: who types a known app id with a wrong secret must ask for a token of his own", async () => {
    const { send, fake, tokens, cards } = await open();
    // The server's own account keeps its token under this name.
    await tokens.write(`wechat:${OWN.appId}`, { value: 'TOKEN_OF_THE_SERVER', expiresAt: 9e15 });
    await send();
    fake.on('/stable_token', () => ({ errcode: 40001, errmsg: 'invalid credential' }));
    const outcome = await send({ ...OWN, secret: 'a-wrong-secret' });
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'queue', code: '40001' });
    expect(cards()).toHaveLength(1);
    expect(fake.seen.some(({ query }) => query.get('access_token') === 'TOKEN_OF_THE_SERVER')).toBe(false);
  });

  it('outlive the client that fetched them', async () => {
    const { send, fake } = await open();
    for (const appId of [
      'wx00000000000000aa',
      'wx00000000000000bb',
      'wx00000000000000cc',
      'wx00000000000000aa',
    ]) {
      await send({ ...OWN, appId });
    }
    expect(fake.count('/stable_token')).toBe(3);
  });
});

it.each([
  [{}, []],
  [{ appId: 'gh_123' }, ['appId']],
  [{ openid: `${MING},${HONG}` }, []],
  [{ openid: 'ming' }, ['openid']],
  [{ fields: '' }, []],
  [{ fields: 'thing1=titel' }, ['fields']],
  [{ fields: 'title' }, ['fields']],
])('the settings with %j have these faults: %j', async (changed, faults) => {
  const { channel } = await open();
  expect(wrongFields(channel, { ...OWN, ...changed })).toEqual(faults);
});
