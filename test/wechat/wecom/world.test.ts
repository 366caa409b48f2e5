/** A WeCom member end to end: asks for the UID, is pushed to by the app, answers back to the developer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppBuilder } from '#test/support/builders.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

/** Sends by the WxPusher call and delivers it; the trace of the message. */
async function push(app: Awaited<ReturnType<AppBuilder['made']>>, to: object, content: string) {
  const sent = await w.call('/api/send/message', { body: { appToken: app.appToken, content, ...to } });
  const { data } = sent.json as { data: { messageContentId: number }[] };
  await w.drain();
  return (await w.admin(`/messages/${data[0]?.messageContentId}`)).json;
}

describe('the WeCom app', () => {
  it('passes WeCom’s check of its server URL', async () => {
    expect((await w.sim('/wecom/verify', {})).json).toEqual({ ok: true });
  });

  it('carries a member from a UID to a message and back to the developer', async () => {
    const app = await w.app('alarm', { callbackUrl: w.webhook('dev') }).made();
    const member = w.wecomMember('zhangsan');
    (await member.does('enter_agent')).seesReply(/欢迎/);
    const uid = await member.uid();
    (await member.says(`#${app.id}`)).seesReply(/订阅成功/);
    expect(await push(app, { uids: [uid] }, 'CPU > 90%')).toMatchObject({
      state: 'sent',
      deliveries: { total: 1, items: [{ uid, channel: 'wecom-app', attempts: [{ outcome: 'sent' }] }] },
    });
    const [message] = await member.messages();
    expect(message?.rendered).toContain('CPU > 90%');
    const inbox = (await w.sim('/inboxes/wecom')).json as { items: { request: { body: string } }[] };
    expect(JSON.parse(inbox.items[0]?.request.body ?? '')).toMatchObject({ touser: 'zhangsan' });
    (await member.says(`#${app.id} restart`)).seesReply(/已发送给.*alarm/);
    await w.drain();
    const hooks = (await w.sim('/inboxes/webhook/dev')).json as { items: { request: { body: string } }[] };
    const events = hooks.items.map((item) => JSON.parse(item.request.body));
    expect(events.map(({ action, data }) => [action, data.uid])).toEqual([
      ['send_up_cmd', uid],
      ['app_subscribe', uid],
    ]);
    expect(events[0].data.content).toBe('restart');
  });

  it('is used by its name for members who set up no channel of their own', async () => {
    const uid = await w.wecomMember('zhangsan').uid();
    const { personId } = await w.core.people.getByUid(uid);
    const { messageId } = await w.core.publish({
      appId: null,
      senderId: personId,
      body: 'by name',
      format: 'text',
      audience: { people: [personId], topics: [] },
      targets: [{ uid }],
      channels: ['wecom-app'],
      source: 'test',
    });
    await w.drain();
    expect((await w.admin(`/messages/${messageId}`)).json).toMatchObject({
      state: 'sent',
      deliveries: { items: [{ uid, channel: 'wecom-app', state: 'sent' }] },
    });
  });

  it('reaches a member and a follower by one message, each on their own platform', async () => {
    const app = await w.app('news').made();
    const member = w.wecomMember('lisi');
    await member.says(`#${app.id}`);
    const follower = w.phone('Ming');
    await follower.scans(app.qrcodeUrl);
    const uids = [await member.uid(), await follower.uid()];
    expect(await push(app, { uids }, '今天的新闻')).toMatchObject({
      state: 'sent',
      deliveries: { total: 2 },
    });
    expect((await member.messages())[0]?.rendered).toContain('今天的新闻');
    expect((await follower.cards())[0]?.rendered).toContain('今天的新闻');
  });

  it('pushes nothing to a member who paused, and again after the menu’s resume', async () => {
    const app = await w.app('ops').made();
    const member = w.wecomMember('wangwu');
    await member.says(`#${app.id}`);
    const uid = await member.uid();
    (await member.taps('QN_PAUSE')).seesReply(/已暂停/);
    expect(await push(app, { uids: [uid] }, 'one')).toMatchObject({
      deliveries: { items: [{ state: 'cancelled' }] },
    });
    (await member.taps('QN_RESUME')).seesReply(/已恢复/);
    await push(app, { uids: [uid] }, 'two');
    expect((await member.messages()).map(({ rendered }) => rendered?.includes('two'))).toEqual([true]);
  });

  it('ends a push to a member who left the corp with WeCom’s own refusal', async () => {
    const app = await w.app('bye').made();
    await w.sim('/wecom/members', { userid: 'Zhaoliu' });
    const member = w.wecomMember('Zhaoliu');
    await member.says(`#${app.id}`);
    const uid = await member.uid();
    await member.does('unsubscribe');
    await w.sim('/wecom/members/zhaoliu', undefined, 'DELETE');
    expect(await push(app, { uids: [uid] }, 'hello')).toMatchObject({
      deliveries: {
        items: [{ channel: 'wecom-app', state: 'failed', attempts: [{ outcome: 'refused', code: '81013' }] }],
      },
    });
  });

  it('keeps a member’s UID over a restart, and takes a doubled push once', async () => {
    const member = w.wecomMember('zhangsan');
    const uid = await member.uid();
    await w.restart();
    await w.sim('/wecom/pushes', { duplicate: true });
    expect(await member.uid()).toBe(uid);
    await w.sim('/wecom/pushes', { duplicate: false });
  });
});

it('has no server URL where no token is set', async () => {
  const bare = await openWorld({ env: { WECOM_TOKEN: '', WECOM_ENCODING_AES_KEY: '' } });
  expect([
    (await bare.call('/wecom')).status,
    (await bare.call('/wecom', { body: '<xml/>' })).status,
    // Whoever sends to an address that nobody has is taken for one who publishes to a topic.
  ]).toEqual([404, 403]);
  await bare.close();
});
