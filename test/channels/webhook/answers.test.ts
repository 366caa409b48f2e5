/** What a webhook answers decides, not its status alone: a 200 that says no sends the message on to the next channel. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRefusal } from '#src/channels/webhook/judge.js';
import { type Cleanups, cleanUp, openPeer } from '#test/channels/http-peer.js';
import { openRouted } from '#test/web/api/routed.js';

/** Answers of status 200 that refuse, with what must be told of them. */
const REFUSED: readonly [answer: string, told: string][] = [
  ['{"errcode":310000,"errmsg":"keywords not in content"}', '310000: keywords not in content'],
  ['{"code":19024}', '19024'],
  ['{"code":19024,"msg":"Key Words Not Found","data":{}}', 'Key Words Not Found'],
  ['{"ok":false}', 'ok=false'],
  ['{"ok":false,"error":"channel_not_found"}', 'channel_not_found'],
  ['{"success":false,"message":"no"}', 'no'],
  ['{"success":"false"}', 'success'],
  ['{"Success":0,"Info":"拒绝"}', '拒绝'],
  ['{"status":"error","message":"bad key"}', 'bad key'],
  ['{"status":"failed","retcode":100,"wording":"群不存在"}', '群不存在'],
  ['{"status":404,"message":"unknown"}', '404'],
  ['{"error":"invalid token"}', 'invalid token'],
  ['{"error":{"code":5,"message":"quota"}}', 'error'],
  ['{"errors":[{"message":"nope"}],"data":null}', 'nope'],
  ['{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no method"}}', 'error'],
  ['{"ret":-1,"msg":"参数错误"}', '参数错误'],
  ['{"ret":["FAIL_SYS_TOKEN::令牌过期"]}', 'FAIL_SYS_TOKEN'],
  ['{"StatusCode":9499,"StatusMessage":"Bad Request"}', 'Bad Request'],
  ['{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发流控"}', '触发流控'],
  ['{"code":"40001"}', '40001'],
  ['{"code":900,"msg":"用户账号使用受限"}', '受限'],
  ['{"code":1,"msg":"发送未成功"}', '未成功'],
  ['{"errno":1024,"errmsg":"bad pushtoken"}', 'bad pushtoken'],
  ['{"Response":{"Error":{"Code":"AuthFailure","Message":"denied"}}}', 'denied'],
  ['{"meta":{"code":400,"message":"bad"}}', 'bad'],
  ['[{"errcode":1},{"errcode":2}]', '1'],
  ['{"error":{"code":200,"message":"Requires permission"}}', 'error'],
  ['{"error":{"code":0,"error":"bad"}}', 'bad'],
  ['{"code":10000}', '10000'],
  ['{"code":20000,"msg":"系统错误"}', '系统错误'],
  ['{"code":20001}', '20001'],
  ['{"data":{"ok":false}}', 'ok=false'],
  ['{"data":{"success":false,"message":"quota"}}', 'quota'],
  ['callback({"errcode":1})', '1'],
  ['/**/jQuery.cb_1({"ok":false});', 'ok=false'],
  ['{"ok":false', 'ok=false'],
  ['{"data":{"ok":false', 'ok=false'],
  ['{"errcode":7,"errmsg":"cu', '7'],
  ['false', 'false'],
  ['"fail"', 'fail'],
  ['FAIL', 'FAIL'],
  ['Webhook message delivery failed with error: HTTP error 413', '413'],
  ['\ufeff {"ok": false}\n', 'ok=false'],
  [`{"errcode":7,"errmsg":"lost","data":"${'x'.repeat(100_000)}"}`, '7: lost'],
  [`{"data":"${'x'.repeat(20_000)}","errcode":8,"errmsg":"late"}`, '8: late'],
];

