/** Every call of the open API with its answer as documented, the refusal of other people's things, and hostile values. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Account, openCast } from './cast.js';

let w: Awaited<ReturnType<typeof openCast>>;
let ming: Account;
let hua: Account;
const ids = { topic: 0, user: 0, friend: 0, webhook: 0, mail: 0, token: 0 };
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
const PICTURE = expect.stringMatching(/^http.*\/api\/common\/qrcode\/\w{64}\.png$/);
const HEX = expect.stringMatching(/^[\da-f]{32}$/);

const page = (list: unknown[], total = list.length) => ({
  pageNum: 1,
  pageSize: 20,
  total,
  pages: Math.ceil(total / 20),
  list,
});
/** The rows of a page. */
const rowsOf = async (who: Account, path: string, body: unknown = {}) =>
  ((await who.open(path, body)).data as { list: { id: number }[] }).list;
const idOf = async (...ask: Parameters<typeof rowsOf>): Promise<number> => (await rowsOf(...ask))[0]?.id ?? 0;

beforeAll(async () => {
  w = await openCast();
  [ming, hua] = [await w.account('Ming'), await w.account('Hua')];
  const group = { topicCode: 'ops', topicName: '运维', contact: '100', introduction: '机房' };
  ids.topic = (await ming.open('/topic/add', { ...group, receiptMessage: '欢迎加入' })).data as number;
  const space = await w.core.spaces.getSpace(ming.personId);
  const topicCode = await w.core.qrcodes.getDefault(space.id, ids.topic);
  (await w.phone('Hua').scans(topicCode.url)).seesReply(/欢迎加入/);
  const own = await w.core.qrcodes.getDefault(space.id);
  await w.phone('Hua').scans(own.url);
  ids.user = await idOf(ming, '/topicUser/subscriberList', { params: { topicId: ids.topic } });
  ids.friend = await idOf(ming, '/friend/list');
  const webhook = { webhookCode: 'hook', webhookName: '钩子', webhookType: 12 };
  ids.webhook = (await ming.open('/webhook/add', { ...webhook, webhookUrl: w.webhook('a') })).data as number;
  const mail = { to: 'a@example.com', host: 'smtp.example.com', user: 'me@example.com', password: 'p' };
  const mailbox = { kind: 'mail', code: 'post', config: mail };
  ids.mail = (await w.core.channels.createChannel(ming.personId, mailbox)).id;
  await ming.open('/token/add', { name: 'nas' });
  ids.token = await idOf(ming, '/token/list');
});
afterAll(() => w.close());

