/** The WeCom notify API end to end: a code by the management API, messages by the code, WeCom's own answer. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Answer } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;

beforeAll(async () => {
  w = await openWorld();
  // The answer waits for the engine, which works here as it does in a running server.
  await w.worker.start();
});
afterAll(() => w.close());
afterEach(async () => {
  await w.sim('/faults', undefined, 'DELETE');
  await w.sim('/wecom', { trustedIps: null });
  // Queues that were told to rest, rest by the clock of the world.
  w.clock.advance(120_000);
});

const APP = { corpId: 'wwsim0000000001', agentId: 1000002, secret: 'simwecomsecret' };
const SEND = '/wecom/cgi-bin/message/send';

async function makeCode(more: object = {}): Promise<string> {
  const made = await w.admin('/notify', { ...APP, receivers: 'zhangsan|lisi', ...more });
  expect([made.status, made.text]).toEqual([201, expect.stringMatching(/"code":"[A-Za-z0-9]{32}"/)]);
  return (made.json as { code: string }).code;
}

const notify = (code: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  w.call(`/api/notify/${code}`, { method: 'POST', body, headers });

interface Arrived {
  rendered: string;
  request: { body: { touser: string; msgtype: string; text?: object; markdown?: object } | string };
}

async function arrived(): Promise<Arrived[]> {
  return ((await w.sim('/inboxes/wecom')).json as { items: Arrived[] }).items;
}

/** Wakes the engine and waits for texts; a drain would not wait for what the running engine has claimed. */
async function arrives(...texts: readonly string[]): Promise<void> {
  w.worker.wake();
  await vi.waitFor(
    async () => {
      const rendered = (await arrived()).map((item) => item.rendered).join('\n');
      expect(texts.filter((text) => !rendered.includes(text))).toEqual([]);
    },
    { timeout: 30_000 },
  );
}

/** The oldest fault strikes first, and this one only makes late. */
async function faultSecond(errcode: number): Promise<void> {
  await w.sim('/faults', { path: SEND, latencyMs: 1, count: 1 });
  await w.sim('/faults', { path: SEND, errcode, count: 1 });
}

function bodyOf(item: Arrived | undefined): unknown {
  const body = item?.request.body;
  return typeof body === 'string' ? JSON.parse(body) : body;
}

const SENT = {
  message: '发送成功',
  response: { errcode: 0, errmsg: 'ok', msgid: expect.stringMatching(/^\w{20,}$/) },
};