/** Answers of status 200 that say yes, or nothing at all. */
const SENT: readonly string[] = [
  '',
  ' \n',
  'ok',
  'OK',
  '1',
  'true',
  'null',
  '[]',
  '{}',
  '{"code":0}',
  '{"code":"0"}',
  '{"code":200}',
  '{"code":"200","msg":"ok"}',
  '{"code":204}',
  '{"code":"00000"}',
  '{"code":"SUCCESS"}',
  '{"code":null}',
  '{"code":1000,"msg":"处理成功","success":true}',
  '{"code":1,"msg":"发送成功"}',
  '{"code":"x7Gh","id":4}',
  '{"errcode":0}',
  '{"errcode":0,"errmsg":"ok"}',
  '{"errno":0,"errmsg":"success"}',
  '{"ok":true}',
  '{"ok":true,"result":{"message_id":1}}',
  '{"id":1}',
  '{"id":"abc","event":"message","topic":"t"}',
  '{"success":true,"error":null}',
  '{"success":1,"failure":0}',
  '{"success":true,"code":5}',
  '{"status":"success"}',
  '{"status":"ok","retcode":0}',
  '{"status":"async","retcode":1,"msg":"ok"}',
  '{"status":1,"request":"647d2300-702c-4b38-8b2f-d56326ae460b"}',
  '{"status":"open"}',
  '{"StatusCode":0,"StatusMessage":"success"}',
  '{"Code":"OK","Message":"OK"}',
  '{"ret":0}',
  '{"ret":200,"data":{}}',
  '{"ret":["SUCCESS::调用成功"]}',
  '{"error":""}',
  '{"error":"false"}',
  '{"error":null}',
  '{"success":true,"error":{"code":0,"message":""}}',
  '{"error":{"code":0,"message":""}}',
  '{"error":{"message":""}}',
  '{"error":{}}',
  '{"code":20000}',
  '{"code":2000,"data":{}}',
  '{"code":20000,"message":"操作完成"}',
  '{"code":10000,"msg":"Success"}',
  'callback({"errcode":0})',
  'callback(',
  '{"ok":true',
  '{"code":20',
  '{"error":0}',
  '{"error":false}',
  '{"errors":[]}',
  '{"message":"Workflow was started"}',
  '{"message":"error budget: 0"}',
  '{"data":{"code":7,"error":"of something else"}}',
  '[{"errcode":0},{"errcode":2}]',
  '<!doctype html><title>Error</title><h1>errcode</h1>',
  "Congratulations! You've fired the error event",
  '{"broken": ',
  `{"errcode":0,"data":"${'x'.repeat(100_000)}"}`,
];

let r: Awaited<ReturnType<typeof openRouted>>;
let ming: Awaited<ReturnType<typeof r.person>>;
let first: number;
const opened: (() => Promise<void>)[] = [];
beforeAll(async () => {
  r = await openRouted();
  ming = await r.person('Ming');
  const made = await ming.add('webhook', { url: r.w.webhook('first') }, { default: true });
  first = made.id;
  await ming.add('webhook', { url: r.w.webhook('second') }, { code: 'second', fallback: 1 });
});
afterAll(async () => {
  await Promise.all(opened.map((close) => close()));
  await r.close();
});

const answers = (body: string, headers = {}) =>
  r.w.sim('/webhook/first/answer', { status: 200, body, headers });

describe('a 200 that refuses', () => {
  it.each(REFUSED.map(([answer, told]) => [answer.slice(0, 80), told, answer] as const))(
    '%s is told, and the next channel takes over',
    async (_, told, answer) => {
      await answers(answer);
      const [delivery] = await ming.sends('disk full');
      expect(delivery?.state).toBe('sent');
      expect(delivery?.attempts).toMatchObject([
        { channel: 'webhook', outcome: 'refused', detail: expect.stringContaining(told) },
        { outcome: 'sent' },
      ]);
    },
  );

  it('in GBK is readable', async () => {
    const { url } = await openGbk();
    await ming.channels(`/${first}`, { config: { url } }, 'PATCH');
    const [delivery] = await ming.sends('disk full');
    expect(delivery?.attempts[0]?.detail).toContain('关键词不匹配');
    await ming.channels(`/${first}`, { config: { url: r.w.webhook('first') } }, 'PATCH');
  });

  it("fails the channel's test with those words", async () => {
    await answers('{"errcode":310000,"errmsg":"keywords not in content"}');
    const { json } = await ming.channels(`/${first}/test`, undefined, 'POST');
    expect(json).toEqual({ ok: false, detail: expect.stringContaining('keywords not in content') });
  });
});

