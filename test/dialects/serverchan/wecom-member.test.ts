/** Members of the server's own WeCom app get what a SendKey sends to channel 66, without settings of their own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

async function sendKeyOf(uid: string): Promise<string> {
  return ((await w.admin(`/users/${uid}/keys`, { kind: 'sendkey' })).json as { key: string }).key;
}

it('arrives in the app, once, with its title once', async () => {
  const member = w.wecomMember('lisi');
  const key = await sendKeyOf(await member.uid());
  const answer = await w.call(`/${key}.send?title=${encodeURIComponent('重启完成')}&channel=66`);
  expect([answer.status, answer.json]).toMatchObject([200, { code: 0, data: { errno: 0 } }]);
  await w.drain();
  const [message, ...others] = await member.messages();
  expect(others).toEqual([]);
  expect(message?.rendered?.split('重启完成')).toHaveLength(2);
  expect(await w.wecomMember('wangwu').messages()).toEqual([]);
  const row = await w.db.delivery.findFirst({ where: { channel: 'wecom-app' } });
  expect(row).toMatchObject({ state: 'sent', queue: 'wecom-app:server' });
});

it('is still refused for a follower who is no member and has no app set up', async () => {
  await w.phone('Ming').follows();
  const key = await sendKeyOf(await w.phone('Ming').uid());
  const answer = await w.call(`/${key}.send?title=x&channel=66`);
  expect([answer.status, answer.json]).toMatchObject([400, { code: 20001 }]);
});
