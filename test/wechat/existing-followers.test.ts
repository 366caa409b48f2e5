/** Those who followed the account before this server was there are known to it soon, without having to write first. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

const LIST = '/wechat/cgi-bin/user/get';

let w: World;
beforeEach(async () => {
  w = await openWorld();
});
afterEach(() => w.close());

/** People who followed before the server was there. */
async function followedBefore(count: number): Promise<[string, string]> {
  const { openids } = (await w.sim('/followers/bulk', { count, before: true })).json as {
    openids: [string, string];
  };
  return openids;
}

const importAll = (): Promise<void> => w.upkeep.jobs.followers();
const followers = (): Promise<number> => w.db.identity.count({ where: { following: true } });
async function listCalls(): Promise<number> {
  const { calls } = (await w.sim('/stats')).json as { calls: Record<string, { count: number } | undefined> };
  return calls[LIST]?.count ?? 0;
}
async function overview(): Promise<string> {
  const boss = await w.signIn('Boss', { role: 'operator' });
  return (await boss.get('/console')).text;
}

it('brings all in, page by page, subscribes nobody to anything, and tells how far it is', async () => {
  const [first] = await followedBefore(25);
  await w.sim('/account', { followersPerPage: 10 });
  const app = await w.app('news').made();
  await importAll();
  expect(await followers()).toBe(25);
  expect(await w.db.subscription.count()).toBe(0);
  expect(await w.db.event.count()).toBe(0);
  expect(await w.core.followerImport.read()).toMatchObject({ done: 25, total: 25, waits: null });
  const log = w.lines.filter((line) => line.includes('brought in')).map((line) => JSON.parse(line));
  expect(log.map(({ done, total }) => [done, total])).toEqual([
    [10, 25],
    [20, 25],
    [25, 25],
    [25, 25],
  ]);
  expect(await overview()).toContain('已导入 25 位已有的关注者');
  w.clock.advance(86_400_000);
  expect(await overview()).not.toContain('已有的关注者');
  // They are reachable like anybody else.
  const person = await w.db.identity.findFirstOrThrow({
    where: { externalId: first },
    include: { person: true },
  });
  await w.call('/api/send/message', {
    body: { appToken: app.appToken, content: 'hello', uids: [person.person.uid] },
  });
  await importAll();
  expect(await listCalls()).toBe(4);
});

it('leaves those alone who are known, and those who left', async () => {
  await w.phone('Ming').follows();
  await w.phone('Hong').follows();
  const before = await w.phone('Ming').uid();
  await w.phone('Hong').unfollows();
  await followedBefore(3);
  await importAll();
  expect(await w.phone('Ming').uid()).toBe(before);
  const hong = await w.db.identity.findFirstOrThrow({
    where: { externalId: await w.phone('Hong').openid() },
  });
  expect(hong.following).toBe(false);
  expect(await followers()).toBe(4);
});

it('goes on after a stop where it was, and asks for no page twice that is in', async () => {
  // Who looks at the page is a follower too.
  await overview();
  await followedBefore(29);
  await w.sim('/account', { followersPerPage: 10 });
  expect(await w.core.followerImport.step()).toBe('more');
  expect(await followers()).toBe(10);
  expect(await overview()).toContain('正在导入已有的关注者：10 / 30');
  await w.restart();
  await importAll();
  expect(await followers()).toBe(30);
  expect(await listCalls()).toBe(4);
});

it('tries a page again later that did not come, and says why it waits', async () => {
  await overview();
  await followedBefore(14);
  await w.sim('/account', { followersPerPage: 10 });
  await w.core.followerImport.step();
  await w.sim('/faults', { path: LIST, errcode: -1 });
  await importAll();
  expect(await followers()).toBe(10);
  expect(await overview()).toMatch(/已有的关注者导入了 10 位，.* 继续/);
  await w.sim('/faults', undefined, 'DELETE');
  await importAll();
  expect(await followers()).toBe(10);
  w.clock.advance(10 * 60_000);
  await importAll();
  expect(await followers()).toBe(15);
});

it('waits for the next day where the platform says that the quota is used up', async () => {
  await followedBefore(5);
  await w.sim('/faults', { path: LIST, errcode: 45009, count: 1 });
  await importAll();
  const { waits } = (await w.core.followerImport.read()) ?? {};
  expect(waits?.until.toISOString()).toMatch(/T16:00:00.000Z$/);
  w.clock.advance(10 * 60_000);
  await importAll();
  expect([await followers(), await listCalls()]).toEqual([0, 1]);
  w.clock.advance(86_400_000);
  await importAll();
  expect(await followers()).toBe(5);
});

it('uses no more than half of the calls that the platform allows a day', async () => {
  await followedBefore(300);
  await w.sim('/account', { followersPerPage: 1 });
  await importAll();
  expect(await followers()).toBe(250);
  // Where tokens die, a page costs a second call.
  const { tokenDeaths } = (await w.sim('/stats')).json as { tokenDeaths: number };
  expect(await listCalls()).toBeGreaterThanOrEqual(250);
  expect(await listCalls()).toBeLessThanOrEqual(250 + tokenDeaths);
  w.clock.advance(86_400_000);
  await importAll();
  expect(await followers()).toBe(300);
});

it('starts over where the follower is gone at whom the list was to go on', async () => {
  await followedBefore(12);
  await w.sim('/account', { followersPerPage: 10 });
  await w.core.followerImport.step();
  await w.sim('/faults', { path: LIST, errcode: 40003, count: 1 });
  await importAll();
  expect(await followers()).toBe(12);
});

it('begins by itself when the server starts, which does not wait for it', async () => {
  await followedBefore(7);
  const stop = w.upkeep.start();
  await vi.waitFor(async () => expect(await followers()).toBe(7));
  stop();
});

it('takes no account that may not list followers for a broken one', async () => {
  await w.sim('/faults', { path: LIST, errcode: 48001, count: 1 });
  await importAll();
  expect(w.lines.some((line) => line.includes('"level":"error"'))).toBe(false);
  expect((await w.core.followerImport.read())?.waits?.why).not.toBe('');
});
