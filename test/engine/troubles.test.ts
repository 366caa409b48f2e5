/** Nothing stands still in silence: what keeps deliveries back is in the log, the metrics and on the operator's page. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDue } from '#src/store/claims.js';
import { openWorld, type World } from '#test/support/world.js';
import { MINUTE, type Pushing, SECOND, startPushing } from './pushing.js';

let w: World;
let p: Pushing;
beforeEach(async () => {
  w = await openWorld({ countTokens: false });
  p = await startPushing(w);
});
afterEach(() => w.close());

/** The log lines of the engine that tell of a queue. */
const told = (): Record<string, unknown>[] =>
  w.lines.map((line) => JSON.parse(line)).filter(({ tag, queue }) => tag === 'engine' && queue !== undefined);

const metric = async (name: string): Promise<string[]> =>
  (await w.call('/metrics')).text.split('\n').filter((line) => line.startsWith(name));

/** The operator's start page, counted anew. */
async function overview(language = 'zh'): Promise<string> {
  w.core.overview.forget();
  const boss = await w.signIn('Boss', { role: 'operator' });
  return (await boss.get(`/console?lang=${language}`)).text;
}

describe('a platform that cannot be reached', () => {
  it('is told of once when it begins and once when it is over, in log, metrics and on the page', async () => {
    const { uid } = await p.meet();
    await p.fault({ drop: true });
    for (let at = 0; at < 4; at += 1) {
      await p.send(uid);
    }
    await w.drain();
    expect(told()).toEqual([
      expect.objectContaining({
        level: 'warn',
        msg: 'a queue does not get through',
        queue: 'wechat',
        count: 3,
        code: 'network',
        why: expect.stringMatching(/\S/),
      }),
    ]);
    await w.upkeep.lookAtTroubles();
    w.core.overview.forget();
    expect(await metric('qingniao_queues_in_trouble')).toEqual([
      'qingniao_queues_in_trouble{channel="wechat",kind="failing"} 1',
    ]);
    const page = await overview();
    expect(page).toContain('需要留意');
    expect(page).toContain('微信公众号');
    expect(page).toMatch(/发不出去：\d+ 次失败/);
    expect(await overview('en')).toContain('Does not get through');

    await p.mend();
    await p.advance(10 * SECOND);
    await w.upkeep.lookAtTroubles();
    expect(told()).toHaveLength(1);
    await p.advance(30 * SECOND);
    await w.upkeep.lookAtTroubles();
    expect(told().at(-1)).toMatchObject({
      level: 'info',
      msg: 'a queue gets through again',
      queue: 'wechat',
      code: 'network',
      count: expect.any(Number),
      since: expect.any(String),
    });
    expect(told()).toHaveLength(2);
    expect(await overview()).not.toContain('需要留意');
    expect(await metric('qingniao_queues_in_trouble{')).toEqual([]);
  });

  it('is told of although a single message waits, once that has lasted', async () => {
    const { uid } = await p.meet();
    await p.fault({ status: 503 });
    await p.send(uid);
    await w.drain();
    await w.upkeep.lookAtTroubles();
    expect(told()).toEqual([]);
    w.clock.advance(10 * SECOND);
    await w.upkeep.lookAtTroubles();
    expect(told()).toEqual([expect.objectContaining({ queue: 'wechat', count: 1, code: '503' })]);
  });

  it('is not told of where a failure is followed by an answer: that is everyday life', async () => {
    const { uid } = await p.meet();
    await p.fault({ errcode: -1, count: 2 });
    await p.send(uid);
    await w.drain();
    await p.advance(SECOND);
    await p.advance(3 * SECOND);
    w.clock.advance(MINUTE);
    await w.upkeep.lookAtTroubles();
    expect(told()).toEqual([]);
    expect(await overview()).not.toContain('需要留意');
  });

  it('leaves no word behind when the process that met it is gone', async () => {
    const { uid } = await p.meet();
    await p.fault({ drop: true });
    await Promise.all([p.send(uid), p.send(uid), p.send(uid)]);
    await w.drain();
    await w.upkeep.lookAtTroubles();
    expect(await overview()).toContain('需要留意');
    await p.mend();
    await w.restart();
    w.clock.advance(MINUTE + SECOND);
    expect(await overview()).not.toContain('需要留意');
    await w.upkeep.lookAtTroubles();
    expect(await w.db.trouble.count()).toBe(0);
  });
});