describe('answers', () => {
  it('pages also for the samples of the documents, which say 0', async () => {
    for (const body of [
      {},
      { current: 0, pageSize: 0 },
      { current: '1', pageSize: '20' },
      { params: null },
    ]) {
      const row = { id: ids.token, name: 'nas', expireTime: '2999-12-31 00:00:00', token: HEX };
      expect((await ming.open('/token/list', body)).data).toEqual(page([row]));
    }
    const cut = (await ming.open('/token/list', { current: 3, pageSize: 999 })).data;
    expect(cut).toEqual({ pageNum: 3, pageSize: 50, total: 1, pages: 1, list: [] });
  });

  it('the account’s own person', async () => {
    expect(await ming.open('/user/token')).toMatchObject({ msg: '请求成功', data: ming.token });
    expect((await ming.open('/user/myInfo')).data).toEqual({
      openId: (await w.core.people.findWechatName(ming.personId))?.pseudonym,
      unionId: '',
      nickName: expect.any(String),
      headImgUrl: '',
      userSex: 0,
      token: ming.token,
      phoneNumber: '',
      email: '',
      emailStatus: 0,
      birthday: '',
      points: 0,
    });
    expect((await ming.open('/user/userLimitTime')).data).toEqual({ sendLimit: 1, userLimitTime: '' });
    const none = { wechatSendCount: 0, cpSendCount: 0, webhookSendCount: 0, mailSendCount: 0 };
    expect((await ming.open('/user/sendCount')).data).toEqual(none);
  });

  it('message tokens', async () => {
    const token = (await ming.open('/token/add', { name: 'a', expireTime: '2035-05-09' })).data;
    const [{ id } = { id: 0 }] = await rowsOf(ming, '/token/list');
    const edited = await ming.open('/token/edit', { id, name: 'b', expireTime: '2035-05-10 01:02:03' });
    expect(edited).toMatchObject({ code: 200, msg: '请求成功', data: '修改成功' });
    const [row] = await rowsOf(ming, '/token/list');
    expect(row).toEqual({ id, name: 'b', expireTime: '2035-05-10 01:02:03', token });
    expect((await ming.open('/token/selectTokenList?type=0')).data).toEqual([
      { id, name: 'b' },
      { id: ids.token, name: 'nas' },
    ]);
    const gone = await ming.open(`/token/deleteToken?id=${id}`, undefined, 'DELETE');
    expect(gone).toMatchObject({ code: 200, data: '删除成功' });
    const sent = await w.call('/send', { body: { token, content: 'x' } });
    expect(sent.json).toMatchObject({ code: 903 });
  });

  it('a message token whose time has passed sends nothing', async () => {
    const token = (await ming.open('/token/add', { name: 'old', expireTime: '2000-01-01' })).data;
    expect((await w.call('/send', { body: { token, content: 'x' } })).json).toMatchObject({ code: 903 });
    await ming.open(`/token/deleteToken?id=${await idOf(ming, '/token/list')}`, undefined, 'DELETE');
  });

  it('groups that the account made', async () => {
    const row = {
      topicId: ids.topic,
      topicCode: 'ops',
      topicName: '运维',
      nickName: expect.stringMatching(/./),
      createTime: TIME,
    };
    expect((await ming.open('/topic/list', { params: { topicType: 0 } })).data).toEqual(page([row]));
    expect((await ming.open(`/topic/detail?topicId=${ids.topic}`)).data).toEqual({
      ...row,
      qrCodeImgUrl: PICTURE,
      contact: '100',
      introduction: '机房',
      receiptMessage: '欢迎加入',
      topicUserCount: 1,
    });
    const code = (await ming.open(`/topic/qrCode?topicId=${ids.topic}&second=60`)).data;
    expect(code).toEqual({ qrCodeImgUrl: PICTURE, forever: 0 });
    const picture = await fetch((code as { qrCodeImgUrl: string }).qrCodeImgUrl);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  it('groups as they change and go', async () => {
    const input = { topicCode: 'doomed', topicName: 'x', contact: 'c', introduction: 'i' };
    const added = await ming.open('/topic/add', input);
    expect(added).toMatchObject({ code: 200, msg: '执行成功', data: expect.any(Number) });
    expect((await ming.open('/topic/add', input)).msg).toBe('群组编码已存在');
    const edited = await ming.open('/topic/editTopic', { topic: added.data, topicName: 'y' });
    expect(edited.data).toBe('修改成功');
    const detail = (await ming.open(`/topic/detail?topicId=${added.data}`)).data;
    expect(detail).toMatchObject({ topicCode: 'doomed', topicName: 'y', contact: 'c' });
    expect((await ming.open(`/topic/delete?topicId=${added.data}`)).data).toBe('删除成功');
    expect((await ming.open(`/topic/detail?topicId=${added.data}`)).msg).toBe('群组不存在');
  });

  it('groups that the person joined, until they leave', async () => {
    const row = { topicId: ids.topic, topicCode: 'ops', topicName: '运维', createTime: TIME };
    const listed = (await hua.open('/topic/list', { params: { topicType: 1 } })).data;
    expect(listed).toEqual(page([{ ...row, nickName: expect.any(String) }]));
    expect((await hua.open(`/topic/joinTopicDetail?topicId=${ids.topic}`)).data).toEqual({
      ...row,
      nickName: expect.any(String),
      contact: '100',
      introduction: '机房',
    });
    const yun = await w.account('Yun');
    const space = await w.core.spaces.getSpace(ming.personId);
    await w.phone('Yun').scans((await w.core.qrcodes.getDefault(space.id, ids.topic)).url);
    expect(await yun.open(`/topic/exitTopic?topicId=${ids.topic}`)).toMatchObject({ data: '退订成功' });
    expect((await yun.open(`/topic/exitTopic?topicId=${ids.topic}`)).msg).toBe('群组不存在或未加入');
  });

  it('the users of a group', async () => {
    const who = { params: { topicId: ids.topic } };
    await ming.open('/topicUser/editRemark', { id: ids.user, remark: '小华' });
    const [row] = await rowsOf(ming, '/topicUser/subscriberList', who);
    expect(row).toEqual({
      id: ids.user,
      nickName: expect.any(String),
      openId: (await w.core.people.findWechatName(hua.personId))?.pseudonym,
      headImgUrl: '',
      userSex: 0,
      havePhone: 0,
      isFollow: 1,
      emailStatus: 0,
      followTime: TIME,
      remark: '小华',
    });
    const topic = (
      await ming.open('/topic/add', { topicCode: 't', topicName: 't', contact: 'c', introduction: 'i' })
    ).data as number;
    const space = await w.core.spaces.getSpace(ming.personId);
    await w.phone('Hua').scans((await w.core.qrcodes.getDefault(space.id, topic)).url);
    const id = await idOf(ming, '/topicUser/subscriberList', { params: { topicId: topic } });
    const gone = await ming.open(`/topicUser/deleteTopicUser?topicRelationId=${id}`, undefined, 'POST');
    expect(gone.data).toBe('删除成功');
    expect(await rowsOf(ming, '/topicUser/subscriberList', { params: { topicId: topic } })).toEqual([]);
    await ming.open(`/topic/delete?topicId=${topic}`);
  });

  it('friends', async () => {
    expect((await ming.open('/friend/getQrCode')).data).toEqual({ qrCodeImgUrl: PICTURE });
    const code = await ming.open('/friend/getQrCode?content=poster&second=60');
    expect(code).toMatchObject({ msg: '执行成功', data: { qrCodeImgUrl: PICTURE } });
    const remarked = await ming.open('/friend/editRemark', { id: ids.friend, remark: '老友' });
    expect(remarked).toMatchObject({ code: 200, msg: '执行成功', data: null });
    const list = await ming.open('/friend/list', { current: 1, pageSize: 20 });
    const row = {
      id: ids.friend,
      friendId: ids.friend,
      token: HEX,
      headImgUrl: '',
      nickName: expect.any(String),
      emailStatus: 0,
      havePhone: 0,
      isFollow: 1,
      remark: '老友',
      createTime: TIME,
    };
    expect(list).toMatchObject({ msg: '执行成功', data: page([row]) });
    const [friend] = (list.data as { list: { token: string }[] }).list;
    const sent = await w.call('/send', { body: { token: ming.token, content: '你好', to: friend?.token } });
    expect(sent.json).toMatchObject({ code: 200 });
    await w.account('Lei');
    const space = await w.core.spaces.getSpace(ming.personId);
    await w.phone('Lei').scans((await w.core.qrcodes.getDefault(space.id)).url);
    const lei = await idOf(ming, '/friend/list');
    const gone = await ming.open(`/friend/deleteFriend?friendId=${lei}`);
    expect(gone).toMatchObject({ code: 200, msg: '执行成功', data: null });
    expect((await rowsOf(ming, '/friend/list')).map(({ id }) => id)).toEqual([ids.friend]);
  });

  it('the lists of channels', async () => {
    expect((await ming.open('/mp/detail?id=1')).msg).toBe('公众号不存在');
    const own = {
      appId: `wx${'0'.repeat(16)}`,
      secret: 's'.repeat(32),
      openid: 'o'.repeat(28),
      templateId: 't'.repeat(43),
      fields: 'thing1=title',
    };
    const made = await w.core.channels.createChannel(hua.personId, {
      kind: 'wechat-own',
      code: 'mp',
      config: own,
    });
    const [listed] = await rowsOf(hua, '/mp/list');
    expect((await hua.open(`/mp/detail?id=${made.id}`)).data).toEqual(listed);
    expect((await ming.open(`/mp/detail?id=${made.id}`)).msg).toBe('公众号不存在');
    expect((await ming.open('/mp/list', {})).data).toEqual(page([]));
    expect((await ming.open('/cp/list', {})).data).toEqual(page([]));
    const mailbox = { id: ids.mail, mailName: 'post', mailCode: 'post' };
    expect((await ming.open('/mail/list', {})).data).toEqual(page([mailbox]));
    expect((await ming.open(`/mail/detail?mailId=${ids.mail}`)).data).toEqual({
      ...mailbox,
      account: 'me@example.com',
      password: '••••••',
      smtpServer: 'smtp.example.com',
      smtpSsl: 1,
      smtpPort: 465,
      createTime: TIME,
    });
    expect((await ming.open(`/mail/detail?mailId=${ids.webhook}`)).msg).toBe('邮箱配置不存在');
  });

  it('a message that went to a group', async () => {
    await w.call('/send', { body: { token: ming.token, title: 'g', content: 'c', topic: 'ops' } });
    const [row] = await rowsOf(ming, '/message/list');
    expect(row).toMatchObject({ topicName: '运维', messageType: 2, title: 'g' });
  });
});

describe('refuses', () => {
  it.each([
    ['/topic/detail?topicId=', 'topic'],
    ['/topic/qrCode?topicId=', 'topic'],
    ['/topic/delete?topicId=', 'topic'],
    ['/friend/deleteFriend?friendId=', 'friend'],
    ['/webhook/detail?webhookId=', 'webhook'],
    ['/mail/detail?mailId=', 'mail'],
  ] as const)('another account’s number at %s', async (path, name) => {
    expect((await hua.open(path + ids[name])).code).toBe(999);
    expect((await ming.open('/topic/list', {})).data).toMatchObject({ total: 1 });
  });

  it.each([
    ['/token/edit', () => ({ id: ids.token, name: 'x' })],
    ['/topic/editTopic', () => ({ topic: ids.topic, topicName: 'x' })],
    ['/topicUser/subscriberList', () => ({ params: { topicId: ids.topic } })],
    ['/topicUser/deleteTopicUser', () => ({ topicRelationId: ids.user })],
    ['/topicUser/editRemark', () => ({ id: ids.user, remark: 'x' })],
    ['/friend/editRemark', () => ({ id: ids.friend, remark: 'x' })],
    [
      '/webhook/edit',
      () => ({
        id: ids.webhook,
        webhookCode: 'x',
        webhookName: 'x',
        webhookType: 12,
        webhookUrl: w.webhook('b'),
      }),
    ],
    ['/setting/addUserDefault', () => ({ tokenId: ids.token, channel: 'wechat' })],
  ] as const)('another account’s number at %s, sent in a body', async (path, body) => {
    expect((await hua.open(path, body())).code).toBe(999);
  });

  it('another account’s token, message, and a friend for a user of a group', async () => {
    expect((await hua.open(`/token/deleteToken?id=${ids.token}`, undefined, 'DELETE')).code).toBe(999);
    const sent = await w.call('/send', { body: { token: ming.token, content: 'mine' } });
    const shortCode = (sent.json as { data: string }).data;
    expect((await hua.open(`/message/sendMessageResult?shortCode=${shortCode}`)).code).toBe(999);
    expect((await hua.open(`/message/deleteMessage?shortCode=${shortCode}`, undefined, 'DELETE')).code).toBe(
      999,
    );
    expect((await ming.open(`/message/sendMessageResult?shortCode=${shortCode}`)).code).toBe(200);
    expect((await ming.open(`/friend/deleteFriend?friendId=${ids.user}`)).code).toBe(999);
    const user = await ming.open(
      `/topicUser/deleteTopicUser?topicRelationId=${ids.friend}`,
      undefined,
      'POST',
    );
    expect(user.code).toBe(999);
    const friend = w.core.shortCodes.encode('friend', ids.friend);
    expect((await ming.open(`/message/sendMessageResult?shortCode=${friend}`)).code).toBe(999);
  });

  it.each([
    ['POST', '/topic/isOpen', '积分群组'],
    ['POST', '/pre/list', '预处理'],
    ['GET', '/pre/detail?preId=1', '预处理'],
    ['POST', '/pre/add', '预处理'],
    ['POST', '/pre/edit', '预处理'],
    ['POST', '/pre/test', '预处理'],
    ['DELETE', '/pre/delete?preId=1', '预处理'],
    ['GET', '/clawBot/botInfo', 'ClawBot'],
    ['GET', '/clawBot/getBotQrcode', 'ClawBot'],
    ['GET', '/clawBot/getQrcodeStatus', 'ClawBot'],
    ['GET', '/clawBot/getMsg', 'ClawBot'],
    ['GET', '/clawBot/unbind', 'ClawBot'],
    ['GET', '/userImage/uploadToken', '图片'],
    ['POST', '/userImage/list', '图片'],
    ['DELETE', '/userImage/delete?id=1', '图片'],
    ['POST', '/pay/transferOrder', '提现'],
    ['GET', '/setting/changeOpenMessageType?openMessageType=1', '小程序'],
    ['GET', '/setting/extension?forward=1', '浏览器插件'],
    ['GET', '/friend/getQrCode?scanCount=3', 'scanCount'],
  ])('clearly what is not served: %s %s', async (method, path, word) => {
    const said = await ming.open(path, undefined, method);
    expect(said).toEqual({ code: 999, msg: expect.stringContaining(word) });
  });

  it('clearly an upload of a picture, and documents of all kinds, which have a path of their own', async () => {
    const headers = { 'access-key': ming.accessKey };
    const picture = new FormData();
    picture.append('file', new Blob([Buffer.from([0xff, 0xd8, 0xff, 0xe0])]), 'a.jpg');
    const upload = await fetch(`${w.url}/api/open/file/uploadImage`, {
      method: 'POST',
      headers,
      body: picture,
    });
    expect(await upload.json()).toEqual({ code: 999, msg: expect.stringContaining('图片') });
    for (const [path, method, word] of [
      ['form/list', 'POST', '表单'],
      ['doc/content?docCode=x', 'GET', '文档'],
      ['excel/writeCells', 'POST', '表格'],
    ] as const) {
      const said = await w.call(`/push/api/open/${path}`, { method, headers });
      expect(said.json).toEqual({ code: 999, msg: expect.stringContaining(word) });
      expect((await w.call(`/push/api/open/${path}`, { method })).json).toMatchObject({ code: 401 });
    }
  });

  it.each([
    ['/token/add', {}, /name/],
    ['/token/add', { name: '  ' }, /name/],
    ['/token/add', { name: '名'.repeat(65) }, /64/],
    ['/token/add', { name: 'x', expireTime: '2035-02-30' }, /expireTime/],
    ['/token/add', { name: 'x', expireTime: 'tomorrow' }, /expireTime/],
    ['/token/edit', { id: 'x', name: 'x' }, /id/],
    ['/token/edit', { id: 2 ** 40, name: 'x' }, /不存在/],
    ['/token/list', { current: {} }, /current/],
    ['/token/list', [], /JSON/],
    ['/token/list', '{"current":', /JSON/],
    ['/topic/add', { topicCode: 'a' }, /topicName/],
    ['/topic/add', { topicCode: ' ', topicName: 'a', contact: 'a', introduction: 'a' }, /topicCode/],
    ['/topic/add', { topicCode: 'a', topicName: 'a', contact: 'a', introduction: 'a', topicType: 1 }, /积分/],
    ['/topic/add', { topicCode: 'x'.repeat(65), topicName: 'a', contact: 'a', introduction: 'a' }, /64/],
    ['/topic/editTopic', { topic: -1, topicName: 'x' }, /群组/],
    ['/topicUser/subscriberList', { params: { topicId: '1; DROP TABLE' } }, /topicId/],
    ['/topicUser/subscriberList', {}, /topicId/],
    ['/friend/editRemark', { id: Number.MAX_SAFE_INTEGER, remark: 'x' }, /好友/],
    ['/friend/editRemark', { id: 1e300, remark: 'x' }, /id/],
    ['/webhook/add', { webhookCode: 'a', webhookName: 'a', webhookType: 99, webhookUrl: 'x' }, /webhookType/],
    ['/webhook/add', { webhookCode: 'a', webhookName: 'a', webhookType: 12, webhookUrl: 'x' }, /url/],
    ['/webhook/add', { webhookCode: 'a', webhookName: 'a', webhookType: 6, webhookUrl: 'x' }, /cp/],
    ['/webhook/add', { webhookCode: 'a', webhookName: 'a', webhookType: 10, webhookUrl: 'x' }, /message/],
    ['/setting/changeDefaultChannel', {}, /defaultChannel/],
    ['/setting/changeDefaultChannel', { defaultChannel: 'smoke' }, /smoke/],
    ['/setting/changeDefaultChannel', { defaultChannel: 'webhook' }, /webhook/],
    ['/setting/changeDefaultChannel', { defaultChannel: 'webhook', defaultWebhook: 'nope' }, /nope/],
    ['/message/sendMessageResult', undefined, /shortCode/],
    ['/message/sendMessageResult?shortCode=zz', undefined, /消息不存在/],
    ['/setting/changeIsSend?isSend=2', undefined, /isSend/],
    ['/setting/changeRecevieLimit', undefined, /recevieLimit/],
  ])('%s with %j', async (path, body, msg) => {
    expect(await ming.open(path, body)).toMatchObject({ code: 999, msg: expect.stringMatching(msg) });
  });

  it('a remark that is too long, and takes a hostile one as it is', async () => {
    const long = await ming.open('/friend/editRemark', { id: ids.friend, remark: '长'.repeat(65) });
    expect(long.code).toBe(999);
    await ming.open('/friend/editRemark', { id: ids.friend, remark: '<script>\u0000\ud800' });
    const [row] = await rowsOf(ming, '/friend/list');
    expect(row).toMatchObject({ remark: '<script>\ufffd\ufffd' });
  });
});
