/** Whatever WeChat does to a send, the message ends in the right state, shows once, and its trace says why. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, type Pushing, SEND, STABLE_TOKEN, startPushing } from '#test/engine/pushing.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let p: Pushing;
beforeAll(async () => {
  w = await openWorld({ countTokens: false });
  p = await startPushing(w);
});
afterEach(async () => {
  await p.mend();
  await w.sim('/quota', { on: false });
});
afterAll(() => w.close());

describe('a failure that passes', () => {
  it('busy: comes back after 1, 3 and 10 seconds, and shows one card', async () => {
    const { uid, phone } = await p.meet();
    await p.fault({ errcode: -1, count: 3 });
    const id = await p.send(uid);
    await w.drain();
    const { state, delivery } = await p.trace(id);
    expect(state).toBe('sending');
    expect(delivery).toMatchObject({ state: 'due', nextTryAt: w.clock.now() + 1000 });
    expect(delivery?.waiting).toMatchObject({ code: '-1', why: expect.stringContaining('微信系统繁忙') });
    const before = await p.calls();
    await p.advance(999);
    expect(await p.calls()).toBe(before);
    await p.advance(1);
    await p.advance(3000);
    await p.advance(9999);
    expect(await phone.cards()).toEqual([]);
    await p.advance(1);
    expect(await p.trace(id)).toMatchObject({
      state: 'sent',
      outcomes: ['retry', 'retry', 'retry', 'sent', 'confirmed'],
    });
    expect(await phone.cards()).toHaveLength(1);
  });

  it.each([
    ['a cut connection before the work', { drop: true }, 'network'],
    ['a cut connection after the work', { drop: true, after: true }, 'network'],
    ['a silence before the work', { hang: 7000 }, 'network'],
    ['a silence after the work', { hang: 7000, after: true }, 'network'],
    ['status 500 before the work', { status: 500 }, '500'],
    ['status 502 after the work', { status: 502, after: true }, '502'],
    ['busy after the work', { errcode: -1, after: true }, '-1'],
  ])('%s: is tried again and shows one card', async (_, input, code) => {
    const { uid, phone } = await p.meet();
    await p.fault({ ...input, count: 1 });
    const id = await p.send(uid);
    await w.drain();
    expect((await p.trace(id)).delivery?.attempts[0]).toMatchObject({ outcome: 'retry', code });
    await p.advance(1000);
    expect(await p.trace(id)).toMatchObject({ state: 'sent', outcomes: ['retry', 'sent', 'confirmed'] });
    expect(await phone.cards()).toHaveLength(1);
  });

  it('endless: gives up after a day and a half, and says so', async () => {
    const { uid, phone } = await p.meet();
    const id = await p.send(uid);
    await p.fault({ errcode: -1 });
    await w.drain();
    for (let hours = 0; hours < 40; hours += 1) {
      await p.advance(HOUR);
    }
    const { state, delivery } = await p.trace(id);
    expect(state).toBe('failed');
    expect(delivery?.state).toBe('failed');
    expect(delivery?.attempts.at(-1)?.detail).toMatch(/不再重试/);
    expect(await phone.cards()).toEqual([]);
  });
});

describe('a dead token', () => {
  it.each([40001, 40014, 42001])('%i: is replaced inside the same try', async (errcode) => {
    const { uid, phone } = await p.meet();
    await p.send(uid);
    await w.drain();
    const before = await p.calls(STABLE_TOKEN);
    await w.sim('/tokens', { kill: true, errcode });
    const ids = [await p.send(uid), await p.send(uid), await p.send(uid)];
    await w.drain();
    for (const id of ids) {
      expect(await p.trace(id)).toMatchObject({ state: 'sent', outcomes: ['sent', 'confirmed'] });
    }
    expect((await p.calls(STABLE_TOKEN)) - before).toBe(1);
    expect(await phone.cards()).toHaveLength(4);
  });

  it('every other call: everything arrives, with one request a death', async () => {
    const { uid, phone } = await p.meet();
    const deathsOf = async () => ((await w.sim('/stats')).json as { tokenDeaths: number }).tokenDeaths;
    const [requests, deaths] = [await p.calls(STABLE_TOKEN), await deathsOf()];
    await w.sim('/tokens', { dieAfterCalls: 2 });
    for (let n = 0; n < 10; n += 1) {
      await p.send(uid);
      await w.drain();
    }
    await w.sim('/tokens', { dieAfterCalls: null });
    expect(await phone.cards()).toHaveLength(10);
    const died = (await deathsOf()) - deaths;
    expect(died).toBeGreaterThanOrEqual(4);
    expect((await p.calls(STABLE_TOKEN)) - requests).toBeLessThanOrEqual(died);
  });
});

describe('a used-up quota', () => {
  const midnight = () => Math.ceil((w.clock.now() + 8 * HOUR + 1) / (24 * HOUR)) * 24 * HOUR - 8 * HOUR;

  it('of the day: the account rests until midnight in China, through a restart, and then all goes out', async () => {
    const { uid, phone } = await p.meet();
    await w.sim('/quota', { on: true, limits: { '/cgi-bin/message/template/send': 1 } });
    const [first, second] = [await p.send(uid), await p.send(uid)];
    await w.drain();
    const states = [(await p.trace(first)).state, (await p.trace(second)).state].sort();
    expect(states).toEqual(['sending', 'sent']);
    const before = await p.calls();
    const third = await p.send(uid);
    await w.drain();
    const until = midnight();
    expect((await p.trace(third)).delivery).toMatchObject({
      state: 'due',
      attempts: [],
      waiting: { until, code: '45009', why: expect.stringContaining('零点') },
    });
    await w.restart();
    w.clock.advance(until - w.clock.now() - 1);
    await w.drain();
    expect(await p.calls()).toBe(before);
    expect(await phone.cards()).toHaveLength(1);
    await w.sim('/quota', { on: true });
    await p.advance(1002);
    expect(await phone.cards()).toHaveLength(3);
    expect((await p.trace(third)).outcomes).toEqual(['sent', 'confirmed']);
  });

  it('of the minute: the account rests until the next minute', async () => {
    const { uid, phone } = await p.meet();
    await p.fault({ errcode: 45011, count: 1 });
    const id = await p.send(uid);
    await w.drain();
    const until = Math.floor(w.clock.now() / MINUTE) * MINUTE + MINUTE;
    expect((await p.trace(id)).delivery?.waiting).toMatchObject({ code: '45011' });
    w.clock.advance(until - w.clock.now() - 1);
    await w.drain();
    expect(await phone.cards()).toEqual([]);
    await p.advance(1001);
    expect((await p.trace(id)).outcomes).toEqual(['retry', 'sent', 'confirmed']);
  });
});

describe('an account that must be mended first', () => {
  it.each([
    ['an unknown template', { errcode: 40037 }, SEND, '40037', /WECHAT_TEMPLATE_ID/],
    ['a right that is missing', { errcode: 48001 }, SEND, '48001', /权限/],
    ['a wrong secret', { errcode: 40125 }, STABLE_TOKEN, '40125', /WECHAT_APP_SECRET/],
  ])('%s: rests, says what to do, and goes on once it is mended', async (_, input, path, code, advice) => {
    const { uid, phone } = await p.meet();
    await w.sim('/tokens', { kill: true });
    await p.fault(input, path);
    const id = await p.send(uid);
    await w.drain();
    const { state, delivery } = await p.trace(id);
    expect(state).toBe('sending');
    expect(delivery?.waiting).toMatchObject({ code, why: expect.stringMatching(advice) });
    await p.mend();
    await p.advance(MINUTE + 1000);
    expect((await p.trace(id)).state).toBe('sent');
    expect(await phone.cards()).toHaveLength(1);
  });

  it('an address that is not on the list: the advice shows that address', async () => {
    const { uid } = await p.meet();
    await w.sim('/account', { allowedIps: ['203.0.113.9'] });
    await w.sim('/tokens', { kill: true });
    const id = await p.send(uid);
    await w.drain();
    expect((await p.trace(id)).delivery?.waiting).toMatchObject({
      code: '40164',
      why: expect.stringContaining('白名单里加入 127.0.0.1'),
    });
    await w.sim('/account', { allowedIps: null });
    await p.advance(MINUTE + 1000);
    expect((await p.trace(id)).state).toBe('sent');
  });
});

describe('a refusal', () => {
  it.each([
    ['a value against its keyword', 47003, /WECHAT_TEMPLATE_FIELDS/],
    ['a broken body', 47001, /青鸟的开发者/],
    ['a person who blocks', 48002, /关闭了接收消息/],
    ['a number that nobody knows', 99999, /全局返回码/],
  ])('for %s ends the delivery with what to do, and stops nobody else', async (_, errcode, advice) => {
    const [refused, other] = [await p.meet(), await p.meet()];
    await p.fault({ errcode, count: 1 });
    const id = await p.send(refused.uid);
    await w.drain();
    expect(await p.trace(id)).toMatchObject({
      state: 'failed',
      delivery: {
        attempts: [{ outcome: 'refused', code: String(errcode), detail: expect.stringMatching(advice) }],
      },
    });
    await p.send(other.uid);
    await w.drain();
    expect(await other.phone.cards()).toHaveLength(1);
  });

  it('by a person who switched the template off ends it, and the next is tried anew', async () => {
    const { uid, phone, openid } = await p.meet();
    await w.sim(`/followers/${openid}/refuse`, { templateId: 'sim-category-template' });
    const id = await p.send(uid);
    await w.drain();
    expect(await p.trace(id)).toMatchObject({
      state: 'failed',
      delivery: {
        attempts: [{ outcome: 'refused', code: '43101', detail: expect.stringContaining('关闭了这个模板') }],
      },
    });
    await w.sim(`/followers/${openid}/refuse`, { templateId: 'sim-category-template', refused: false });
    const next = await p.send(uid);
    await w.drain();
    expect((await p.trace(next)).state).toBe('sent');
    expect(await phone.cards()).toHaveLength(1);
  });

  it('by a person who blocks the account comes later, and corrects the state', async () => {
    const { uid, openid } = await p.meet();
    await w.sim(`/followers/${openid}/block`, {});
    const id = await p.send(uid);
    await w.drain();
    expect(await p.trace(id)).toMatchObject({
      state: 'failed',
      delivery: {
        state: 'failed',
        attempts: [{ outcome: 'sent' }, { outcome: 'denied', detail: 'failed:user block' }],
      },
    });
  });

  it('because the platform failed comes later too', async () => {
    const { uid } = await p.meet();
    await w.sim('/account', { jobStatus: 'failed: system failed' });
    const id = await p.send(uid);
    await w.drain();
    await w.sim('/account', { jobStatus: 'success' });
    expect(await p.trace(id)).toMatchObject({
      state: 'failed',
      outcomes: ['sent', 'denied'],
      delivery: { attempts: [{}, { detail: 'failed: system failed' }] },
    });
  });
});