describe('a message', () => {
  it('by a new code has a bold title, and keeps bold words and links', async () => {
    const content = '磁盘 **95%**，[查看](https://a.cn/x)';
    expect((await notify(await makeCode(), { title: '告警', content })).json).toEqual(SENT);
    expect(bodyOf((await arrived())[0])).toMatchObject({
      msgtype: 'markdown',
      markdown: { content: `**告警**\n${content}` },
    });
  });

  it('by a code that was made without a format goes on as text', async () => {
    const code = await makeCode();
    const { id } = await w.db.notifyCode.findFirstOrThrow({
      orderBy: { id: 'desc' },
      include: { person: true },
    });
    const { personId } = await w.db.notifyCode.findUniqueOrThrow({ where: { id } });
    const [channel] = await w.core.channels.listChannels(Number(personId));
    await w.core.channels.updateChannel(Number(personId), channel?.id ?? 0, { config: { format: '' } });
    await notify(code, { title: '告警', content: '磁盘 **95%**' });
    expect(bodyOf((await arrived())[0])).toMatchObject({ text: { content: '【告警】\n磁盘 95%' } });
  });

  it("reaches the receivers of its code, and is answered with WeCom's own message id", async () => {
    const code = await makeCode({ format: 'text' });
    const answer = await notify(code, {
      title: '服务器告警',
      content: 'CPU **95%**，[查看](https://a.cn/x)',
    });
    expect([answer.status, answer.json]).toEqual([200, SENT]);
    expect(answer.text).toMatch(/^\{"message":"发送成功","response":\{"errcode":0,"errmsg":"ok","msgid":"/);
    expect(bodyOf((await arrived())[0])).toMatchObject({
      touser: 'zhangsan|lisi',
      msgtype: 'text',
      agentid: 1000002,
      text: { content: '【服务器告警】\nCPU 95%，<a href="https://a.cn/x">查看</a>' },
    });
  });

  it('in Markdown has its title as a bold first line', async () => {
    const code = await makeCode({ format: 'markdown', receivers: ['wangwu'] });
    expect((await notify(code, { title: '部署', content: '**成功**\n- v1.2.3' })).status).toBe(200);
    expect(bodyOf((await arrived())[0])).toMatchObject({
      touser: 'wangwu',
      msgtype: 'markdown',
      markdown: { content: expect.stringMatching(/^\*\*部署\*\*\n\*\*成功\*\*\n+• v1\.2\.3$/) },
    });
  });

  it('without a title is the content alone', async () => {
    const code = await makeCode();
    expect((await notify(code, { content: '只有内容 <web-01>' })).status).toBe(200);
    expect(bodyOf((await arrived())[0])).toMatchObject({ markdown: { content: '只有内容 <web-01>' } });
  });

  it.each([
    ['text/plain', '{"content":"as JSON under another type"}'],
    ['application/x-www-form-urlencoded', 'title=t&content=as+a+form'],
    ['application/json; charset=utf-8', '\ufeff{"content":"with a mark"}'],
  ])('is understood as %s too', async (type, body) => {
    expect((await notify(await makeCode(), body, { 'content-type': type })).json).toEqual(SENT);
  });

  it('is served under the prefix too', async () => {
    const code = await makeCode();
    const answer = await w.call(`/wecom-notify/api/notify/${code}`, { body: { content: 'by prefix' } });
    expect(answer.json).toEqual(SENT);
  });

  it("beyond WeCom's 2048 bytes goes in numbered messages", async () => {
    const code = await makeCode();
    const before = (await arrived()).length;
    const answer = await notify(code, { title: '长', content: '字'.repeat(2048) });
    const parts = (await arrived()).slice(0, -before || undefined).map(({ rendered }) => rendered);
    expect(answer.json).toMatchObject({
      response: { errcode: 0, msgids: parts.map(() => expect.any(String)) },
    });
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.at(-1)).toContain(`(1/${parts.length})`);
    expect(parts.join('').match(/字/g)).toHaveLength(2048);
  });

  it('beyond them is refused by a code that was made so, up to them it is not', async () => {
    const code = await makeCode({ overflow: 'refuse' });
    const before = (await arrived()).length;
    const refused = await notify(code, { title: '长', content: '字'.repeat(681) });
    expect([refused.status, refused.json]).toEqual([400, { error: expect.stringContaining('2048') }]);
    expect(await arrived()).toHaveLength(before);
    // 【长】 and a line feed are 10 bytes.
    expect((await notify(code, { title: '长', content: '字'.repeat(679) })).json).toEqual(SENT);
  });

  it('that misses some of its receivers says whom', async () => {
    const code = await makeCode({ receivers: 'zhangsan|leaver' }).catch(() => null);
    expect(code).toBeNull();
    await w.sim('/wecom/members', { userid: 'leaver' });
    const made = await makeCode({ receivers: 'zhangsan|leaver' });
    await w.sim('/wecom/members/leaver', undefined, 'DELETE');
    const answer = await notify(made, { content: 'x' });
    expect([answer.status, answer.json]).toEqual([
      200,
      { ...SENT, warning: expect.stringContaining('leaver') },
    ]);
  });
});

describe('a refusal by WeCom', () => {
  it.each([
    [40001, 'Secret'],
    [81013, '可见范围'],
    [50003, '停用'],
  ])('%i is answered 500 with its reason', async (errcode, why) => {
    const code = await makeCode();
    await w.sim('/faults', { path: SEND, errcode });
    const answer = await notify(code, { content: 'x' });
    expect([answer.status, answer.json]).toEqual([500, { error: expect.stringContaining(why) }]);
    expect(answer.text).toContain(String(errcode));
  });

  it('of our address tells the address to allow; what was refused so never goes out, not even once it is allowed', async () => {
    const code = await makeCode();
    await w.sim('/wecom', { trustedIps: ['203.0.113.7'] });
    for (const content of ['refused, the first', 'refused, the second']) {
      const answer = await notify(code, { content });
      expect([answer.status, answer.json]).toEqual([500, { error: expect.stringContaining('127.0.0.1') }]);
    }
    await w.sim('/wecom', { trustedIps: null });
    expect((await notify(code, { content: 'allowed' })).json).toEqual(SENT);
    w.clock.advance(3_600_000);
    expect((await notify(code, { content: 'later' })).json).toEqual(SENT);
    await arrives('allowed', 'later');
    expect((await arrived()).filter(({ rendered }) => rendered.includes('refused, the'))).toEqual([]);
  });

  it('of our address, once, is one failure: the same call repeated is asked of WeCom, and arrives once a success', async () => {
    const code = await makeCode();
    await w.sim('/faults', { path: SEND, errcode: 60020, count: 1 });
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      statuses.push((await notify(code, { title: '三次', content: 'three times' })).status);
    }
    w.clock.advance(120_000);
    await notify(code, { content: 'afterwards' });
    await arrives('afterwards');
    const copies = (await arrived()).filter(({ rendered }) => rendered.includes('three times'));
    expect([statuses, copies.length]).toEqual([[500, 200, 200], 2]);
  });

  it('in the middle of a long message is no failure of it: the rest follows, and nothing comes twice', async () => {
    const code = await makeCode();
    await faultSecond(60020);
    const answer = await notify(code, { content: '段'.repeat(1500) });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ response: { errmsg: expect.stringMatching(/^queued.*1\/\d/s) } });
    w.clock.advance(120_000);
    await arrives('(3/3)');
    const parts = (await arrived()).filter(({ rendered }) => rendered.includes('段'));
    expect(parts.map(({ rendered }) => rendered.match(/段/g)?.length ?? 0).reduce((a, b) => a + b)).toBe(
      1500,
    );
  });

  it('for good in the middle of a long message says what arrived', async () => {
    const code = await makeCode();
    await faultSecond(81013);
    const answer = await notify(code, { content: '断'.repeat(1500) });
    expect([answer.status, answer.json]).toEqual([
      200,
      expect.objectContaining({ warning: expect.stringMatching(/1\/\d.*81013/s) }),
    ]);
  });

  it('that was lost on its way is answered as unknown: it may have arrived, and comes no second time', async () => {
    const code = await makeCode();
    await w.sim('/faults', { path: SEND, drop: true, after: true, count: 1 });
    const answer = await notify(code, { content: 'perhaps' });
    expect([answer.status, answer.json]).toMatchObject([
      200,
      {
        message: expect.stringContaining('可能已经送达'),
        response: { errmsg: expect.stringMatching(/^unknown.*可能已经收到.*may have got it/s) },
      },
    ]);
    expect(answer.text).not.toMatch(/连不上|cannot be reached|is tried again/);
    w.clock.advance(3_600_000);
    await notify(code, { content: 'afterwards, too' });
    await arrives('afterwards, too');
    expect((await arrived()).filter(({ rendered }) => rendered.includes('perhaps'))).toHaveLength(1);
  });

  it('for calling too often is answered as queued, with the reason, and sent later', async () => {
    const code = await makeCode();
    await w.sim('/faults', { path: SEND, errcode: 45009, count: 1 });
    const answer = await notify(code, { content: 'too often' });
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        message: expect.stringContaining('稍后'),
        response: { errcode: 0, errmsg: expect.stringMatching(/^queued.*45009/s), msgid: '' },
      },
    ]);
    w.clock.advance(120_000);
    await arrives('too often');
  });
});

