/** Everything that is refused: one row for each mistake, its exact number and text, and nothing written. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cast, openCast } from './cast.js';

const SEND = '/api/send/message';
const SIMPLE = '/api/send/message/simple-push';
const QRCODE = '/api/fun/create/qrcode';
const USERS = '/api/fun/wxuser/v2';
const FORM = 'application/x-www-form-urlencoded';
const NO_TOKEN = 'appToken不正确';
const BAD_URL = 'url 必须是 http 或 https 链接';
const BAD_JSON = '请求体不是有效的 JSON，或嵌套太深';
const BAD_ENCODING = '请求无法解码：应为完整的 UTF-8 或 GBK 文本，可用 gzip、deflate、br 压缩';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.close());

type Fields = Record<string, unknown>;
interface Shape {
  path?: string;
  method?: string;
  body?: unknown;
  type?: string;
}

const message = (changes: Fields): Shape => {
  return { body: { appToken: cast.token, content: '你好', uids: [cast.uids.ming], ...changes } };
};
const simple = (changes: Fields): Shape => {
  return { path: SIMPLE, body: { content: '你好', spt: cast.spt.ming, ...changes } };
};
const qrcode = (changes: Fields): Shape => {
  return { path: QRCODE, body: { appToken: cast.token, extra: 'x', ...changes } };
};
const get = (path: string, fields: Record<string, string>): Shape => {
  return { path: `${path}?${new URLSearchParams({ appToken: cast.token, ...fields })}` };
};
const exception = (path: string, text: string): string => `接口 [${path}] 出现异常：${text}`;
const wrong = (field: string, expected: string, path = SEND): string =>
  exception(path, `${field} 类型不正确，应为${expected}`);

/** What is wrong, the request, and the answer's code and text. */
const REFUSED: [string, () => Shape, number, string][] = [
  ['no token', () => message({ appToken: null }), 1001, NO_TOKEN],
  ['a wrong token', () => message({ appToken: 'AT_wrong' }), 1001, NO_TOKEN],
  [
    'a wrong token in a GET',
    () => get(SEND, { appToken: 'AT_x', content: 'x', uid: 'UID_x' }),
    1001,
    NO_TOKEN,
  ],
  ['an empty body', () => ({ method: 'POST' }), 1001, NO_TOKEN],
  ['a token that is a key', () => message({ appToken: cast.spt.ming }), 1001, NO_TOKEN],
  ['no content', () => message({ content: undefined }), 1001, '消息内容不能为空'],
  ['empty content', () => message({ content: '' }), 1001, '消息内容不能为空'],
  ['blank content', () => message({ content: ' \n' }), 1001, '消息内容不能为空'],
  [
    'too much content',
    () => message({ content: '字'.repeat(40_001) }),
    1001,
    '消息内容过长，最多 40000 个字符',
  ],
  [
    'too much for nobody',
    () => message({ content: '字'.repeat(40_001), uids: ['UID_x'] }),
    1001,
    '消息内容过长，最多 40000 个字符',
  ],
  ['a long summary', () => message({ summary: '字'.repeat(101) }), 1001, 'summary 过长，最多 100 个字符'],
  [
    'a long link',
    () => message({ url: `https://a.cn/${'a'.repeat(988)}` }),
    1001,
    'url 过长，最多 1000 个字符',
  ],
  ['a script as link', () => message({ url: 'javascript:alert(1)' }), 1001, BAD_URL],
  ['a link without a scheme', () => message({ url: 'a.cn' }), 1001, BAD_URL],
  ['a link encoded three times', () => message({ url: 'http%253a%252f%252fa.cn' }), 1001, BAD_URL],
  ['a link of broken encoding', () => message({ url: '%zz' }), 1001, BAD_URL],
  [
    'an unknown content type',
    () => message({ contentType: 4 }),
    1001,
    'contentType 不正确：1 文字，2 HTML，3 Markdown',
  ],
  [
    'content type 0',
    () => message({ contentType: 0 }),
    1001,
    'contentType 不正确：1 文字，2 HTML，3 Markdown',
  ],
  ['no receiver', () => message({ uids: [] }), 1001, '没有指定接收者'],
  ['empty receivers', () => message({ uids: [null, ''], topicIds: null }), 1001, '没有指定接收者'],
  [
    '2001 UIDs',
    () => message({ uids: Array.from({ length: 2001 }, (_, at) => `UID_${at}`) }),
    1001,
    'uids 一次最多 2000 个',
  ],
  ['6 topics', () => message({ topicIds: [1, 2, 3, 4, 5, 6] }), 1001, 'topicIds 一次最多 5 个'],
  ['two UIDs in a GET', () => get(SEND, { content: 'x', uid: 'UID_a,UID_b' }), 1001, 'UID不合法'],
  [
    'two uid values in a GET',
    () => ({ path: `${get(SEND, { content: 'x', uid: 'UID_a' }).path}&uid=UID_b` }),
    1001,
    'UID不合法',
  ],
  ['an object as content', () => message({ content: { a: 1 } }), 1005, wrong('content', '字符串')],
  ['a list as content', () => message({ content: ['x'] }), 1005, wrong('content', '字符串')],
  ['an object as uids', () => message({ uids: { a: 1 } }), 1005, wrong('uids', '字符串数组')],
  ['objects in uids', () => message({ uids: [cast.uids.ming, {}] }), 1005, wrong('uids', '字符串数组')],
  ['lists in uids', () => message({ uids: [[cast.uids.ming]] }), 1005, wrong('uids', '字符串数组')],
  ['words in topicIds', () => message({ topicIds: ['x'] }), 1005, wrong('topicIds', '整数数组')],
  ['a word as topicId', () => get(SEND, { content: 'x', topicId: 'x' }), 1005, wrong('topicId', '整数数组')],
  ['a fraction as topicId', () => message({ topicIds: [1.5] }), 1005, wrong('topicIds', '整数数组')],
  ['a word as content type', () => message({ contentType: 'html' }), 1005, wrong('contentType', '整数')],
  ['a list as body', () => ({ body: [] }), 1005, exception(SEND, '请求体应为 JSON 对象')],
  ['a number as body', () => ({ body: '17' }), 1005, exception(SEND, '请求体应为 JSON 对象')],
  ['broken JSON', () => ({ body: '{"appToken":' }), 1005, exception(SEND, BAD_JSON)],
  [
    'broken JSON called a form',
    () => ({ body: '{"content":"x"', type: 'text/plain' }),
    1005,
    exception(SEND, BAD_JSON),
  ],
  [
    'broken UTF-8',
    () => ({ body: Buffer.from('{"content":"\xff"}', 'latin1') }),
    1005,
    exception(SEND, BAD_ENCODING),
  ],
  [
    'a body of a megabyte',
    () => message({ content: 'a'.repeat(1024 * 1024) }),
    1001,
    '请求体过大，最多 1048576 字节',
  ],
  [
    'a form of a megabyte',
    () => ({ body: `content=${'a'.repeat(1024 * 1024)}`, type: FORM }),
    1001,
    '请求体过大，最多 1048576 字节',
  ],
  ['a simple push to nobody', () => simple({ spt: '' }), 1001, '没有指定接收者'],
  ['a simple push without content', () => simple({ content: null }), 1001, '消息内容不能为空'],
  ['an unknown SPT', () => simple({ spt: 'SPT_x' }), 1001, 'SPT不正确'],
  ['unknown SPTs only', () => simple({ spt: '', sptList: ['SPT_x', 'SPT_y'] }), 1001, 'SPT不正确'],
  ['an app token as SPT', () => simple({ spt: cast.token }), 1001, 'SPT不正确'],
  [
    '11 SPTs',
    () => simple({ sptList: Array.from({ length: 10 }, (_, at) => `SPT_${at}`) }),
    1001,
    'sptList 一次最多 10 个',
  ],
  ['objects in sptList', () => simple({ sptList: [{}] }), 1005, wrong('sptList', '字符串数组', SIMPLE)],
  ['an unknown SPT in the path', () => ({ path: '/api/send/message/SPT_x/hi' }), 1001, 'SPT不正确'],
  ['no content in the path', () => ({ path: `${SEND}/SPT_x/%20` }), 1001, '消息内容不能为空'],
  ['a code without extra', () => qrcode({ extra: null }), 1001, 'extra 不正确：1..64 个字符'],
  ['a long extra', () => qrcode({ extra: '字'.repeat(65) }), 1001, 'extra 不正确：1..64 个字符'],
  ['an object as extra', () => qrcode({ extra: {} }), 1005, wrong('extra', '字符串', QRCODE)],
  ['a code for no time', () => qrcode({ validTime: 0 }), 1001, 'validTime 不正确：1..2592000 秒'],
  [
    'a code for 30 days and a second',
    () => qrcode({ validTime: 2_592_001 }),
    1001,
    'validTime 不正确：1..2592000 秒',
  ],
  ['a word as time', () => qrcode({ validTime: 'long' }), 1005, wrong('validTime', '整数', QRCODE)],
  ['a code without a token', () => qrcode({ appToken: '' }), 1001, NO_TOKEN],
  ['users without a token', () => ({ path: `${USERS}?page=1&pageSize=1` }), 1001, NO_TOKEN],
  ['old users without a token', () => ({ path: '/api/fun/wxuser?page=1' }), 1001, NO_TOKEN],
  ['page 0', () => get(USERS, { page: '0' }), 1001, 'page 不正确：从 1 开始'],
  ['pages of 101', () => get(USERS, { pageSize: '101' }), 1001, 'pageSize 不正确：1..100'],
  ['pages of nothing', () => get('/api/fun/wxuser', { pageSize: '0' }), 1001, 'pageSize 不正确：1..1000'],
  ['a word as page', () => get(USERS, { page: 'x' }), 1005, wrong('page', '整数', USERS)],
  ['a third type', () => get(USERS, { type: '2' }), 1001, 'type 不正确：0 应用，1 主题'],
  [
    'a word as isBlock',
    () => get(USERS, { isBlock: 'maybe' }),
    1005,
    wrong('isBlock', ' true 或 false', USERS),
  ],
  [
    'removing nobody',
    () => ({ ...get('/api/fun/remove', { id: '77' }), method: 'DELETE' }),
    1001,
    '订阅关系不存在',
  ],
  [
    'removing without an id',
    () => ({ ...get('/api/fun/remove', {}), method: 'DELETE' }),
    1001,
    '订阅关系不存在',
  ],
  [
    'rejecting nobody',
    () => ({ ...get('/api/fun/reject', { id: '77', reject: 'true' }), method: 'PUT' }),
    1001,
    '订阅关系不存在',
  ],
  [
    'rejecting or not',
    () => ({ ...get('/api/fun/reject', { id: '77' }), method: 'PUT' }),
    1001,
    'reject 不正确：true 拉黑，false 取消拉黑',
  ],
  [
    'the state of an unknown record',
    () => ({ path: '/api/send/query/status?sendRecordId=123' }),
    1001,
    '消息不存在',
  ],
  ['the state of no record', () => ({ path: '/api/send/query/status' }), 1001, '消息不存在'],
  ['the state of an unknown message', () => ({ path: '/api/send/query/123' }), 1001, '消息不存在'],
  ['the state of a huge number', () => ({ path: `/api/send/query/${'9'.repeat(30)}` }), 1001, '消息不存在'],
  [
    'the state of a word',
    () => ({ path: '/api/send/query/x' }),
    1005,
    wrong('messageId', '整数', '/api/send/query/:messageId'),
  ],
  [
    'the scanner of an unknown code',
    () => ({ path: '/api/fun/scan-qrcode-uid?code=x' }),
    1001,
    '二维码不存在',
  ],
  ['the scanner of no code', () => ({ path: '/api/fun/scan-qrcode-uid' }), 1001, '二维码不存在'],
  ['PUT where POST is', () => ({ ...message({}), method: 'PUT' }), 1004, '接口不存在'],
  ['GET where POST is', () => get(QRCODE, { extra: 'x' }), 1004, '接口不存在'],
  [
    'POST where PUT is',
    () => ({ ...get('/api/fun/reject', { id: '1', reject: 'true' }), method: 'POST' }),
    1004,
    '接口不存在',
  ],
  ['GET of the simple push', () => ({ path: SIMPLE }), 1004, '接口不存在'],
  ['an unknown call of /api/send', () => ({ path: '/api/send/nothing/here' }), 1004, '接口不存在'],
  ['an SPT without content', () => ({ path: '/api/send/message/SPT_x' }), 1004, '接口不存在'],
  ['an unknown call of /api/fun', () => ({ path: '/api/fun/nothing' }), 1004, '接口不存在'],
  ['/api/fun itself', () => ({ path: '/api/fun' }), 1004, '接口不存在'],
];

