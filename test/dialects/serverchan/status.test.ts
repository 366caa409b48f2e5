/** The status call: whoever holds the read key learns what the upstream said, nobody else learns anything. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toUpstreamAnswer } from '#src/dialects/serverchan/status.js';
import { type Cast, openCast, refusal } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.door.close());

async function send(fields: Record<string, string>): Promise<{ pushid: string; readkey: string }> {
  const got = await cast.form(`/${cast.turbo}.send`, fields);
  return (got.json as { data: { pushid: string; readkey: string } }).data;
}

it('tells what was sent, with an empty wxstatus before the push ran', async () => {
  const { pushid, readkey } = await send({ title: '标题', desp: '# 正文' });
  const got = await cast.ask(`/push?id=${pushid}&readkey=${readkey}`);
  expect([got.status, got.text]).toEqual([
    200,
    JSON.stringify({
      code: 0,
      message: '',
      data: {
        id: Number(pushid),
        uid: cast.account,
        title: '标题',
        desp: '# 正文',
        encoded: '',
        readkey,
        wxstatus: '',
        created_at: '2026-06-01T12:00:00+08:00',
        updated_at: '2026-06-01T12:00:00+08:00',
      },
    }),
  ]);
});

it('tells that desp was cut, and a title longer than documented whole', async () => {
  const title = '题'.repeat(40);
  const { pushid, readkey } = await send({ title, desp: '长'.repeat(14_000) });
  const got = await cast.ask(`/push?id=${pushid}&readkey=${readkey}`);
  expect(got.json).toMatchObject({ data: { title, desp: expect.stringMatching(/^长+…\n\n（内容过长/) } });
});

it('tells that desp is encoded, and that there was none', async () => {
  const sealed = await send({ title: 't', desp: 'AAAA', encoded: '1' });
  const bare = await send({ title: 't' });
  const read = async ({ pushid, readkey }: typeof sealed) =>
    (await cast.ask(`/push?id=${pushid}&readkey=${readkey}`)).json;
  expect(await read(sealed)).toMatchObject({ data: { encoded: '1', desp: 'AAAA' } });
  expect(await read(bare)).toMatchObject({ data: { encoded: '', desp: '' } });
});

it('refuses every pair that does not fit', async () => {
  const mine = await send({ title: 'a' });
  const other = await send({ title: 'b' });
  for (const query of [
    `id=${mine.pushid}&readkey=${other.readkey}`,
    `id=${mine.pushid}&readkey=`,
    `id=&readkey=${mine.readkey}`,
    `id=-1&readkey=${mine.readkey}`,
    `id=1e3&readkey=${mine.readkey}`,
    `id=99999999999999999999&readkey=${mine.readkey}`,
    `id=${mine.pushid}&readkey=${mine.readkey.slice(3)}`,
    `id=${mine.pushid}&readkey=${mine.readkey.toLowerCase()}`,
  ]) {
    const got = await cast.ask(`/push?${query}`);
    expect([got.status, got.text]).toEqual([400, refusal('INPUT', 'id 或 readkey 不正确')]);
  }
});

describe('the upstream’s answer', () => {
  const delivery = (state: string, more: object = {}) => ({
    channel: 'wechat',
    state,
    ref: '',
    attempts: [],
    ...more,
  });
  const refused = { at: 0, outcome: 'refused' as const, code: '43004', detail: 'require subscribe' };

  it.each([
    ['of nothing yet', [], ''],
    ['while it is tried again', [delivery('due', { attempts: [refused] })], ''],
    [
      'with a number beyond those of JavaScript',
      [delivery('sent', { ref: '1234567890123456789' })],
      '{"errcode":0,"errmsg":"ok","msgid":1234567890123456789}',
    ],
    [
      'of a platform whose ids are words',
      [delivery('sent', { ref: 'a"b' })],
      '{"errcode":0,"errmsg":"ok","msgid":"a\\"b"}',
    ],
    [
      'of the channel that took it',
      [delivery('failed', { attempts: [refused] }), delivery('sent', { ref: '7' })],
      '{"errcode":0,"errmsg":"ok","msgid":7,"channels":[{"channel":"9","errcode":43004,"errmsg":"require subscribe"},{"channel":"9","errcode":0,"errmsg":"ok","msgid":7}]}',
    ],
    [
      'of two, one of which is still tried',
      [delivery('sent', { ref: '7' }), delivery('due', { channel: 'wecom-app', attempts: [refused] })],
      '{"errcode":0,"errmsg":"ok","msgid":7,"channels":[{"channel":"9","errcode":0,"errmsg":"ok","msgid":7},{"channel":"66","errmsg":"排队中 waiting"}]}',
    ],
    ['of two that are both tried again', [delivery('due', { attempts: [refused] }), delivery('due')], ''],
    [
      'that refused it',
      [delivery('failed', { attempts: [refused] })],
      '{"errcode":43004,"errmsg":"require subscribe"}',
    ],
    [
      'that was never asked',
      [delivery('cancelled', { attempts: [{ at: 0, outcome: 'skipped', code: 'paused', detail: 'x' }] })],
      '{"errcode":-1,"errmsg":"paused: x"}',
    ],
  ])('%s', (_, deliveries, text) => {
    expect(toUpstreamAnswer(deliveries)).toBe(text);
  });
});