describe('a 200 that accepts', () => {
  it.each(SENT.map((answer) => [answer.slice(0, 80), answer] as const))('%s is sent', async (_, answer) => {
    await answers(answer);
    const [delivery] = await ming.sends('disk full');
    expect(delivery?.attempts).toMatchObject([{ channel: 'webhook', outcome: 'sent' }]);
  });
});

describe('what counts as success', () => {
  const set = (config: object) => ming.channels(`/${first}`, { config }, 'PATCH');
  const CLEAR = { success: '', successField: '', successValue: '' };

  it.each([
    [{ success: 'status' }, '{"errcode":1}', 'sent'],
    [{ success: 'field', successField: 'data.code', successValue: '0, 1' }, '{"data":{"code":1}}', 'sent'],
    [{ success: 'field', successField: 'data.code', successValue: '0' }, '{"data":{"code":1}}', 'refused'],
    [{ success: 'field', successField: 'data.code', successValue: '0' }, '{"code":0}', 'refused'],
    [{ success: 'field', successField: 'ok', successValue: 'true' }, '{"ok":true}', 'sent'],
    [{ success: 'field', successField: '0.state', successValue: 'queued' }, '[{"state":"queued"}]', 'sent'],
    [{ success: 'field', successField: 'code', successValue: '0' }, 'ok', 'refused'],
    [{ success: 'text', successValue: '已收到' }, '<p>已收到</p>', 'sent'],
    [{ success: 'text', successValue: '已收到' }, '{"ok":true}', 'refused'],
    [{ success: 'auto' }, '{"ok":false}', 'refused'],
  ])('is what the channel says: %j of %s is %s', async (config, answer, outcome) => {
    expect((await set({ ...CLEAR, ...config })).status).toBe(200);
    await answers(answer);
    const [delivery] = await ming.sends('disk full');
    expect(delivery?.attempts[0]).toMatchObject({ channel: 'webhook', outcome });
    await set(CLEAR);
  });

  it.each([
    [{ success: 'field', successValue: '0' }, 'successField'],
    [{ success: 'field', successField: 'code' }, 'successValue'],
    [{ success: 'text' }, 'successValue'],
    [{ success: 'maybe' }, 'success'],
    [{ successValue: '0' }, 'successValue'],
    [{ success: 'status', successField: 'code' }, 'successField'],
    [{ success: 'text', successField: 'code', successValue: 'done' }, 'successField'],
    [{ success: 'field', successField: 'code', successValue: ',，,' }, 'successValue'],
  ])('cannot be %j', async (config, field) => {
    const refused = await set({ ...CLEAR, ...config });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(`"${field} 不正确：`)]);
  });

  it('never throws, whatever is answered', () => {
    const rows = ['{"code":', '[[[[', '"', '{"code":{"a":1}}', '{"ok":[]}', '{"ret":[]}', '{"error":[[]]}'];
    for (const body of rows.flatMap((text) => [text, text.repeat(3000)])) {
      for (const truncated of [true, false]) {
        expect(() => findRefusal({ body, truncated }, { by: 'auto' })).not.toThrow();
      }
    }
  });
});

/** An endpoint that answers in GBK and calls it nothing. */
async function openGbk() {
  const cleanups: Cleanups = [];
  const peer = await openPeer(cleanups, (res) =>
    res
      .writeHead(200, { 'content-type': 'application/json' })
      // 关键词不匹配
      .end(
        Buffer.concat([
          Buffer.from('{"errcode":310000,"errmsg":"'),
          Buffer.from('b9d8bcfcb4cab2bbc6a5c5e4', 'hex'),
          Buffer.from('"}'),
        ]),
      ),
  );
  opened.push(() => cleanUp(cleanups));
  return peer;
}