it.each(REFUSED)('refuses %s', async (_name, shape, code, msg) => {
  const { path = SEND, ...sent } = shape();
  const before = await countRows();
  expect(await cast.call(path, sent)).toEqual({ code, msg, data: null, success: false });
  expect(await countRows()).toEqual(before);
});

it('does not send by HEAD, as link previews ask', async () => {
  const { path = '' } = get(SEND, { content: 'x', uid: cast.uids.ming });
  const before = await countRows();
  expect((await cast.fetch(path, { method: 'HEAD' })).status).toBe(200);
  expect((await cast.fetch(`${SEND}/${cast.spt.ming}/hi`, { method: 'HEAD' })).status).toBe(200);
  expect(await countRows()).toEqual(before);
});

it('logs no token, and nothing at all of what callers do wrong', () => {
  expect(cast.log.join('')).toBe('');
});

it('says no more than that it failed when it fails itself, and logs the reason', async () => {
  const broken = await openCast();
  await broken.db.$executeRawUnsafe('DROP TABLE "Message"');
  const body = { appToken: broken.token, content: '你好', uids: [broken.uids.ming] };
  expect(await broken.call(SEND, { body })).toEqual({
    code: 1005,
    msg: exception(SEND, '服务器内部错误'),
    data: null,
    success: false,
  });
  expect(broken.log.join('')).toContain('a wxpusher call failed');
  expect(broken.log.join('')).not.toContain(broken.token);
  await broken.close();
});

async function countRows(): Promise<number[]> {
  const { message: messages, qrCode, subscription, event } = cast.db;
  return Promise.all([messages.count(), qrCode.count(), subscription.count(), event.count()]);
}
