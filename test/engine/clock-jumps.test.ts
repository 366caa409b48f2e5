/** A clock that jumps stops no queue and no window, is told of, and is made up for when it was set back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';
import { type Follower, HOUR, MINUTE, type Pushing, SECOND, startPushing } from './pushing.js';

const DAY = 24 * HOUR;

let w: World;
let p: Pushing;
beforeEach(async () => {
  w = await openWorld({ countTokens: false });
  p = await startPushing(w);
});
afterEach(() => w.close());

/** Set ahead by so much, something happens, and the clock is right again. */
async function atWrongHour(aheadMs: number, work: () => Promise<void>): Promise<void> {
  w.clock.jump(aheadMs);
  await work();
  w.clock.jump(-aheadMs);
}

async function meetWith(kind: string, config: object): Promise<Follower> {
  const ming = await p.meet();
  expect((await w.admin(`/users/${ming.uid}/channels`, { kind, code: 'mine', config })).status).toBe(201);
  return ming;
}

async function publish(to: Follower): Promise<number> {
  const { personId } = await w.core.people.getByUid(to.uid);
  const { messageId } = await w.core.publish({
    appId: p.app.id,
    body: `body ${Math.random()}`,
    format: 'text',
    audience: { people: [personId], topics: [] },
    channels: ['mine'],
    targets: [{ uid: to.uid }],
    source: 'test',
  });
  return messageId;
}

const dueCount = () => w.db.delivery.count({ where: { state: { in: ['due', 'claimed'] } } });
const JUMPS = [
  ['eight hours', 8 * HOUR],
  ['twenty-six hours', 26 * HOUR],
  ['an hour, as summer time does', HOUR],
  ['a year', 365 * DAY],
] as const;

describe.each(JUMPS)('a clock that was ahead by %s', (_, aheadMs) => {
  it('leaves a robot its window: thirty messages are through within three minutes', async () => {
    const ming = await meetWith('wecom-bot', { key: 'sim-robot' });
    await atWrongHour(aheadMs, async () => {
      await publish(ming);
      await w.drain();
    });
    for (let sent = 0; sent < 30; sent += 1) {
      await publish(ming);
    }
    await w.drain();
    for (let minutes = 0; minutes < 3; minutes += 1) {
      await p.advance(MINUTE);
    }
    expect(await dueCount()).toBe(0);
  });

  it('leaves no try waiting for the wrong hour, and no account resting until then', async () => {
    const ming = await p.meet();
    let ids: number[] = [];
    await atWrongHour(aheadMs, async () => {
      await p.fault({ errcode: -1, count: 1 });
      ids = [await p.send(ming.uid)];
      await w.drain();
      await p.fault({ errcode: 40164, count: 1 });
      ids.push(await p.send(ming.uid));
      await w.drain();
    });
    for (let minutes = 0; minutes < 3; minutes += 1) {
      await p.advance(MINUTE);
    }
    for (const id of ids) {
      expect((await p.trace(id)).state).toBe('sent');
    }
  });

  it('is made up for by a start where it was set right while nothing ran', async () => {
    const ming = await p.meet();
    w.clock.jump(aheadMs);
    await p.fault({ errcode: -1, count: 1 });
    const id = await p.send(ming.uid);
    await w.drain();
    w.clock.jump(-aheadMs);
    await w.restart();
    await w.drain();
    await p.advance(MINUTE);
    expect((await p.trace(id)).state).toBe('sent');
  });
});

it('a jump is told of in the log and on the operator’s page', async () => {
  await w.drain();
  await atWrongHour(8 * HOUR, () => w.drain());
  await w.drain();
  const told = w.lines.map((line) => JSON.parse(line)).filter(({ byMs }) => byMs !== undefined);
  expect(told).toMatchObject([
    { level: 'warn', msg: expect.stringContaining('ahead'), byMs: 8 * HOUR },
    { level: 'warn', msg: expect.stringContaining('set back'), byMs: -8 * HOUR },
  ]);
  const boss = await w.signIn('Boss', { role: 'operator' });
  expect((await boss.get('/console')).text).toContain('被拨回 28,800 秒');
});

it('an app’s limits go on as well', async () => {
  const ming = await p.meet();
  const limited = await w.admin(`/apps/${p.app.id}/quota`, { callsPerTenSeconds: 2 });
  expect(limited.status).toBeLessThan(300);
  const tell = async () => {
    const body = { appToken: p.app.appToken, content: `text ${Math.random()}`, uids: [ming.uid] };
    return ((await w.call('/api/send/message', { body })).json as { code: number }).code;
  };
  await atWrongHour(8 * HOUR, async () => {
    await tell();
    await tell();
  });
  w.clock.advance(11 * SECOND);
  await tell();
  w.clock.advance(11 * SECOND);
  expect(await tell()).toBe(1000);
});