describe('a call that is refused', () => {
  it.each([
    ['no content', {}, '消息内容不能为空'],
    ['an empty content', { content: '' }, '消息内容不能为空'],
    ['a blank content', { title: 'x', content: ' \n\t' }, '消息内容不能为空'],
    ['null for a content', { content: null }, '消息内容不能为空'],
    ['a content that is too long', { content: 'x'.repeat(2049) }, '2048'],
    ['a title that is too long', { title: 'x'.repeat(101), content: 'x' }, '100'],
    ['an object for a content', { content: {} }, 'content'],
    ['a list for a title', { title: ['x'], content: 'x' }, 'title'],
    ['a list', [1], 'JSON'],
    ['a number', '7', 'JSON'],
    ['broken JSON', '{"content": "x"', 'JSON'],
    ['an empty body', '', '消息内容不能为空'],
    ['a body that is too large', { content: 'x'.repeat(70_000) }, '过大'],
  ])('for %s gets 400 and the reason; nothing is stored', async (_, body, why) => {
    const code = await makeCode();
    const before = await w.db.message.count();
    const type = { 'content-type': 'application/json' };
    const answer = await notify(code, body, type);
    expect([answer.status, answer.json]).toEqual([400, { error: expect.stringContaining(why) }]);
    expect(await w.db.message.count()).toBe(before);
  });

  it('for bytes that are no UTF-8 gets 400', async () => {
    const answer = await notify(await makeCode(), Buffer.from([0x7b, 0xff, 0x7d]));
    expect([answer.status, answer.json]).toEqual([400, { error: expect.stringContaining('UTF-8') }]);
  });

  it.each(['your-code-here', 'constructor', '%00', '%F0%9F%98%80', 'x'.repeat(2000), "'%20OR%201=1--"])(
    'for the unknown code %s gets 404',
    async (code) => {
      const answer = await notify(code, { content: 'x' });
      expect([answer.status, answer.json]).toEqual([404, { error: expect.stringContaining('未找到配置') }]);
    },
  );

  it.each(['GET', 'PUT', 'DELETE'])('for the method %s gets 405 and sends nothing', async (method) => {
    const answer = await w.call(`/api/notify/${await makeCode()}?content=x`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('for an unknown path under the prefix gets 404 in its own words', async () => {
    const answer = await w.call('/wecom-notify/else', { body: {} });
    expect([answer.status, answer.json]).toEqual([404, { error: expect.any(String) }]);
  });
});

describe('a code', () => {
  it('is listed by its ends only, works until it is revoked, and is stored nowhere in clear', async () => {
    const code = await makeCode({ receivers: '@all' });
    const { items } = (await w.admin('/notify')).json as { items: { id: number; hint: string }[] };
    const last = items.at(-1);
    expect(last).toMatchObject({
      hint: `${code.slice(0, 4)}…${code.slice(-3)}`,
      corpId: APP.corpId,
      agentId: '1000002',
      receivers: '@all',
      format: 'markdown',
      overflow: 'split',
    });
    const stored = JSON.stringify(
      await w.db.notifyCode.findMany({ include: { person: { include: { channels: true } } } }),
      (_, value) => (typeof value === 'bigint' ? String(value) : value),
    );
    for (const secret of [code, APP.secret]) {
      expect(stored + w.lines.join('\n')).not.toContain(secret);
    }
    expect((await w.admin(`/notify/${last?.id}`, undefined, 'DELETE')).status).toBe(204);
    expect((await notify(code, { content: 'x' })).status).toBe(404);
    expect((await w.admin(`/notify/${last?.id}`, undefined, 'DELETE')).status).toBe(404);
  });

  it("is its maker's: other developers neither see nor revoke it; its messages can be traced", async () => {
    const as = async (name: string) => {
      const { personId } = await w.core.people.follow({ ...w.core.account, externalId: name });
      const { key } = await w.core.keys.createKey(personId, 'personal');
      return { headers: { authorization: `Bearer ${key}` } };
    };
    const [maker, other] = [await as('maker'), await as('other')];
    const made = await w.call('/api/v1/notify', { ...maker, body: { ...APP, receivers: 'lisi' } });
    const { id, code } = made.json as { id: number; code: string };
    expect((await w.call('/api/v1/notify', other)).json).toEqual({ total: 0, items: [] });
    expect((await w.call(`/api/v1/notify/${id}`, { ...other, method: 'DELETE' })).status).toBe(404);
    expect((await w.call('/api/v1/notify', maker)).json).toMatchObject({ total: 1, items: [{ id }] });
    await notify(code, { content: 'traced' });
    const last = await w.db.message.findFirst({ orderBy: { id: 'desc' } });
    expect((await w.call(`/api/v1/messages/${last?.id}`, maker)).json).toMatchObject({ state: 'sent' });
    expect((await w.call(`/api/v1/messages/${last?.id}`, other)).status).toBe(404);
  });

  it.each([
    [{ corpId: 'wwnosuchcorp0001' }, 400, 'corpId', '40013'],
    [{ corpId: '' }, 400, 'corpId', 'required'],
    [{ secret: 'wrong' }, 400, 'secret', '40001'],
    [{ secret: 'simwecomnarrow' }, 400, 'agentId', '301002'],
    [{ agentId: 'abc' }, 400, 'agentId', ''],
    [{ receivers: 'nobody' }, 400, 'receivers', '81013'],
    [{ receivers: '张三' }, 400, 'receivers', '张三'],
    [{ receivers: '' }, 400, 'receivers', 'required'],
    [{ receivers: [] }, 400, 'receivers', 'required'],
    [{ receivers: 7 }, 400, 'receivers', ''],
    [{ format: 'textcard' }, 400, 'format', ''],
    [{ overflow: 'cut' }, 400, 'overflow', ''],
    [{ corpId: 'wwsim0000000002' }, 502, '127.0.0.1', '60020'],
  ])('is not made with %j: %i', async (wrong, status, field, why) => {
    const before = await w.db.person.count();
    const refused = await w.admin('/notify', { ...APP, receivers: 'zhangsan', ...wrong });
    expect([refused.status, refused.text]).toEqual([status, expect.stringContaining(field)]);
    expect(refused.text).toContain(why);
    expect(await w.db.person.count()).toBe(before);
  });

  it('says that it was WeCom that refused', async () => {
    const refused = await w.admin('/notify', { ...APP, corpId: 'wwsim0000000002', receivers: 'zhangsan' });
    expect(refused.json).toMatchObject({
      error: { code: 'wecom_failed', message: expect.stringContaining('企业微信') },
    });
  });

  it('is not made without sign-in', async () => {
    const answer = await w.call('/api/v1/notify', { body: { ...APP, receivers: 'zhangsan' } });
    expect(answer.status).toBe(401);
  });
});
