/** The WeCom app channel: the exact bytes it sends, its receivers, its pace, and what each answer means. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelIo } from '#src/channels/channel.js';
import { createWecomAppChannel } from '#src/channels/wecom-app/index.js';
import type { Outcome } from '#src/core/types.js';
import type { Clock } from '#src/lib/clock.js';
import { silentLogger } from '#src/lib/logger.js';
import { createWecomPlatform, WECOM_CODES } from '#src/platforms/wecom/index.js';
import { createPlaces } from '#src/store/places.js';
import { type Cleanups, cleanUp, messageOf, openIo, sendBy, wrongFields } from '#test/channels/http-peer.js';
import { createMemoryStore } from '#test/platforms/wechat/fake-wechat.js';
import { APP, openFakeWecom } from '#test/platforms/wecom/fake-wecom.js';
import { openSim } from '#test/simulator/sim-world.js';
import { createTestClock } from '#test/support/clock.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

const SETTINGS = { ...APP, receivers: 'zhangsan|LiSi' };
const PAGE = 'https://q.example/m/1-abc';
const REPEATS = { enable_duplicate_check: 1, duplicate_check_interval: 1800 };

const placesOf = (clock: Clock) => createPlaces({ db: null, clock });

async function open() {
  const fake = await openFakeWecom(cleanups);
  fake.on('message/send', () => ({ msgid: `M${fake.count('message/send')}` }));
  const clock = createTestClock();
  const channel = createWecomAppChannel({ platform: fake.platform, takePlaces: placesOf(clock) });
  const io: ChannelIo = { ...openIo(cleanups), clock };
  const send = (settings: Record<string, string> = {}, changed = {}, address = '') =>
    sendBy(channel, { ...SETTINGS, ...settings }, { io, message: messageOf(changed), address });
  const bodies = () =>
    fake.calls.filter(({ call }) => call === 'message/send').map(({ body }) => JSON.parse(body));
  return { fake, channel, clock, send, bodies, io };
}

describe('a message', () => {
  it('goes out as a text with its title in brackets and its link as an element', async () => {
    const { fake, send } = await open();
    expect(await send()).toEqual({ kind: 'sent', ref: 'M1' });
    expect(fake.last('message/send')?.body).toBe(
      '{"touser":"zhangsan|LiSi","msgtype":"text","text":{"content":"【CPU > 90%】\\n主机 \\"db-1\\" 🔥\\n请检查\\n<a href=\\"https://link.example/a?b=1&c=2\\">查看原文 Original</a>"},"agentid":1000002}',
    );
  });

  it('goes out as Markdown with its title in bold', async () => {
    const { fake, send } = await open();
    await send({ format: 'markdown' }, { url: '', body: '## 题\n- `a`', format: 'markdown' });
    expect(fake.last('message/send')?.body).toBe(
      '{"touser":"zhangsan|LiSi","msgtype":"markdown","markdown":{"content":"**CPU > 90%**\\n## 题\\n\\n• `a`"},"agentid":1000002}',
    );
  });

  it('goes out as a card that opens the page and is sent once in half an hour', async () => {
    const { bodies, send } = await open();
    await send({ format: 'textcard' }, { summary: '<b>摘要</b>' });
    expect(bodies()).toEqual([
      {
        touser: 'zhangsan|LiSi',
        msgtype: 'textcard',
        textcard: {
          title: 'CPU > 90%',
          description: '<div class="gray">2026-11-23 18:05 机房告警</div>＜b>摘要＜/b>',
          url: PAGE,
          btntxt: '详情',
        },
        ...REPEATS,
        agentid: 1000002,
      },
    ]);
  });

  it('is never empty', async () => {
    const { bodies, send } = await open();
    await send({}, { title: '', body: '<script>x</script>', format: 'html', url: '' });
    await send({ format: 'textcard' }, { title: '', appName: '', body: '' });
    expect(bodies()[0].text).toEqual({ content: '机房告警' });
    expect(bodies()[1].textcard.title).not.toBe('');
  });
});

describe('a long message', () => {
  const long = { title: '题'.repeat(200), body: '第一行🔥\n'.repeat(500), url: '' };

  it.each(['text', 'markdown'])(
    'is cut as %s within 2,048 bytes, with a link to the rest',
    async (format) => {
      const { bodies, send } = await open();
      await send({ format }, long);
      const content: string = bodies()[0][format].content;
      expect(Buffer.byteLength(content)).toBeLessThanOrEqual(2048);
      expect(Buffer.byteLength(content)).toBeGreaterThan(2000);
      expect(content).toContain(PAGE);
      expect(bodies()[0]).toMatchObject(REPEATS);
    },
  );

  it('is cut as a card within 128 and 512 bytes', async () => {
    const { bodies, send } = await open();
    await send({ format: 'textcard' }, long);
    const { title, description } = bodies()[0].textcard;
    expect(Buffer.byteLength(title)).toBeLessThanOrEqual(128);
    expect(Buffer.byteLength(title)).toBeGreaterThan(124);
    expect(Buffer.byteLength(description)).toBeLessThanOrEqual(512);
    expect(Buffer.byteLength(description)).toBeGreaterThan(500);
  });

  it('is split into numbered messages where the settings say so', async () => {
    const { bodies, send } = await open();
    expect(await send({ overflow: 'split' }, long)).toEqual({ kind: 'sent', ref: 'M1,M2,M3,M4' });
    const texts: string[] = bodies().map(({ text }) => text.content);
    expect(texts.map((text) => text.slice(-5))).toEqual(['(1/4)', '(2/4)', '(3/4)', '(4/4)']);
    expect(texts.every((text) => Buffer.byteLength(text) <= 2048)).toBe(true);
    expect(texts.join('').match(/第一行🔥/g)).toHaveLength(500);
  });

  it('goes on with the part that failed', async () => {
    const { fake, bodies, send } = await open();
    fake.on('message/send', () =>
      fake.count('message/send') === 3 ? { errcode: -1, errmsg: 'busy' } : { msgid: 'M' },
    );
    expect(await send({ overflow: 'split' }, long)).toMatchObject({ kind: 'retry', code: '-1' });
    expect(await send({ overflow: 'split' }, long)).toMatchObject({ kind: 'sent' });
    const ends = bodies().map(({ text }) => text.content.slice(-5));
    expect(ends).toEqual(['(1/4)', '(2/4)', '(3/4)', '(3/4)', '(4/4)']);
  });
});

describe('the receivers', () => {
  const named = (receivers: unknown) => ({ extras: { 'wecom-app': { receivers } } });

  it.each([
    ['the settings', {}, '', 'zhangsan|LiSi'],
    ['the message', named(['wangwu', 'WangWu', 'lisi']), '', 'wangwu|lisi'],
    ['the message, as one text', named('a|b,c'), '', 'a|b|c'],
    ['the message, for everybody', named(['a', '@ALL']), '', '@all'],
    ['the person, whatever the message says', named(['wangwu']), 'zhaoliu', 'zhaoliu'],
    ['the settings, where the message names none', named([]), '', 'zhangsan|LiSi'],
  ])('come from %s', async (_, changed, address, touser) => {
    const { bodies, send } = await open();
    await send({}, changed, address);
    expect(bodies()[0].touser).toBe(touser);
  });

  it('are those of the settings too where these get a copy', async () => {
    const { bodies, send } = await open();
    await send({ named: 'copy' }, named(['wangwu', 'lisi']));
    await send({ named: 'copy' }, named([]));
    expect(bodies().map(({ touser }) => touser)).toEqual(['zhangsan|wangwu|LiSi', 'zhangsan|LiSi']);
  });

  it.each([
    ['none', { receivers: '' }, {}],
    ['one with a bar through it', {}, named(['a b/c'])],
  ])('that are %s end the delivery without a call', async (_, settings, changed) => {
    const { fake, send } = await open();
    expect(await send(settings, changed)).toMatchObject({ kind: 'refused', code: 'no_receiver' });
    expect(fake.calls).toEqual([]);
  });

  it('go out a thousand at a time', async () => {
    const { bodies, send } = await open();
    const ids = Array.from({ length: 1500 }, (_, at) => `m${at}`);
    expect(await send({}, named(ids))).toMatchObject({ kind: 'sent' });
    expect(bodies().map(({ touser }) => touser.split('|').length)).toEqual([1000, 500]);
  });
});

describe('an answer', () => {
  it('that names members who missed it is sent, with their names', async () => {
    const { fake, send } = await open();
    fake.on('message/send', { msgid: 'M', invaliduser: 'lisi' });
    expect(await send()).toMatchObject({
      kind: 'sent',
      ref: 'M',
      detail: expect.stringMatching(/未送达.*lisi/),
    });
    fake.on('message/send', { msgid: 'M', unlicenseduser: 'lisi' });
    expect(await send()).toMatchObject({ kind: 'sent', detail: expect.stringContaining('许可') });
  });

  it('by which all of them missed it is a refusal', async () => {
    const { fake, send } = await open();
    fake.on('message/send', { msgid: 'M', invaliduser: 'zhangsan', unlicenseduser: 'lisi' });
    expect(await send()).toMatchObject({ kind: 'refused', code: 'all_missed' });
  });

  const MEANING: Readonly<Record<string, readonly number[]>> = {
    try: [-1, 6000, 40014, 42001],
    rest: [45009, 45033, 60020],
    end: [
      40001, 40003, 40007, 40008, 40013, 40031, 40032, 40056, 40058, 40091, 41001, 41002, 41004, 41011, 41016,
      41033, 43004, 44004, 45002, 46004, 48002, 50002, 50003, 60011, 60111, 81013, 82001, 82002, 82003,
      301002,
    ],
  };
  const meaningOf = (outcome: Outcome) =>
    outcome.kind === 'retry' ? (outcome.scope === 'queue' ? 'rest' : 'try') : 'end';

  it.each(
    Object.entries(MEANING).flatMap(([meaning, codes]) => codes.map((code) => [code, meaning] as const)),
  )('of %i means to %s', async (errcode, meaning) => {
    const { fake, send } = await open();
    fake.on('message/send', { errcode, errmsg: 'said so, from ip: 203.0.113.9, more' });
    const outcome = await send();
    expect(meaningOf(outcome)).toBe(meaning);
    expect(outcome).toMatchObject({
      code: String(errcode),
      why: expect.stringMatching(/said so.*\p{Script=Han}{4}/su),
    });
  });

  it('has a meaning for every code of the table', () => {
    expect(new Set(Object.keys(WECOM_CODES).map(Number))).toEqual(new Set(Object.values(MEANING).flat()));
  });

  it('of 60020 tells the address to allow and comes back in a minute', async () => {
    const { fake, send } = await open();
    fake.on('message/send', { errcode: 60020, errmsg: 'not allow, from ip: 203.0.113.9, more info' });
    expect(await send()).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      afterMs: 60_000,
      why: expect.stringContaining('加入 203.0.113.9'),
    });
  });

  it('of a code nobody knows ends the delivery', async () => {
    const { fake, send } = await open();
    fake.on('message/send', { errcode: 99999, errmsg: 'new' });
    expect(await send()).toMatchObject({ kind: 'refused', code: '99999' });
  });
});

describe('a member', () => {
  it('gets no 31st message within a minute, by whatever list', async () => {
    const { fake, send, clock } = await open();
    for (let count = 0; count < 30; count += 1) {
      await send({ receivers: count % 2 ? 'zhangsan' : 'ZhangSan|lisi' });
      clock.advance(1_000);
    }
    const late = await send({ receivers: 'zhangsan' });
    expect(late).toMatchObject({ kind: 'retry', code: 'member_limit', afterMs: 30_000 });
    expect(await send({ receivers: 'lisi' })).toMatchObject({ kind: 'sent' });
    expect(await send({ receivers: 'zhangsan', agentId: '1000003' })).toMatchObject({ kind: 'sent' });
    expect(fake.count('message/send')).toBe(32);
    clock.advance(30_000);
    expect(await send({ receivers: 'zhangsan' })).toMatchObject({ kind: 'sent' });
  });

  it('waits for the last of a list, and a message in parts goes out whole', async () => {
    const { fake, send, clock } = await open();
    const parts = { title: '题'.repeat(200), body: '第一行🔥\n'.repeat(500), url: '' };
    for (let count = 0; count < 27; count += 1) {
      await send({ receivers: 'lisi' });
      clock.advance(1_000);
    }
    expect(await send({ receivers: 'zhangsan|LISI|lisi', overflow: 'split' }, parts)).toMatchObject({
      kind: 'retry',
      code: 'member_limit',
      afterMs: 33_000,
    });
    expect(fake.count('message/send')).toBe(27);
    clock.advance(33_000);
    expect(await send({ receivers: 'zhangsan|LISI', overflow: 'split' }, parts)).toMatchObject({
      kind: 'sent',
    });
    expect(fake.count('message/send')).toBe(31);
  });

  it('gets no 1,001st within an hour', async () => {
    const { channel, clock, io } = await open();
    const platform = { sendMessage: async () => ({ msgId: 'M', invalidUsers: [], unlicensedUsers: [] }) };
    const alone = createWecomAppChannel({ platform, takePlaces: placesOf(clock) });
    const send = () => sendBy(alone, { ...SETTINGS, receivers: 'zhangsan' }, { io });
    for (let count = 0; count < 1000; count += 1) {
      expect(await send()).toMatchObject({ kind: 'sent' });
      clock.advance(2_500);
    }
    expect(await send()).toMatchObject({ kind: 'retry', afterMs: 3_600_000 - 2_500_000 });
    expect(channel.limits.windows).toEqual([
      { count: 30, perMs: 60_000 },
      { count: 1000, perMs: 3_600_000 },
    ]);
  });

  it('is one account whatever the case and the order of the list', async () => {
    const { channel } = await open();
    const of = (receivers: string, address = '') =>
      channel.accountOf({ ...SETTINGS, receivers }, { personId: 1, uid: 'UID_1', address });
    expect(of('ZhangSan, lisi')).toBe(of('lisi|zhangsan'));
    expect(of('lisi')).toBe(of('zhangsan', 'LiSi'));
    expect(of('lisi')).not.toBe(of('zhangsan'));
  });
});

it.each([
  [{}, []],
  [{ corpId: '企业' }, ['corpId']],
  [{ agentId: 'app' }, ['agentId']],
  [{ secret: 'a b' }, ['secret']],
  [{ receivers: '张三|lisi' }, ['receivers']],
  [{ receivers: '@all' }, []],
  [{ receivers: 'a@b.example；c' }, []],
])('settings with %j have wrong fields %j', async (changed, wrong) => {
  const { channel } = await open();
  expect(wrongFields(channel, { ...SETTINGS, ...(changed as Record<string, string>) })).toEqual(wrong);
});

describe('in the simulated corp', () => {
  const SIM = { corpId: 'wwsim0000000001', agentId: '1000002', secret: 'simwecomsecret' };

  async function openSimulated() {
    const sim = await openSim();
    const platform = createWecomPlatform({
      config: { apiBase: `${sim.base}/wecom` },
      tokens: createMemoryStore(),
      clock: createTestClock(),
      log: silentLogger,
    });
    cleanups.push(() => platform.close());
    const channel = createWecomAppChannel({ platform, takePlaces: placesOf(createTestClock()) });
    const send = (settings: Record<string, string>) =>
      sendBy(channel, { ...SIM, ...settings }, { io: openIo(cleanups) });
    return { sim, platform, send };
  }

  it.each(['text', 'markdown', 'textcard'])('a %s arrives, and tells who is unknown', async (format) => {
    const { sim, send } = await openSimulated();
    const outcome = await send({ format, receivers: 'zhangsan|ghost' });
    expect(outcome).toMatchObject({ kind: 'sent', detail: expect.stringContaining('ghost') });
    const { body } = await sim.api('GET', '/inboxes/wecom');
    expect(body).toMatchObject({ items: [{ rendered: expect.stringContaining('CPU > 90%') }] });
  });

  it('refusals say what to do', async () => {
    const { send } = await openSimulated();
    expect(await send({ receivers: 'ghost' })).toMatchObject({ kind: 'refused', code: '81013' });
    expect(await send({ receivers: 'lisi', secret: 'revoked' })).toMatchObject({
      kind: 'refused',
      code: '40001',
    });
    const untrusted = await send({ receivers: 'lisi', corpId: 'wwsim0000000002' });
    expect(untrusted).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      code: '60020',
      why: expect.stringMatching(/加入 [\d.:a-f]+/),
    });
  });

  it('the members are listed, and a form is checked before it is saved', async () => {
    const { platform } = await openSimulated();
    const members = await platform.listMembers(SIM);
    expect(members.map(({ userId }) => userId)).toEqual(['lisi', 'wangwu', 'zhangsan']);
    await expect(platform.checkCredentials(SIM, ['zhangsan'])).resolves.toMatchObject({ isClosed: false });
    const check = (changed: Partial<typeof SIM>, receivers: string[]) =>
      platform.checkCredentials({ ...SIM, ...changed }, receivers);
    await expect(check({}, ['zhangsan', 'ghost'])).rejects.toMatchObject({ code: 81013 });
    await expect(check({ secret: 'wrong' }, [])).rejects.toMatchObject({ code: 40001 });
    await expect(check({ corpId: 'wwsim0000000002' }, ['@all'])).rejects.toMatchObject({ code: 60020 });
  });
});
