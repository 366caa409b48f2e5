/** The npm package `wxpusher`, unmodified, against the real server: only its address is set to ours. */
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { letClientsBeOld } from '#test/support/old-clients.js';
import { openWorld, type World } from '#test/support/world.js';

/** What the package says over the wire comes back as it is. */
interface Result<T> {
  code: number;
  msg: string;
  data: T;
}
interface Page {
  total: number;
  page: number;
  pageSize: number;
  records: Record<string, unknown>[];
}
interface Row {
  uid: string | null;
  topicId: number | null;
  messageId: number;
  messageContentId: number;
  code: number;
  status: string;
}
interface Client {
  send(message: object): Promise<Result<Row[]>>;
  queryMessageStatus(messageId: number): Promise<Result<number>>;
  createAppTempQrcode(request: object): Promise<Result<Record<string, string>>>;
  queryWxUser(request: object): Promise<Result<Page>>;
  queryWxUserByV2(request: object): Promise<Result<Page>>;
}
type Fields<T = object> = new () => T;
interface Sdk {
  WxPusher: new (appToken: string) => Client;
  Message: Fields & { CONTENT_TYPE_MD: number };
  CreateQrcodeReqParam: Fields;
  WxUserReqParam: Fields;
  WxUserV2ReqParam: Fields;
}

const require = createRequire(import.meta.url);
letClientsBeOld();
const sdk: Sdk = require('wxpusher');
const address: { BASE_URL: string; PORT: number } = require('wxpusher/wxpusher/client/HttpUtil');

let w: World;
let client: Client;
let appToken: string;
let uid: string;
let topic: { id: number; qrcodeUrl: string };
beforeAll(async () => {
  w = await openWorld();
  const { hostname, port } = new URL(w.url);
  address.BASE_URL = hostname;
  address.PORT = Number(port);
  const builder = w.app('告警', { callbackUrl: w.webhook('dev') });
  const app = await builder.made();
  topic = await builder.topic('运维');
  appToken = app.appToken;
  client = new sdk.WxPusher(appToken);
  await w.phone('Ming').scans(app.qrcodeUrl);
  await w.phone('Ming').scans(topic.qrcodeUrl);
  await w.phone('Hua').scans(topic.qrcodeUrl);
  uid = await w.phone('Ming').uid();
  await w.drain();
});
afterAll(() => w.close());

const cardsOf = async (name: string): Promise<string[]> =>
  (await w.phone(name).cards()).map((card) => card.rendered);

