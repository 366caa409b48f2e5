/** What WeCom keeps of messages: silent drops, duplicates, the day's cap, recalls. */
import { describe, expect, it } from 'vitest';
import { itemsOf, openSim, type SimWorld } from '../sim-world.js';
import { refusalText, send, talkOf, textTo, wecom, wecomInbox } from './wecom-world.js';

const MINUTE = 60_000;

async function dropped(sim: SimWorld) {
  return itemsOf(await sim.api('GET', '/wecom/dropped'));
}

/** Sends so many different texts; every one must be told "ok". */
async function sendMany(sim: SimWorld, count: number, touser = 'lisi'): Promise<void> {
  for (let message = 0; message < count; message += 1) {
    expect((await send(sim, textTo(touser))).body).toMatchObject({ errcode: 0, errmsg: 'ok' });
  }
}

describe('more messages than a member may get', () => {
  it('are dropped after thirty in a minute without a word, and listed for us', async () => {
    const sim = await openSim();
    await sim.api('POST', '/quota', { on: true });
    await sendMany(sim, 30);
    const { body } = await send(sim, textTo('lisi|wangwu'));
    expect(body).toEqual({ errcode: 0, errmsg: 'ok', msgid: expect.any(String) });
    expect(await talkOf(sim, 'lisi')).toHaveLength(30);
    expect((await wecomInbox(sim))[0]).toMatchObject({ to: 'wangwu', msgid: body.msgid });
    await sendMany(sim, 1);
    expect(await wecomInbox(sim)).toHaveLength(31);
    expect(await dropped(sim)).toMatchObject([
      { userid: 'lisi', why: 'minute' },
      { userid: 'lisi', why: 'minute', msgid: body.msgid, at: sim.now() },
    ]);
    sim.advance(MINUTE);
    await sendMany(sim, 1);
    expect(await talkOf(sim, 'lisi')).toHaveLength(31);
  });

  it('are dropped after a thousand in an hour', async () => {
    const sim = await openSim();
    await sim.api('POST', '/wecom/members', { userid: 'zhaoliu' });
    await sim.api('POST', '/wecom/members', { userid: 'sunqi' });
    await sim.api('POST', '/wecom/members', { userid: 'zhouba' });
    await sim.api('POST', '/quota', { on: true });
    for (let minute = 0; minute < 34; minute += 1) {
      await sendMany(sim, 30);
      sim.advance(MINUTE);
    }
    expect(new Set((await dropped(sim)).map(({ why }) => why))).toEqual(new Set(['hour']));
    expect(await dropped(sim)).toHaveLength(20);
    sim.advance(26 * MINUTE);
    await sendMany(sim, 1);
    expect(await dropped(sim)).toHaveLength(20);
  });

  it('pass while the limits are off', async () => {
    const sim = await openSim();
    await sendMany(sim, 40);
    expect(await talkOf(sim, 'lisi')).toHaveLength(40);
    expect(await dropped(sim)).toEqual([]);
  });
});

it('refuses what goes over the app’s day, 200 for each seat, until midnight in China', async () => {
  const sim = await openSim();
  await sim.api('POST', '/quota', { on: true });
  for (let call = 0; call < 200; call += 1) {
    expect((await send(sim, textTo('@all'))).body.errcode).toBe(0);
  }
  const { body } = await send(sim, textTo('lisi'));
  expect(body).toEqual({ errcode: 45009, errmsg: expect.stringMatching(refusalText(sim, 45009)) });
  sim.advance(12 * 60 * MINUTE);
  expect((await send(sim, textTo('lisi'))).body.errcode).toBe(0);
});

describe('the duplicate check', () => {
  const check = { enable_duplicate_check: 1, duplicate_check_interval: 60 };

  it('shows the same request once within its interval, in whatever order its fields come', async () => {
    const sim = await openSim();
    const first = (await send(sim, textTo('lisi', check))).body;
    const turned = Object.fromEntries(Object.entries(textTo('lisi', check)).reverse());
    expect((await send(sim, turned)).body).toEqual(first);
    expect(await wecomInbox(sim)).toHaveLength(1);
    sim.advance(MINUTE);
    expect((await send(sim, textTo('lisi', check))).body.msgid).not.toBe(first.msgid);
    expect(await wecomInbox(sim)).toHaveLength(2);
  });

  it('looks back half an hour unless told otherwise, and four hours at most', async () => {
    const sim = await openSim();
    const usual = textTo('lisi', { enable_duplicate_check: 1 });
    const long = textTo('lisi', { enable_duplicate_check: 1, duplicate_check_interval: 99_999 });
    const ids = async (message: unknown) => (await send(sim, message)).body.msgid;
    const [first, firstLong] = [await ids(usual), await ids(long)];
    sim.advance(30 * MINUTE - 1);
    expect(await ids(usual)).toBe(first);
    sim.advance(1);
    expect(await ids(usual)).not.toBe(first);
    sim.advance(210 * MINUTE - 1);
    expect(await ids(long)).toBe(firstLong);
    sim.advance(1);
    expect(await ids(long)).not.toBe(firstLong);
  });

  it('lets other requests and unchecked ones pass', async () => {
    const sim = await openSim();
    for (const message of [textTo('lisi', check), textTo('wangwu', check), textTo('lisi'), textTo('lisi')]) {
      await send(sim, message);
    }
    expect(await wecomInbox(sim)).toHaveLength(4);
  });
});

describe('a recall', () => {
  const recall = async (sim: SimWorld, msgid: unknown) =>
    (await wecom(sim, '/cgi-bin/message/recall', { body: { msgid } })).body;

  it('takes the message out of WeCom within a day, and not out of WeChat', async () => {
    const sim = await openSim();
    const { msgid } = (await send(sim, textTo('lisi'))).body;
    sim.advance(24 * 60 * MINUTE - 1);
    expect(await recall(sim, msgid)).toEqual({ errcode: 0, errmsg: 'ok' });
    expect(await talkOf(sim, 'lisi')).toMatchObject([{ rendered: null, inWechat: '你好' }]);
    expect(await wecomInbox(sim)).toMatchObject([{ msgid, recalled: true }]);
  });

  it('comes too late after a day, and knows only messages of its own app', async () => {
    const sim = await openSim();
    const { msgid } = (await send(sim, textTo('lisi'))).body;
    expect((await recall(sim, 'nothing')).errcode).toBe(40058);
    expect((await recall(sim, undefined)).errcode).toBe(40058);
    const other = { secret: 'simwecomnarrow', body: { msgid } };
    expect((await wecom(sim, '/cgi-bin/message/recall', other)).body.errcode).toBe(40058);
    sim.advance(24 * 60 * MINUTE);
    expect((await recall(sim, msgid)).errcode).toBe(40058);
    expect(await talkOf(sim, 'lisi')).toMatchObject([{ rendered: '你好' }]);
  });
});
