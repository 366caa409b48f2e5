/** A template that WeChat does not know once is tried again; one that it does not know several times in a row rests the account. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';
import { MINUTE, type Pushing, SECOND, startPushing } from './pushing.js';

let w: World;
let p: Pushing;
beforeEach(async () => {
  w = await openWorld({ countTokens: false });
  p = await startPushing(w);
});
afterEach(() => w.close());

const rests = () => w.db.pause.count({ where: { queue: 'wechat' } });

it('40037 that comes now and then with a right id delays its own delivery by a second, and nobody else', async () => {
  const ming = await p.meet();
  for (let turn = 0; turn < 23; turn += 1) {
    await p.fault({ errcode: 40037, count: 1 });
    const hit = await p.send(ming.uid);
    await w.drain();
    expect((await p.trace(hit)).delivery).toMatchObject({ state: 'due', attempts: [{ code: '40037' }] });
    const other = await p.send(ming.uid);
    await w.drain();
    expect((await p.trace(other)).state).toBe('sent');
    expect(await rests()).toBe(0);
    await p.advance(SECOND);
    expect((await p.trace(hit)).state).toBe('sent');
  }
});

it('40037 for one and the same delivery three times rests the account for a minute, and says what to do', async () => {
  const ming = await p.meet();
  await p.fault({ errcode: 40037 });
  const id = await p.send(ming.uid);
  await w.drain();
  await p.advance(SECOND);
  expect(await rests()).toBe(0);
  await p.advance(3 * SECOND);
  expect(await rests()).toBe(1);
  expect((await p.trace(id)).waiting ?? (await p.trace(id)).delivery?.waiting).toMatchObject({
    code: '40037',
  });
  await p.mend();
  await p.advance(MINUTE + SECOND);
  expect((await p.trace(id)).state).toBe('sent');
});

it('somebody with a fallback keeps WeChat for a passing mistake, and goes on to it for a lasting one', async () => {
  const ming = await p.meet();
  const config = { server: `${w.simulatorUrl}/bark`, key: 'sim-phone' };
  await w.admin(`/users/${ming.uid}/channels`, { kind: 'bark', code: 'b', config, fallback: 1 });
  const barks = async () => ((await w.sim('/inboxes/bark')).json as { items: unknown[] }).items.length;
  await p.fault({ errcode: 40037, count: 1 });
  await p.send(ming.uid);
  await w.drain();
  await p.advance(SECOND);
  expect([await barks(), (await ming.phone.cards()).length]).toEqual([0, 1]);
  await p.fault({ errcode: 40037 });
  await p.send(ming.uid);
  await w.drain();
  await p.advance(SECOND);
  await p.advance(3 * SECOND);
  expect([await barks(), (await ming.phone.cards()).length]).toEqual([1, 1]);
});

it('50002 rests everything at once', async () => {
  const ming = await p.meet();
  await p.fault({ errcode: 50002, count: 1 });
  await p.send(ming.uid);
  await w.drain();
  expect(await rests()).toBe(1);
});
