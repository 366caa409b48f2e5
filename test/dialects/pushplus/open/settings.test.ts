/** Webhooks and settings by the open API: what they say of themselves, and what a message then does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Account, openCast } from './cast.js';

let w: Awaited<ReturnType<typeof openCast>>;
let ming: Account;
beforeAll(async () => {
  w = await openCast();
  ming = await w.account('Ming');
});
afterAll(() => w.close());

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
const MASK = '••••••';
const KEY = '693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa';
const send = async (fields: object) => {
  const answer = await w.call('/send', { body: { token: ming.token, content: 'hello', ...fields } });
  return answer.json as { code: number; msg: string; data: string };
};
const addHook = (webhookCode: string, more: object) =>
  ming.open('/webhook/add', { webhookCode, webhookName: `钩 ${webhookCode}`, ...more });
const received = async (name: string) =>
  ((await w.sim(`/inboxes/webhook/${name}`)).json as { items: { request: { body: string } }[] }).items;

describe('a webhook', () => {
  it.each([
    [1, `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${KEY}`, 'wecom-bot', {}],
    [2, 'https://oapi.dingtalk.com/robot/send?access_token=abc123', 'dingtalk-bot', {}],
    [3, `https://open.feishu.cn/open-apis/bot/v2/hook/${KEY}`, 'feishu-bot', {}],
    [4, 'https://sctapi.ftqq.com/SCT1Tabc.send', 'webhook', { preset: 'serverchan' }],
    [7, 'https://hooks.example.com/flow', 'webhook', { preset: 'hiflow' }],
    [8, 'https://maker.ifttt.com/trigger/a/with/key/b', 'webhook', { preset: 'ifttt' }],
    [9, 'https://hook.jijyun.cn/v1/accept/data?apikey=a', 'webhook', { preset: 'hiflow' }],
    [
      10,
      'https://gotify.example.com/base/message?token=Aabc',
      'gotify',
      { server: 'https://gotify.example.com/base' },
    ],
    [12, 'https://example.com/{title}', 'webhook', { preset: 'custom' }],
    [50, 'https://api.day.app/abcDEF', 'bark', { server: 'https://api.day.app' }],
  ])('of type %i is a channel, and is shown as it was made', async (type, url, kind, config) => {
    const code = `t${type}`;
    const { data: id } = await addHook(code, { webhookType: type, webhookUrl: url });
    const made = await w.core.channels.findChannel(ming.personId, code);
    expect(made).toMatchObject({ id, kind, config });
    expect((await ming.open(`/webhook/detail?webhookId=${id}`)).data).toMatchObject({
      id,
      webhookCode: code,
      webhookName: `钩 ${code}`,
      webhookType: type,
      webhookUrl: MASK,
      createTime: TIME,
    });
  });

  it('that was set up elsewhere is listed by its own code and the type nearest to it', async () => {
    const config = { key: KEY };
    const { id } = await w.core.channels.createChannel(ming.personId, {
      kind: 'wecom-bot',
      code: 'bot',
      config,
    });
    const { list } = (await ming.open('/webhook/list', { pageSize: 50 })).data as { list: { id: number }[] };
    expect(list.find((one) => one.id === id)).toEqual({
      id,
      webhookCode: 'bot',
      webhookName: 'bot',
      webhookType: 1,
      webhookUrl: MASK,
      createTime: TIME,
    });
  });

  it('of one’s own making gets what was asked for, also after a change that leaves its address masked', async () => {
    const body = '{"text":"{title}: {content}"}';
    const custom = { webhookType: 12, webhookUrl: w.webhook('own'), httpMethod: 'post', body };
    const { data: id } = await addHook('own', { ...custom, headers: { 'X-Test': 'a' } });
    expect((await ming.open(`/webhook/detail?webhookId=${id}`)).data).toMatchObject({
      httpMethod: 'POST',
      body,
    });
    expect((await addHook('own', custom)).code).toBe(999);
    const change = { id, webhookCode: 'own2', webhookName: '新名', webhookType: 12, webhookUrl: MASK };
    expect((await ming.open('/webhook/edit', change)).data).toBe('修改成功');
    expect((await ming.open('/webhook/edit', { ...change, webhookType: 1 })).msg).toMatch(/webhookType/);
    expect((await send({ title: '标题', channel: 'webhook', webhook: 'own2' })).code).toBe(200);
    await w.drain();
    expect((await received('own')).map((one) => one.request.body)).toEqual(['{"text":"标题: hello"}']);
    const other = await w.account('Other');
    expect((await other.open(`/webhook/delete?webhookId=${change.id}`)).msg).toBe('webhook配置不存在');
    expect((await ming.open(`/webhook/delete?webhookId=${change.id}`)).data).toBe('删除成功');
    expect((await ming.open(`/webhook/detail?webhookId=${change.id}`)).msg).toBe('webhook配置不存在');
  });
});

describe('settings', () => {
  it('begin with WeChat, open to all', async () => {
    expect((await ming.open('/setting/getUserSettings')).data).toEqual({
      defaultChannel: 'wechat',
      defaultChannelTxt: '微信公众号',
      defaultWebhook: '',
      sendLimit: 0,
      recevieLimit: 0,
      sendType: 0,
      isSend: 1,
      showIp: 0,
      extension: 0,
    });
  });

  it('lead messages that name no channel by the default, which may be named by its number', async () => {
    const { data: id } = await addHook('def', { webhookType: 12, webhookUrl: w.webhook('def') });
    const changed = await ming.open('/setting/changeDefaultChannel', {
      defaultChannel: 'webhook',
      defaultWebhook: String(id),
    });
    expect(changed).toMatchObject({ code: 200, msg: '执行成功', data: null });
    expect((await ming.open('/setting/getUserSettings')).data).toMatchObject({
      defaultChannel: 'webhook',
      defaultChannelTxt: '第三方webhook',
      defaultWebhook: 'def',
    });
    await send({ title: 'by default' });
    await w.drain();
    expect((await received('def')).length).toBe(1);
    const { list } = (await ming.open('/message/list', {})).data as { list: object[] };
    expect(list[0]).toMatchObject({ title: 'by default', channel: 'webhook' });
    const counts = (await ming.open('/user/sendCount')).data as { webhookSendCount: number };
    expect(counts.webhookSendCount).toBeGreaterThan(0);
    await ming.open('/setting/changeDefaultChannel', { defaultChannel: 'wechat', defaultWebhook: '' });
  });

  it('keep a default of its own for each token', async () => {
    const token = (await ming.open('/token/add', { name: 'nas' })).data;
    const { list } = (await ming.open('/token/list', {})).data as { list: { id: number }[] };
    const tokenId = list[0]?.id;
    const added = await ming.open('/setting/addUserDefault', { tokenId, channel: 'webhook', option: 'def' });
    expect(added).toMatchObject({ code: 200, data: null });
    expect((await ming.open('/setting/addUserDefault', { tokenId, channel: 'wechat' })).code).toBe(999);
    const rows = (await ming.open('/setting/listUserDefault', {})).data as { list: { id: number }[] };
    expect(rows.list.at(-1)).toEqual({
      id: expect.any(Number),
      channel: 'webhook',
      channelTxt: '第三方webhook',
      updateTime: TIME,
      name: 'nas',
    });
    const id = rows.list.at(-1)?.id;
    expect((await ming.open(`/setting/detailUserDefault?id=${id}`)).data).toMatchObject({
      tokenId,
      option: 'def',
    });
    const before = (await received('def')).length;
    await w.call('/send', { body: { token, content: 'by token' } });
    await w.drain();
    expect((await received('def')).length).toBe(before + 1);
    expect((await ming.open('/setting/editUserDefault', { id, channel: 'wechat' })).code).toBe(200);
    expect((await ming.open('/token/selectTokenList?type=1')).data).toEqual([]);
    const gone = await ming.open(`/setting/deleteUserDefault?id=${id}`, undefined, 'DELETE');
    expect(gone.code).toBe(200);
    expect((await ming.open(`/setting/detailUserDefault?id=${id}`)).msg).toBe('默认配置不存在');
  });

  it('shut the account up, and off from messages, until they do not', async () => {
    expect((await ming.open('/setting/changeIsSend?isSend=0')).code).toBe(200);
    expect((await send({})).code).toBe(900);
    await ming.open('/setting/changeIsSend?isSend=1');
    expect((await send({})).code).toBe(200);
    await w.drain();
    const cards = (await w.phone('Ming').cards()).length;
    expect((await ming.open('/setting/changeRecevieLimit?recevieLimit=1')).msg).toBe('执行成功');
    expect((await ming.open('/setting/getUserSettings')).data).toMatchObject({ recevieLimit: 1 });
    await send({ title: 'unheard' });
    await w.drain();
    expect((await w.phone('Ming').cards()).length).toBe(cards);
    await ming.open('/setting/changeRecevieLimit?recevieLimit=0');
    for (const path of ['/setting/changeOpenMessageType?openMessageType=0', '/setting/extension?forward=0']) {
      expect(await ming.open(path)).toMatchObject({ code: 200, msg: '执行成功', data: null });
    }
  });
});

it('holds an account to the numbers of its plan', async () => {
  const yun = await w.account('Yun');
  await w.core.dialectPlans.saveOwn(yun.personId, { pushplus: 'real-name' });
  const add = (n: number) =>
    yun.open('/topic/add', { topicCode: `g${n}`, topicName: 'g', contact: 'c', introduction: 'i' });
  for (const n of [1, 2, 3, 4, 5]) {
    expect((await add(n)).code).toBe(200);
  }
  expect((await add(6)).msg).toBe('群组最多 5 个');
});