describe('a queue that rests', () => {
  it('is told of when it begins and when it goes on, with how many wait; the page says until when', async () => {
    const { uid } = await p.meet();
    await p.fault({ errcode: 40164 });
    await p.send(uid);
    await w.drain();
    await p.send(uid);
    expect(told()).toEqual([
      expect.objectContaining({ level: 'warn', msg: 'a queue rests', queue: 'wechat', code: '40164' }),
    ]);
    const page = await overview();
    expect(page).toContain('需要留意');
    expect(page).toMatch(/暂停到 \d{4}-/);
    await w.drain();
    await w.upkeep.lookAtTroubles();
    expect(told()).toHaveLength(1);
    w.clock.advance(2 * MINUTE);
    await w.upkeep.lookAtTroubles();
    expect(told().at(-1)).toMatchObject({
      level: 'info',
      msg: 'a queue goes on',
      queue: 'wechat',
      waiting: 2,
    });
  });

  it.each([
    [40164, '取凭证失败'],
    [40037, '模板不可用，暂停发送'],
    [45009, '额度用完，暂停发送'],
    [48004, '平台拒绝了整个账号，暂停发送'],
  ])('for %i has the headline %s on the start page', async (errcode, headline) => {
    const { uid } = await p.meet();
    await p.fault({ errcode });
    await Promise.all(Array.from({ length: 5 }, () => p.send(uid)));
    await w.drain();
    await p.advance(SECOND);
    await p.advance(3 * SECOND);
    await p.advance(10 * SECOND);
    w.core.overview.forget();
    const operator = await w.signIn(`Boss ${errcode}`, { role: 'operator' });
    const { text } = await operator.get('/');
    expect(text).toContain(headline);
    expect(text.match(/class="light [a-z]+">([^<]+)</)?.[1]).toBe(headline);
  });
});

describe('a queue that goes at the pace of the other side', () => {
  it('is told of when it lasts, and its deliveries say what they wait for', async () => {
    const { uid } = await p.meet();
    await w.admin(`/users/${uid}/channels`, {
      kind: 'wecom-bot',
      code: 'robot',
      config: { key: 'sim-robot' },
      default: true,
    });
    const { personId } = await w.core.people.getByUid(uid);
    const ids: number[] = [];
    for (let at = 0; at < 24; at += 1) {
      const { messageId } = await w.core.publish({
        appId: p.app.id,
        body: `body ${at}`,
        format: 'text',
        audience: { people: [personId], topics: [] },
        targets: [{ uid }],
        channels: ['robot'],
        source: 'test',
      });
      ids.push(messageId);
    }
    await w.drain();
    await w.upkeep.lookAtTroubles();
    expect(told()).toEqual([]);
    w.clock.advance(10 * SECOND);
    await w.drain();
    await w.upkeep.lookAtTroubles();
    expect(told()).toEqual([
      expect.objectContaining({ msg: 'a queue waits: its window is full', waiting: 4 }),
    ]);
    const last = await p.trace(ids.at(-1) ?? 0);
    expect(last.delivery?.waiting).toMatchObject({ code: 'pace', why: expect.stringContaining('速度') });
    expect(await overview()).toContain('按对方的速度排队：4 条在等');
    w.clock.advance(MINUTE);
    await w.drain();
    await w.upkeep.lookAtTroubles();
    expect(told().at(-1)).toMatchObject({ msg: 'a queue waits no more' });
    expect((await p.trace(ids.at(-1) ?? 0)).state).toBe('sent');
  });
});

it('counts what a dead process has claimed as waiting: the queue is not drained', async () => {
  const { uid } = await p.meet();
  await p.send(uid);
  await p.send(uid);
  await p.fault({ hang: 60_000 });
  const now = w.clock.now();
  for (let claimed = 0, round = 0; claimed < 2 && round < 5; round += 1) {
    await spread();
    const queues = [{ queue: 'wechat', limit: 9 }];
    claimed += (await claimDue(w.db, { queues, owner: 'dead', now, leaseUntil: now + MINUTE })).length;
  }
  w.core.overview.forget();
  expect(await metric('qingniao_queue_due')).toEqual(['qingniao_queue_due 2']);
});

/** Makes delivery rows of what was accepted, and sends none: everything rests. */
async function spread(): Promise<void> {
  const until = new Date(w.clock.now() + MINUTE);
  await w.db.pause.upsert({
    where: { queue: 'wechat' },
    create: { queue: 'wechat', until, code: 'test', why: 'test' },
    update: {},
  });
  await w.worker.prepare();
  await w.drain();
}

it('a call that fails for the platform’s sake says in the log why', async () => {
  await p.fault({ drop: true }, '/wechat/cgi-bin/qrcode/create');
  const answer = await w.admin('/apps', { name: 'another' });
  expect(answer.status).toBe(502);
  const line = w.lines.map((one) => JSON.parse(one)).find(({ msg }) => msg === 'a request failed');
  expect(line).toMatchObject({ status: 502, why: expect.stringMatching(/WeChat/i) });
});
