/** QR codes with a parameter: their making, their scanners, their pictures. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '#src/core/errors.js';
import { START } from '#test/dialects/open-door.js';
import { type Answer, type Cast, openCast } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.close());

const make = (fields: Record<string, unknown> = {}): Promise<Answer> =>
  cast.call('/api/fun/create/qrcode', { body: { appToken: cast.token, extra: '桌 7', ...fields } });
const scannerOf = (code: unknown, more = ''): Promise<Answer> =>
  cast.call(`/api/fun/scan-qrcode-uid?code=${code}${more}`);

async function scan(code: string, uid: string): Promise<void> {
  const [{ personId }, { scene }] = await Promise.all([
    cast.core.people.getByUid(uid),
    cast.core.qrcodes.getByCode(code),
  ]);
  await cast.core.qrcodes.recordScan(scene, personId);
}

it('makes a code for half an hour where no time is given', async () => {
  const answer = await make();
  const code = String(answer.data.code);
  expect(code).toMatch(/^[A-Za-z0-9]{64}$/);
  expect(answer).toEqual({
    code: 1000,
    msg: '处理成功',
    data: {
      expires: START + 1_800_000,
      code,
      shortUrl: `http://weixin.qq.com/q/${code.slice(0, 20)}`,
      url: `http://push.test/api/qrcode/${code}.jpg`,
      extra: '桌 7',
    },
    success: true,
  });
});

it.each([
  [1, 1000],
  ['60', 60_000],
  [2_592_000, 2_592_000_000],
  [null, 1_800_000],
  ['', 1_800_000],
])('makes a code of validTime %j', async (validTime, ms) => {
  expect((await make({ validTime })).data.expires).toBe(START + ms);
});

it.each(['x', '😀'.repeat(64), ' ', 'a&b=c"\'<>'])('keeps the extra %j as it is', async (extra) => {
  const { data } = await make({ extra });
  expect(data.extra).toBe(extra);
  expect((await cast.core.qrcodes.getByCode(String(data.code))).extra).toBe(extra);
});

it('replaces what no database can keep', async () => {
  const { data } = await make({ extra: 'a\ud800b\u0000c' });
  expect(data.extra).toBe('a\ufffdb\ufffdc');
});

it('answers the last scanner, and before any scan a refusal without data', async () => {
  const code = String((await make()).data.code);
  const nobody = { code: 1001, msg: '还没有用户扫码', data: null, success: false };
  expect(await scannerOf(code)).toEqual(nobody);
  await scan(code, cast.uids.ming);
  await scan(code, cast.uids.hua);
  const hua = { code: 1000, msg: '处理成功', data: cast.uids.hua, success: true };
  expect(await scannerOf(code)).toEqual(hua);
  expect(await scannerOf(code, `&appToken=${cast.token}`)).toEqual(hua);
});

it("does not tell another app's scanner to a client that sends its token along", async () => {
  const code = String((await make()).data.code);
  await scan(code, cast.uids.ming);
  expect(await scannerOf(code, `&appToken=${cast.otherToken}`)).toMatchObject({ code: 1001, data: null });
  expect(await scannerOf(code, '&appToken=AT_x')).toMatchObject({ code: 1001, msg: 'appToken不正确' });
});

it('gives the picture while the code lives', async () => {
  const { data } = await make({ validTime: 60 });
  const path = String(data.url).slice('http://push.test'.length);
  const picture = await cast.fetch(path);
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
  const bytes = Buffer.from(await picture.arrayBuffer());
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  expect((await cast.fetch(path, { method: 'HEAD' })).status).toBe(200);

  cast.clock.at += 60_000;
  const gone = await cast.fetch(path);
  expect([gone.status, await gone.json()]).toEqual([
    410,
    { code: 1001, msg: '二维码已过期', data: null, success: false },
  ]);
  expect(await scannerOf(data.code)).toMatchObject({ code: 1001, msg: '二维码已过期', data: null });
});

it('still tells the scanner of a code whose time has passed', async () => {
  const code = String((await make({ validTime: 60 })).data.code);
  await scan(code, cast.uids.ming);
  cast.clock.at += 60_000;
  expect((await scannerOf(code)).data).toBe(cast.uids.ming);
});

it('knows no picture of a code that was never made', async () => {
  for (const name of ['nothing.jpg', `${'a'.repeat(64)}.jpg`, '..%2f..%2fetc.jpg', '%zz.jpg']) {
    expect((await cast.fetch(`/api/qrcode/${name}`)).status).toBe(404);
  }
});

it('says 1006 when WeChat makes no code', async () => {
  cast.platform.refusal = new AppError('wechat_failed', { detail: '45009 reach max api daily quota limit' });
  expect(await make()).toEqual({
    code: 1006,
    msg: expect.stringContaining('微信接口失败'),
    data: null,
    success: false,
  });
  cast.platform.refusal = null;
});