describe('the client', () => {
  it('sends to a person and a topic, one copy each, and sees the state change', async () => {
    const message = Object.assign(new sdk.Message(), {
      content: '# 磁盘已满\n\n`/data` 只剩 1%',
      contentType: sdk.Message.CONTENT_TYPE_MD,
      summary: '磁盘已满',
      uids: [uid],
      topicIds: [topic.id],
    });
    const sent = await client.send(message);
    expect(sent).toMatchObject({
      code: 1000,
      msg: '处理成功',
      data: [
        { uid, topicId: null, code: 1000, status: '创建发送任务成功' },
        { uid: null, topicId: topic.id, code: 1000, status: '创建发送任务成功' },
      ],
    });
    const ids = sent.data.flatMap((row) => [row.messageId, row.messageContentId]);
    for (const id of ids) {
      expect(await client.queryMessageStatus(id)).toMatchObject({ code: 1000, data: 1, msg: '等待发送' });
    }
    await w.drain();
    for (const id of ids) {
      expect(await client.queryMessageStatus(id)).toMatchObject({ code: 1000, data: 2, msg: '已发送' });
    }
    expect(await cardsOf('Ming')).toEqual([expect.stringContaining('磁盘已满')]);
    expect(await cardsOf('Hua')).toEqual([expect.stringContaining('磁盘已满')]);
  });

  it('is told what is wrong', async () => {
    const message = Object.assign(new sdk.Message(), { content: '你好' });
    expect(await client.send(message)).toMatchObject({ code: 1001, msg: '没有指定接收者', data: null });
    const stranger = new sdk.WxPusher('AT_stranger');
    expect(await stranger.send(Object.assign(message, { uids: [uid] }))).toMatchObject({
      code: 1001,
      msg: 'appToken不正确',
      data: null,
    });
    expect(await client.queryMessageStatus(123)).toMatchObject({ code: 1001, data: null });
  });

  it('makes a code whose scan it can ask for and is called back about', async () => {
    const request = Object.assign(new sdk.CreateQrcodeReqParam(), { extra: '桌 7', validTime: 60 });
    const { code, data } = await client.createAppTempQrcode(request);
    expect([code, data.extra, Number(data.expires)]).toEqual([1000, '桌 7', w.clock.now() + 60_000]);
    const picture = await fetch(data.url ?? '');
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
    const scanner = () => w.call(`/api/fun/scan-qrcode-uid?code=${data.code}`);
    expect((await scanner()).json).toMatchObject({ code: 1001, data: null });

    await w.phone('Lei').scans(data.shortUrl ?? '');
    const lei = await w.phone('Lei').uid();
    expect((await scanner()).json).toEqual({ code: 1000, msg: '处理成功', data: lei, success: true });
    await w.drain();
    const hooks = (await w.sim('/inboxes/webhook/dev')).json as { items: { request: { body: string } }[] };
    const bodies = hooks.items.map((item) => JSON.parse(item.request.body));
    expect(bodies).toContainEqual({
      action: 'app_subscribe',
      data: {
        appId: expect.any(Number),
        appKey: 'AK_xxxxxx',
        appName: '告警',
        source: 'scan',
        userName: '',
        userHeadImg: '',
        time: w.clock.now(),
        uid: lei,
        extra: '桌 7',
      },
    });

    w.clock.advance(60_000);
    expect((await fetch(data.url ?? '')).status).toBe(410);
  });

  it('lists its followers in both forms', async () => {
    const old = await client.queryWxUser(Object.assign(new sdk.WxUserReqParam(), { uid }));
    expect(old.data).toMatchObject({ total: 1, page: 1, records: [{ uid, enable: true, nickName: '' }] });
    const own = await client.queryWxUserByV2(Object.assign(new sdk.WxUserV2ReqParam(), { uid }));
    expect(own.data).toMatchObject({
      total: 2,
      records: [
        { uid, type: 1, appOrTopicId: topic.id, target: '运维', reject: false },
        { uid, type: 0, target: '告警', reject: false },
      ],
    });
    const all = await client.queryWxUserByV2(new sdk.WxUserV2ReqParam());
    expect(all.data.records).toHaveLength(all.data.total);
  });
});

it('blocks and lets back in, by calls that the package cannot make (its own remove and reject fail before they ask)', async () => {
  const list = (await w.call(`/api/fun/wxuser/v2?appToken=${appToken}&uid=${uid}&type=0`))
    .json as Result<Page>;
  const id = list.data.records[0]?.id;
  const reject = (value: boolean) =>
    w.call(`/api/fun/reject?appToken=${appToken}&id=${id}&reject=${value}`, { method: 'PUT' });
  const send = async () => {
    const { data } = await client.send(Object.assign(new sdk.Message(), { content: '你好', uids: [uid] }));
    return data[0]?.code;
  };
  expect((await reject(true)).json).toMatchObject({ code: 1000, data: '删除成功' });
  expect(await send()).toBe(1001);
  (await w.phone('Ming').says(`#${list.data.records[0]?.appOrTopicId}`)).seesReply(/./);
  expect(await send()).toBe(1001);
  await reject(false);
  expect(await send()).toBe(1000);
});

it('delivers a simple push, whoever sends it', async () => {
  const key = (await w.admin(`/users/${uid}/keys`, { kind: 'spt' })).json as { key: string };
  const before = (await cardsOf('Ming')).length;
  const answer = await w.call(`/api/send/message/${key.key}/${encodeURIComponent('上/下')}`);
  expect(answer.json).toMatchObject({ code: 1000, data: [{ uid, code: 1000 }] });
  await w.drain();
  const cards = await w.phone('Ming').cards();
  expect(cards.length).toBeGreaterThan(before);
  const page = await fetch(cards.find((card) => card.rendered.includes('上/下'))?.url ?? '');
  expect(await page.text()).toContain('上/下');
});

it('survives text that is no text', async () => {
  const body = JSON.stringify({ appToken, content: 'a\ud800b\u0000c', uids: [uid] });
  const answer = await w.call('/api/send/message', { body, headers: { 'content-type': 'application/json' } });
  expect(answer.json).toMatchObject({ code: 1000 });
  await w.drain();
  expect((await cardsOf('Ming')).join()).toContain('a\ufffdb\ufffdc');
});
